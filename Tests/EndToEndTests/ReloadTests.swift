import EventLoop
import Foundation
import Routes
import TestSupport
import Testing

@Suite("Reload of the running program")
struct ReloadTests {
    /// A running `gatehouse serve` with its configuration in a folder of its own.
    private final class Gate {
        struct NotReady: Error { var errors: String }

        let errors = LogCapture()
        let output = LogCapture()
        let file: URL
        let port: UInt16
        private let program: RunningProgram
        private var status: Int32?

        init(_ text: String, _ flags: [String] = [], files: [String: String] = [:]) throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reload-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            file = folder.appendingPathComponent("gateway.json")
            try Data(text.utf8).write(to: file)
            for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            SecretLedger.note(TokenMint.secret, as: "secret")
            program = try Program.start(
                ["serve", "--config", file.path] + flags, environment: ["SECRET": TokenMint.secret], output: output,
                errors: errors)
            guard errors.wait(for: "GET /crew").contains("keys:"),
                let place = errors.text.firstRange(of: "http://127.0.0.1:"),
                let port = UInt16(errors.text[place.upperBound...].prefix { $0.isNumber })
            else {
                _ = program.end()
                throw NotReady(errors: errors.text)
            }
            self.port = port
        }

        func write(_ text: String) throws { try Data(text.utf8).write(to: file, options: .atomic) }

        /// What is printed after the signal, from the line that holds `expected` on.
        func signal(_ number: Int32, _ expected: String) -> String {
            let before = errors.count
            program.send(signal: number)
            return errors.wait(for: expected, after: before)
        }

        func get(_ target: String, _ lines: String = "") throws -> RawResponse {
            try RawClient(port: port).ask("GET \(target) HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
        }

        func end() throws -> Int32 {
            let code = status ?? program.end()
            status = code
            errors.finish()
            output.finish()
            try GatewayHarness.check(errors.text)
            try GatewayHarness.check(output.text)
            try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
            return code
        }
    }

    private static func configuration(ships: String, resources: String = #""GET/ships""#, server: String = "") -> String
    {
        """
        {
          "version": 1,
          "api": { "type": "REST", "defaultStage": "dev" },
          "server": { "listen": "127.0.0.1:0", "workers": 1\(server) },
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": { "session": {
            "type": "TOKEN", "identitySource": "method.request.header.Authorization",
            "jwt": { "keys": ["hs"], "algorithms": ["HS256"], "issuer": "https://login.example", "audience": ["fleet"] },
            "policy": [ { "sid": "Read", "effect": "Allow", "resources": [\(resources)] } ] } },
          "routes": {
            "GET /ships": { \(ships), "integration": { "type": "MOCK", "response": { "statusCode": 200, "body": "ships" } } },
            "GET /crew": { "authorizer": "session",
              "integration": { "type": "MOCK", "response": { "statusCode": 200, "body": "crew" } } }
          }
        }
        """
    }

    private static let guarded = #""authorizer": "session""#
    private static let open = #""authorizationType": "NONE""#

    @Test("A bad configuration changes nothing, and its first error is named with its place")
    func bad() throws {
        let good = Self.configuration(ships: Self.guarded)
        let gate = try Gate(good)
        let kept = "config NOT reloaded, still running the previous one: "
        try gate.write(good.replacingOccurrences(of: "\"version\": 1,", with: "\"version\": 1"))
        #expect(gate.signal(SIGHUP, "GH1").contains("\(kept)\(gate.file.path):2:15 error[GH1003] expected \",\""))
        let twoErrors = Self.configuration(
            ships: #""authorizer": "nobody""#, server: #", "limits": { "connections": 0 }"#)
        try gate.write(twoErrors)
        let second = gate.signal(SIGHUP, "more: gatehouse validate)\n")
        #expect(second.contains("\(kept)\(gate.file.path):"))
        #expect(second.contains("error[GH"))
        #expect(second.hasSuffix(" (and 1 more: gatehouse validate)\n"))
        try FileManager.default.removeItem(at: gate.file)
        let third = gate.signal(SIGHUP, "No such file")
        #expect(third.contains("\(kept)\(gate.file.path): No such file or directory\n"))
        try gate.write(good.replacingOccurrences(of: "${env:SECRET}", with: "short"))
        #expect(gate.signal(SIGHUP, "GH4303").contains("error[GH4303]"))
        #expect(try gate.get("/ships").status == 401)
        try gate.write(good)
        #expect(gate.signal(SIGHUP, "reloaded (").contains("): no difference\n"))
        #expect(try gate.end() == 0)
    }

    @Test("The start says where, under what, and who guards which route")
    func banner() throws {
        let gate = try Gate(Self.configuration(ships: Self.open))
        let lines = gate.errors.text.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("Gatehouse ") })
        #expect(lines[start].contains("   stage dev   REST API   config \(gate.file.path) (0 errors, "))
        #expect(!lines[start].contains("watched"))
        #expect(lines[start + 1] == "  gateway    http://127.0.0.1:\(gate.port)")
        #expect(lines[start + 2] == "  2 routes, 1 public, 1 authorizer, keys: hs")
        #expect(lines[start + 3] == "  GET /ships   none      MOCK 200")
        #expect(lines[start + 4] == "  GET /crew    session   MOCK 200")
        #expect(try gate.end() == 0)
    }

