import Foundation
import TestSupport
import Testing

@Suite("Seeded denials: the first step that failed and its line")
struct SeededDenialTests {
    /// What the functions of the fixtures answer, by the last word of the path.
    private static let answers: StubBackend.Script = { request in
        let event = String(decoding: request.body, as: UTF8.self)
        func asks(_ word: String) -> Bool { event.contains("/function/\(word)") }
        func policy(_ effect: String, _ path: String) -> String {
            let resource = "arn:aws:execute-api:eu-west-1:123456789012:denials001/dev/GET/\(path)"
            let statement = #"{"Effect":"\#(effect)","Action":"execute-api:Invoke","Resource":"\#(resource)"}"#
            return #"{"principalId":"f","policyDocument":{"Version":"2012-10-17","Statement":[\#(statement)]}}"#
        }
        if asks("unauthorized") {
            return .answer(
                200, fields: "X-Amz-Function-Error: Unhandled\r\n", body: #"{"errorMessage":"Unauthorized"}"#)
        }
        if asks("error") {
            return .answer(
                200, fields: "X-Amz-Function-Error: Unhandled\r\n", body: #"{"errorMessage":"\u001b[31mboom"}"#)
        }
        if asks("away") { return .abort }
        if asks("nonsense") { return .answer(200, body: #"{"principalId":"f"}"#) }
        if asks("deny") { return .answer(200, body: policy("Deny", "*")) }
        if asks("other") { return .answer(200, body: policy("Allow", "elsewhere")) }
        if asks("no") { return .answer(200, body: #"{"isAuthorized":false}"#) }
        return .answer(200, body: policy("Allow", "function/own"))
    }

    @Test("Every denial names the first step that failed, its line, what the client sees and a remedy")
    func all() async throws {
        let backend = try StubBackend(Self.answers)
        try await backend.open()
        var passed = 0
        var failures: [String] = []
        for denial in SeededDenial.all {
            let problems = try Self.problems(of: denial, port: backend.port)
            if problems.isEmpty { passed += 1 } else { failures.append("\(denial.name): \(problems)") }
        }
        await backend.close()
        print("seeded denials: \(passed) passed, \(failures.count) failed")
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(passed >= 40)
    }

    private static func problems(of denial: SeededDenial, port: UInt16) throws -> [String] {
        let config = "fixtures/denials/\(denial.api).jsonc"
        let folder = try TemporaryFolder()
        var environment = ["FUNCTION_PORT": "\(port)"]
        if let list = denial.revocations {
            environment["REVOCATIONS"] = try folder.file("revocations.jsonl", list + "\n").path
        }
        let words = ["authorize"] + denial.words + ["--clock", "\(SeededDenial.now)", "--config", config]
        let run = try CommandRun(words + ["--json"], environment: environment)
        guard run.code == 1, let parsed = try? JSONSerialization.jsonObject(with: Data(run.output.utf8)),
            let root = (parsed as? [[String: Any]])?.last ?? parsed as? [String: Any]
        else { return ["exit \(run.code) \(run.output)\(run.errors)"] }
        var problems: [String] = []
        func check(_ what: String, _ found: Any?, _ wanted: some Equatable & CustomStringConvertible) {
            let text = found.map { "\($0)" } ?? "nothing"
            if text != "\(wanted)" { problems.append("\(what) is \(text), not \(wanted)") }
        }
        let cause = root["cause"] as? [String: Any]
        check("step", cause?["name"], denial.step)
        let source = cause?["source"] as? String
        check("line", source ?? "none", try denial.mark.map { "\(config):\(try line(of: $0, config))" } ?? "none")
        check("status", root["clientStatus"], denial.status)
        check("decision", root["decision"], denial.step == "route" ? "none" : "deny")
        if (root["remedy"] as? String)?.isEmpty != false { problems.append("no remedy") }
        if ((root["response"] as? [String: Any])?["body"] as? String)?.isEmpty != false { problems.append("no body") }
        // The same words for people end with what the client sees and with the remedy, and hold no control characters.
        let text = try CommandRun(words, environment: environment).output
        if !text.contains("\n  client sees  \(denial.status)") || !text.contains("\n  to allow it  ") {
            problems.append("the text lacks its end: \(text)")
        }
        if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) { problems.append("control characters") }
        if let attempt = root["try"] as? String, !attempt.contains("…") {
            let again = try CommandRun(shell: String(attempt.dropFirst("gatehouse ".count)))
            if again.code != 0 {
                problems.append("the remedy does not work: \(attempt)\n\(again.output)\(again.errors)")
            }
        }
        return problems
    }

    /// Number of the line that ends with a mark.
    private static func line(of mark: String, _ config: String) throws -> Int {
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent(config), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let index = try #require(lines.firstIndex { $0.hasSuffix("// @\(mark)") }, "no line is marked \(mark)")
        return index + 1
    }

    // MARK: Causes of bad signatures

    @Test(
        "The usual cause of a bad signature is named",
        arguments: [
            ("an old key", "key old, which session does not use; it is of typed, scoped"),
            ("a secret that was decoded first", "after base64-decoding it: set \"encoding\": \"base64\" on the key"),
            ("a secret with its newline", "and a newline at its end: the signer reads a file and does not trim it"),
            ("a changed payload", "none of these"),
            ("a kid that nobody knows", "the token was signed with key main, but its kid names another one"),
            ("a token without a signature", "the token is not signed at all: anybody can write one"),
        ])
    func causes(name: String, sentence: String) throws {
        let denial = try #require(SeededDenial.all.first { $0.name == name })
        let run = try CommandRun(
            ["authorize"] + denial.words + [
                "--clock", "\(SeededDenial.now)", "--config", "fixtures/denials/rest.jsonc",
            ])
        #expect(run.code == 1)
        #expect(run.output.contains(sentence), "\(run.output)")
    }

    @Test("What a function was asked and said is shown, its control characters escaped")
    func conversation() async throws {
        let backend = try StubBackend(Self.answers)
        try await backend.open()
        let environment = ["FUNCTION_PORT": "\(backend.port)"]
        let words = ["-H", "X-Caller: me", "--config", "fixtures/denials/rest.jsonc"]
        let failed = try CommandRun(["authorize", "GET", "/function/error"] + words, environment: environment)
        #expect(failed.output.contains("asked http://127.0.0.1:\(backend.port), "))
        #expect(failed.output.contains("it raised {\"errorMessage\":"))
        let kept = try CommandRun(
            ["authorize", "GET", "/function/own", "--then", "GET /function/second"] + words, environment: environment)
        #expect(kept.output.contains("6 cache      ✓ hit   ttl 300 s"))
        #expect(kept.output.contains("the kept policy names other resources"))
        let calls = backend.journal.requests.count
        let fresh = try CommandRun(
            ["authorize", "GET", "/function/own", "--no-cache", "--then", "GET /function/own"] + words,
            environment: environment)
        #expect(fresh.code == 0)
        #expect(backend.journal.requests.count == calls + 2)
        await backend.close()
    }
}
