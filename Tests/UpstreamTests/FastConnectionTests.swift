import EventLoop
import HTTP
import Testing

@testable import Upstream

@Suite("Connections of the fast lane", .everyWay)
struct FastConnectionTests {
    private static let okay = Backend.Connection.okay

    /// A bench on the fast lane; nil on the classic way, which has no such connections.
    private static func bench(
        _ script: @escaping (Backend.Connection) -> Void = { $0.answerEach() }
    ) throws
        -> UpstreamBench?
    {
        Way.current == .classic ? nil : try UpstreamBench(script)
    }

    @Test("A connection whose end has come is not used for what must not be sent twice")
    func liveness() throws {
        var heads: [String] = []
        guard
            let bench = try Self.bench({ connection in
                guard connection.hasHead else { return }
                heads.append(String(connection.text.prefix { $0 != " " }))
                connection.answer(Self.okay)
            })
        else { return }
        bench.finish(bench.start())
        // The end comes, and nobody has looked yet.
        bench.backend.connections[0].close()
        let sink = bench.start(.post)
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(heads == ["GET", "POST"])
        #expect(bench.backend.connections.count == 2)
    }

    @Test(
        "A request of which nothing could be sent goes on whole over another connection, whatever it changes",
        arguments: [true, false])
    func nothingSent(known: Bool) throws {
        guard Way.current == .socket else { return }
        var bodies: [String] = []
        guard
            let bench = try Self.bench({ connection in
                if connection.sawEnd { return connection.close() }
                guard connection.hasHead else { return }
                if !connection.text.hasPrefix("GET") {
                    guard connection.text.hasSuffix(known ? "hello" : "0\r\n\r\n") else { return }
                    bodies.append(connection.text)
                }
                connection.answer(Self.okay)
            })
        else { return }
        bench.finish(bench.start())
        // The connection looks alive, and takes nothing any more.
        let fd = try #require(bench.driver.idleConnections.first?.channel?.fd)
        Socket.shutdownWrite(fd)
        let sink = bench.start(.post, body: known ? .length(5) : .stream)
        sink.send("he")
        bench.turn(1)
        sink.send("llo")
        sink.endBody()
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(bodies.count == 1)
        #expect(bodies.first?.contains("he") == true && bodies.first?.contains("llo") == true)
        #expect(bench.backend.connections.count == 2)
    }

    @Test("A request that takes a connection over while the last one's end of a turn is still to come is sent")
    func takenOver() throws {
        guard Way.current == .socket else { return }
        var hasAnswered = false
        guard
            let bench = try Self.bench({ connection in
                if connection.hasHead, !hasAnswered {
                    // Before the body is there.
                    hasAnswered = true
                    connection.send(Self.okay)
                }
                if connection.text.contains("GET /next ") { connection.answer(Self.okay) }
            })
        else { return }
        let piece = [UInt8](repeating: UInt8(ascii: "z"), count: 20_000)
        let first = bench.start(.post, body: .length(40_000))
        first.send(piece)
        for _ in 0..<100 where !hasAnswered { bench.turn(1) }
        #expect(first.statuses.isEmpty)
        var next: Sink?
        first.onEnd = { next = bench.start(.get, "/next") }
        // Leaves at once, and still asks for the end of the turn in which the answer comes.
        first.send(piece)
        first.endBody()
        bench.finish(first)
        let second = try #require(next)
        bench.finish(second)
        #expect(first.ends == [nil] && second.ends == [nil])
        #expect(bench.backend.connections.count == 1)
        first.forget()
    }

    @Test("A long answer comes in larger pieces, and in small ones again to a client that lets it wait")
    func pieces() throws {
        // libcurl gives 16 KiB at a time.
        guard Way.current == .socket, let bench = try Self.bench({ _ in }) else { return }
        let size = 30_000_000
        let block = [UInt8](repeating: 0x62, count: 1_000_000)
        let sink = bench.start()
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        let connection = bench.backend.connections[0]
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
        var pieces: [Int] = []
        var seen = 0
        sink.onPiece = { [unowned sink] in
            pieces.append(sink.body.count - seen)
            seen = sink.body.count
            // From the first large piece on, everything has to wait.
            if pieces[pieces.count - 1] > ReadSize.least { sink.isHolding = true }
        }
        var sent = 0
        func feed() {
            sent += connection.send(Array(block[0..<min(block.count, size - sent)]))
            sink.resume()
        }
        bench.run {
            feed()
            return sink.isHolding
        }
        let grown = pieces.count
        bench.run {
            feed()
            return pieces.count > grown + 3
        }
        sink.isHolding = false
        sink.onPiece = {}
        bench.run {
            feed()
            return sink.isOver
        }
        #expect(pieces[0] <= ReadSize.least)
        #expect(pieces[grown - 1] > ReadSize.least && pieces[grown - 1] <= ReadSize.most)
        #expect(pieces.count > grown + 3 && pieces[grown...].allSatisfy { $0 <= ReadSize.least }, "\(pieces)")
        #expect(sink.ends == [nil] && sink.body.count == size)
        sink.forget()
    }

