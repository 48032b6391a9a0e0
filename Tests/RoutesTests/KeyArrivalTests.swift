import Documents
import Routes
import Testing

/// One key written into a good configuration, and what must then stand in the model.
struct Arrival: Sendable, CustomTestStringConvertible {
    /// Section path and key, as in the tables.
    var key: String
    var old: String
    var new: String
    var isHTTP: Bool
    var expected: String
    var read: @Sendable (GatewayDocument) -> String

    init(
        _ key: String, _ old: String, _ new: String, _ expected: String, http: Bool = false,
        read: @escaping @Sendable (GatewayDocument) -> String
    ) {
        self.key = key
        self.old = old
        self.new = new
        self.expected = expected
        isHTTP = http
        self.read = read
    }

    var testDescription: String { key }
}

struct KeyArrivalTests {
    static func jwt(_ document: GatewayDocument) -> JWTRules? { document.authorizers.first?.jwt }

    static func proxy(_ document: GatewayDocument, _ index: Int = 0) -> HTTPProxyDefinition? {
        if case .httpProxy(let proxy) = document.integrations[index].kind { proxy } else { nil }
    }

    static func mock(_ document: GatewayDocument) -> MockResponse? {
        for integration in document.integrations {
            if case .mock(let response) = integration.kind { return response }
        }
        return nil
    }

    static func secret(_ document: GatewayDocument) -> String {
        guard case .secret(let secret, let weak)? = document.keys.first?.material else { return "none" }
        return "\(String(decoding: secret.bytes, as: UTF8.self)) \(weak)"
    }

    static func material(_ document: GatewayDocument) -> String {
        switch document.keys.first?.material {
        case .publicKey(let pem): "public \(String(decoding: pem, as: UTF8.self) == FakeEnvironment.publicKey)"
        case .certificate(let pem): "certificate \(String(decoding: pem, as: UTF8.self) == FakeEnvironment.certificate)"
        case .keySet(let json): "set \(String(decoding: json, as: UTF8.self))"
        default: "other"
        }
    }

    static func remote(_ document: GatewayDocument) -> String {
        guard case .remoteKeySet(let set)? = document.keys.first?.material else { return "none" }
        let times = "\(set.refreshSeconds) \(set.cooldownSeconds) \(set.maxStaleSeconds)"
        switch set.location {
        case .keySet(let url): return "\(url.origin) \(String(decoding: url.target, as: UTF8.self)) \(times)"
        case .issuer(let name, let url):
            return "\(name) \(url.origin) \(String(decoding: url.target, as: UTF8.self)) \(times)"
        }
    }

    static let text = "q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa"

