import EventLoop
import HTTP
import Testing

@testable import Upstream

@Suite("Failures, retries and at most once", .everyWay)
struct RetryTests {
    /// A backend that keeps each connection for one request and closes it when the next one comes, unanswered.
    private static func closingBench(_ count: @escaping (String) -> Void) throws -> UpstreamBench {
        try UpstreamBench { connection in
            guard connection.hasHead else { return }
            count(String(connection.text.prefix { $0 != " " }))
            if connection.isUsed { return connection.close() }
            connection.isUsed = true
            connection.answer(Backend.Connection.okay)
        }
    }

    @Test(
        "A request that changes something is sent at most once, also when a kept connection dies under it",
        arguments: [
            Method.post, .patch, .put, .delete, .other,
        ])
    func atMostOnce(method: Method) throws {
        var seen: [String] = []
        let bench = try Self.closingBench { seen.append($0) }
        let first = bench.start()
        bench.finish(first)
        let sink = bench.start(method)
        bench.finish(sink)
        #expect(sink.error?.kind == .reset)
        #expect(seen == ["GET", String(decoding: UpstreamBench.name(of: method), as: UTF8.self)])
    }

    @Test("With a body too", arguments: [true, false])
    func atMostOnceWithBody(known: Bool) throws {
        var seen: [String] = []
        let bench = try Self.closingBench { seen.append($0) }
        bench.address.retries = 3
        bench.address.retriesReset = true
        let first = bench.start()
        bench.finish(first)
        let sink = bench.start(.put, body: known ? .length(5) : .stream)
        sink.send("hello")
        sink.endBody()
        bench.finish(sink)
        #expect(sink.error?.kind == .reset)
        #expect(seen.filter { $0 == "PUT" }.count == 1)
    }

    @Test("A safe request goes on over a new connection without a word", arguments: [Method.get, .head, .options])
    func safeAgain(method: Method) throws {
        let bench = try Self.closingBench { _ in }
        for _ in 0..<4 {
            let sink = bench.start(method)
            bench.finish(sink)
            #expect(sink.ends == [nil])
        }
    }

    @Test("A backend that is not there is told at once, after the tries that were allowed", arguments: [0, 2])
    func refused(retries: Int) throws {
        let bench = try UpstreamBench()
        bench.address.port = try UpstreamBench().backend.port
        bench.address.retries = retries
        let sink = bench.start(.post, body: .length(3))
        sink.send("abc")
        sink.endBody()
        bench.finish(sink)
        #expect(sink.error?.kind == .connect)
        #expect(bench.driver.transferCount == 0)
    }

