import Documents
import Routes

extension KeyArrivalTests {
    private static let value = "abcdefghij0123456789"

    /// API keys and a usage plan before everything else.
    private static func plan(
        _ key: String, _ members: String, _ expected: String,
        read: @escaping @Sendable (UsagePlanDefinition) -> String
    ) -> Arrival {
        Arrival(
            "usagePlans\(key)", "\"version\": 1,",
            "\"version\": 1, \"usage\": { \"file\": \"u\" }, \"apiKeys\": { \"one\": { \"value\": \"\(value)\" } }, "
                + "\"usagePlans\": { \"gold\": { \"apiKeys\": [\"one\"]\(members) } },", expected
        ) { $0.usagePlans.first.map(read) ?? "none" }
    }

    private static func apiKey(_ key: String, _ member: String, _ expected: String) -> Arrival {
        Arrival(
            "apiKeys\(key)", "\"version\": 1,", "\"version\": 1, \"apiKeys\": { \"one\": { \(member) } },", expected
        ) { $0.apiKeys.map { "\($0.name) \($0.value) \($0.isEnabled)" }.joined() }
    }

    private static func rates(_ throttle: PlanThrottle?) -> String {
        throttle.map { "\($0.rate) \($0.burst)" } ?? "none"
    }

    private static func throttle(_ throttle: ThrottleDefinition?) -> String {
        "\(throttle?.rate.map { "\($0)" } ?? "nil") \(throttle?.burst.map { "\($0)" } ?? "nil")"
    }

    private static func stage(
        _ key: String, _ members: String, _ expected: String, read: @escaping @Sendable (StageDefinition) -> String
    ) -> Arrival {
        Arrival("stages.NAME.\(key)", "\"debug\": true,", "\(members),", expected) { read($0.stages[0]) }
    }

    private static func route(
        _ key: String, _ members: String, _ expected: String, read: @escaping @Sendable (RouteDefinition) -> String
    ) -> Arrival {
        Arrival(
            "routes.KEY.\(key)", "\"GET /ships\": { \"integration\": \"fleet\"",
            "\"GET /ships\": { \(members), \"integration\": \"fleet\"", expected
        ) { read($0.routes[1]) }
    }

    private static func literals(_ stage: StageDefinition) -> String {
        guard let log = stage.accessLog else { return "none" }
        let parts = log.format.parts.map { part in
            switch part {
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            case .variable(let variable, let isQuoted, let terminator): "<\(variable) \(isQuoted) \(terminator ?? 0)>"
            }
        }
        return "\(log.format.style) \(parts.joined()) \(log.path ?? "stdout")"
    }