    static let top: [Arrival] = [
        Arrival("$schema", "\"version\": 1,", "\"$schema\": \"./s.json\", \"version\": 1,", "ok") { _ in "ok" },
        Arrival("version", "\"version\": 1", "\"version\": 1", "ok") { _ in "ok" },
        Arrival("api", "\"fleet\", \"type\"", "\"navy\", \"type\"", "navy") { $0.api.name },
        Arrival("server", "8080", "8081", "127.0.0.1:8081") { $0.server.listen[0].value.description },
        Arrival(
            "stages", "\"dev\": {", "\"prod\": { \"stageVariables\": { \"url\": \"http://h\" } }, \"dev\": {",
            "prod,dev"
        ) {
            $0.stages.map(\.name).joined(separator: ",")
        },
        Arrival("keys", "\"kid\": \"1\"", "\"kid\": \"2\"", "hs 2") {
            "\($0.keys[0].name) \($0.keys[0].keyId?.value ?? "")"
        },
        Arrival("authorizers", "\"version\": 1", "\"version\": 1", "session@12") {
            "\($0.authorizers[0].name)@\($0.authorizers[0].span.line)"
        },
        Arrival("upstreams", "3000", "3009", "backend http://127.0.0.1:3009", http: true) {
            "\($0.upstreams[0].name) \($0.upstreams[0].targets[0].origin)"
        },
        Arrival("integrations", "\"version\": 1", "\"version\": 1", "fleet") { $0.integrations[0].name ?? "" },
        Arrival("routes", "\"GET /health\"", "\"PUT /health\"", "PUT /health,GET /ships,GET /ships/{id},POST /ships") {
            $0.routes.map(\.key.text).joined(separator: ",")
        },
        Arrival("tokenCache", "\"version\": 1,", "\"version\": 1, \"tokenCache\": { \"entries\": 7 },", "7") {
            "\($0.tokenCache.entries)"
        },
        Arrival(
            "tokenCache.entries", "\"version\": 1,", "\"version\": 1, \"tokenCache\": { \"entries\": 0 },",
            "0 33554432 60"
        ) {
            "\($0.tokenCache.entries) \($0.tokenCache.bytes) \($0.tokenCache.ttlInSeconds)"
        },
        Arrival("tokenCache.bytes", "\"version\": 1,", "\"version\": 1, \"tokenCache\": { \"bytes\": 9 },", "10000 9") {
            "\($0.tokenCache.entries) \($0.tokenCache.bytes)"
        },
        Arrival(
            "tokenCache.ttlSeconds", "\"version\": 1,", "\"version\": 1, \"tokenCache\": { \"ttlSeconds\": 9 },", "9"
        ) {
            "\($0.tokenCache.ttlInSeconds)"
        },
        Arrival(
            "revocations", "\"version\": 1,", "\"version\": 1, \"revocations\": { \"file\": \"r.jsonl\" },", "r.jsonl"
        ) {
            $0.revocations?.path ?? "none"
        },
        Arrival(
            "revocations.file", "\"version\": 1,", "\"version\": 1, \"revocations\": { \"file\": \"${env:PORT}\" },",
            "3000"
        ) {
            $0.revocations?.path ?? "none"
        },
        Arrival("api.name", "\"fleet\", \"type\"", "\"${env:PORT}-$${x}\", \"type\"", "3000-${x}") { $0.api.name },
        Arrival("api.type", "\"version\": 1", "\"version\": 1", "HTTP", http: true) { $0.api.type.rawValue },
        Arrival("api.apiId", "local1234", "abc", "abc") { $0.api.apiId },
        Arrival("api.region", "eu-west-1", "us-east-2", "us-east-2") { $0.api.region },
        Arrival("api.accountId", "123456789012", "999999999999", "999999999999") { $0.api.accountId },
        Arrival(
            "api.defaultStage", "\"dev\": {", "\"prod\": { \"stageVariables\": { \"url\": \"http://h\" } }, \"dev\": {",
            "dev"
        ) {
            $0.api.defaultStage
        },
        Arrival("api.defaultAuthorizer", "\"version\": 1", "\"version\": 1", "session authorizer(0)") {
            "\($0.api.defaultAuthorizer?.value ?? "") \($0.routes[1].authorization)"
        },
        Arrival(
            "api.policy", "\"name\": \"fleet\"", "\"policy\": { \"Id\": \"${aws:SourceIp}\", }",
            "{ \"Id\": \"${aws:SourceIp}\", } true 4"
        ) {
            let policy = $0.api.policy
            let text = policy.map { String(decoding: $0.document.text, as: UTF8.self) } ?? ""
            return "\(text) \(policy?.isInline == true) \(policy?.span.line ?? 0)"
        },
        Arrival("api.profile", "\"name\": \"fleet\"", "\"name\": \"fleet\", \"profile\": \"aws\"", "aws") {
            $0.api.profile.rawValue
        },
        Arrival(
            "stages.NAME.includeStageInPath", "\"debug\": true", "\"includeStageInPath\": true", "true"
        ) { "\($0.stages[0].includeStageInPath)" },
        Arrival("stages.NAME.debug", "\"debug\": true", "\"debug\": false", "false") { "\($0.stages[0].debug)" },
        Arrival("stages.NAME.stageVariables", "3000\" }", "3000\", \"color\": \"blue\" }", "blue") {
            $0.stages[0].variable("color") ?? ""
        },
    ]

