import BenchmarkSupport
import Functions
import Glibc
import Policies

/// What decisions cost, and how time grows with the size of what a function answers and of what a client asks for.
///
/// Prints one line for each figure; exit status 1 when a demanded one is missed. `--rounds N`: more rounds, less noise.
@main
enum PolicyBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        var rounds = 15
        if let place = arguments.firstIndex(of: "--rounds"), place + 1 < arguments.count {
            rounds = Int(arguments[place + 1]) ?? rounds
        }
        var judge = Judge()
        try decisions(rounds, &judge)
        try sizes(rounds, &judge)
        try patterns(rounds, &judge)
        exit(judge.hasMissed ? 1 : 0)
    }

    struct Unexpected: Error {}

    static let api = "arn:aws:execute-api:eu-west-1:123456789012:api1234567/prod"

    static let context = PolicyContextTable([
        ("aws:SourceIp", .text("203.0.113.7")), ("aws:UserAgent", .text("curl/8.5.0")),
        ("aws:SecureTransport", .text("true")), ("aws:CurrentTime", .text("2026-11-21T12:00:00Z")),
    ])

    private static func request(_ path: String, _ context: any PolicyContext = EmptyPolicyContext()) -> PolicyRequest {
        PolicyRequest(resource: Array("\(api)/GET/\(path)".utf8), context: context)
    }

    private static func document(_ statements: [String]) -> [UInt8] {
        Array("{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}".utf8)
    }

    private static func statement(_ effect: String, _ resource: String, _ condition: String = "") -> String {
        let tail = condition.isEmpty ? "" : ",\"Condition\":\(condition)"
        return "{\"Effect\":\"\(effect)\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"\(api)/\(resource)\"\(tail)}"
    }

    // MARK: Twenty statements

    /// Plain ones, wildcards, and a few with conditions and a policy variable, as an application's policy has them.
    private static let twenty: [String] =
        (0..<12).map { statement("Allow", "GET/service\($0)/*") } + [
            statement("Allow", "*/reports/*", #"{"IpAddress":{"aws:SourceIp":["198.51.100.0/24","203.0.113.0/24"]}}"#),
            statement("Allow", "POST/orders/*", #"{"StringLike":{"aws:UserAgent":"curl/*"}}"#),
            statement("Allow", "GET/agents/${aws:UserAgent}/*"),
            statement("Allow", "GET/old/*", #"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#),
            statement("Deny", "DELETE/*"), statement("Deny", "*/internal/*"),
            statement("Deny", "*", #"{"Bool":{"aws:SecureTransport":"false"}}"#),
            statement("Deny", "GET/reports/secret*", #"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#),
        ]

    private static func decisions(_ rounds: Int, _ judge: inout Judge) throws {
        let policy = try PolicyParser.parse(document(twenty))
        let cases: [(String, String, PolicyOutcome)] = [
            ("allowed by the first", "service0/1", .allow), ("allowed with a condition", "reports/2026", .allow),
            ("denied explicitly", "reports/secret-1", .explicitDeny), ("nothing applies", "elsewhere/1", .implicitDeny),
        ]
        judge.say("a document of \(twenty.count) statements, one core")
        for (name, path, outcome) in cases {
            let request = request(path, context)
            guard PolicyEvaluator.decide(request, by: policy).outcome == outcome else { throw Unexpected() }
            var least = Least()
            for _ in 0..<rounds {
                least.add(Stopwatch.nanoseconds(5000) { _ = PolicyEvaluator.decide(request, by: policy) })
            }
            let perSecond = Int(1e9 / least.value)
            judge.note("  \(Figure.pad(name, 26))\(Figure.pad(least.text, 12))\(perSecond) decisions/s")
        }
    }

    // MARK: Large documents

    /// Reading the function's whole answer, and a decision that no statement ends early.
    private static func sizes(_ rounds: Int, _ judge: inout Judge) throws {
        judge.say("documents of many statements: the answer read, and judged to its last statement")
        var former: (read: Double, judged: Double)?
        for count in [500, 5000, 50_000] {
            // Short ones: Lambda lets a function answer 6 MB at most.
            let statements = (0..<count).map { number in
                #"{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/GET/o/\#(number)"}"#
            }
            let text = document(statements)
            let answer = Array("{\"principalId\":\"u\",\"policyDocument\":".utf8) + text + Array("}".utf8)
            let policy = try PolicyParser.parse(text)
            let request = request("o/none")
            let repeats = max(1, 50_000 / count)
            var read = Least()
            var judged = Least()
            for _ in 0..<max(5, rounds / 3) {
                read.add(
                    try Stopwatch.nanoseconds(max(1, repeats / 10)) {
                        let parsed = AuthorizerAnswer.parse(answer, functionError: false, format: .restPolicy)
                        guard case .policy = parsed else { throw Unexpected() }
                    })
                judged.add(Stopwatch.nanoseconds(repeats) { _ = PolicyEvaluator.decide(request, by: policy) })
            }
            var line =
                "  \(Figure.pad("\(count)", 8))\(answer.count / 1024) KiB   read \(read.text)   judged \(judged.text)"
            var isLinear = true
            if let former {
                let ratios = (read.value / former.read, judged.value / former.judged)
                line += "   for 10 times as many: \(Figure.rounded(ratios.0)) and \(Figure.rounded(ratios.1)) times"
                isLinear = ratios.0 < 20 && ratios.1 < 20
            }
            former = (read.value, judged.value)
            judge.note(line, isGood: isLinear)
        }
    }

    // MARK: Hostile patterns

    private static func patterns(_ rounds: Int, _ judge: inout Judge) throws {
        judge.say("hostile patterns against paths of `a` alone; peers: glibc's fnmatch and regexec, the same bytes")
        let long = "*\(String(repeating: "a", count: 1000))b*"
        for pattern in ["*a*a*a*a*b", "*a*a*a*a*b*", "*a*a*a*a*a*a*a*a*b?", long] {
            let name = pattern == long ? "*a{1000}b*" : pattern
            let policy = try PolicyParser.parse(document([statement("Allow", "GET/\(pattern)")]))
            let peers = [Peer.fnmatch(pattern), Peer.regularExpression(pattern)]
            var former: Double?
            for size in [2048, 20_480] {
                let path = String(repeating: "a", count: size)
                let request = request(path)
                guard PolicyEvaluator.decide(request, by: policy).outcome == .implicitDeny else { throw Unexpected() }
                var least = Least()
                for _ in 0..<rounds {
                    least.add(Stopwatch.nanoseconds(50) { _ = PolicyEvaluator.decide(request, by: policy) })
                }
                var line = "  \(Figure.pad(name, 20))\(Figure.pad("\(size) bytes", 14))\(Figure.pad(least.text, 11))"
                if let former { line += "\(Figure.pad("\(Figure.rounded(least.value / former)) times", 13))" }
                line += former == nil ? String(repeating: " ", count: 13) : ""
                for peer in peers { line += "\(peer.name) \(Figure.pad(peer.time(path), 12))" }
                judge.note(line, isGood: former.map { least.value / $0 < 20 } ?? true)
                former = least.value
            }
        }
    }
}