    static let limits: [Arrival] = [
        Arrival("api.apiKeySource", "\"name\": \"fleet\"", "\"apiKeySource\": \"AUTHORIZER\"", "authorizer") {
            "\($0.api.apiKeySource)"
        },
        Arrival(
            "authorizers.NAME.usageIdentifierKey", "\"principalId\": \"$claims.sub\"",
            "\"usageIdentifierKey\": \"$claims.plan.key\"", "plan.key [\"plan.key\"]"
        ) { "\($0.authorizers[0].usageIdentifierKey?.text ?? "none") \($0.record.droppedClaims)" },
        apiKey("", "\"value\": \"\(value)\"", "one \(value) true"),
        apiKey(".NAME.value", "\"value\": \"${env:X:-\(value)b}\"", "one \(value)b true"),
        apiKey(".NAME.enabled", "\"value\": \"\(value)\", \"enabled\": false", "one \(value) false"),
        Arrival("usage", "\"version\": 1,", "\"version\": 1, \"usage\": { \"file\": \"a.usage\" },", "a.usage") {
            $0.usage?.path ?? "none"
        },
        Arrival("usage.file", "\"version\": 1,", "\"version\": 1, \"usage\": { \"file\": \"${env:PORT}\" },", "3000") {
            $0.usage?.path ?? "none"
        },
        plan("", "", "gold true nil none none") {
            "\($0.name) \($0.stages == nil) nil \(rates($0.throttle)) \($0.quota.map { "\($0)" } ?? "none")"
        },
        plan(".NAME.apiKeys", "", "one") { $0.apiKeys.joined(separator: ",") },
        plan(".NAME.apiStages", ", \"apiStages\": [{ \"stage\": \"dev\" }]", "true false") {
            "\($0.stage(named: "dev") != nil) \($0.stage(named: "prod") != nil)"
        },
        plan(".NAME.apiStages.stage", ", \"apiStages\": [{ \"stage\": \"dev\" }]", "dev") {
            $0.stages?.first?.name ?? ""
        },
        plan(
            ".NAME.apiStages.throttle",
            ", \"apiStages\": [{ \"stage\": \"dev\", \"throttle\": { \"GET /ships\": { \"rateLimit\": 7.5 } } }]",
            "7.5 8"
        ) { rates($0.stage(named: "dev")?.methods["GET /ships"]) },
        plan(".NAME.throttle", ", \"throttle\": { \"rateLimit\": 2 }", "2.0 2") { rates($0.throttle) },
        plan(".NAME.throttle.rateLimit", ", \"throttle\": { \"rateLimit\": 0.25 }", "0.25 1") { rates($0.throttle) },
        plan(".NAME.throttle.burstLimit", ", \"throttle\": { \"rateLimit\": 2, \"burstLimit\": 9 }", "2.0 9") {
            rates($0.throttle)
        },
        plan(".NAME.quota", ", \"quota\": { \"limit\": 5, \"period\": \"WEEK\" }", "5 week 0") {
            $0.quota.map { "\($0.limit) \($0.period) \($0.offset)" } ?? "none"
        },
        plan(".NAME.quota.limit", ", \"quota\": { \"limit\": 6, \"period\": \"DAY\" }", "6") {
            "\($0.quota?.limit ?? 0)"
        },
        plan(".NAME.quota.period", ", \"quota\": { \"limit\": 6, \"period\": \"MONTH\" }", "MONTH") {
            $0.quota?.period.rawValue ?? ""
        },
        plan(".NAME.quota.offset", ", \"quota\": { \"limit\": 6, \"period\": \"DAY\", \"offset\": 4 }", "4") {
            "\($0.quota?.offset ?? 0)"
        },
        stage("throttlingRateLimit", "\"throttlingRateLimit\": 0.5", "0.5 nil") { throttle($0.throttle) },
        stage("throttlingBurstLimit", "\"throttlingBurstLimit\": 7", "nil 7") { throttle($0.throttle) },
        stage(
            "accessLogSettings", "\"accessLogSettings\": { \"format\": \"CSV\" }",
            "csv <context(Routes.ContextVariable.sourceIp) false 44>,<cont"
        ) { String(literals($0).prefix(61)) },
        stage(
            "accessLogSettings.format",
            "\"accessLogSettings\": { \"format\": \"{\\\"a\\\":\\\"$context.requestId\\\",\\\"b\\\":$context.status}\" }",
            "json {\"a\":\"<context(Routes.ContextVariable.requestId) true 34>\",\"b\":<status false 125>} stdout"
        ) { literals($0) },
        stage(
            "accessLogSettings.file",
            "\"accessLogSettings\": { \"format\": \"$context.requestId\", \"file\": \"a.log\" }",
            "text <context(Routes.ContextVariable.requestId) false 0> a.log"
        ) { literals($0) },
        route("throttlingRateLimit", "\"throttlingRateLimit\": 3", "3.0 nil") { throttle($0.throttle) },
        route("throttlingBurstLimit", "\"throttlingBurstLimit\": 3", "nil 3") { throttle($0.throttle) },
        route("apiKeyRequired", "\"apiKeyRequired\": true", "true") { "\($0.apiKeyRequired)" },
    ]
}