    private static func server(
        _ key: String, _ json: String, _ expected: String, read: @escaping @Sendable (ServerDefinition) -> String
    ) -> Arrival {
        Arrival("server.\(key)", "\"limits\": { \"headerBytes\": 10240 }", json, expected) { read($0.server) }
    }

    private static func limit(_ key: String, _ path: @escaping @Sendable (ServerLimits) -> Int) -> Arrival {
        server("limits.\(key)", "\"limits\": { \"\(key)\": 777 }", "777") { "\(path($0.limits))" }
    }

    private static func timeout(_ key: String, _ path: @escaping @Sendable (ServerTimeouts) -> Int) -> Arrival {
        server("timeouts.\(key)", "\"timeouts\": { \"\(key)\": 777 }", "777") { "\(path($0.timeouts))" }
    }

    static let server: [Arrival] = [
        Arrival(
            "server.listen", "\"version\": 1", "\"version\": 1", "127.0.0.1:18080 [::1]:18080 unix:/run/gatehouse.sock",
            http: true
        ) {
            $0.server.listen.map(\.value.description).joined(separator: " ")
        },
        Arrival("server.listen.address", "\"127.0.0.1:8080\"", "{ \"address\": \"0.0.0.0:81\" }", "0.0.0.0:81") {
            $0.server.listen[0].value.description
        },
        server("workers", "\"workers\": 3", "3") { "\($0.workers ?? 0)" },
        server("timeouts", "\"workers\": 1", "10000 30000 500 75000 30000 600000 30000") {
            let times = $0.timeouts
            return "\(times.headerInMillis) \(times.bodyIdleInMillis) \(times.bodyMinimumBytesPerSecond) "
                + "\(times.keepAliveInMillis) \(times.writeIdleInMillis) \(times.webSocketIdleInMillis) \(times.drainInMillis)"
        },
        server("limits", "\"workers\": 1", "10240 200 8192 10485760 20000 0 0 29000") {
            let limits = $0.limits
            return "\(limits.headerBytes) \(limits.headerCount) \(limits.requestTargetBytes) \(limits.bodyBytes) "
                + "\(limits.connections) \(limits.connectionsPerAddress) \(limits.requestsPerConnection) "
                + "\(limits.integrationTimeoutInMillis)"
        },
        limit("headerBytes", \.headerBytes), limit("headerCount", \.headerCount),
        limit("requestTargetBytes", \.requestTargetBytes), limit("bodyBytes", \.bodyBytes),
        limit("connections", \.connections), limit("connectionsPerAddress", \.connectionsPerAddress),
        limit("requestsPerConnection", \.requestsPerConnection),
        limit("integrationTimeoutInMillis", \.integrationTimeoutInMillis),
        timeout("headerInMillis", \.headerInMillis), timeout("bodyIdleInMillis", \.bodyIdleInMillis),
        timeout("bodyMinimumBytesPerSecond", \.bodyMinimumBytesPerSecond),
        timeout("keepAliveInMillis", \.keepAliveInMillis), timeout("writeIdleInMillis", \.writeIdleInMillis),
        timeout("webSocketIdleInMillis", \.webSocketIdleInMillis), timeout("drainInMillis", \.drainInMillis),
        server("trustedProxies", "\"trustedProxies\": [\"10.0.0.0/8\", \"2001:db8::/32\"]", "true false true") {
            server in
            func has(_ address: [UInt8]) -> Bool { server.trustedProxies.contains { $0.contains(address) } }
            let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 1, count: 12)
            return "\(has([10, 1, 2, 3])) \(has([11, 1, 2, 3])) \(has(six))"
        },
        server("reservedHeaders", "\"reservedHeaders\": [\"X-Claim-*\", \"X-User\"]", "true true false") { server in
            func has(_ name: String) -> Bool { server.reservedHeaders.contains { $0.matches(Array(name.utf8)) } }
            return "\(has("x-claim-sub")) \(has("x-user")) \(has("x-user-id"))"
        },
        server("pathNormalization", "\"workers\": 1", "reject reject") {
            "\($0.encodedSlash) \($0.ambiguousPaths)"
        },
        server("pathNormalization.encodedSlash", "\"pathNormalization\": { \"encodedSlash\": \"keep\" }", "keep") {
            "\($0.encodedSlash)"
        },
        server("pathNormalization.ambiguous", "\"pathNormalization\": { \"ambiguous\": \"allow\" }", "allow") {
            "\($0.ambiguousPaths)"
        },
        server("headerNames", "\"headerNames\": \"drop\"", "drop") { "\($0.headerNames)" },
        server("log", "\"workers\": 1", "nil info clear") {
            "\($0.log.format.map { "\($0)" } ?? "nil") \($0.log.level) \($0.log.principal)"
        },
        server("log.format", "\"log\": { \"format\": \"text\" }", "text") {
            "\($0.log.format.map { "\($0)" } ?? "nil")"
        },
        server("log.level", "\"log\": { \"level\": \"error\" }", "error") { "\($0.log.level)" },
        server("log.principal", "\"log\": { \"principal\": \"hash\" }", "hash") { "\($0.log.principal)" },
    ]

    private static func upstream(
        _ key: String, _ json: String, _ expected: String, read: @escaping @Sendable (UpstreamDefinition) -> String
    ) -> Arrival {
        Arrival(
            "upstreams.NAME.\(key)", "\"retry\": { \"attempts\": 2, \"on\": [\"connect\"] }", json, expected, http: true
        ) {
            read($0.upstreams[0])
        }
    }

    static let upstream: [Arrival] = [
        upstream("targets", "\"retry\": {}", "1 1 connect,reset 20") {
            "\($0.targets.count) \($0.retry.attempts) "
                + "\($0.retry.occasions.map(\.rawValue).joined(separator: ",")) \($0.retry.budgetPercent)"
        },
        Arrival("upstreams.NAME.targets.url", "http://127.0.0.1:3000", "https://[::1]", "https://[::1] 443", http: true)
        {
            "\($0.upstreams[0].targets[0].origin) \($0.upstreams[0].targets[0].origin.port)"
        },
        Arrival("upstreams.NAME.targets.weight", "127.0.0.1:3000\"", "127.0.0.1:3000\", \"weight\": 4", "4", http: true)
        {
            "\($0.upstreams[0].targets[0].weight)"
        },
        upstream("retry", "\"retry\": { \"attempts\": 0 }", "0") { "\($0.retry.attempts)" },
        upstream("retry.attempts", "\"retry\": { \"attempts\": 5 }", "5") { "\($0.retry.attempts)" },
        upstream("retry.on", "\"retry\": { \"on\": [\"reset\"] }", "[\"reset\"]") {
            "\($0.retry.occasions.map(\.rawValue))"
        },
        upstream("retry.budgetPercent", "\"retry\": { \"budgetPercent\": 3 }", "3") { "\($0.retry.budgetPercent)" },
        upstream("lane", "\"lane\": \"classic\"", "classic") { $0.lane.rawValue },
        upstream("limits", "\"limits\": {}", "512 1024") { "\($0.limits.connections) \($0.limits.pending)" },
        upstream("limits.connections", "\"limits\": { \"connections\": 3 }", "3") { "\($0.limits.connections)" },
        upstream("limits.pending", "\"limits\": { \"pending\": 3 }", "3") { "\($0.limits.pending)" },
        upstream("timeouts", "\"timeouts\": {}", "2000 nil 29000") {
            "\($0.timeouts.connectInMillis) \($0.timeouts.firstByteInMillis.map { "\($0)" } ?? "nil") "
                + "\($0.timeouts.idleInMillis)"
        },
        upstream("timeouts.connectInMillis", "\"timeouts\": { \"connectInMillis\": 3 }", "3") {
            "\($0.timeouts.connectInMillis)"
        },
        upstream("timeouts.firstByteInMillis", "\"timeouts\": { \"firstByteInMillis\": 3 }", "3") {
            "\($0.timeouts.firstByteInMillis ?? 0)"
        },
        upstream("timeouts.idleInMillis", "\"timeouts\": { \"idleInMillis\": 3 }", "3") {
            "\($0.timeouts.idleInMillis)"
        },
    ]

    static let all =
        top + server + upstream + keys + authorizers + issuers + routes + principals + record + limits + answers
        + functions

    @Test("A written value arrives in the model", arguments: all)
    func arrives(_ arrival: Arrival) throws {
        let good = arrival.isHTTP ? GoodConfiguration.http : GoodConfiguration.rest
        let text = try #require(good.replacing(arrival.old, with: arrival.new), "\(arrival.old) is not there")
        let (document, diagnostics) = load(text)
        let loaded = try #require(document, "\(DiagnosticPrinter().render(diagnostics))")
        #expect(arrival.read(loaded) == arrival.expected)
    }

    /// The sections that built keys lead to.
    private func builtSections() -> [DocumentSection] {
        var found: [DocumentSection] = []
        func visit(_ type: DocumentType) {
            switch type {
            case .section(let section):
                if found.contains(where: { $0.path == section.path }) { return }
                found.append(section)
                for key in section.keys where key.status == .built { visit(key.type) }
            case .list(let element, _): visit(element)
            case .map(let value, _): visit(value)
            case .either(let types): types.forEach(visit)
            default: break
            }
        }
        visit(.section(DocumentTables.root))
        return found
    }

    @Test("Every built key has a test that its value arrives, and none is tested that is not there")
    func complete() {
        var built: Set<String> = []
        for section in builtSections() {
            for key in section.keys where key.status == .built {
                built.insert(section.path.isEmpty ? key.name : "\(section.path).\(key.name)")
            }
        }
        let tested = Set(Self.all.map(\.key))
        #expect(built.subtracting(tested).sorted() == [])
        #expect(tested.subtracting(built).sorted() == [])
    }

    @Test("Tables are in order: names once, defaults that the key takes, a line for each")
    func tables() {
        for section in DocumentTables.sections {
            #expect(Set(section.keys.map(\.name)).count == section.keys.count)
            for key in section.keys {
                #expect(!key.summary.isEmpty && !key.summary.hasSuffix("."))
                guard let value = key.defaultValue else { continue }
                switch key.type {
                case .integer(let range): #expect(Int(value).map { range.contains($0) } == true, "\(key.name)")
                case .choice(let choices): #expect(choices.contains { "\"\($0.name)\"" == value }, "\(key.name)")
                case .boolean: #expect(value == "true" || value == "false", "\(key.name)")
                default: break
                }
            }
        }
    }

    @Test("Every planned key and value is refused by name", arguments: [false, true])
    func planned(isHTTP: Bool) throws {
        let good = isHTTP ? GoodConfiguration.http : GoodConfiguration.rest
        for key in DocumentTables.root.keys
        where key.status == .planned && (key.api == nil || key.api == (isHTTP ? .http : .rest)) {
            let text = try #require(good.replacing("\"version\": 1,", with: "\"version\": 1, \"\(key.name)\": {},"))
            let (document, diagnostics) = load(text)
            #expect(document == nil)
            #expect(diagnostics.map(\.code) == ["GH2110"])
            #expect(diagnostics.first?.message.contains("\"\(key.name)\"") == true)
        }
    }
}
