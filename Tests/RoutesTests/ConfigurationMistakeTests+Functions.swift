import Documents
import Routes

/// Slips in functions that run here.
extension ConfigurationMistakeTests {
    private static func function(
        _ members: String, _ code: String, _ severity: Diagnostic.Severity = .error
    ) -> Mistake {
        Mistake(
            "\"version\": 1,", "\"version\": 1, \"functions\": { \"verify\": { \(members) } },", code, severity)
    }

    private static func admin(_ json: String, _ code: String) -> Mistake {
        Mistake("\"listen\": \"127.0.0.1:8080\"", "\"listen\": \"127.0.0.1:8080\", \"admin\": \(json)", code)
    }

    static let functions: [Mistake] = [
        Mistake("\"version\": 1,", "\"version\": 1, \"functions\": { «\"verify\"»: {} },", "GH2106"),
        function("\"runtime\": «\"python2.7\"», \"handler\": \"a.b\"", "GH2103"),
        function("\"runtime\": «\"Python3\"», \"handler\": \"a.b\"", "GH2103"),
        function("\"runtime\": «\"java21\"»", "GH2103"), function("\"runtime\": «\"nodejs22\"»", "GH2103"),
        function("\"runtime\": \"provided\", \"command\": «[\"x\"]»", "GH2109"),
        Mistake(
            "\"version\": 1,", "\"version\": 1, \"functions\": { «\"verify\"»: { \"runtime\": \"python3\" } },",
            "GH2106"),
        function("\"runtime\": \"python3\", \"handler\": «\"handler\"»", "GH2103"),
        function("\"runtime\": \"nodejs\", \"handler\": «\"a.\"»", "GH2103"),
        function("\"command\": «[]»", "GH2107"), function("\"command\": [«\"\"»]", "GH2107"),
        function("\"command\": [\"x\"], \"codeUri\": «\"\"»", "GH2107"),
        function("\"command\": [\"x\"], \"timeoutInSeconds\": «901»", "GH2102"),
        function("\"command\": [\"x\"], \"concurrency\": «0»", "GH2102"),
        function("\"command\": [\"x\"], \"concurrency\": 2, \"provisionedConcurrency\": «3»", "GH2102", .warning),
        function("\"command\": [\"x\"], \"environment\": { «\"A B\"»: \"1\" }", "GH2112"),
        function("\"command\": [\"x\"], \"environment\": { «\"1A\"»: \"1\" }", "GH2112"),
        function("\"command\": [\"x\"], \"environment\": { «\"AWS_LAMBDA_RUNTIME_API\"»: \"1\" }", "GH2112"),
        function("\"command\": [\"x\"], \"environment\": { \"A\": «1» }", "GH2101"),
        admin("{ \"listen\": «\"0.0.0.0:81\"» }", "GH2413"), admin("{ \"listen\": «\"10.0.0.1:81\"» }", "GH2413"),
        admin("{ \"listen\": «\"8081\"» }", "GH2413"),
        Mistake("\"listen\": \"127.0.0.1:8080\"", "\"listen\": \"127.0.0.1:8080\", «\"admin\"»: {}", "GH2106"),
        admin("{ \"listen\": \"127.0.0.1:81\", «\"inspector\"»: true }", "GH2110"),
        function("\"command\": [\"x\"], «\"memorySize\"»: 128", "GH2104"),
    ]
}
