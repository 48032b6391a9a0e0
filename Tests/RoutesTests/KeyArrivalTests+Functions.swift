import Documents
import Routes

/// Keys of functions that run here.
extension KeyArrivalTests {
    private static func function(
        _ key: String, _ members: String, _ expected: String,
        read: @escaping @Sendable (FunctionDefinition) -> String
    ) -> Arrival {
        Arrival(
            "functions.NAME.\(key)", "\"version\": 1,",
            "\"version\": 1, \"functions\": { \"verify\": { \(members) } },", expected
        ) { $0.function(named: "verify").map(read) ?? "none" }
    }

    private static func program(_ function: FunctionDefinition) -> String {
        switch function.program {
        case .python(let interpreter, let handler): "python \(interpreter) \(handler)"
        case .node(let handler): "node \(handler)"
        case .provided(let handler): "provided \(handler)"
        case .command(let words, let handler): "command \(words.joined(separator: " ")) \(handler)"
        }
    }

    private static func admin(_ key: String, _ address: String) -> Arrival {
        Arrival(
            key, "\"listen\": \"127.0.0.1:8080\"",
            "\"listen\": \"127.0.0.1:8080\", \"admin\": { \"listen\": \"\(address)\" }", address
        ) { $0.server.admin.map { "\($0.value)" } ?? "none" }
    }

    static let functions: [Arrival] = [
        Arrival(
            "server.admin.metrics", "\"listen\": \"127.0.0.1:8080\"",
            "\"listen\": \"127.0.0.1:8080\", \"admin\": { \"listen\": \"[::1]:9\", \"metrics\": false }", "false"
        ) { "\($0.server.servesMetrics)" },
        admin("server.admin", "[::1]:9"), admin("server.admin.listen", "unix:/run/a"),
        Arrival(
            "functions", "\"version\": 1,",
            "\"version\": 1, \"functions\": { \"a\": { \"command\": [\"x\"] }, \"b\": { \"command\": [\"y\"] } },",
            "a b"
        ) { $0.functions.map(\.name).joined(separator: " ") },
        function(
            "runtime", "\"runtime\": \"python3.12\", \"handler\": \"a.b\"", "python python3.12 a.b", read: program),
        function("runtime", "\"runtime\": \"nodejs22.x\", \"handler\": \"a.b\"", "node a.b", read: program),
        function("runtime", "\"runtime\": \"provided.al2023\"", "provided ", read: program),
        function("command", "\"command\": [\"./run\", \"-x\"]", "command ./run -x ", read: program),
        function(
            "handler", "\"runtime\": \"provided\", \"handler\": \"what.ever\"", "provided what.ever", read: program),
        function("codeUri", "\"command\": [\"x\"], \"codeUri\": \"functions/verify\"", "functions/verify") {
            $0.folder
        },
        function("timeoutInSeconds", "\"command\": [\"x\"], \"timeoutInSeconds\": 7", "7") { "\($0.timeoutInSeconds)" },
        function("concurrency", "\"command\": [\"x\"], \"concurrency\": 7", "7") { "\($0.concurrency)" },
        function(
            "provisionedConcurrency", "\"command\": [\"x\"], \"concurrency\": 7, \"provisionedConcurrency\": 5", "5"
        ) { "\($0.provisionedConcurrency)" },
        function("environment", "\"command\": [\"x\"], \"environment\": { \"B\": \"2\", \"A\": \"\" }", "B=2 A=") {
            $0.environment.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        },
    ]
}
