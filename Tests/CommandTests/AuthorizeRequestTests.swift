import Foundation
import TestSupport
import Testing

@Suite("gatehouse authorize: what is asked, and by whom")
struct AuthorizeRequestTests {
    /// The sample at the top of the project, which names principals.
    static let sample = ["--config", "gateway.json"]

    static func authorize(
        _ words: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> CommandRun {
        try CommandRun(["authorize"] + words + sample, input: input, environment: environment)
    }

    // MARK: Principals

    @Test("A principal that is not there is answered with those that are")
    func unknownPrincipal() throws {
        let run = try Self.authorize(["GET", "/ships", "--as", "captian"])
        #expect(run.code == 64)
        #expect(
            run.errors
                == "gatehouse: there is no principal \"captian\": there are captain, cadet, expired; did you mean \"captain\"?\n"
        )
        let none = try CommandRun(["authorize", "GET", "/ships", "--as", "captain"])
        #expect(none.code == 64)
        #expect(none.errors.contains("--claim sub=captain"))
    }

    @Test("Only a secret signs in memory; public keys and functions are told apart and say what to do instead")
    func publicKeys() throws {
        let folder = try TemporaryFolder()
        let key = folder.url.appendingPathComponent("key.jwk")
        let made = try CommandRun(["jwks", "generate", "--alg", "ES256", "--kid", "k", "--out", key.path])
        _ = try folder.file("set.json", made.output)
        let text = try String(
            contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        let changed = text.replacingOccurrences(
            of:
                "\"type\": \"secret\", \"alg\": \"HS256\", \"kid\": \"2026-11\",\n      \"secret\": \"${env:GATEHOUSE_DEMO_SECRET:-demo-only: thirty-two bytes or more}\"",
            with: "\"type\": \"jwks\", \"jwksFile\": \"set.json\""
        ).replacingOccurrences(of: "\"algorithms\": [\"HS256\"]", with: "\"algorithms\": [\"ES256\"]")
        #expect(changed.contains("jwksFile"))
        _ = try folder.file("gateway.json", changed)
        let run = try CommandRun(["authorize", "GET", "/ships", "--as", "captain"], folder: folder.url)
        #expect(run.code == 64)
        #expect(run.errors.contains("has public keys only") && run.errors.contains("token sign --key-file"))
        // What the sentence says works.
        let token = try CommandRun(
            [
                "token", "sign", "--key-file", key.path, "--claim", "sub=u-1", "--claim", "aud=fleet", "--claim",
                "iss=https://login.fleet.example", "--expires-in", "1h",
            ], folder: folder.url)
        let allowed = try CommandRun(["authorize", "GET", "/ships", "--token", token.text], folder: folder.url)
        #expect(allowed.code == 0, "\(allowed.output)")
        // An attack with the public key as a secret is named.
        let spoilt = try CommandRun(
            ["token", "tamper", token.text, "--key-confusion", folder.url.appendingPathComponent("set.json").path])
        let confused = try CommandRun(["authorize", "GET", "/ships", "--token", spoilt.text], folder: folder.url)
        #expect(confused.code == 1)
        #expect(confused.output.contains("alg_not_allowed"))
        #expect(confused.output.contains("key confusion: somebody used the public key session-hs256 as a secret"))
    }

    @Test(
        "Principals decide as their claims say, and claims can be added",
        arguments: [["captain"], ["cadet"], ["expired"]])
    func principals(names: [String]) throws {
        let name = names[0]
        let run = try Self.authorize(["DELETE", "/ships/42", "--as", name, "--clock", noon])
        #expect(run.code == (name == "captain" ? 0 : 1))
        #expect(run.output.contains(name == "expired" ? "5 claims     ✗ exp" : "(\(name))   stage dev"))
        let promoted = try Self.authorize(
            ["DELETE", "/ships/42", "--as", name, "--clock", noon, "--claim", "rank=admiral"])
        #expect(promoted.code == (name == "expired" ? 1 : 0))
    }

    @Test("Claims come from a file, and single ones win")
    func claimsFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("claims.json", #"{ "sub": "u-9", "rank": "admiral" }"#)
        let words = ["DELETE", "/ships/42", "--claims", file.path]
        let run = try Self.authorize(words)
        #expect(run.code == 0 && run.output.contains("principal u-9"))
        #expect(try Self.authorize(words + ["--claim", "rank=cadet"]).code == 1)
        _ = try folder.file("claims.json", "[1]")
        #expect(try Self.authorize(words).code == 64)
        #expect(try Self.authorize(["GET", "/ships", "--claims", "/nonexistent"]).code == 66)
        #expect(try Self.authorize(["GET", "/ships", "--as", "captain", "--token", "x"]).code == 64)
    }

    @Test("A public route asks for nobody, so a principal changes nothing")
    func publicRoute() throws {
        let run = try Self.authorize(["GET", "/health", "--as", "captain"])
        #expect(run.code == 0 && run.output.contains("no principal"))
    }

    // MARK: Remedies

    @Test(
        "What is printed behind \"try\" is allowed",
        arguments: [
            ["GET", "/ships"], ["GET", "/ship", "--as", "captain"], ["GET", "/ships/", "--as", "expired"],
            ["DELETE", "/ships/42", "--as", "cadet"], ["PUT", "/ships", "--as", "captain"],
            ["POST", "/ships", "--claim", "sub=o'neill"],
            ["DELETE", "/ships/42", "--claim", "sub=x", "--claim", "rank=cadet"],
        ])
    func remedies(words: [String]) throws {
        let run = try Self.authorize(words)
        #expect(run.code == 1)
        let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("  try          gatehouse ") })
        let command = line.dropFirst("  try          gatehouse ".count)
        let again = try CommandRun(shell: String(command))
        #expect(again.code == 0, "\(command)\n\(again.output)\(again.errors)")
    }

    @Test("An expired token's remedy sets the clock back, and never repeats the token")
    func clockRemedy() throws {
        let token = try CommandRun(
            ["token", "sign", "--as", "captain", "--clock", noon, "--config", "gateway.json"]
        ).text
        let folder = try TemporaryFolder()
        let file = try folder.file("captain.jwt", token)
        let run = try Self.authorize(["GET", "/ships", "--token", "@\(file.path)", "--clock", "2026-11-21T14:00:00Z"])
        #expect(run.code == 1)
        let line = "  try          gatehouse authorize GET /ships --token @\(file.path) --clock 2026-11-21T12:59:59Z"
        #expect(run.output.contains(line))
        let typed = try Self.authorize(["GET", "/ships", "--token", token, "--clock", "2026-11-21T14:00:00Z"])
        #expect(typed.output.contains("--token … --clock 2026-11-21T12:59:59Z"))
        #expect(!typed.output.contains(token))
        let piped = try Self.authorize(
            ["GET", "/ships", "--token", "-", "--clock", "2026-11-21T14:00:00Z"], input: token)
        #expect(piped.output.contains("--token … --clock 2026-11-21T12:59:59Z"))
    }

    // MARK: Cache

    @Test("A second request by the same caller shows the cache; --no-cache keeps nothing")
    func cache() throws {
        let words = ["GET", "/ships", "--as", "captain", "--then", "GET /ships/42"]
        let run = try Self.authorize(words)
        #expect(run.code == 0)
        let lines = run.output.split(separator: "\n").filter { $0.hasPrefix("  6 cache") }
        #expect(lines.count == 2)
        #expect(lines.first?.contains("miss") == true)
        #expect(lines.last?.contains("hit") == true)
        let without = try Self.authorize(words + ["--no-cache"])
        #expect(without.output.split(separator: "\n").filter { $0 == "  6 cache      - off" }.count == 2)
        #expect(try Self.authorize(["GET", "/ships", "--as", "captain", "--then", "DELETE /nowhere"]).code == 1)
        #expect(try Self.authorize(["GET", "/ships", "--then", "/ships"]).code == 64)
        #expect(try Self.authorize(words + ["--policy"]).code == 64)
        let json = try Self.authorize(words + ["--json"])
        #expect((try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [Any])?.count == 2)
    }

    // MARK: Revocations

    @Test("A revoked token is refused here as by the gateway")
    func revoked() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        _ = try folder.file(
            "gateway.json",
            text.replacingOccurrences(
                of: "\"version\": 1,", with: "\"version\": 1,\n  \"revocations\": { \"file\": \"list.jsonl\" },"))
        let words = ["authorize", "GET", "/ships", "--as", "captain", "--claim", "jti=a"]
        #expect(try CommandRun(words, folder: folder.url).code == 0)
        #expect(try CommandRun(["token", "revoke", "--jti", "a"], folder: folder.url).code == 0)
        let run = try CommandRun(words, folder: folder.url)
        #expect(run.code == 1)
        #expect(run.output.contains("5 claims     ✗ revoked"))
        #expect(run.output.contains("gateway.json:5"))
    }
}
