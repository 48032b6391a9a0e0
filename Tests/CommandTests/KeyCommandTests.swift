import Foundation
import TestSupport
import Testing

@Suite("gatehouse jwks")
struct KeyCommandTests {
    private static let keys = "fixtures/keys"

    // MARK: public

    @Test("Only what can be published is printed: never a private number, never a secret")
    func publishes() throws {
        let folder = try TemporaryFolder()
        func generate(_ alg: String, _ kid: String) throws -> (file: String, set: String) {
            let file = folder.url.appendingPathComponent("\(kid).jwk").path
            let run = try CommandRun(["jwks", "generate", "--alg", alg, "--kid", kid, "--out", file])
            return (file, run.text)
        }
        let rsa = try generate("RS256", "a")
        let edwards = try generate("EdDSA", "b")
        let secret = try generate("HS256", "c")
        #expect(try CommandRun(["jwks", "public", rsa.file]).text == rsa.set)
        let all = try [rsa.file, edwards.file, secret.file].map { try String(contentsOfFile: $0, encoding: .utf8) }
        let set = try folder.file("all.json", "{\"keys\":[\(all.joined(separator: ","))]}")
        let run = try CommandRun(["jwks", "public", set.path])
        #expect(run.code == 0)
        #expect(run.errors == "gatehouse: 1 shared secret left out\n")
        let members = try #require(
            (try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: [[String: Any]]])?["keys"])
        #expect(members.map { $0["kid"] as? String } == ["a", "b"])
        for member in members {
            #expect(Set(member.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k"]))
            #expect(member["use"] as? String == "sig")
        }
        let alone = try CommandRun(["jwks", "public", secret.file])
        #expect(alone.code == 1 && alone.output.isEmpty && alone.errors.contains("no public half"))
        #expect(try CommandRun(["jwks", "public", "-"], input: "nonsense").code == 1)
        #expect(try CommandRun(["jwks", "public", "/nonexistent"]).code == 66)
    }

    @Test("A PEM key becomes a set whose kid is given or is its thumbprint")
    func pem() throws {
        let named = try CommandRun(["jwks", "public", "\(Self.keys)/ec-private.pem", "--kid", "k1"])
        #expect(named.output.contains("\"kid\":\"k1\"") && !named.output.contains("\"d\":"))
        let shown = try CommandRun(["jwks", "show", "\(Self.keys)/ec-public.pem"])
        #expect(shown.code == 0)
        let print = try #require(shown.output.split(separator: "\n").dropFirst().first?.split(separator: " ").last)
        let bare = try CommandRun(["jwks", "public", "\(Self.keys)/ec-private.pem"])
        #expect(bare.output.contains("\"kid\":\"\(print)\""))
        #expect(shown.output.contains("EC P-256"))
    }

    // MARK: show

    @Test("The thumbprint is RFC 7638's own example")
    func thumbprint() throws {
        let modulus =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        let key = "{\"kty\":\"RSA\",\"n\":\"\(modulus)\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}"
        let run = try CommandRun(["jwks", "show", "-"], input: key)
        #expect(run.code == 0)
        let expected = """
            KID         KIND      ALG    THUMBPRINT (RFC 7638)
            2011-04-29  RSA 2048  RS256  NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
            1 key, 1 usable

            """
        #expect(run.output == expected)
    }

    @Test("What is wrong with a key is said, and a key that cannot be used ends with 1")
    func warnings() throws {
        let set = """
            {"keys":[
              {"kty":"oct","k":"c2hvcnQ","kid":"a"},
              {"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"a","alg":"ES256"},
              {"kty":"OKP","crv":"X25519","x":"\(String(repeating: "A", count: 43))","use":"enc"},
              {"kty":"AKP","kid":"\\u001b[31mred"}
            ]}
            """
        let run = try CommandRun(["jwks", "show", "-"], input: set)
        #expect(run.code == 1)
        for words in [
            "weak: the secret is shorter than 32 octets", "another key has the same kid", "beside public keys",
            "unusable: a coordinate does not have the width of the curve", "unusable: tokens are not signed with this",
            "no kid: tokens cannot name it", "not for signatures", "unusable: kty is not supported",
            "no alg: any algorithm of its kind counts", "4 keys, 0 usable",
        ] { #expect(run.output.contains(words), "\(words)\n\(run.output)") }
        #expect(!run.output.contains("c2hvcnQ") && !run.output.contains("\u{1B}"))
        let json = try CommandRun(["jwks", "show", "-", "--json"], input: set)
        let root = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: [[String: Any]]]
        #expect(root?["keys"]?.count == 4)
        #expect(root?["keys"]?.first?["private"] as? Bool == true)
        #expect(root?["keys"]?.first?["thumbprint"] is NSNull)
        #expect(try CommandRun(["jwks", "show", "-"], input: "[]").code == 1)
    }

    // MARK: fetch

    @Test("Discovery, cache headers and keys are shown; problems say what to do")
    func fetch() async throws {
        let folder = try TemporaryFolder()
        let key = folder.url.appendingPathComponent("k.jwk").path
        let set = try CommandRun(["jwks", "generate", "--alg", "ES256", "--kid", "k1", "--out", key]).text
        let backend = try StubBackend { request in
            let host = request["host"] ?? ""
            switch request.target {
            case "/.well-known/openid-configuration":
                return .answer(200, body: "{\"issuer\":\"http://\(host)\",\"jwks_uri\":\"http://\(host)/keys\"}")
            case "/other/.well-known/openid-configuration":
                return .answer(200, body: "{\"issuer\":\"http://\(host)\",\"jwks_uri\":\"http://\(host)/keys\"}")
            case "/keys":
                return .answer(200, fields: "Cache-Control: public, max-age=300\r\nETag: \"1\"\r\n", body: set)
            case "/moved": return .answer(302, fields: "Location: /keys\r\n")
            case "/secrets":
                return .answer(
                    200, body: #"{"keys":[{"kty":"oct","kid":"s","k":"\#(String(repeating: "A", count: 43))"}]}"#)
            default: return .answer(404)
            }
        }
        try await backend.open()
        let host = "http://127.0.0.1:\(backend.port)"
        let good = try CommandRun(["jwks", "fetch", host])
        #expect(good.code == 0)
        #expect(good.output.contains("GET \(host)/.well-known/openid-configuration\n  200, "))
        #expect(good.output.contains("GET \(host)/keys\n  200, \(set.utf8.count) bytes"))
        #expect(good.output.contains("Cache-Control: public, max-age=300\n") && good.output.contains("ETag: \"1\"\n"))
        #expect(good.output.contains("may be kept for 300 s; the gateway fetches it again after about 240 s"))
        #expect(good.output.contains("k1   EC P-256  ES256"))
        let saved = folder.url.appendingPathComponent("set.json").path
        let direct = try CommandRun(["jwks", "fetch", "--jwks-uri", "\(host)/keys", "--save", saved, "--json"])
        #expect(direct.code == 0 && direct.output.hasPrefix("{") && direct.errors.hasPrefix("GET "))
        #expect(try String(contentsOfFile: saved, encoding: .utf8) == set)
        let moved = try CommandRun(["jwks", "fetch", "--jwks-uri", "\(host)/moved"])
        #expect(moved.code == 69 && moved.output.contains("Location: /keys"))
        #expect(moved.errors.contains("status 302; redirects are not followed"))
        let other = try CommandRun(["jwks", "fetch", "\(host)/other"])
        #expect(other.code == 69 && other.errors.contains("names another issuer; write the issuer exactly"))
        // Secrets from the network verify nothing.
        #expect(try CommandRun(["jwks", "fetch", "--jwks-uri", "\(host)/secrets"]).code == 1)
        await backend.close()
        #expect(try CommandRun(["jwks", "fetch", host]).code == 69)
        #expect(try CommandRun(["jwks", "fetch", "http://id.example"]).code == 64)
        #expect(try CommandRun(["jwks", "fetch"]).code == 64)
        #expect(try CommandRun(["jwks", "fetch", "--key", "session-key"]).code == 64)
    }

    @Test("A key of the configuration is fetched from where it says")
    func configured() throws {
        let run = try CommandRun(["jwks", "fetch", "--key", "far", "--config", "fixtures/denials/rest.jsonc"])
        #expect(run.code == 69)
        #expect(run.errors.contains("http://127.0.0.1:1/keys.json: the fetch failed: connect"))
    }
}
