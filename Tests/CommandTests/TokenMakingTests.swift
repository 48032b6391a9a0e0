import Foundation
import Testing

@Suite("gatehouse token: signing and spoiling")
struct TokenMakingTests {
    static func payload(_ token: String) throws -> [String: Any] {
        let run = try CommandRun(["token", "decode", token, "--json"])
        let root = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        return try #require(root?["payload"] as? [String: Any])
    }

    // MARK: sign

    @Test(
        "A secret is never an argument: only its place is",
        arguments: [["--secret", "s3cret-that-is-long-enough-for-hs256!!"]])
    func noSecret(words: [String]) throws {
        let run = try CommandRun(["token", "sign", "--exp", "+1h"] + words)
        #expect(run.code == 64)
        #expect(run.output.isEmpty && !run.errors.contains("s3cret") && run.errors.contains("@FILE or env:NAME"))
    }

    @Test("Secrets come from files and the environment, in their encoding, and weak ones are refused")
    func secretPlaces() throws {
        let folder = try TemporaryFolder()
        let text = "test-vector-not-a-secret-0123456789abcdef"
        let file = try folder.file("secret", text + "\n")
        let words = ["token", "sign", "--claim", "sub=x", "--expires-in", "1h", "--clock", noon]
        let raw = try CommandRun(words + ["--secret", "@\(file.path)"])
        #expect(raw.code == 0)
        let fromVariable = try CommandRun(words + ["--secret", "env:S"], environment: ["S": text])
        #expect(fromVariable.text == raw.text)
        let base64 = Data(text.utf8).base64EncodedString()
        let decoded = try CommandRun(
            words + ["--secret", "env:S", "--secret-encoding", "base64"], environment: ["S": base64])
        #expect(decoded.text == raw.text)
        #expect(
            try CommandRun(words + ["--secret", "env:S", "--secret-encoding", "hex"], environment: ["S": text]).code
                == 64)
        #expect(try CommandRun(words + ["--secret", "env:S"], environment: ["S": "weak"]).code == 64)
        #expect(try CommandRun(words + ["--secret", "env:S", "--alg", "HS512"], environment: ["S": text]).code == 64)
        #expect(try CommandRun(words + ["--secret", "env:NOT_SET"]).code == 66)
        #expect(try CommandRun(words + ["--secret-encoding", "hex"]).code == 64)
        #expect(try CommandRun(words + ["--secret", "env:S", "--alg", "HS257"], environment: ["S": text]).code == 64)
    }

    @Test("Lifetimes count from the clock; an end given twice, or none, is refused")
    func lifetimes() throws {
        let words = ["token", "sign", "--authorizer", "session", "--claim", "sub=x", "--clock", noon]
        let run = try CommandRun(words + ["--expires-in", "30m"])
        #expect(try Self.payload(run.text)["exp"] as? Int == 1_795_264_200)
        #expect(try CommandRun(words + ["--expires-in", "30m", "--exp", "+1h"]).code == 64)
        #expect(try CommandRun(words + ["--expires-in", "soon"]).code == 64)
        let folder = try TemporaryFolder()
        let endless = try folder.file("a.json", #"{"a":1}"#)
        #expect(try CommandRun(words + ["--claims", endless.path]).code == 64)
        let ending = try folder.file("b.json", #"{"a":1,"exp":1795264200}"#)
        #expect(try CommandRun(words + ["--claims", ending.path]).code == 0)
    }

    @Test("A principal's token has its claims and its lifetime, and what is spoilt about it")
    func principals() throws {
        let words = ["token", "sign", "--config", "gateway.json", "--clock", noon]
        let captain = try CommandRun(words + ["--as", "captain", "--claim", "team=blue"])
        let claims = try Self.payload(captain.text)
        #expect(claims["sub"] as? String == "u-200" && claims["rank"] as? String == "captain")
        #expect(claims["team"] as? String == "blue" && claims["iss"] as? String == "https://login.fleet.example")
        #expect(claims["exp"] as? Int == 1_795_266_000)
        let long = try CommandRun(words + ["--as", "captain", "--expires-in", "7d"])
        #expect(try Self.payload(long.text)["exp"] as? Int == 1_795_867_200)
        let expired = try CommandRun(words + ["--as", "expired"])
        let judged = try CommandRun(["token", "verify", expired.text, "--config", "gateway.json", "--clock", noon])
        #expect(judged.output.hasPrefix("INVALID  GH4021 expired"))
        #expect(try Self.payload(try CommandRun(words + ["--as", "captain", "--no-exp"]).text)["exp"] == nil)
        #expect(try CommandRun(words + ["--as", "nobody"]).code == 64)
        #expect(try CommandRun(words + ["--as", "captain", "--key", "session-hs256"]).code == 64)
    }

    @Test(
        "Every way in which a principal's token can be spoilt is refused for its own reason",
        arguments: [
            ("expired", "expired"), ("notYetValid", "not_yet_valid"), ("wrongKey", "bad_signature"),
            ("algNone", "alg_not_allowed"), ("wrongIssuer", "iss_mismatch"), ("wrongAudience", "aud_mismatch"),
            ("noExp", "claim_missing"), ("tampered", "bad_signature"), ("garbage", "malformed"),
            ("missing", "token_missing"),
        ])
    func presets(preset: String, code: String) throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        _ = try folder.file(
            "gateway.json", text.replacingOccurrences(of: "\"token\": \"expired\"", with: "\"token\": \"\(preset)\""))
        let run = try CommandRun(
            ["authorize", "GET", "/ships", "--as", "expired", "--clock", noon, "--json"], folder: folder.url)
        #expect(run.code == 1)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect((root["reason"] as? String)?.hasPrefix(code) == true, "\(root["reason"] ?? "")")
        #expect(root["clientStatus"] as? Int == 401)
        let confused = text.replacingOccurrences(
            of: "\"token\": \"expired\"", with: "\"token\": \"hs256WithPublicKey\"")
        _ = try folder.file("gateway.json", confused)
        let none = try CommandRun(["authorize", "GET", "/ships", "--as", "expired"], folder: folder.url)
        #expect(none.code == 64 && none.errors.contains("has no public key in the configuration"))
    }

    // MARK: tamper and decode

    @Test(
        "Each attack gives a token that is refused",
        arguments: [
            (["--alg", "none"], "alg_not_allowed"), (["--strip-signature"], "bad_signature"),
            (["--alg", "HS512"], "alg_not_allowed"), (["--set", "rank=admiral", "--strip-signature"], "bad_signature"),
            (["--key-confusion", "fixtures/keys/ec-public.pem"], "bad_signature"), ([], "bad_signature"),
        ])
    func attacks(words: [String], code: String) throws {
        let token = try fleetToken()
        let spoilt = try CommandRun(["token", "tamper", token] + words)
        #expect(spoilt.code == 0 && spoilt.text != token)
        let run = try CommandRun(["token", "verify", "-", "--clock", noon], input: spoilt.output)
        #expect(run.code == 1)
        #expect(run.output.contains(code), "\(run.output)")
        let claims = try Self.payload(spoilt.text)
        #expect(claims["rank"] as? String == (words.contains("rank=admiral") ? "admiral" : "15"))
        let both = try CommandRun(["token", "tamper", token, "--alg", "none", "--strip-signature"])
        #expect(both.code == 64)
    }

    @Test("Personal claims are told apart from what is merely readable, and a missing exp is said")
    func decode() throws {
        let words = ["token", "sign", "--authorizer", "session", "--no-exp"]
        let token = try CommandRun(words + ["--claim", "sub=x", "--claim", "email=a@b", "--claim", "rank=1"]).text
        let run = try CommandRun(["token", "decode", token])
        #expect(run.output.contains("\n  personal, and readable by anyone who holds the token: email\n"))
        #expect(run.output.contains("\n  readable by anyone who holds the token: rank\n"))
        #expect(run.output.contains("\n  no exp: such a token never ends\n"))
    }

    @Test(
        "Tokens of a subject are revoked up to a moment, under either name of the option",
        arguments: ["--before", "--issued-before"])
    func revoke(option: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("list.jsonl").path
        let run = try CommandRun(["token", "revoke", "--sub", "u-1", option, noon, "--file", file])
        #expect(run.code == 0)
        let line = try String(contentsOfFile: file, encoding: .utf8)
        #expect(line == "{\"sub\":\"u-1\",\"issuedBefore\":1795262400}\n")
    }
}
