import Authorizers
import HTTP
import Routes
import Testing
import Upstream

@testable import Gateway

/// Lines that were written for one client never reach the backend for another.
@Suite("Kept forwarding lines")
struct ForwardingLinesTests {
    /// Everything that the lines depend on.
    struct Asker: CustomTestStringConvertible {
        var type = ApiType.http
        var host: String? = "gate.example"
        var peer = "192.0.2.1"
        var isSecure = false
        var isTrusted = false
        var port: UInt16 = 8080
        var headers: [String] = []

        var testDescription: String { "\(type) \(host ?? "-") \(peer) \(isSecure) \(isTrusted) \(port) \(headers)" }
    }

    private func exchange(_ asker: Asker, _ benches: [ApiType: GateBench]) throws -> Exchange {
        let bench = try #require(benches[asker.type])
        let lines = (asker.host.map { ["Host: \($0)"] } ?? []) + asker.headers
        let version = asker.host == nil ? "1.0" : "1.1"
        let text = (["GET /x/1 HTTP/\(version)"] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
        var parser = RequestParser(limits: HeadLimits())
        guard case .head(let head, _) = parser.parse(Array(text.utf8).span) else {
            throw FixtureProblem(text: "not a request")
        }
        var random = CountingGenerator()
        let peer = Array(asker.peer.utf8)
        return Exchange(
            id: RequestID(using: &random), snapshot: bench.snapshot, head: head,
            client: asker.isTrusted ? Array("203.0.113.9".utf8) : peer, peer: peer, isSecure: asker.isSecure,
            isPeerTrusted: asker.isTrusted, localPort: asker.port, receivedAt: FleetFixture.noon)
    }

    static let askers: [Asker] = [
        Asker(), Asker(host: "gate.exampl"), Asker(host: "gate.examplf"), Asker(host: nil), Asker(peer: "192.0.2.2"),
        Asker(peer: "2001:db8::1"), Asker(isSecure: true), Asker(port: 8081), Asker(type: .rest),
        Asker(isTrusted: true, headers: ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"]),
        Asker(headers: ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"]),
    ]

    @Test("Whoever asked before, the lines are those of a gateway that keeps none", arguments: askers)
    func sameAsUnkept(before: Asker) throws {
        let benches: [ApiType: GateBench] = [.http: try GateBench(.http), .rest: try GateBench(.rest)]
        for asker in Self.askers {
            let forwarding = ForwardingLines()
            // Twice each: written, then kept.
            for next in [before, before, asker, asker] {
                var exchange = try exchange(next, benches)
                guard
                    case .forward(let plan) = RequestPipeline.run(
                        &exchange, in: AuthorizerWorkspace(cacheLimits: nil, seed: (1, 2)))
                else { throw FixtureProblem(text: "not forwarded") }
                let kept = try RequestTransform.make(exchange, plan, body: [], forwarding: forwarding)
                let fresh = try RequestTransform.make(exchange, plan)
                #expect(String(decoding: kept.fields, as: UTF8.self) == String(decoding: fresh.fields, as: UTF8.self))
            }
        }
    }
}
