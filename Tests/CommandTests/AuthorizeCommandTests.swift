import Foundation
import Testing

@Suite("gatehouse authorize")
struct AuthorizeCommandTests {
    @Test("A denied request ends with 1 and names the statement")
    func denied() throws {
        let token = try fleetToken(["sub=u-100", "rank=15", "role=cadet"])
        let run = try CommandRun(["authorize", "DELETE", "/ships/42", "--token", token, "--clock", noon])
        #expect(run.code == 1)
        #expect(run.output.hasPrefix("DENY  403  DELETE /ships/42   principal u-100   stage dev"))
        #expect(run.output.contains("8 decision   ✗ DENY (explicit) by NoScuttling"))
        #expect(run.errors.isEmpty)
    }

    @Test("An allowed request ends with 0")
    func allowed() throws {
        let run = try CommandRun(["authorize", "GET", "/ships", "--token", fleetToken(), "--clock", noon])
        #expect(run.code == 0)
        #expect(run.output.contains("8 decision   ✓ ALLOW by ReadFleet"))
    }

    @Test("The token may come from standard input or from a file, with white space around it")
    func tokenSources() throws {
        let token = try fleetToken()
        let piped = try CommandRun(
            ["authorize", "GET", "/ships", "--token", "-", "--clock", noon], input: "  \(token)\n")
        #expect(piped.code == 0)
        let folder = try TemporaryFolder()
        let file = try folder.file("token", token + "\n")
        let read = try CommandRun(["authorize", "GET", "/ships", "--token", "@\(file.path)", "--clock", noon])
        #expect(read.code == 0)
        let missing = try CommandRun(["authorize", "GET", "/ships", "--token", "@/nonexistent"])
        #expect(missing.code == 66)
        let empty = try CommandRun(["authorize", "GET", "/ships", "--token", "-"], input: " \n")
        #expect(empty.code == 64)
        #expect(empty.errors == "gatehouse: the token is missing: standard input is empty\n")
    }

