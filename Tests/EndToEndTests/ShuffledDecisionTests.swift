import Authorizers
import Foundation
import Gateway
import Synchronization
import TestRandom
import TestSupport
import Testing
import Tokens

/// Many identities, routes and both kinds of authorizer in a shuffled order, while tokens are revoked and policies
/// change: every answer is compared with a model that knows nothing of the gate.
@Suite("Shuffled requests while what is allowed changes")
struct ShuffledDecisionTests {
    private static let tokens = 200
    private static let routes = 5
    private static let ranks = 4

    // MARK: The model

    /// What is in force. The gate's own authorizer and the function each have their own list and policy.
    struct Force: Sendable, Equatable {
        var revoked: Set<Int> = []
        /// Version of the gate's configuration.
        var version = 0
        var revokedAtFunction: Set<Int> = []
        /// Version of the function's policy.
        var functionVersion = 0

        static let explicit =
            #"403 {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#
        static let implicit = #"403 {"Message":"User is not authorized to access this resource"}"#
        static let unauthorized = #"401 {"message":"Unauthorized"}"#

        func answer(_ request: Request) -> String {
            let revoked = request.isForFunction ? revokedAtFunction : revoked
            let version = request.isForFunction ? functionVersion : version
            if revoked.contains(request.token) { return Self.unauthorized }
            if request.route == version % routes { return Self.explicit }
            if (request.token + version) % ranks == 0 { return Self.implicit }
            return "200 u-\(request.token) \(request.path)"
        }
    }

    struct Request: Sendable {
        var token: Int
        var route: Int
        var isForFunction: Bool

        var path: String { "/\(isForFunction ? "f" : "s")/r\(route)" }
    }

    /// Everything that was in force, in order. A change is begun before anything of it is done, and committed when the
    /// gate must follow it.
    private final class History: Sendable {
        private let state = Mutex((forces: [Force()], committed: 0))

        var committed: Int { state.withLock { $0.committed } }
        var newest: Force { state.withLock { $0.forces[$0.forces.count - 1] } }

        func begin(_ change: (inout Force) -> Void) {
            state.withLock { state in
                var force = state.forces[state.forces.count - 1]
                change(&force)
                state.forces.append(force)
            }
        }

        func commit() { state.withLock { $0.committed = $0.forces.count - 1 } }

        /// What may be answered to a request that began when `first` was committed and has just been answered.
        func allowed(_ request: Request, since first: Int) -> Set<String> {
            state.withLock { state in Set(state.forces[first...].map { $0.answer(request) }) }
        }
    }

    // MARK: The gate

    private static func configuration(_ version: Int) -> String {
        let allowed = (0..<ranks).filter { ($0 + version) % ranks != 0 }.map { "\"\($0)\"" }.joined(separator: ", ")
        let routeLines = (0..<routes).flatMap { route in
            ["s", "f"].map { kind in
                """
                "GET /\(kind)/r\(route)": { "authorizer": "\(kind)", "integration": "up" }
                """
            }
        }
        return """
            {
              "version": 1,
              "api": { "type": "REST", "defaultStage": "dev" },
              "server": { "listen": "${env:LISTEN}", "workers": 2, "log": { "level": "error" } },
              "revocations": { "file": "revoked-in-this-test.jsonl" },
              "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
              "authorizers": {
                "s": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                  "jwt": { "keys": ["hs"], "algorithms": ["HS256"], "issuer": "https://login.example", "audience": ["fleet"] },
                  "policy": [
                    { "effect": "Allow", "resources": ["GET/s/*"], "when": { "rank": { "in": [\(allowed)] } } },
                    { "effect": "Deny", "resources": ["GET/s/r\(version % routes)"] } ] },
                "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                  "authorizerUri": "${env:BACKEND}/2015-03-31/functions/auth/invocations",
                  "authorizerResultTtlInSeconds": 3600 }
              },
              "integrations": { "up": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up{path}", "requestParameters": {
                "integration.request.header.X-User": "context.authorizer.principalId" } } },
              "routes": { \(routeLines.joined(separator: ", ")) }
            }
            """
    }

    /// What the function knows.
    private final class FunctionState: Sendable {
        private let state = Mutex((revoked: Set<Int>(), version: 0, calls: 0))

        var calls: Int { state.withLock { $0.calls } }
        func revoke(_ token: Int) { state.withLock { _ = $0.revoked.insert(token) } }
        func follow(_ version: Int) { state.withLock { $0.version = version } }

        func answer(_ token: Int) -> ScriptedAnswer {
            let (revoked, version) = state.withLock { state in
                state.calls += 1
                return (state.revoked.contains(token), state.version)
            }
            if revoked {
                return .answer(
                    200, fields: "X-Amz-Function-Error: Handled\r\n", body: #"{"errorMessage":"Unauthorized"}"#)
            }
            func statement(_ effect: String, _ route: String) -> String {
                #"{"Effect":"\#(effect)","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/GET/f/\#(route)"}"#
            }
            let denial = statement("Deny", "r\(version % routes)")
            let isAllowed = (token + version) % ranks != 0
            return .answer(
                200,
                body: FunctionPolicy.answer(
                    principal: "u-\(token)", isAllowed ? "\(denial),\(statement("Allow", "*"))" : denial))
        }
    }

