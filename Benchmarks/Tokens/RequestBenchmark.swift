import Authorizers
import BenchmarkSupport
import Gateway
import HTTP
import Routes
import TestSupport
import Tokens

/// What a list of 100,000 revoked tokens adds to a request: parsed, routed, authorized from the cache, decided.
enum RequestBenchmark {
    private static let configuration = """
        {
          "version": 1, "api": { "type": "REST", "defaultStage": "dev" }, "stages": { "dev": {} },
          "server": { "listen": "${env:LISTEN}" }, "revocations": { "file": "revocations.jsonl" },
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": {
            "session": {
              "type": "TOKEN", "identitySource": "method.request.header.Authorization",
              "jwt": { "keys": ["hs"], "issuer": null, "audience": null },
              "policy": [ { "effect": "Allow", "resources": ["GET/ships/*"] } ]
            }
          },
          "integrations": { "it": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}{path}" } },
          "routes": { "GET /ships/{id}": { "authorizer": "session", "integration": "it" } }
        }
        """

    /// One gateway without sockets.
    private final class Bench {
        let snapshot: GatewaySnapshot
        let workspace = AuthorizerWorkspace(cacheLimits: .standard, seed: (1, 2))
        let request: [UInt8]
        private var random: SystemRandomNumberGenerator = SystemRandomNumberGenerator()
        private let id: RequestID
        private let address = Array("127.0.0.1".utf8)

        init(_ token: String, _ revocations: RevocationList) throws {
            snapshot = try GatewayHarness.compile(RequestBenchmark.configuration, backendPort: 1).snapshot
            snapshot.revocations?.replace(with: revocations)
            id = RequestID(using: &random)
            request = Array(
                "GET /ships/42?x=1 HTTP/1.1\r\nHost: gate.example\r\nAccept: */*\r\nAuthorization: Bearer \(token)\r\n\r\n"
                    .utf8)
        }

        func run() throws {
            var parser = RequestParser(limits: HeadLimits())
            let bytes = request
            let outcome = parser.parse(bytes.span)
            guard case .head(let head, _) = outcome else { throw BarePrimitive.Failure() }
            var exchange = Exchange(
                id: id, snapshot: snapshot, head: head, client: address, peer: address, receivedAt: TokenBenchmark.now)
            guard case .forward = RequestPipeline.run(&exchange, in: workspace) else { throw BarePrimitive.Failure() }
        }
    }

    static func run(_ rounds: Int, _ judge: inout Judge) throws {
        let token = try TokenMint.standard().token(
            #"{"sub":"u-200","jti":"6f1c2a9e-31d0-4a7e-9a64-0d8a52c2b7f1","iat":1759999940,"exp":1760000600}"#)
        let lists: [(name: String, list: RevocationList)] = [
            ("jti", list(100_000) { Revocation(.tokenID, name("jti", $0)) }),
            (
                "jti, sub and kid",
                list(100_000) { index in
                    switch index % 3 {
                    case 0: Revocation(.tokenID, name("jti", index))
                    case 1: Revocation(.subject, name("u", index), issuedBefore: 1_760_000_000)
                    default: Revocation(.keyID, name("k", index))
                    }
                }
            ),
        ]
        let plain = try Bench(token, RevocationList())
        for each in lists {
            let long = try Bench(token, each.list)
            var without = Least()
            var with = Least()
            for _ in 0..<rounds {
                without.add(try Stopwatch.nanoseconds(5000) { try plain.run() })
                with.add(try Stopwatch.nanoseconds(5000) { try long.run() })
            }
            let added = with.value - without.value
            judge.note(
                """
                revoked  \(each.list.count) entries (\(each.name)): request in process \(without.text) without, \
                \(with.text) with: \(Int(added.rounded())) ns more (over the wire: Benchmarks/revocations.sh)
                """)
        }
    }

    private static func name(_ kind: String, _ index: Int) -> [UInt8] { Array("\(kind)-\(index)-of-many".utf8) }

    private static func list(_ count: Int, _ entry: (Int) -> Revocation) -> RevocationList {
        RevocationList((0..<count).map(entry))
    }
}
