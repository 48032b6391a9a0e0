import Foundation
import TestSupport
import Testing

@Suite("gatehouse replay FILE --to URL --tokens …")
struct ReplayToURLTokenTests {
    private static func tokens(_ arguments: [String]) async throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        try await ReplayToURLTests.replay(["--asap", "--allow-unsafe", "--concurrency", "1"] + arguments) {
            run, received in
            for request in received {
                found[request.target, default: []].append(request["Authorization"] ?? "")
            }
            // Whatever was sent, nobody is told.
            for value in received.compactMap({ $0["Authorization"]?.split(separator: " ").last }) {
                #expect(!run.output.contains(value) && !run.errors.contains(value))
            }
        }
        return found
    }

    @Test("Recorded, none, resign, as, map: each sends its own")
    func tokenForms() async throws {
        #expect(try await Self.tokens([]).keys.sorted() == ["/health"])
        #expect(try await Self.tokens(["--tokens", "recorded"]).count == 1)
        #expect(try await Self.tokens(["--tokens", "none"])["/ships"] == ["", "", "", ""])
        let signed = try await Self.tokens(["--tokens", "resign"])
        #expect(signed["/health"] == [""] && signed["/me"]?.first?.hasPrefix("Bearer eyJ") == true)
        #expect(Set(signed["/ships"] ?? []).count == 3)
        let captain = try await Self.tokens(["--tokens", "as:captain"])
        #expect(captain["/ships"]?.allSatisfy { $0.hasPrefix("Bearer eyJ") } == true && captain["/health"] == [""])
        let folder = try TemporaryFolder()
        let map = try folder.file("map.json", #"{"u-200":"the-captains-token","*":"as:cadet"}"#)
        let mapped = try await Self.tokens(["--tokens", "map:\(map.path)"])
        #expect(mapped["/me"] == ["Bearer the-captains-token"])
        #expect(mapped["/ships/42"]?.allSatisfy { $0.hasPrefix("Bearer eyJ") } == true)
    }

    @Test(
        "A map that is none is refused, without a word of it",
        arguments: [
            "[]", #"{"u-200":7}"#, #"{"u-200":"two words-of-secret"}"#, "{", #"{"u-200":"as:nobody"}"#,
        ])
    func maps(text: String) throws {
        let folder = try TemporaryFolder()
        let map = try folder.file("map.json", text)
        let run = try CommandRun([
            "replay", ReplayToURLTests.recording, "--to", "http://127.0.0.1:1", "--config", "gateway.json", "--tokens",
            "map:\(map.path)",
        ])
        #expect(run.code == 64 && !run.errors.contains("words-of-secret"))
    }

    @Test("A principal of a test file counts, with its own claims")
    func testFile() async throws {
        let folder = try TemporaryFolder()
        let test = try folder.file(
            "a.gatetest.yaml",
            "version: 1\nprincipals:\n  fixed: { token: { value: the-fixed-token } }\n  janeway: { claims: { sub: u-77 } }\n"
                + "cases:\n  - { name: a, request: GET /me, as: janeway, expect: { decision: allow } }\n")
        let fixed = try await Self.tokens(["--tokens", "as:fixed", "--test", test.path])
        #expect(fixed["/me"] == ["Bearer the-fixed-token"])
        let made = try await Self.tokens(["--tokens", "as:janeway", "--test", test.path])
        let payload = made["/me"]?.first?.split(separator: ".").dropFirst().first.map(String.init) ?? ""
        let padded = payload + String(repeating: "=", count: (4 - payload.count % 4) % 4)
        let claims = Data(
            base64Encoded: padded.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/"))
        #expect(String(decoding: claims ?? Data(), as: UTF8.self).contains(#""sub":"u-77""#))
    }

    @Test("Where gateway.json has public keys only, a private key signs, and without one nothing is sent")
    func keyFile() async throws {
        let folder = try TemporaryFolder()
        let key = folder.url.appendingPathComponent("private.jwk").path
        let made = try CommandRun(["jwks", "generate", "--alg", "ES256", "--kid", "k1", "--out", key])
        try #require(made.code == 0, "\(made.errors)")
        _ = try folder.file("public.json", made.output)
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        let start = try #require(text.range(of: "\"session-hs256\": {"))
        let end = try #require(text.range(of: "}\"\n    }", range: start.upperBound..<text.endIndex))
        let config = text.replacingCharacters(
            in: start.lowerBound..<end.upperBound,
            with: #""session-hs256": { "type": "jwks", "jwksFile": "public.json" }"#
        ).replacingOccurrences(of: "[\"HS256\"]", with: "[\"ES256\"]")
        let file = try folder.file("gateway.json", config)
        try await ReplayToURLTests.replay(["--asap", "--tokens", "resign"], config: file.path) { run, received in
            #expect(run.errors.contains("name a private key with --key-file"), "\(run.errors)")
            #expect(received.allSatisfy { $0["Authorization"]?.count ?? 0 < 20 || $0.target == "/ships" })
            #expect(!received.contains { $0.target == "/me" })
        }
        try await ReplayToURLTests.replay(["--asap", "--tokens", "resign", "--key-file", key], config: file.path) {
            run, received in
            let token = try #require(received.first { $0.target == "/me" }?["Authorization"])
            let header = token.dropFirst("Bearer ".count).prefix { $0 != "." }
            let padded = header + String(repeating: "=", count: (4 - header.count % 4) % 4)
            let json = String(decoding: Data(base64Encoded: String(padded)) ?? Data(), as: UTF8.self)
            #expect(json.contains("\"ES256\"") && json.contains("\"k1\""), "\(json)")
            #expect(run.output.contains("re-signed with --key-file"))
        }
        #expect(
            try CommandRun([
                "replay", ReplayToURLTests.recording, "--to", "http://127.0.0.1:1", "--tokens", "resign", "--key-file",
                "nowhere",
                "--config", "gateway.json",
            ]).code == 66)
    }

    @Test("A command is asked once for each identity, with its claims, and what it prints is sent")
    func command() async throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("asked").path
        let sent = try await Self.tokens([
            "--tokens", "exec:read claims; echo \"$claims\" >> \(log); echo Bearer tok-$$-en",
        ])
        #expect(sent["/me"]?.first?.hasPrefix("Bearer tok-") == true && sent["/health"] == [""])
        let asked = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(asked.count == Set(asked).count && (2...5).contains(asked.count))
        #expect(asked.allSatisfy { $0.contains(#""sub":"u-"#) && !$0.contains(#""exp""#) })
    }

    @Test("What a command leaves running in the background is not waited for")
    func background() async throws {
        try await ReplayToURLTests.replay(
            ["--asap", "--tokens", "exec:echo aa.bb.cc; sleep 300 &", "--token-timeout", "20s", "--filter", "line=3"]
        ) { run, received in
            #expect(!run.errors.contains("GH6207") && received.count == 1, "\(run.errors)")
            #expect(received.first?["Authorization"] == "Bearer aa.bb.cc")
        }
    }

    @Test(
        "A command that fails, prints nothing, too much or too late gives no token, and that is said",
        arguments: zip(
            [
                "exit 3", "true", "echo two words-of-secret", "head -c 100000 /dev/zero | tr '\\0' a",
                "sleep 50; echo words-of-secret",
            ],
            [
                "ended with status 3", "printed no token", "printed no token", "printed more than a token",
                "took too long",
            ]))
    func badCommand(command: String, reason: String) async throws {
        try await ReplayToURLTests.replay(
            ["--asap", "--tokens", "exec:\(command)", "--token-timeout", "700ms", "--filter", "line=3"]
        ) { run, received in
            #expect(run.code == 1 && received.isEmpty)
            #expect(run.errors.contains("warning[GH6207]: the token command \(reason)"), "\(run.errors)")
            #expect(!run.errors.contains("words-of-secret") && !run.output.contains("words-of-secret"))
        }
    }
}
