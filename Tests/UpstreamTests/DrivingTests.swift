import EventLoop
import HTTP
import Testing

@testable import Upstream

@Suite("Driving transfers", .everyWay)
struct DrivingTests {
    private static let okay = Backend.Connection.okay

    @Test("More requests than connections wait in order, and a full queue refuses")
    func queue() throws {
        var order: [String] = []
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            order.append(String(connection.text.split(separator: " ")[1]))
        }
        bench.address.connections = 1
        bench.address.pending = 3
        let sinks = (0..<4).map { bench.start(.get, "/\($0)") }
        #expect(sinks.allSatisfy { $0.id != nil })
        let refused = bench.start()
        #expect(refused.id == nil)
        #expect(!refused.isOver)
        for number in 0..<4 {
            bench.run { order.count == number + 1 }
            #expect(order.count == number + 1)
            bench.backend.connections[0].answer(Self.okay)
            bench.finish(sinks[number])
        }
        #expect(order == ["/0", "/1", "/2", "/3"])
        #expect(bench.start().id != nil)
    }

    @Test("Those who give up while they wait leave no trace, however many")
    func cancelWaiting() throws {
        let bench = try UpstreamBench { _ in }
        bench.address.connections = 1
        bench.address.pending = 4
        let first = bench.start(.get, "/first")
        let kept = bench.start(.get, "/kept")
        for _ in 0..<10_000 {
            let sink = bench.start(.post, "/gone", body: .stream)
            #expect(sink.id != nil)
            sink.send("x")
            sink.cancel()
        }
        #expect(bench.driver.transferCount == 2)
        first.cancel()
        bench.run { bench.backend.connections.last?.text.contains("/kept") ?? false }
        bench.backend.connections.last?.answer(Self.okay)
        bench.finish(kept)
        #expect(kept.text == "ok")
        #expect(bench.driver.transferCount == 0)
    }

    @Test("A body that comes while its request waits is kept for it, up to a bound")
    func waitingBody() throws {
        let bench = try UpstreamBench { _ in }
        bench.address.connections = 1
        let first = bench.start()
        let waiting = bench.start(.post, body: .stream)
        var sent = 0
        while waiting.send("0123456789") { sent += 10 }
        waiting.endBody()
        #expect(sent < 300_000)
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        bench.backend.connections[0].answer(Self.okay)
        bench.finish(first)
        bench.run { bench.backend.connections[0].text.hasSuffix("0\r\n\r\n") }
        bench.backend.connections[0].answer(Self.okay)
        bench.finish(waiting)
        #expect(waiting.ends == [nil])
    }

    @Test("Waiting for a connection has the deadline of the answer")
    func waitingDeadline() throws {
        let bench = try UpstreamBench { _ in }
        bench.address.connections = 1
        let first = bench.start(head: 100_000)
        let waiting = bench.start(head: 1000)
        bench.pass(milliseconds: 1100)
        #expect(waiting.error?.kind == .overloaded)
        #expect(!first.isOver)
        #expect(bench.driver.transferCount == 1)
    }

    @Test("The time that a request has waited is a part of the time for its answer")
    func waitingCounts() throws {
        let bench = try UpstreamBench { _ in }
        bench.address.connections = 1
        let first = bench.start(head: 100_000)
        let waiting = bench.start(head: 1000)
        bench.pass(milliseconds: 700)
        first.cancel()
        bench.run { bench.backend.connections.count == 2 && bench.backend.connections[1].hasHead }
        #expect(!waiting.isOver)
        bench.pass(milliseconds: 400)
        #expect(waiting.error?.kind == .headTimeout)
    }

    @Test("An error that answers an upload early ends it, whether the upload flows or waits", arguments: [true, false])
    func earlyError(waits: Bool) throws {
        let bench = try UpstreamBench()
        let sink = bench.start(.post, body: .stream)
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        if !waits { sink.send("some") }
        bench.turn()
        bench.backend.connections[0].send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(sink.statuses == [413])
        #expect(sink.text == "big")
        // Half a request is out: this connection can never serve another one.
        bench.backend.script = { $0.answerEach() }
        let next = bench.start()
        bench.finish(next)
        #expect(next.text == "ok")
        #expect(bench.backend.connections.count == 2)
    }

    @Test("A success that comes early flows while the upload goes on")
    func earlySuccess() throws {
        let bench = try UpstreamBench()
        let sink = bench.start(.post, body: .stream)
        sink.send("one")
        bench.run { bench.backend.connections.first?.text.hasSuffix("one\r\n") ?? false }
        bench.backend.connections[0].send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nONE\r\n")
        bench.run { sink.text == "ONE" }
        #expect(sink.text == "ONE")
        sink.send("two")
        bench.run { bench.backend.connections[0].text.hasSuffix("two\r\n") }
        bench.backend.connections[0].send("3\r\nTWO\r\n0\r\n\r\n")
        bench.run { sink.text == "ONETWO" }
        sink.endBody()
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(sink.text == "ONETWO")
    }

    @Test("Large answers share the turns of the loop, and come whole")
    func sharedTurns() throws {
        let bench = try UpstreamBench(turnBytes: 32_768)
        let size = 12_000_000
        let sinks = (0..<4).map { bench.start(.get, "/\($0)") }
        bench.run { bench.backend.connections.count { $0.hasHead } == 4 }
        let connections = bench.backend.connections
        for connection in connections { connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n") }
        let block = [UInt8](repeating: 0x62, count: 1_000_000)
        var sent = [Int](repeating: 0, count: 4)
        var received = 0
        var most = 0
        for _ in 0..<20_000 where !sinks.allSatisfy(\.isOver) {
            for (index, connection) in connections.enumerated() where sent[index] < size {
                sent[index] += connection.send(Array(block[0..<min(block.count, size - sent[index])]))
            }
            bench.loop.runTurn(waitingAtMost: 1)
            let all = sinks.reduce(0) { $0 + $1.body.count }
            most = max(most, all - received)
            received = all
        }
        #expect(sinks.allSatisfy { $0.ends == [nil] && $0.body.count == size })
        // A few things are done in every turn, whatever they cost; each reads at most so much.
        #expect(most <= 4 * ReadSize.most, "\(most)")
    }

    @Test("A held-back answer stops in the kernel, and comes whole piece by piece")
    func downloadBackPressure() throws {
        let size = 20_000_000
        let bench = try UpstreamBench()
        let sink = bench.start()
        sink.isHolding = true
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        let connection = bench.backend.connections[0]
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
        let block = [UInt8](repeating: 0x62, count: 100_000)
        var sent = 0
        var stood = 0
        while stood < 50 {
            let count = connection.send(Array(block[0..<min(block.count, size - sent)]))
            sent += count
            stood = count == 0 ? stood + 1 : 0
            bench.turn(1)
        }
        #expect(sink.body.count <= 65_536)
        #expect(sent < size)
        let held = sink.body.count
        bench.run {
            sink.resume()
            if sent < size { sent += connection.send(Array(block[0..<min(block.count, size - sent)])) }
            return sink.body.count > held + 1_000_000
        }
        sink.isHolding = false
        bench.run {
            sink.resume()
            if sent < size { sent += connection.send(Array(block[0..<min(block.count, size - sent)])) }
            return sink.isOver
        }
        #expect(sink.body.count == size)
        #expect(sink.ends == [nil])
    }

    enum Phase: CaseIterable {
        case started, connecting, sent, uploading, headSeen, bodyFlowing, heldBack, waiting, ended
    }

    @Test(
        "A transfer can be given up at any time; its sink hears nothing more and nothing stays behind",
        arguments: Phase.allCases)
    func cancel(phase: Phase) throws {
        let bench = try UpstreamBench()
        if phase == .waiting { bench.address.connections = 1 }
        let other = phase == .waiting ? bench.start() : nil
        let sink = bench.start(.post, body: phase == .uploading ? .stream : .none)
        switch phase {
        case .started, .waiting: break
        case .connecting: bench.loop.runTurn()
        case .sent, .uploading:
            sink.send("part")
            bench.run { bench.backend.connections.first?.hasHead ?? false }
        case .headSeen, .bodyFlowing, .heldBack:
            sink.isHolding = phase == .heldBack
            bench.run { bench.backend.connections.first?.hasHead ?? false }
            bench.backend.connections[0].send(
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + (phase == .headSeen ? "" : "part"))
            bench.run { phase == .headSeen ? !sink.statuses.isEmpty : !sink.body.isEmpty }
        case .ended:
            bench.backend.script = { $0.answerEach() }
            bench.finish(sink)
        }
        let hadEnded = sink.isOver
        sink.cancel()
        sink.cancel()
        sink.send("late")
        sink.endBody()
        sink.resume()
        bench.turn(20)
        #expect(sink.callsAfterEnd == 0)
        #expect(sink.isOver == hadEnded)
        #expect(bench.driver.transferCount == (other == nil ? 0 : 1))
        other?.cancel()
        bench.backend.script = { $0.answerEach() }
        let next = bench.start()
        bench.finish(next)
        #expect(next.text == "ok")
    }

    enum Call: CaseIterable {
        case head, piece, want, end
    }

    @Test("A transfer can be given up, and others begun, from inside any call", arguments: Call.allCases)
    func inside(call: Call) throws {
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            if connection.text.contains("chunked"), !connection.text.hasSuffix("0\r\n\r\n") { return }
            connection.answer(Self.okay)
        }
        bench.address.connections = 4
        var others: [Sink] = []
        let sink = bench.start(.post, body: .stream)
        let act = {
            guard others.isEmpty else { return }
            others = (0..<8).map { _ in bench.start() }
            sink.cancel()
            others[7].cancel()
        }
        switch call {
        case .head: sink.onHead = act
        case .piece: sink.onPiece = act
        case .want: sink.onWant = act
        case .end: sink.onEnd = act
        }
        bench.turn()
        sink.send("x")
        // Only a sender that had to wait is asked again.
        if call == .want { while !sink.isCancelled, sink.send([UInt8](repeating: 0x78, count: 65_536)) {} }
        sink.endBody()
        bench.run { others.count == 8 && others.dropLast().allSatisfy(\.isOver) }
        #expect(others.count == 8)
        #expect(others.dropLast().allSatisfy { $0.text == "ok" && $0.ends == [nil] })
        #expect(sink.callsAfterEnd == 0)
        #expect(bench.driver.transferCount == 0)
    }

    @Test("A connection that is given up before it is complete leaves no watch: its descriptor may be another's by now")
    func cancelConnecting() throws {
        let full = try FullBackend()
        let bench = try UpstreamBench { $0.answerEach() }
        let port = bench.address.port
        bench.address.port = full.port
        let hanging = bench.start()
        bench.turn()
        #expect(bench.driver.watchCount == 1)
        hanging.cancel()
        #expect(bench.driver.watchCount == 0)
        bench.address.port = port
        let connecting = bench.start()
        bench.run { bench.driver.watchCount == 1 }
        #expect(connecting.statuses.isEmpty)
        connecting.cancel()
        bench.turn()
        #expect(bench.driver.watchCount == 0)
    }

    @Test("A complete connection stays watched while it is idle, and no longer when the backend ends it")
    func idleWatch() throws {
        let bench = try UpstreamBench { $0.answerEach() }
        bench.finish(bench.start())
        bench.finish(bench.start())
        #expect(bench.backend.connections.count == 1)
        #expect(bench.driver.watchCount == 1)
        bench.backend.connections[0].close()
        bench.run { bench.driver.watchCount == 0 }
        #expect(bench.driver.watchCount == 0)
    }

    @Test("A shutdown tells everybody once and starts nothing more")
    func shutDown() throws {
        let bench = try UpstreamBench()
        bench.address.connections = 3
        var sinks: [Sink] = []
        for number in 0..<8 { sinks.append(bench.start(.post, body: number % 2 == 0 ? .none : .stream)) }
        bench.run { bench.backend.connections.count == 3 && bench.backend.connections.allSatisfy(\.hasHead) }
        bench.backend.connections[0].send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart")
        bench.run { sinks.contains { !$0.body.isEmpty } }
        var late: Sink?
        sinks[0].onEnd = {
            late = bench.start()
            sinks[1].cancel()
            sinks[7].cancel()
        }
        bench.driver.shutDown()
        bench.driver.shutDown()
        for (number, sink) in sinks.enumerated() {
            #expect(sink.ends.map { $0?.kind } == (number == 1 || number == 7 ? [] : [.shutdown]))
        }
        #expect(late?.id == nil)
        bench.turn()
        #expect(bench.driver.transferCount == 0)
        #expect(sinks.allSatisfy { $0.callsAfterEnd == 0 })
    }

    @Test("A thousand requests at once over few connections all end")
    func many() throws {
        let bench = try UpstreamBench { $0.answerEach() }
        bench.address.connections = 16
        bench.address.pending = 2000
        let sinks = (0..<1000).map { bench.start(.get, "/\($0)") }
        bench.run { sinks.allSatisfy(\.isOver) }
        #expect(sinks.allSatisfy { $0.ends == [nil] && $0.text == "ok" })
        #expect(bench.backend.connections.count <= 16)
    }
}