    private static func number(in event: [UInt8]) -> Int? {
        let text = String(decoding: event, as: UTF8.self)
        guard let place = text.firstRange(of: "opaque-") else { return nil }
        return Int(text[place.upperBound...].prefix { $0.isNumber })
    }

    // MARK: The test

    @Test("Zero wrong answers", arguments: [1, 20_251_121] as [UInt64])
    func shuffled(_ seed: UInt64) async throws {
        let function = FunctionState()
        let script: StubBackend.Script = { request in
            if request.target.hasPrefix("/up") {
                return .answer(200, body: "\(request["X-User"] ?? "nobody") \(request.target.dropFirst(3))")
            }
            guard let token = Self.number(in: request.body) else { return .answer(500) }
            return function.answer(token)
        }
        var random = SeededRandom(seed: seed)
        var requests: [Request] = []
        for token in 0..<Self.tokens {
            for route in 0..<Self.routes {
                for kind in [false, true] { requests.append(Request(token: token, route: route, isForFunction: kind)) }
            }
        }
        requests.shuffle(using: &random)
        let order = requests
        // Not in the ledger of secrets: nothing is logged here, and every later test would look for two hundred more.
        let signer = try TokenMint.standard().signer
        let signed = try (0..<Self.tokens).map { number in
            let claims = Crew.claims(
                "u-\(number)", rank: "\(number % Self.ranks)", extra: ",\"jti\":\"session-\(number)\"")
            return String(decoding: try signer.sign(payload: Array(claims.utf8)), as: UTF8.self)
        }
        let victims = (0..<Self.tokens).shuffled(using: &random)
        try await GatewayHarness.run(Self.configuration(0), script: script) { (gate) async throws in
            let traffic = Traffic(gate: gate, signed: signed, order: order)
            let history = traffic.history
            async let wrong = Threads.run(4) { try traffic.run(part: $0, of: 4) }
            for step in 0..<60 {
                // Each change falls among requests.
                try await gate.reach { traffic.asked > step * 30 }
                try await change(step, victims, gate, history, function)
            }
            traffic.end()
            for text in try await wrong.flatMap({ $0 }) { Issue.record("\(text)") }
            let asked = traffic.asked
            #expect(asked >= order.count)
            // Nothing changes any more: one answer is right for each.
            let last = try gate.client()
            for request in order {
                if let found = try traffic.ask(last, request) { Issue.record("\(found)") }
            }
            #expect(history.newest.version == 12 && history.newest.functionVersion == 12)
            #expect(function.calls < asked)
        }
    }

    /// The clients. Each compares every answer with the model as it was while the request was under way.
    private final class Traffic: Sendable {
        let history = History()
        private let gate: GatewayHarness
        private let signed: [String]
        private let order: [Request]
        private let progress = Atomic<Int>(0)
        private let isOver = Atomic<Bool>(false)

        init(gate: GatewayHarness, signed: [String], order: [Request]) {
            self.gate = gate
            self.signed = signed
            self.order = order
        }

        var asked: Int { progress.load(ordering: .relaxed) }

        func end() { isOver.store(true, ordering: .releasing) }

        /// At least once through its part, and on until the last change is made. Returns what was wrong.
        func run(part: Int, of parts: Int) throws -> [String] {
            let client = try gate.client()
            let mine = stride(from: part, to: order.count, by: parts).map { order[$0] }
            var wrong: [String] = []
            var index = 0
            while index < mine.count || !isOver.load(ordering: .acquiring) {
                if let found = try ask(client, mine[index % mine.count]) { wrong.append(found) }
                index += 1
            }
            return wrong
        }

        /// Nil when the answer is one of those that were right.
        func ask(_ client: RawClient, _ request: Request) throws -> String? {
            let credential = request.isForFunction ? "opaque-\(request.token)" : signed[request.token]
            let first = history.committed
            let response = try client.ask(
                "GET \(request.path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(credential)\r\n\r\n")
            let answer = "\(response.status) \(response.text)"
            progress.add(1, ordering: .relaxed)
            let allowed = history.allowed(request, since: first)
            return allowed.contains(answer) ? nil : "\(request): \(answer), expected \(allowed)"
        }
    }

    private func change(
        _ step: Int, _ victims: [Int], _ gate: GatewayHarness, _ history: History, _ function: FunctionState
    ) async throws {
        let version = step / 5 + 1
        switch step % 5 {
        case 0, 2:
            let victim = victims[step]
            history.begin { $0.revoked.insert(victim) }
            let lines = history.newest.revoked.map { "{\"jti\":\"session-\($0)\"}\n" }.joined()
            gate.service.box.current().0.revocations?.replace(with: RevocationList.parse(Array(lines.utf8)).list)
        case 1:
            history.begin { $0.version = version }
            try await gate.reload(Self.configuration(version))
        case 3:
            let victim = victims[step]
            history.begin { $0.revokedAtFunction.insert(victim) }
            function.revoke(victim)
            gate.service.flushAuthorizerResults()
        default:
            history.begin { $0.functionVersion = version }
            function.follow(version)
            gate.service.flushAuthorizerResults()
        }
        history.commit()
    }
}