    @Test("A name that does not exist is a failure to resolve")
    func unresolved() throws {
        let bench = try UpstreamBench()
        bench.address.host = "does-not-exist.invalid"
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.error?.kind == .resolve)
    }

    @Test("A backend that does not accept in time is a failure to connect")
    func connectTimeout() throws {
        let full = try FullBackend()
        let bench = try UpstreamBench()
        bench.address.port = full.port
        bench.address.connectInMillis = 20
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.error?.kind == .connect)
    }

    @Test(
        "An idempotent request is sent again after a reset when that is allowed, others never",
        arguments: [
            (Method.get, true), (.put, true), (.delete, true), (.post, false), (.patch, false),
        ])
    func resets(method: Method, again: Bool) throws {
        var count = 0
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            count += 1
            if count < 3 { connection.close() } else { connection.answer(Backend.Connection.okay) }
        }
        bench.address.retries = 2
        bench.address.retriesReset = true
        let sink = bench.start(method)
        bench.finish(sink)
        #expect(count == (again ? 3 : 1))
        #expect(sink.error?.kind == (again ? nil : .reset))
    }

    @Test("Without leave nothing is sent again after a reset")
    func noRetry() throws {
        var count = 0
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            count += 1
            connection.close()
        }
        bench.address.retries = 2
        let sink = bench.start()
        bench.finish(sink)
        #expect(count == 1)
        #expect(sink.error?.kind == .reset)
    }

    @Test("A 503 is asked again while tries are left, and the last one is passed on")
    func unavailable() throws {
        var count = 0
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            count += 1
            connection.answer(
                count % 4 == 0 ? Backend.Connection.okay : "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy")
        }
        bench.address.retries = 1
        bench.address.retriesUnavailable = true
        let second = bench.start()
        bench.finish(second)
        #expect(count == 2)
        #expect(second.statuses == [503])
        #expect(second.text == "busy")
        let fourth = bench.start()
        bench.finish(fourth)
        #expect(count == 4)
        #expect(fourth.statuses == [200])
        let post = bench.start(.post)
        bench.finish(post)
        #expect(count == 5)
        #expect(post.statuses == [503])
    }

    @Test("Retries at once stay within the budget")
    func budget() throws {
        var count = 0
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            count += 1
            connection.close()
        }
        bench.address.retries = 1
        bench.address.retriesReset = true
        bench.address.retryBudgetPercent = 20
        let sinks = (0..<100).map { bench.start(.get, "/\($0)") }
        bench.run { sinks.allSatisfy(\.isOver) }
        #expect(sinks.allSatisfy { $0.error?.kind == .reset })
        // Without a budget there would be 200.
        #expect(count >= 100)
        #expect(count <= 150)
        #expect(bench.driver.transferCount == 0)
    }

    @Test("The head and the body of an answer have their own deadlines; the sink is told once")
    func deadlines() throws {
        let bench = try UpstreamBench()
        let silent = bench.start(head: 1000, idle: 5000)
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        bench.pass(milliseconds: 900)
        #expect(!silent.isOver)
        bench.pass(milliseconds: 150)
        #expect(silent.error?.kind == .headTimeout)
        #expect(bench.driver.transferCount == 0)
        bench.run { bench.backend.connections[0].sawEnd }
        #expect(bench.backend.connections[0].sawEnd)

        bench.backend.script = { $0.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart") }
        let stalled = bench.start(head: 1000, idle: 5000)
        bench.run { stalled.text == "part" }
        bench.pass(milliseconds: 4900)
        #expect(!stalled.isOver)
        bench.pass(milliseconds: 200)
        #expect(stalled.error?.kind == .idleTimeout)
        #expect(stalled.ends.count == 1)
    }

    @Test("The head's time begins when the body is out; a body that the backend does not take has the idle time")
    func uploadDeadlines() throws {
        let bench = try UpstreamBench()
        let known = bench.start(.post, body: .length(5), head: 1000, idle: 5000)
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        bench.pass(milliseconds: 20_000)
        #expect(!known.isOver)
        known.send("hello")
        known.endBody()
        bench.run { bench.backend.connections[0].text.hasSuffix("hello") }
        bench.pass(milliseconds: 900)
        #expect(!known.isOver)
        bench.pass(milliseconds: 150)
        #expect(known.error?.kind == .headTimeout)

        let stuck = bench.start(.post, body: .stream, head: 1000, idle: 5000)
        bench.run { bench.backend.connections.last?.hasHead ?? false && bench.backend.connections.count == 2 }
        bench.backend.connections[1].reads = false
        let piece = [UInt8](repeating: 0x61, count: 64_000)
        for _ in 0..<300 {
            if stuck.send(piece) { continue }
            bench.turn(2)
        }
        bench.turn(20)
        bench.pass(milliseconds: 5200)
        #expect(stuck.error?.kind == .idleTimeout)
    }

    @Test("While the client does not take the answer, the backend is not to blame")
    func heldBackTime() throws {
        let bench = try UpstreamBench { $0.answer("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart") }
        let sink = bench.start(idle: 1000)
        sink.isHolding = true
        bench.run { sink.text == "part" }
        for _ in 0..<10 { bench.pass(milliseconds: 900) }
        #expect(!sink.isOver)
        sink.resume()
        bench.backend.connections[0].send("rest")
        bench.run { sink.text == "partrest" }
        sink.resume()
        bench.finish(sink)
        #expect(sink.ends == [nil])
    }
}