    @Test("The name of a request that is over does nothing to the next one on the same connection")
    func lateNames() throws {
        var isAnswering = true
        guard
            let bench = try Self.bench({ connection in
                if connection.hasHead, isAnswering { connection.answer(Self.okay) }
            })
        else { return }
        let first = bench.start()
        bench.finish(first)
        isAnswering = false
        let second = bench.start(.post, body: .length(5))
        bench.turn()
        #expect(bench.driver.transferCount == 1)
        #expect(first.send("late!"))
        first.endBody()
        first.resume()
        first.cancel()
        bench.turn()
        #expect(bench.driver.transferCount == 1)
        isAnswering = true
        second.send("hello")
        second.endBody()
        bench.finish(second)
        #expect(second.ends == [nil])
        #expect(bench.backend.connections.count == 1)
        #expect(bench.backend.connections[0].sawEnd == false)
        #expect(bench.driver.transferCount == 0)
    }

    @Test("The time of a request is its own: neither the last one's on this connection nor its end decides")
    func ownTimes() throws {
        var isAnswering = true
        guard
            let bench = try Self.bench({ connection in
                if connection.hasHead, isAnswering { connection.answer(Self.okay) }
            })
        else { return }
        bench.finish(bench.start(head: 1_000))
        isAnswering = false
        let patient = bench.start(head: 5_000)
        bench.turn()
        bench.pass(milliseconds: 4_900)
        #expect(!patient.isOver)
        bench.pass(milliseconds: 200)
        bench.finish(patient)
        #expect(patient.error?.kind == .headTimeout)
        isAnswering = true
        bench.finish(bench.start(head: 60_000))
        isAnswering = false
        let hasty = bench.start(head: 500)
        bench.turn()
        bench.pass(milliseconds: 600)
        bench.finish(hasty)
        #expect(hasty.error?.kind == .headTimeout)
    }

    @Test("A stray byte on a kept connection is never the next answer", arguments: [Method.get, .head, .post])
    func strayBytes(method: Method) throws {
        guard let bench = try Self.bench() else { return }
        bench.finish(bench.start())
        // It comes, and the loop has not looked.
        bench.backend.connections[0].send("HTTP/1.1 200 OK\r\nX-Poison: 1\r\nContent-Length: 6\r\n\r\nPOISON")
        let sink = bench.start(method)
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(!sink.lines.contains("X-Poison: 1"))
        #expect(bench.backend.connections.count == 2)
    }

    @Test("A connection is not used after a minute without work, nor after ten minutes of it")
    func ages() throws {
        guard let bench = try Self.bench() else { return }
        bench.finish(bench.start())
        bench.pass(milliseconds: 50_000)
        bench.finish(bench.start())
        #expect(bench.backend.connections.count == 1)
        bench.pass(milliseconds: 61_000)
        #expect(bench.driver.watchCount == 0)
        bench.finish(bench.start())
        #expect(bench.backend.connections.count == 2)
        for _ in 0..<13 {
            bench.pass(milliseconds: 50_000)
            bench.finish(bench.start())
        }
        #expect(bench.backend.connections.count == 3)
    }

    @Test("The connection used last serves next, so that the others can end")
    func lastFirst() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sinks = (0..<3).map { _ in bench.start() }
        bench.run { bench.backend.connections.count == 3 && bench.backend.connections.allSatisfy(\.hasHead) }
        for (connection, sink) in zip(bench.backend.connections, sinks) {
            connection.answer(Self.okay)
            bench.run { sink.isOver }
        }
        for _ in 0..<4 {
            let sink = bench.start()
            bench.run { bench.backend.connections[2].hasHead }
            bench.backend.connections[2].answer(Self.okay)
            bench.finish(sink)
            #expect(sink.ends == [nil])
        }
    }

    @Test("More body than was announced never reaches the backend")
    func excess() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sink = bench.start(.post, body: .length(5))
        sink.send("12345GET /smuggled HTTP/1.1\r\n\r\n")
        sink.send(String(repeating: "x", count: 20_000))
        sink.endBody()
        bench.run { bench.backend.connections.first?.text.hasSuffix("12345") ?? false }
        bench.turn()
        #expect(bench.backend.connections[0].text.hasSuffix("\r\n\r\n12345"))
        bench.backend.connections[0].answer(Self.okay)
        bench.finish(sink)
        #expect(sink.ends == [nil])
    }

    @Test("Less body than was announced ends the request and its connection")
    func shortage() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sink = bench.start(.post, body: .length(5))
        sink.send("123")
        sink.endBody()
        bench.finish(sink)
        #expect(sink.error?.kind == .other)
        bench.turn()
        #expect(bench.driver.watchCount == 0)
    }

    @Test("A target that would break the request line is never sent")
    func target() throws {
        guard let bench = try Self.bench() else { return }
        let sink = bench.start(.get, "/a b\r\nX: y")
        bench.finish(sink)
        #expect(sink.error?.kind == .other)
        #expect(bench.backend.connections.allSatisfy { $0.bytes.isEmpty })
    }

    // MARK: Tunnels
}
