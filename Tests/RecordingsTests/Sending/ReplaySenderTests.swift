import Documents
import EventLoop
import Foundation
import Gateway
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Replay to a URL, from one gateway to another")
struct ReplaySenderTests {
    /// A year and a bit behind the clock of the harness.
    private static let later: Int64 = 40_000_000

    private static func token(_ gate: GatewayHarness, _ more: String = "", lifetime: Int64 = 3600) throws -> String {
        let now = gate.clock.seconds
        return try TokenMint.standard().token(
            #"{"iss":"https://login.example","aud":"fleet","sub":"u-200","email":"kathryn@fleet.example","iat":\#(now - 10),"#
                + #""exp":\#(now + lifetime)\#(more)}"#)
    }

    private static func ask(_ gate: GatewayHarness) throws {
        let token = try Self.token(gate)
        _ = try gate.get("/ships?limit=2", token: token, "Cookie: sid=0123456789\r\nX-Extra: a\r\n")
        _ = try gate.get("/ships/42", token: token)
        _ = try gate.get("/ships/42", token: token, method: "DELETE")
        _ = try gate.get("/ships", token: try Self.token(gate, lifetime: -60))
        _ = try gate.get("/ships", token: String(token.dropLast(6)) + "AAAAAA")
        _ = try gate.get("/ships", token: "a.b.c")
        _ = try gate.get("/ships")
        _ = try gate.get("/nowhere")
        _ = try gate.get("/health")
    }

    @Test("A year later the same gateway gives the same answers to tokens as old as they were")
    func unchanged() async throws {
        let bench = try SendBench()
        try await bench.record { try Self.ask($0) }
        bench.allowsUnsafe = true
        try await GatewayHarness.run(RecorderTests.configuration) { gate in
            gate.clock.advance(seconds: Self.later)
            let outcome = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(outcome.result.sent == 9 && outcome.result.answered == 9)
            #expect(outcome.result.same == 9, "\(outcome.result.causes)")
            #expect(!outcome.isStopped && outcome.unreachable == nil)
            #expect(try bench.report(outcome).hasFailed == false)
            // The backend got the two that are allowed, without the cookie that is no longer known, from our own host.
            #expect(gate.received.count == 2)
            let first = try #require(gate.received.first { $0.target.hasPrefix("/ships?") })
            #expect(first["Cookie"] == nil && first["X-Extra"] == "a")
            #expect(outcome.result.altered == 1)
        }
    }

    @Test("Another policy shows its drift, newly allowed first, each with its command; HTML, JUnit and JSON agree")
    func drift() async throws {
        let bench = try SendBench()
        try await bench.record { try Self.ask($0) }
        bench.allowsUnsafe = true
        let other = RecorderTests.configuration
            .replacingOccurrences(of: "\"GET/ships\", \"GET/ships/*\"", with: "\"GET/ships\"")
            .replacingOccurrences(of: "\"effect\": \"Deny\"", with: "\"effect\": \"Allow\"")
        try await GatewayHarness.run(other) { gate in
            let outcome = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(outcome.result.causes.map(\.kind) == [.newlyAllowed, .newlyDenied])
            #expect(outcome.result.causes.map(\.routeKey) == ["DELETE /ships/{id}", "GET /ships/{id}"])
            #expect(outcome.result.same == 7 && outcome.result.different == 2)
            let report = try bench.report(outcome)
            #expect(report.hasFailed)
            let text = report.text()
            #expect(text.contains("deny -> ALLOW  1  !!   DELETE /ships/{id}   1 principal   monday.gtr.jsonl:4\n"))
            #expect(text.contains("was  DENY 403 explicit_deny\n       now  ALLOW 200\n"))
            #expect(
                text.contains("show gatehouse replay monday.gtr.jsonl --to http://127.0.0.1:8080 --filter line=4\n"))
            #expect(text.hasSuffix("FAILED: deny -> ALLOW 1, allow -> deny 1\n"))
            let html = String(decoding: report.html(), as: UTF8.self)
            #expect(
                html.contains("Newly allowed (1)") && html.contains("Newly denied (1)") && !html.contains("<script"))
            let junit = String(decoding: report.junit(), as: UTF8.self)
            #expect(junit.contains("tests=\"5\" failures=\"2\" errors=\"0\""))
            let json = try #require(JSONSerialization.jsonObject(with: Data(report.json())) as? [String: Any])
            #expect(json["different"] as? Int == 2 && json["failed"] as? Bool == true)
            #expect((json["differences"] as? [[String: Any]])?.first?["kind"] as? String == "deny -> ALLOW")
            // Nothing that was sent stands in any of them.
            for part in [text, html, junit, String(decoding: report.json(), as: UTF8.self)] {
                #expect(!part.contains("eyJ") && !part.contains("kathryn"))
            }
            #expect(SecretLedger.found(in: Array(text.utf8) + report.html() + report.json()).isEmpty)
        }
    }

    @Test("Answers of the backend are compared: status, headers, members of bodies; tokens in them never shown")
    func answers() async throws {
        let bench = try SendBench()
        let fresh = try TokenMint.standard().token(#"{"sub":"fresh-subject"}"#)
        try await bench.record(
            script: { request in
                request.target == "/ships"
                    ? .answer(
                        200, fields: "Content-Type: application/json\r\nX-Version: 1\r\n",
                        body: #"{"ships":[{"id":1,"at":"2026-01-01T00:00:00Z"}],"token":"\#(fresh)","count":1}"#)
                    : .answer(200)
            },
            { gate in
                let token = try Self.token(gate)
                _ = try gate.get("/ships", token: token)
                _ = try gate.get("/ships/1", token: token)
            })
        let newer = try TokenMint.standard().token(#"{"sub":"newer-subject"}"#)
        let script: StubBackend.Script = { request in
            request.target == "/ships"
                ? .answer(
                    200,
                    fields: "Content-Type: application/json\r\nX-Version: 2\r\nSet-Cookie: a=very-secret-value\r\n",
                    body: #"{"ships":[{"id":2,"at":"2027-01-01T00:00:00Z"}],"token":"\#(newer)","count":1}"#)
                : .answer(404)
        }
        try await GatewayHarness.run(RecorderTests.configuration, script: script) { gate in
            let outcome = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(
                outcome.result.causes.map { "\($0.kind) \($0.place) \($0.was) -> \($0.now)" } == [
                    "status  200 -> 404", "header header set-cookie absent -> a", "header header x-version 1 -> 2",
                    "body body /ships/*/id 1 -> 2",
                ])
            #expect(outcome.result.noise == ["body /ships/*/at (time)": 1])
            #expect(outcome.result.transitions == ["200 -> 200": 1, "200 -> 404": 1])
            let report = try bench.report(outcome)
            let all = report.text() + String(decoding: report.html() + report.json(), as: UTF8.self)
            #expect(!all.contains("very-secret") && !all.contains(newer.suffix(20)))
            #expect(report.text().contains("body /ships/*/id   1 principal"))
            #expect(report.text().contains("(does not count)"))
            bench.ignored = ["header:x-version", "header:set-cookie", "body:/ships/*/id"]
            let second = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(second.result.causes.map(\.kind) == [.status])
        }
    }

    @Test("What differs between two answers to the same request is learnt and does not count")
    func noise() async throws {
        let bench = try SendBench()
        try await bench.record(script: { _ in .answer(200, body: #"{"n":1,"m":1}"#) }) { gate in
            let token = try Self.token(gate)
            for _ in 0..<5 { _ = try gate.get("/ships", token: token) }
        }
        let counter = Atomic<Int>(1)
        let script: StubBackend.Script = { _ in
            .answer(200, body: #"{"n":\#(counter.add(1, ordering: .relaxed).newValue),"m":2}"#)
        }
        try await GatewayHarness.run(RecorderTests.configuration, script: script) { gate in
            let plain = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(plain.result.causes.map(\.place).sorted() == ["body /m", "body /n"] && plain.learning == 0)
            bench.learnsNoise = true
            let learnt = try bench.send(port: gate.port) { gate.clock.now() }
            #expect(learnt.result.causes.map(\.place) == ["body /m"])
            #expect(learnt.result.noise["body /n (learnt)"] == 5 && learnt.learning == 4)
            #expect(learnt.result.sent == 5)
        }
    }

    @Test("A redirect is not followed, so no token goes to another place")
    func redirects() async throws {
        let bench = try SendBench()
        try await bench.record { gate in _ = try gate.get("/ships", token: try Self.token(gate)) }
        let elsewhere = try StubBackend()
        try await elsewhere.open()
        let port = elsewhere.port
        let target = try StubBackend { _ in .answer(302, fields: "Location: http://127.0.0.1:\(port)/ships\r\n") }
        try await target.open()
        let outcome = try bench.send(port: target.port)
        #expect(outcome.result.causes.map(\.kind) == [.status])
        #expect(target.journal.requests.count == 1 && elsewhere.journal.requests.isEmpty)
        #expect(target.journal.requests.first?["Host"] == "127.0.0.1:\(target.port)")
        #expect(target.journal.requests.first?["Authorization"]?.hasPrefix("Bearer eyJ") == true)
        await target.close()
        await elsewhere.close()
    }

    @Test("Nothing is sent twice, and an answer that never comes is a failure")
    func unanswered() async throws {
        let bench = try SendBench()
        try await bench.record { gate in
            let token = try Self.token(gate)
            _ = try gate.ask(
                "POST /ships HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nContent-Length: 2\r\n\r\n{}")
            _ = try gate.get("/ships", token: token)
            _ = try gate.get("/health")
        }
        bench.allowsUnsafe = true
        // Ample for the answer that comes.
        bench.headInMillis = 5000
        let target = try StubBackend { request in
            request.method == "POST"
                ? .abort
                : request.target == "/health"
                    ? .answer(200, fields: "Content-Type: text/plain\r\n", body: "fine") : .silence
        }
        try await target.open()
        let outcome = try bench.send(port: target.port)
        #expect(outcome.result.answered == 1 && outcome.result.unanswered == 2)
        #expect(outcome.result.causes.allSatisfy { $0.kind == .unanswered })
        #expect(try bench.report(outcome).hasFailed)
        #expect(target.journal.requests.count { $0.method == "POST" } == 1)
        #expect(target.journal.requests.first { $0.method == "POST" }?.body == Array("{}".utf8))
        await target.close()
    }

    @Test("Where nobody listens, the rest is not thrown after the beginning")
    func unreachable() throws {
        var lines = ""
        for _ in 0..<100 { lines += SentSample().line }
        let bench = try SendBench(lines)
        bench.concurrency = 1
        bench.mode = .none
        let outcome = try bench.send(port: 1)
        #expect(outcome.unreachable == "nobody accepts connections")
        #expect(outcome.result.sent == 20 && outcome.isStopped)
        #expect(try bench.report(outcome).text().contains("error[GH6205]"))
        #expect(try bench.report(outcome).text().hasSuffix("GIVEN UP: nobody accepts connections\n"))
    }

    @Test("Stopped, it sends nothing more and reports what it has")
    func stopping() async throws {
        var lines = ""
        for number in 0..<50 {
            var sample = SentSample()
            sample.clock = "2026-11-21T12:00:0\(number / 10).\(number % 10)00Z"
            lines += sample.line
        }
        let bench = try SendBench(lines)
        bench.mode = .none
        // The second request is due in ten thousand seconds.
        bench.pace = .recorded(speed: 0.00001)
        bench.concurrency = 1
        let stop = bench.stop
        let target = try StubBackend { _ in
            stop.stop()
            return .answer(200, body: "")
        }
        try await target.open()
        let outcome = try bench.send(port: target.port)
        #expect(outcome.isStopped && outcome.result.sent == 1 && outcome.result.answered == 1)
        let report = try bench.report(outcome)
        #expect(report.text().contains("STOPPED before the end"))
        #expect(String(decoding: report.junit(), as: UTF8.self).contains("errors=\"1\""))
        await target.close()
    }

    @Test("Stopped before anything was compared, it has shown nothing")
    func comparedNothing() async throws {
        let bench = try SendBench(SentSample().line)
        bench.mode = .none
        let stop = bench.stop
        let target = try StubBackend { _ in
            stop.stop()
            return .silence
        }
        try await target.open()
        let outcome = try bench.send(port: target.port)
        #expect(outcome.result.sent == 1 && outcome.result.abandoned == 1)
        let report = try bench.report(outcome)
        #expect(report.hasFailed && report.text().hasSuffix("FAILED: nothing was compared\n"))
        await target.close()
    }

    @Test("No more requests at once than asked for, and one at a time of a principal")
    func concurrency() async throws {
        var lines = ""
        for number in 0..<60 {
            var sample = SentSample.guarded()
            sample.url = "http://a/ships?n=\(number)"
            sample.ours = sample.ours.replacingOccurrences(of: "\"u-1\"", with: "\"u-\(number % 3)\"")
            lines += sample.line
        }
        for keepsOrder in [false, true] {
            let bench = try SendBench(lines)
            bench.concurrency = 5
            bench.keepsOrder = keepsOrder
            let target = try StubBackend { _ in .answer(200, body: "") }
            try await target.open()
            let journal = target.journal
            let outcome = try bench.send(port: target.port)
            #expect(outcome.result.answered == 60)
            // One connection for each request that is under way.
            let connections = Set(journal.requests.map(\.connection)).count
            #expect(connections == (keepsOrder ? 3 : 5))
            let numbers = journal.requests.compactMap { Int($0.target.dropFirst("/ships?n=".count)) }
            #expect(Set(numbers).count == 60)
            if keepsOrder {
                for lane in 0..<3 {
                    let own = numbers.filter { $0 % 3 == lane }
                    #expect(own == own.sorted())
                }
            }
            await target.close()
        }
    }

    @Test("A file that changes while it is replayed loses only what was changed")
    func changed() throws {
        let bench = try SendBench(SentSample().line)
        let fetch = try EntryFetch(path: bench.path)
        bench.mode = .none
        let plan = try bench.plan()
        #expect(plan.items.count == 1 && fetch.entry(of: plan.items[0])?.id == "r1")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: bench.path), options: [])
        #expect(try EntryFetch(path: bench.path).entry(of: plan.items[0]) == nil)
        #expect(throws: RecordingProblem.self) { try EntryFetch(path: "/dev/null") }
        #expect(throws: RecordingProblem.self) { try EntryFetch(path: bench.path + ".none") }
    }
}

@Suite("The plan of a replay")
struct SendingPlanTests {
    private static func lines(_ samples: [SentSample]) -> String { samples.map(\.line).joined() }

    @Test("Requests go out in the order in which they began, whatever the order of the lines")
    func order() throws {
        var samples = (0..<4).map { _ in SentSample() }
        for (place, second) in [3, 1, 2, 0].enumerated() {
            samples[place].clock = "2026-11-21T12:00:0\(second).000Z"
            samples[place].url = "http://a/\(second)"
        }
        let bench = try SendBench(Self.lines(samples))
        bench.pace = .recorded(speed: 2)
        bench.maxGap = 0.25
        let plan = try bench.plan()
        #expect(plan.items.map(\.number) == [5, 3, 4, 2])
        #expect(plan.times.due == [0, 250_000_000, 500_000_000, 750_000_000])
        let text = plan.text(
            target: try ReplayTarget("http://h"), pace: bench.pace, tokens: "none at all", allowsUnsafe: false)
        #expect(text.contains("plan: 4 safe requests of 4 to http://h,\n      0 principals, none at all,\n"))
        #expect(text.contains("original 3 s -> 1.5 s at 2x, --max-gap saves 1 s -> about 1 s"))
    }

    @Test("What is not sent is counted with its reason")
    func skipped() throws {
        var samples = [SentSample(), .guarded()]
        for method in ["POST", "POST", "DELETE", "PURGE"] {
            var sample = SentSample()
            sample.method = method
            samples.append(sample)
        }
        var redacted = SentSample()
        redacted.ours = ",\"pathRedacted\":true"
        samples.append(redacted)
        let bench = try SendBench(Self.lines(samples) + "{broken\n")
        bench.mode = .recorded
        let plan = try bench.plan()
        #expect(plan.requests == 7 && plan.items.count == 1 && plan.problemCount == 1)
        #expect(plan.unsafe == ["POST": 2, "DELETE": 1, "PURGE": 1])
        #expect(
            plan.skipped == [
                "its token or key is not in the recording any more": 1, "something in its path was taken out": 1,
            ])
        bench.mode = .resign
        bench.allowsUnsafe = true
        #expect(try bench.plan().items.count == 6 && (try bench.plan().unsafe.isEmpty))
        #expect(try bench.plan().tokens == 1)
    }

    @Test("Filter, limit and sample choose; a sample has all requests of a principal or none")
    func choice() throws {
        var samples: [SentSample] = []
        for number in 0..<1000 {
            var sample = SentSample()
            sample.ours = ",\"principalId\":\"u-\(number % 100)\""
            samples.append(sample)
        }
        let bench = try SendBench(Self.lines(samples))
        bench.mode = .none
        bench.choice = SendingPlan.Choice(limit: 7)
        #expect(try bench.plan().items.count == 7)
        bench.choice = SendingPlan.Choice(sample: 25)
        let plan = try bench.plan()
        #expect(plan.items.count == plan.principals.count * 10)
        #expect((10...45).contains(plan.principals.count))
        #expect(try bench.plan().items == plan.items)
        bench.choice = SendingPlan.Choice(sample: 100)
        #expect(try bench.plan().items.count == 1000)
        bench.choice = SendingPlan.Choice(
            filter: try .init("who=u-7", fields: RecordedEntry.fields, aliases: RecordedEntry.aliases))
        #expect(try bench.plan().items.count == 10)
    }

    @Test("The command is asked once for each identity")
    func identities() throws {
        let bench = try SendBench(
            Self.lines([
                .guarded(claims: #"{"sub":"u-1","iat":1}"#), .guarded(claims: #"{"sub":"u-1","iat":2}"#),
                .guarded(claims: #"{"sub":"u-2","iat":2}"#), SentSample(),
            ]))
        bench.mode = .command
        #expect(try bench.plan().identities.count == 2 && (try bench.plan().items.count == 4))
    }
}
