import Foundation
import Testing

@Suite("gatehouse token, jwks and policy")
struct TokenCommandTests {
    // MARK: Sign

    @Test("A token without an end is not signed unless somebody says so")
    func insistsOnExpiration() throws {
        let words = ["token", "sign", "--authorizer", "session", "--claim", "sub=x"]
        let run = try CommandRun(words)
        #expect(run.code == 64)
        #expect(run.errors.contains("--exp"))
        #expect(try CommandRun(words + ["--no-exp"]).code == 0)
        #expect(try CommandRun(words + ["--exp", "+1h", "--no-exp"]).code == 64)
        #expect(try CommandRun(words + ["--exp", "tomorrow"]).code == 64)
    }

    @Test("A weak secret does not sign")
    func weakSecret() throws {
        let folder = try TemporaryFolder()
        let text = try String(
            contentsOf: CommandRun.root.appendingPathComponent("fixtures/gateway/fleet.jsonc"), encoding: .utf8)
        _ = try folder.file("gateway.json", text.replacingOccurrences(of: "old-key.txt", with: "weak"))
        _ = try folder.file("weak", "weak")
        let run = try CommandRun(["token", "sign", "--key", "old-key", "--exp", "+1h"], folder: folder.url)
        #expect(run.code != 0)
        #expect(run.output.isEmpty)
    }

    @Test("Claims are text unless they are said to be JSON; issuer and audience come from the authorizer")
    func claims() throws {
        let token = try fleetToken(["sub=u-1", "rank=15", "admin:=true", "teams:=[\"a\"]"])
        let run = try CommandRun(["token", "decode", token, "--json"])
        let root = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let payload = try #require(root["payload"] as? [String: Any])
        #expect(payload["rank"] as? String == "15")
        #expect(payload["admin"] as? Bool == true)
        #expect(payload["teams"] as? [String] == ["a"])
        #expect(payload["iss"] as? String == "https://login.fleet.example")
        #expect(payload["aud"] as? String == "bridge")
        #expect(payload["exp"] as? Int == 1_795_266_000)
        #expect(payload["iat"] as? Int == 1_795_262_400)
        #expect((root["header"] as? [String: Any])?["kid"] as? String == "2026-11")
        #expect(try CommandRun(["token", "sign", "--exp", "+1h", "--claim", "a:=nonsense"]).code == 64)
    }

    @Test("A key signs by name, and an unknown one does not")
    func keys() throws {
        let run = try CommandRun(["token", "sign", "--key", "old-key", "--exp", "+1h", "--claim", "sub=x"])
        #expect(run.code == 0)
        #expect(try CommandRun(["token", "verify", run.text]).output.hasPrefix("INVALID  GH4012 key_not_found"))
        #expect(try CommandRun(["token", "sign", "--key", "none", "--exp", "+1h"]).code == 64)
        #expect(try CommandRun(["token", "sign", "--authorizer", "none", "--exp", "+1h"]).code == 64)
        #expect(try CommandRun(["token", "sign", "--key", "a", "--authorizer", "b", "--exp", "+1h"]).code == 64)
    }

    // MARK: Verify, decode, tamper

    @Test("A token is judged by an authorizer's rules at the time that is given")
    func verify() throws {
        let token = try fleetToken()
        let good = try CommandRun(["token", "verify", token, "--authorizer", "session", "--clock", noon])
        #expect(good.code == 0)
        #expect(good.output == "VALID  key session-key, 5 checks (signature, exp, iss, aud, sub)\n")
        let late = try CommandRun(["token", "verify", token, "--clock", "2027-01-01T00:00:00Z"])
        #expect(late.code == 1)
        #expect(late.output.hasPrefix("INVALID  GH4021 expired"))
        #expect(try CommandRun(["token", "verify", token, "--authorizer", "nobody"]).code == 64)
        #expect(try CommandRun(["token", "verify"]).code == 64)
        #expect(try CommandRun(["token", "verify", "--batch", "x"]).code == 64)
    }

    @Test("A changed token is refused, whichever part was changed")
    func tamper() throws {
        let token = try fleetToken()
        let changed = try CommandRun(["token", "tamper", token, "--set", "rank=99"])
        #expect(changed.code == 0 && changed.text != token)
        let decoded = try CommandRun(["token", "decode", "-"], input: changed.output)
        #expect(decoded.output.contains("rank  99"))
        for spoilt in [changed.text, try CommandRun(["token", "tamper", token]).text] {
            let run = try CommandRun(["token", "verify", "-", "--clock", noon], input: spoilt)
            #expect(run.code == 1)
            #expect(run.output.hasPrefix("INVALID  GH4018 bad_signature"))
        }
        #expect(try CommandRun(["token", "tamper", "no.token"]).code == 64)
    }

    @Test("decode says aloud that it checks nothing, tells times, and warns of what everybody can read")
    func decode() throws {
        let run = try CommandRun(["token", "decode", try fleetToken(), "--clock", noon])
        #expect(run.code == 0)
        #expect(run.output.hasPrefix("UNVERIFIED"))
        #expect(run.output.contains("exp   1795266000   2026-11-21T13:00:00Z   in 1 h"))
        #expect(run.output.contains("readable by anyone who holds the token: rank, role"))
        #expect(try CommandRun(["token", "decode", "a.b"]).code == 1)
        let hostile = try fleetToken(["sub=a\u{1B}[31m"])
        #expect(!(try CommandRun(["token", "decode", hostile]).output.contains("\u{1B}")))
    }

