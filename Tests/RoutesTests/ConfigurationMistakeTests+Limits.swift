import Documents
import Routes
import Testing

/// API keys, usage plans, rates and access logs.
extension ConfigurationMistakeTests {
    private static let begin = "\"version\": 1,"

    private static func top(_ members: String, _ code: String, _ severity: Diagnostic.Severity = .error) -> Mistake {
        Mistake(begin, "\(begin) \(members),", code, severity)
    }

    /// One API key, and a plan with these members.
    private static func plan(_ members: String, _ code: String, _ severity: Diagnostic.Severity = .error) -> Mistake {
        top(
            "\"apiKeys\": { \"one\": { \"value\": \"${env:SECRET}\" } }, \"usagePlans\": { \"gold\": { \(members) } }",
            code, severity)
    }

    private static func log(_ members: String, _ code: String) -> Mistake {
        Mistake("\"debug\": true,", "\"accessLogSettings\": \(members),", code)
    }

    private static func key(_ value: String, _ code: String) -> Mistake {
        top("\"apiKeys\": { \"one\": { \"value\": \(value) } }", code)
    }

    private static let long = String(repeating: "x", count: 129)

    static let limits: [Mistake] = [
        key("«\"short\"»", "GH2605"), key("«\"\(long)\"»", "GH2605"), key("«\"abcdefghij 123456789\"»", "GH2605"),
        key("«\"äbcdefghij0123456789\"»", "GH2605"), key("«7»", "GH2101"),
        top("\"apiKeys\": { «\"one\"»: {} }", "GH2106"),
        top("\"apiKeys\": { \"a key\": { \"value\": \"${env:SECRET}\" } }", "GH2112"),
        top(
            "\"apiKeys\": { \"a\": { \"value\": \"${env:SECRET}\" }, «\"b\"»: { \"value\": \"${env:SECRET}\" } }",
            "GH2604"),
        plan("\"apiKeys\": [«\"two\"»]", "GH2601"), plan("\"apiKeys\": [\"one\", «\"one\"»]", "GH2603"),
        top(
            "\"apiKeys\": { \"one\": { \"value\": \"${env:SECRET}\" } }, \"usagePlans\": "
                + "{ \"a\": { \"apiKeys\": [\"one\"] }, \"b\": { \"apiKeys\": [«\"one\"»] } }", "GH2603"),
        plan("\"apiKeys\": [\"one\"], \"apiStages\": [{ \"stage\": «\"deV\"» }]", "GH2205"),
        plan("\"apiKeys\": [\"one\"], \"apiStages\": «[]»", "GH2107"),
        plan(
            "\"apiKeys\": [\"one\"], \"apiStages\": [{ \"stage\": \"dev\", "
                + "\"throttle\": { «\"/ships/GET\"»: { \"rateLimit\": 1 } } }]", "GH2602"),
        plan("\"apiKeys\": [\"one\"], \"throttle\": { «\"throttlingRateLimit\"»: 1, \"rateLimit\": 1 }", "GH2105"),
        plan("\"apiKeys\": [\"one\"], «\"throttle\"»: { \"burstLimit\": 1 }", "GH2106"),
        plan("\"apiKeys\": [\"one\"], \"throttle\": { \"rateLimit\": «-1» }", "GH2102"),
        plan("\"apiKeys\": [\"one\"], \"throttle\": { \"rateLimit\": «\"1\"» }", "GH2101"),
        plan("\"apiKeys\": [\"one\"], \"throttle\": { \"rateLimit\": 1, \"burstLimit\": «1.5» }", "GH2101"),
        plan("\"apiKeys\": [\"one\"], \"quota\": { \"limit\": 1, \"period\": «\"HOUR\"» }", "GH2103"),
        plan("\"apiKeys\": [\"one\"], «\"quota\"»: { \"limit\": 1 }", "GH2106"),
        plan(
            "\"apiKeys\": [\"one\"], \"quota\": { \"limit\": 1, \"period\": \"DAY\", \"offset\": «2» }", "GH2607"),
        plan("\"apiKeys\": [\"one\"], \"quota\": «{» \"limit\": 1, \"period\": \"DAY\" }", "GH2606", .warning),
        plan("\"apiKeys\": [\"one\"], \"throttle\": { \"rateLimit\": «0» }", "GH2611", .warning),
        top("\"usage\": { \"file\": «\"\"» }", "GH2107"), top("«\"usage\"»: {}", "GH2106"),
        Mistake("\"debug\": true", "\"throttlingBurstLimit\": «0»", "GH2611", .warning),
        Mistake("\"debug\": true", "\"throttlingRateLimit\": «1000001»", "GH2102"),
        Mistake("\"debug\": true", "\"throttlingBurstLimit\": «-1»", "GH2102"),
        Mistake(
            "\"GET /ships\": { ", "\"GET /ships\": { \"throttlingRateLimit\": «\"50\"», ", "GH2101"),
        Mistake("\"GET /ships\": { ", "\"GET /ships\": { \"apiKeyRequired\": «true», ", "GH2610", .warning),
        Mistake(
            "\"GET /health\": { ",
            "\"GET /health\": { \"apiKeyRequired\": «true», ", "GH2610", .warning),
        Mistake("\"name\": \"fleet\"", "\"apiKeySource\": «\"Header\"»", "GH2103"),
        Mistake("\"name\": \"cases\"", "«\"apiKeySource\"»: \"HEADER\"", "GH2108", http: true),
        Mistake("\"stages\": {", "«\"usagePlans\"»: {}, \"stages\": {", "GH2108", http: true),
        Mistake("\"principalId\": \"$claims.sub\"", "\"usageIdentifierKey\": «\"$sub\"»", "GH3112"),
        Mistake(
            "\"principalId\": \"$claims.sub\"", "\"usageIdentifierKey\": «\"abcdefghij0123456789\"»", "GH3112"),
        Mistake("\"principalId\": \"$claims.sub\"", "\"usageIdentifierKey\": «\"\"»", "GH3112"),
        log("{ \"format\": «\"$context.status\"» }", "GH2609"),
        Mistake("\"debug\": true,", "«\"accessLogSettings\"»: {},", "GH2106"),
        log("{ \"format\": \"$context.requestId «$context.agent»\" }", "GH2608"),
        log("{ \"format\": \"$context.requestId «$»stageVariables.x\" }", "GH2608"),
        log("{ \"format\": «\"$context.requestId\\n\"» }", "GH2608"),
        log("{ \"format\": «\"clf\"» }", "GH2609"), log("{ \"format\": \"CLF\", \"file\": «\"\"» }", "GH2107"),
        log("«\"CLF\"»", "GH2101"),
    ]
}