    @Test("The start shows a request that works from anywhere: it names the configuration")
    func example() throws {
        let principals = #""principals": { "me": { "claims": { "sub": "u-1" } } }, "routes": {"#
        let gate = try Gate(
            Self.configuration(ships: Self.open).replacingOccurrences(of: #""routes": {"#, with: principals))
        let command = "gatehouse token sign --as me --config \(gate.file.path)"
        let line = "  try        curl -H \"Authorization: Bearer $(\(command))\" http://127.0.0.1:\(gate.port)/crew\n"
        #expect(gate.errors.wait(for: "/crew\n").contains(line))
        #expect(try gate.end() == 0)
    }

    @Test("A watched configuration, and each file that it names, is read again by itself when it has changed")
    func watched() throws {
        let named = #""authorizationType": "NONE", "integration": "m" }"#
        func text(_ route: String) -> String {
            """
            { "version": 1, "api": { "type": "REST", "defaultStage": "dev" },
              "server": { "listen": "127.0.0.1:0", "workers": 1 },
              "integrations": { "m": { "type": "MOCK", "response": { "statusCode": 200, "body": "${file:body.txt}" } } },
              "routes": { "\(route)": { \(named), "GET /crew": { \(named) } }
            """
        }
        let gate = try Gate(text("GET /a"), ["--watch"], files: ["body.txt": "one"])
        #expect(gate.errors.text.contains(", watched)"))
        #expect(try gate.get("/crew").text == "one")
        var before = gate.errors.count
        try gate.write(text("GET /b"))
        #expect(gate.errors.wait(for: "config reloaded", after: before).contains("config reloaded"))
        #expect(try gate.get("/b").status == 200)
        before = gate.errors.count
        try Data("two".utf8).write(to: gate.file.deletingLastPathComponent().appendingPathComponent("body.txt"))
        #expect(gate.errors.wait(for: "config reloaded", after: before).contains("config reloaded"))
        #expect(try gate.get("/crew").text == "two")
        before = gate.errors.count
        try gate.write("{")
        #expect(gate.errors.wait(for: "NOT reloaded", after: before).contains("NOT reloaded"))
        #expect(try gate.get("/crew").text == "two")
        #expect(try gate.end() == 0)
    }

    @Test("A good one is in force at once, on open connections too, and what it weakens is said")
    func good() throws {
        let gate = try Gate(Self.configuration(ships: Self.guarded))
        let client = try RawClient(port: gate.port)
        let request = "GET /ships HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try client.ask(request).status == 401)
        try gate.write(
            Self.configuration(
                ships: Self.open, resources: #""GET/ships", "GET/*""#,
                server: #", "log": { "format": "text" }, "limits": { "connections": 99 }"#))
        let text = gate.signal(SIGHUP, "needs a restart: ")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first?.contains("  config reloaded (") == true)
        #expect(lines.first?.hasSuffix(" ms): 1 route changed, 1 authorizer changed, server changed") == true)
        #expect(
            lines.dropFirst().prefix(3) == [
                "  WARNING GET /ships authorizer session -> none, now public",
                "  WARNING authorizer session policy statement Read now allows GET/*",
                "  needs a restart: server.limits, server.log.format",
            ])
        let answer = try client.ask(request)
        #expect(answer.status == 200)
        #expect(answer.text == "ships")
        let token = try Crew.token("u", rank: "captain", lifetime: 4_000_000_000)
        #expect(try gate.get("/crew", "Authorization: Bearer \(token)\r\n").status == 200)
        // And back again: nothing to warn of.
        try gate.write(Self.configuration(ships: Self.guarded))
        let back = gate.signal(SIGHUP, "needs a restart: ")
        #expect(!back.contains("WARNING"))
        #expect(try client.ask(request).status == 401)
        #expect(try gate.end() == 0)
    }

    @Test("USR2 lets the function be asked again")
    func flush() async throws {
        let backend = try StubBackend { _ in .answer(200, body: FunctionPolicy.allow) }
        try await backend.open()
        let function = "http://127.0.0.1:\(backend.port)/2015-03-31/functions/auth/invocations"
        let gate = try Gate(
            """
            {
              "version": 1, "api": { "type": "REST", "defaultStage": "dev" },
              "server": { "listen": "127.0.0.1:0", "workers": 2 },
              "authorizers": { "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                "authorizerUri": "\(function)" } },
              "routes": { "GET /x": { "authorizer": "f",
                "integration": { "type": "MOCK", "response": { "statusCode": 200, "body": "ok" } } } }
            }
            """)
        for _ in 0..<3 { #expect(try gate.get("/x", "Authorization: a\r\n").status == 200) }
        #expect(backend.journal.requests.count == 1)
        #expect(gate.signal(SIGUSR2, "kept until now").contains("authorizer results flushed: 1 kept until now\n"))
        for _ in 0..<3 { #expect(try gate.get("/x", "Authorization: a\r\n").status == 200) }
        #expect(backend.journal.requests.count == 2)
        // A reload does so too.
        #expect(gate.signal(SIGHUP, "reloaded (").contains("no difference"))
        #expect(try gate.get("/x", "Authorization: a\r\n").status == 200)
        #expect(backend.journal.requests.count == 3)
        #expect(try gate.end() == 0)
        await backend.close()
    }
}