    @Test("What anybody can write into a token forges no line of decode", arguments: ["alg", "kid", "typ"])
    func forgedLine(name: String) throws {
        let header = name == "alg" ? #"{"alg":"x\nVALID"}"# : "{\"alg\":\"HS256\",\"\(name)\":\"x\\nVALID\"}"
        let parts = [header, #"{"s\nVALID":"x\nVALID"}"#, "x"].map { part in
            Data(part.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
        let run = try CommandRun(["token", "decode", parts.joined(separator: ".")])
        #expect(run.code == 0)
        #expect(run.output.contains("x␊VALID"))
        #expect(!run.output.split(separator: "\n").contains { $0.hasPrefix("VALID") })
    }

    @Test("A batch is answered line by line, in order")
    func batch() throws {
        let folder = try TemporaryFolder()
        let key = Data("test-vector-not-a-secret-0123456789abcdef".utf8).base64EncodedString()
            .replacingOccurrences(of: "=", with: "")
        _ = try folder.file("set.json", "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"2026-11\",\"k\":\"\(key)\"}]}")
        let token = try fleetToken()
        func line(_ id: String, _ now: Int) -> String {
            "{\"id\":\"\(id)\",\"token\":\"\(token)\",\"keys\":\"set\",\"now\":\(now),\"config\":{\"algs\":[\"HS256\"]}}\n"
        }
        let file = try folder.file("batch.jsonl", line("late", 1_900_000_000) + line("noon", 1_795_262_400))
        let run = try CommandRun(["token", "verify", "--batch", file.path, "--keys-dir", folder.url.path])
        #expect(run.code == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "{\"id\":\"late\",\"outcome\":\"reject\",\"code\":\"expired\"}")
        #expect(lines.last?.hasPrefix("{\"id\":\"noon\",\"outcome\":\"accept\",\"code\":\"ok\",\"claims\":{") == true)
        let broken = try folder.file("broken.jsonl", "nonsense\n")
        let bad = try CommandRun(["token", "verify", "--batch", broken.path, "--keys-dir", folder.url.path])
        #expect(bad.code == 1)
        let missing = try CommandRun(["token", "verify", "--batch", "/nonexistent", "--keys-dir", "."])
        #expect(missing.code == 66)
    }

    // MARK: Keys and policies

    @Test("A new key is private to its owner, never replaces a file, and signs what its public set verifies")
    func generate() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("key.jwk")
        let words = ["jwks", "generate", "--alg", "ES256", "--kid", "k1", "--out", file.path]
        let run = try CommandRun(words)
        #expect(run.code == 0)
        #expect(run.output.contains("\"kid\":\"k1\"") && !run.output.contains("\"d\":"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try CommandRun(words).code == 64)
        _ = try folder.file("set.json", run.output)
        let token = try CommandRun(
            ["token", "sign", "--key-file", file.path, "--claim", "sub=ci", "--exp", "+1h", "--clock", noon])
        #expect(token.code == 0)
        let line = """
            {"id":1,"token":"\(token.text)","keys":"set","now":1795262400,"config":{"algs":["ES256"]}}
            """
        let batch = try folder.file("batch.jsonl", line)
        let verified = try CommandRun(["token", "verify", "--batch", batch.path, "--keys-dir", folder.url.path])
        #expect(verified.output.contains("\"outcome\":\"accept\""))
    }

    @Test("A shared secret has no public half, and an unknown algorithm makes no key")
    func generateSecret() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("key.jwk").path
        #expect(try CommandRun(["jwks", "generate", "--alg", "none", "--out", file]).code == 64)
        let run = try CommandRun(["jwks", "generate", "--alg", "HS256", "--out", file])
        #expect(run.code == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("no public half"))
    }

    @Test("Policies are decided line by line, from a file or from standard input")
    func policy() throws {
        let resource = "arn:aws:execute-api:eu-west-1:123456789012:a/dev/GET/x"
        let statement = "{\"Effect\":\"Allow\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"\(resource)\"}"
        let document = "{\"Version\":\"2012-10-17\",\"Statement\":[\(statement)]}"
        let request = "{\"action\":\"execute-api:Invoke\",\"resource\":\"\(resource)\"}"
        let line = "{\"id\":\"a\",\"policies\":[\(document)],\"request\":\(request)}"
        let run = try CommandRun(["policy", "evaluate"], input: "\(line)\n\nnonsense\n")
        #expect(run.code == 0)
        let expected = """
            {"id":"a","decision":"allow","statement":"0"}
            {"id":null,"decision":"invalid","statement":null}

            """
        #expect(run.output == expected)
        let folder = try TemporaryFolder()
        let file = try folder.file("batch", line)
        #expect(try CommandRun(["policy", "evaluate", "--batch", file.path]).output.hasPrefix("{\"id\":\"a\""))
        #expect(try CommandRun(["policy", "evaluate", "--batch", "/nonexistent"]).code == 66)
    }
}
