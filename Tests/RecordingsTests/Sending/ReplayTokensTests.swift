import Documents
import Foundation
import Gateway
import Routes
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Tokens of a replay")
struct ReplayTokensTests {
    static let now = WallTime(seconds: 2_000_000_000, nanoseconds: 900_000_000)

    private static func document() throws -> GatewayDocument {
        try OfflineGate.compile(OfflineGate.configuration()).document
    }

    private static func maker(_ mode: ReplayTokens, _ document: GatewayDocument? = nil) throws -> TokenMaker {
        TokenMaker(mode, document: try document ?? Self.document())
    }

    private static func claims(_ token: [UInt8]) throws -> [String: Any] {
        let payload = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)[1]
        let octets = try #require(Base64URL.decode(payload))
        return try #require(JSONSerialization.jsonObject(with: Data(octets)) as? [String: Any])
    }

    @Test("Times keep their distance from the request, whole, and on the side where they were")
    func aging() throws {
        let recorded = WallTime(seconds: 1000, nanoseconds: 700_000_000)
        // 1,000.2 s later: the token had half a second more.
        let now = WallTime(seconds: 2000, nanoseconds: 900_000_000)
        let moved = TokenAging.claims(
            Array(#"{"sub":"1000","iat":1000,"nbf":1001,"exp":1001,"auth_time":7,"n":1000,"x":{"exp":5}}"#.utf8),
            recorded: recorded, now: now)
        #expect(
            String(decoding: moved, as: UTF8.self)
                == #"{"sub":"1000","iat":2000,"nbf":2002,"exp":2002,"auth_time":1007,"n":1000,"x":{"exp":5}}"#)
        // What had expired, had; and numbers that are no moments stay as they are.
        let odd = TokenAging.claims(
            Array(#"{"exp":1000,"iat":"1000","nbf":1e300}"#.utf8), recorded: recorded, now: now)
        #expect(String(decoding: odd, as: UTF8.self) == #"{"exp":2000,"iat":"1000","nbf":1e300}"#)
        #expect(TokenAging.claims(Array("[1]".utf8), recorded: recorded, now: now) == Array("[1]".utf8))
    }

    @Test("Signed anew, a token verifies under the configuration and is as old as it was")
    func resigned() throws {
        let entry = try SentSample.guarded(claims: #"{"sub":"u-1","iat":1795262390,"exp":1795262460}"#).entry()
        var maker = try Self.maker(.resign)
        guard case .token(let token) = maker.credential(for: entry, at: Self.now) else {
            Issue.record("no token")
            return
        }
        let claims = try Self.claims(token)
        // Recorded at …400.5, so 10.5 s after iat and 59.5 s before exp.
        #expect(claims["iat"] as? Int == 1_999_999_990 && claims["exp"] as? Int == 2_000_000_061)
        #expect(token.starts(with: try TokenMint.standard().token("{}").prefix { $0 != "." }.utf8))
        #expect(maker.signingKeys == ["hs"])
        let again = maker.credential(for: entry, at: Self.now)
        #expect(again == .token(token))
        #expect(maker.credential(for: entry, at: WallTime(seconds: 2_000_000_005)) != .token(token))
    }

    @Test("A signature that was bad stays bad, alg none stays unsigned, and what was no token is none")
    func spoilt() throws {
        var maker = try Self.maker(.resign)
        let bad = try SentSample.guarded(header: #"{"alg":"HS256","kid":"x"}"#, verified: false).entry()
        guard case .token(let token) = maker.credential(for: bad, at: Self.now) else {
            Issue.record("no token"); return
        }
        let good = try SentSample.guarded(header: #"{"alg":"HS256","kid":"x"}"#).entry()
        guard case .token(let signed) = maker.credential(for: good, at: Self.now) else {
            Issue.record("no token"); return
        }
        #expect(token.split(separator: 0x2E)[1] == signed.split(separator: 0x2E)[1])
        #expect(token.split(separator: 0x2E)[2] != signed.split(separator: 0x2E)[2])
        let none = try SentSample.guarded(header: #"{"alg":"None"}"#, verified: false).entry()
        guard case .token(let unsigned) = maker.credential(for: none, at: Self.now) else {
            Issue.record("none"); return
        }
        #expect(unsigned.last == UInt8(ascii: "."))
        var garbage = SentSample.guarded()
        garbage.ours =
            ",\"authorizer\":\"session\",\"token\":{\"source\":\"header authorization\",\"verified\":false,\"bytes\":3}"
        #expect(try maker.credential(for: garbage.entry(), at: Self.now) == .token(Array("not.a.token".utf8)))
    }

    @Test("Header members that name keys of others are not signed again, and types stay")
    func headers() throws {
        var maker = try Self.maker(.resign)
        let entry = try SentSample.guarded(
            header: #"{"typ":"at+jwt","alg":"RS256","kid":"theirs","jku":"https://evil.example","x5c":["a"]}"#
        ).entry()
        guard case .token(let token) = maker.credential(for: entry, at: Self.now) else {
            Issue.record("no token"); return
        }
        let header = try #require(Base64URL.decode(token.prefix { $0 != UInt8(ascii: ".") }))
        #expect(String(decoding: header, as: UTF8.self) == #"{"typ":"at+jwt","alg":"HS256"}"#)
    }

    @Test("Recorded: what lost its token or its key is not sent, the rest as it is")
    func recorded() throws {
        var maker = try Self.maker(.recorded)
        #expect(try maker.obstacle(for: SentSample().entry()) == nil)
        #expect(try maker.credential(for: SentSample().entry(), at: Self.now) == .recorded)
        #expect(try maker.obstacle(for: SentSample.guarded().entry()) != nil)
        #expect(try maker.obstacle(for: SentSample.guarded(source: "query token").entry()) != nil)
        for (name, value) in [
            ("Cookie", "a=h:0123456789abcdef"), ("X-Api-Key", "h:0123456789abcdef"), ("Authorization", "redacted"),
        ] {
            var sample = SentSample()
            sample.headers.append((name, value))
            guard case .impossible = try maker.credential(for: sample.entry(), at: Self.now) else {
                Issue.record("\(name) was sent")
                continue
            }
        }
        // Somebody has put a real one back.
        var real = SentSample()
        real.headers.append(("Authorization", "Bearer " + (try QuietMint.standard.token(#"{"sub":"u"}"#))))
        #expect(try maker.obstacle(for: real.entry()) == nil)
    }

    @Test("Without credentials at all")
    func none() throws {
        var maker = try Self.maker(.none)
        #expect(try maker.credential(for: SentSample.guarded().entry(), at: Self.now) == .without)
    }

    @Test("As a principal: guarded routes get its token, public ones nothing")
    func principal() throws {
        let document = try Self.document()
        let captain = PrincipalDefinition(
            name: "captain", span: document.source.span(0..<0), claims: [.init("sub", Array("\"u-200\"".utf8))])
        var maker = try Self.maker(.principal(captain), document)
        #expect(try maker.credential(for: SentSample().entry(), at: Self.now) == .without)
        guard case .token(let token) = try maker.credential(for: SentSample.guarded().entry(), at: Self.now) else {
            Issue.record("no token"); return
        }
        #expect(try Self.claims(token)["sub"] as? String == "u-200")
        #expect(try Self.claims(token)["iat"] as? Int == 2_000_000_000)
        // Anew when it has grown old, the same until then.
        #expect(
            try maker.credential(for: SentSample.guarded().entry(), at: WallTime(seconds: 2_000_000_030))
                == .token(token)
        )
        #expect(
            try maker.credential(for: SentSample.guarded().entry(), at: WallTime(seconds: 2_000_000_100))
                != .token(token)
        )
        var other = SentSample.guarded()
        other.ours = other.ours.replacingOccurrences(of: "\"session\"", with: "\"unknown\"")
        #expect(try maker.obstacle(for: other.entry()) == "its authorizer is not in gateway.json")
    }

    @Test("By a map of subjects, with one for all others, or none")
    func map() throws {
        let entry = try SentSample.guarded().entry()
        var maker = try Self.maker(.map(["u-1": .token(Array("a.b.c".utf8))], otherwise: nil))
        #expect(maker.credential(for: entry, at: Self.now) == .token(Array("a.b.c".utf8)))
        #expect(try maker.credential(for: SentSample().entry(), at: Self.now) == .without)
        maker = try Self.maker(.map(["u-2": .token([1])], otherwise: nil))
        #expect(maker.obstacle(for: entry) == "its principal is not in the map")
        maker = try Self.maker(.map([:], otherwise: .token(Array("d.e.f".utf8))))
        #expect(maker.credential(for: entry, at: Self.now) == .token(Array("d.e.f".utf8)))
    }

    @Test("By a command: one identity for all tokens of a person, whatever their times")
    func command() throws {
        let first = try SentSample.guarded(claims: #"{"sub":"u-1","iat":1,"exp":2,"jti":"a","rank":"x"}"#).entry()
        let second = try SentSample.guarded(claims: #"{"sub":"u-1","iat":3,"exp":4,"jti":"b","rank":"x"}"#).entry()
        let third = try SentSample.guarded(claims: #"{"sub":"u-1","iat":3,"exp":4,"rank":"y"}"#).entry()
        let identity = try #require(first.identity)
        #expect(identity == second.identity && identity != third.identity)
        #expect(String(decoding: identity.claims, as: UTF8.self) == #"{"sub":"u-1","rank":"x"}"#)
        var maker = try Self.maker(.command)
        maker.printed = [identity: Array("p.q.r".utf8)]
        #expect(maker.credential(for: second, at: Self.now) == .token(Array("p.q.r".utf8)))
        guard case .impossible = maker.credential(for: third, at: Self.now) else { Issue.record("sent"); return }
        #expect(try maker.credential(for: SentSample().entry(), at: Self.now) == .without)
    }

    @Test("What redaction leaves is found, and nothing else")
    func marks() {
        func hides(_ text: String) -> Bool { RedactionMark.hidesCredential(Array(text.utf8)) }
        for text in [
            "h:0123456789abcdef", "a=h:0123456789abcdef; b=1", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.redacted", "redacted",
        ] {
            #expect(hides(text), "\(text)")
        }
        for text in [
            "", "h:0123456789abcde", "h:0123456789abcdeg", "xh:0123456789abcdef", "p-0123456789", "redacted.", "h:",
        ] {
            #expect(!hides(text), "\(text)")
        }
        func same(_ first: String, _ second: String) -> Bool {
            RedactionMark.normal(Array(first.utf8)) == RedactionMark.normal(Array(second.utf8))
        }
        #expect(same("a p-0123456789@x.example b", "a p-abcdefabcd@x.example b"))
        #expect(!same("a p-0123456789@x.example b", "a p-abcdefabcd@y.example b"))
        #expect(same("eyJhbGciOiJIUzI1NiJ9.e30.redacted", "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.redacted"))
        #expect(!same("a", "b"))
    }
}