    @Test("A JWT authorizer's explanation names the scopes that are missing, and asks for no policy")
    func scopes() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file(
            "gateway.json",
            """
            { "version": 1, "api": { "type": "HTTP" },
              "keys": { "k": { "type": "secret", "alg": "HS256", "secret": "0123456789abcdef0123456789abcdef" } },
              "authorizers": { "j": { "type": "JWT", "identitySource": ["$request.header.Authorization"],
                "jwtConfiguration": { "issuer": "https://i.example", "audience": ["a"] },
                "jwt": { "keys": ["k"], "algorithms": ["HS256"] } } },
              "routes": { "GET /x": { "authorizer": "j", "authorizationScopes": ["read", "write"],
                "integration": { "type": "MOCK", "response": { "statusCode": 200 } } } } }
            """)
        func explained(_ scope: String) throws -> CommandRun {
            let token = try CommandRun(
                ["token", "sign", "--authorizer", "j", "--claim", "scope=\(scope)", "--exp", "+1h", "--clock", noon],
                folder: folder.url
            ).text
            return try CommandRun(["authorize", "GET", "/x", "--token", token, "--clock", noon], folder: folder.url)
        }
        let refused = try explained("admin")
        #expect(refused.code == 1)
        #expect(refused.output.contains("7 policy     - a JWT authorizer has none\n"))
        #expect(
            refused.output.contains(
                "8 decision   ✗ DENY: insufficient_scope: the route wants read or write, the token has admin"))
        #expect(refused.output.contains("to allow it  use a token with scope read or write, or change"))
        let admitted = try explained("write")
        #expect(admitted.code == 0)
        #expect(admitted.output.contains("8 decision   ✓ ALLOW: the token is good"))
    }

    @Test("Of several issuers the explanation and token verify name the key, or how far the token came")
    func issuers() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            let run = try CommandRun(
                ["jwks", "generate", "--alg", "ES256", "--kid", "same", "--out", "\(name).jwk"], folder: folder.url)
            try #require(run.code == 0, "\(run.errors)")
            _ = try folder.file("\(name).json", run.output)
        }
        _ = try folder.file(
            "gateway.json",
            """
            { "version": 1, "api": { "type": "REST" },
              "keys": { "a": { "type": "jwks", "jwksFile": "a.json" }, "b": { "type": "jwks", "jwksFile": "b.json" } },
              "authorizers": { "j": { "type": "JWT", "identitySource": "method.request.header.Authorization",
                "defaultAlgorithms": ["ES256"], "jwtConfiguration": { "issuers": [
                  { "issuer": "https://a.example", "audiences": ["x"], "keys": ["a"] },
                  { "issuer": "https://b.example", "audiences": ["x"], "keys": ["b"],
                    "additionalClaims": [ { "claimName": "tier", "required": true, "expectedValues": ["gold"] } ] } ] } } },
              "routes": { "GET /x": { "authorizer": "j",
                "integration": { "type": "MOCK", "response": { "statusCode": 200 } } } } }
            """)
        func token(_ key: String, _ issuer: String, _ tier: String) throws -> String {
            let claims = ["iss=https://\(issuer).example", "aud=x", "tier=\(tier)"].flatMap { ["--claim", $0] }
            return try CommandRun(
                ["token", "sign", "--key-file", "\(key).jwk", "--exp", "+1h", "--clock", noon] + claims,
                folder: folder.url
            ).text
        }
        func authorize(_ token: String) throws -> String {
            try CommandRun(["authorize", "GET", "/x", "--token", token, "--clock", noon], folder: folder.url).output
        }
        func verify(_ token: String) throws -> String {
            try CommandRun(["token", "verify", token, "--clock", noon], folder: folder.url).output
        }
        let good = try token("b", "b", "gold")
        #expect(try authorize(good).contains("4 signature  ✓ key b"))
        #expect(try verify(good).hasPrefix("VALID  key b, "))
        let other = try token("b", "b", "tin")
        #expect(try authorize(other).contains("5 claims     ✗ claim_mismatch"))
        #expect(try verify(other).hasPrefix("INVALID  GH4031 claim_mismatch"))
        let forged = try token("a", "b", "gold")
        #expect(try authorize(forged).contains("5 claims     ✗ iss_mismatch"))
        #expect(
            try authorize(forged).contains(
                "use a token of https://a.example or https://b.example that is signed with that issuer's own key"))
        #expect(try verify(forged).hasPrefix("INVALID  GH4025 iss_mismatch"))
    }

    @Test("The clock decides: the same token is good at noon and expired a year later")
    func clock() throws {
        let token = try fleetToken()
        let later = try CommandRun(["authorize", "GET", "/ships", "--token", token, "--clock", "1826798400"])
        #expect(later.code == 1)
        #expect(later.output.contains("5 claims     ✗ exp 2026-11-21T13:00:00Z is 364 d 23 h in the past"))
        for word in ["yesterday", "9223372036854775807", "-9223372036854775808"] {
            #expect(try CommandRun(["authorize", "GET", "/ships", "--clock=\(word)"]).code == 64)
        }
    }

    @Test("Headers are sent as given, and two Authorization lines are a 401")
    func headers() throws {
        let token = try fleetToken()
        let header = "Authorization: Bearer \(token)"
        let one = try CommandRun(["authorize", "GET", "/ships", "-H", header, "--clock", noon])
        #expect(one.code == 0)
        let two = try CommandRun(["authorize", "GET", "/ships", "-H", header, "--token", token, "--clock", noon])
        #expect(two.code == 1)
        #expect(two.output.contains("token_multiple"))
        let lines = try CommandRun(["authorize", "GET", "/ships", "-H", "A: b\r\nAuthorization: Bearer x"])
        #expect(lines.code == 64)
    }

    @Test("The grammar of the wire applies to the words of the command line")
    func grammar() throws {
        let blank = try CommandRun(["authorize", "GET", "/a b"])
        #expect(blank.code == 1)
        #expect(blank.output.hasPrefix("----  400  GET /a b"))
        let above = try CommandRun(["authorize", "GET", "/../x"])
        #expect(above.code == 1)
        #expect(above.output.contains("path_above_root"))
    }

    @Test("JSON holds AWS's members and ours, with every statement")
    func json() throws {
        let token = try fleetToken(["sub=u-100", "rank=9"])
        let run = try CommandRun(["authorize", "POST", "/ships", "--token", token, "--clock", noon, "--json"])
        #expect(run.code == 1)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(root["clientStatus"] as? Int == 403)
        #expect(root["principalId"] as? String == "u-100")
        #expect((root["policy"] as? String)?.contains("2012-10-17") == true)
        #expect((root["claims"] as? [String: Any])?["rank"] as? String == "9")
        #expect((root["context"] as? [String: Any])?["rank"] as? String == "9")
        #expect(root["decision"] as? String == "deny")
        #expect(root["reason"] as? String == "implicit_deny")
        let trace = try #require(root["trace"] as? [[String: Any]])
        #expect(trace.map { $0["step"] as? Int } == Array(1...8))
        let statements = try #require(trace[6]["statements"] as? [[String: Any]])
        #expect(statements.map { $0["name"] as? String } == ["ReadFleet", "CommandFleet", "NoScuttling"])
        #expect(statements[1]["source"] as? String == "fixtures/gateway/fleet.jsonc:32")
        let response = try #require(root["response"] as? [String: Any])
        #expect(response["body"] as? String == #"{"Message":"User is not authorized to access this resource"}"#)
    }

    @Test("As AWS, the client's status is 0 for a request that is let through; what only the backend could say is null")
    func noAnswer() throws {
        let run = try CommandRun(["authorize", "GET", "/ships", "--token", fleetToken(), "--clock", noon, "--json"])
        let root = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(root["decision"] as? String == "allow")
        #expect(root["clientStatus"] as? Int == 0)
        #expect((root["response"] as? [String: Any])?["status"] is NSNull)
    }

    @Test("The policy and the Lambda answer are documents alone")
    func documents() throws {
        let token = try fleetToken()
        let policy = try CommandRun(["authorize", "GET", "/ships", "--token", token, "--clock", noon, "--policy"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(policy.output.utf8)) as? [String: Any])
        #expect(document["Version"] as? String == "2012-10-17")
        #expect((document["Statement"] as? [Any])?.count == 2)
        let lambda = try CommandRun(
            ["authorize", "GET", "/ships", "--token", token, "--clock", noon, "--lambda-response"])
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(lambda.output.utf8)) as? [String: Any])
        #expect(Set(answer.keys) == ["principalId", "policyDocument", "context"])
        #expect(answer["principalId"] as? String == "u-100")
        let refused = try CommandRun(["authorize", "GET", "/ships", "--policy"])
        #expect(refused.code == 1)
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("token_missing"))
        let both = try CommandRun(["authorize", "GET", "/ships", "--policy", "--json"])
        #expect(both.code == 64)
    }

    @Test("Signs are ASCII where the locale is, and colours come when asked for")
    func looks() throws {
        let plain = try CommandRun(["authorize", "GET", "/ships"], environment: ["LC_ALL": "C"])
        #expect(plain.output.utf8.allSatisfy { $0 < 0x80 })
        #expect(plain.output.contains("1 route      ok GET /ships"))
        let colored = try CommandRun(["authorize", "GET", "/ships", "--color", "always"])
        #expect(colored.output.contains("\u{1B}[1;31mDENY"))
        let forced = try CommandRun(["authorize", "GET", "/ships"], environment: ["CLICOLOR_FORCE": "1"])
        #expect(forced.output.contains("\u{1B}["))
        let never = try CommandRun(
            ["authorize", "GET", "/ships", "--color", "never"], environment: ["CLICOLOR_FORCE": "1"])
        #expect(!never.output.contains("\u{1B}["))
    }

    @Test(
        "NO_COLOR wins over CLICOLOR_FORCE, and the first locale variable that says something decides",
        arguments: [
            (["LC_ALL": "C.UTF-8", "LANG": "C"], false), (["LC_ALL": "", "LC_CTYPE": "C", "LANG": "C.UTF-8"], true),
            (["LC_CTYPE": "de_DE.utf8", "LANG": "C"], false), (["LANG": "POSIX"], true),
        ])
    func surroundings(variables: [String: String], isASCII: Bool) throws {
        var environment = variables
        environment["NO_COLOR"] = "1"
        environment["CLICOLOR_FORCE"] = "1"
        let run = try CommandRun(["authorize", "GET", "/ships"], environment: environment)
        #expect(!run.output.contains("\u{1B}"))
        #expect(run.output.utf8.allSatisfy { $0 < 0x80 } == isASCII)
    }

    @Test(
        "Help begins with three examples",
        arguments: [
            ["authorize"], ["token"], ["token", "sign"], ["token", "decode"], ["token", "verify"], ["token", "tamper"],
            ["token", "revoke"], ["jwks"], ["jwks", "generate"], ["jwks", "public"], ["jwks", "show"],
            ["jwks", "fetch"],
        ])
    func help(command: [String]) throws {
        let run = try CommandRun(command + ["--help"])
        #expect(run.code == 0)
        let usage = try #require(run.output.range(of: "USAGE:"))
        let before = run.output[..<usage.lowerBound]
        #expect(before.contains("Examples:"))
        #expect(before.split(separator: "\n").count { $0.contains("gatehouse \(command.joined(separator: " "))") } >= 3)
    }
}
