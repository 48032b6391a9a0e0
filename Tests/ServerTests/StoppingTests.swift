import EventLoop
import HTTP
import Synchronization
import Testing

@testable import Server

@Suite("Accepting and stopping")
struct StoppingTests {
    private static let get = RequestReadingTests.get

    private final class Flag: Sendable {
        let value = Atomic<Int>(0)
        var count: Int { value.load(ordering: .relaxed) }
        func raise() { value.add(1, ordering: .relaxed) }
    }

    @Test("A stop ends idle connections in a moment and the others with their answer")
    func drain() throws {
        let bench = try ServerBench { exchange in if exchange.target != "/slow" { exchange.answer("ok") } }
        let fresh = try bench.connect()
        let idle = try bench.connect()
        idle.send(Self.get)
        let slow = try bench.connect()
        slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
        let done = Flag()
        bench.server.drain { done.raise() }
        bench.pass(milliseconds: 190)
        #expect(!fresh.isOver)
        #expect(!idle.isOver)
        bench.pass(milliseconds: 20)
        #expect(fresh.isOver)
        #expect(idle.isOver)
        #expect(!slow.isOver)
        #expect(done.count == 0)
        bench.handler.exchanges.last?.answer("late")
        #expect(slow.text == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate")
        slow.half()
        #expect(done.count == 1)
        #expect(bench.handler.targets == ["/a", "/slow"])
    }

    @Test("A last request that was on its way when the stop came is served", arguments: [true, false])
    func drainWithInput(fresh: Bool) throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        if !fresh {
            client.send(Self.get)
            #expect(client.text == RequestReadingTests.okay)
        }
        bench.server.drain {}
        bench.pass(milliseconds: 100)
        client.send(Self.get)
        #expect(client.text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        #expect(client.isOver)
    }

    @Test("A stop does not cut off answers that the client has not taken yet")
    func drainWithOutput() throws {
        let bench = try ServerBench { $0.answer(String(repeating: "x", count: 400_000)) }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.get)
        let done = Flag()
        bench.server.drain { done.raise() }
        bench.turn()
        #expect(done.count == 0)
        #expect(client.text.utf8.count > 400_000)
        bench.pass(milliseconds: 210)
        #expect(done.count == 1)
    }

    @Test("After the time for draining the rest is cut off and told so")
    func drainTime() throws {
        let bench = try ServerBench(ServerSettings(drainInMillis: 1000)) { _ in }
        let client = try bench.connect()
        client.send(Self.get)
        let done = Flag()
        bench.server.drain { done.raise() }
        bench.server.drain { done.raise() }
        bench.pass(milliseconds: 990)
        #expect(done.count == 0)
        bench.pass(milliseconds: 20)
        #expect(done.count == 2)
        #expect(bench.handler.exchanges[0].cancellations == [.shutdown])
        #expect(client.isOver)
        bench.server.drain { done.raise() }
        #expect(done.count == 3)
    }

    @Test("Clients that wait in the listener's queue are served by a stop; later ones are refused")
    func drainQueue() throws {
        let loopback = try LoopbackBench()
        var clients: [LoopbackClient] = []
        for _ in 0..<40 {
            let client = try loopback.connect()
            client.send(Self.get)
            clients.append(client)
        }
        loopback.bench.server.drain {}
        for client in clients {
            client.receive { client.isOver }
            #expect(client.text.hasSuffix("\r\n\r\nok"))
            #expect(client.sawEnd)
        }
        #expect(throws: SystemError.self) { try loopback.connect() }
    }

    @Test("Workers share a listener, and one may leave while the other goes on")
    func sharedListener() throws {
        let loopback = try LoopbackBench()
        let other = try ServerBench()
        try other.server.listen(on: loopback.socket)
        other.server.drain {}
        let client = try loopback.connect()
        client.send(Self.get)
        client.receive { client.text.hasSuffix("ok") }
        #expect(client.text.hasSuffix("\r\n\r\nok"))
    }

    @Test("A reset while the answer is awaited cancels it, also behind a half-close", arguments: [true, false])
    func reset(halfFirst: Bool) throws {
        let loopback = try LoopbackBench { _ in }
        let handler = loopback.bench.handler
        let client = try loopback.connect()
        client.send(Self.get)
        loopback.run { !handler.exchanges.isEmpty }
        if halfFirst { Socket.shutdownWrite(client.fd) }
        loopback.bench.turn()
        client.reset()
        loopback.run { !handler.exchanges[0].cancellations.isEmpty }
        #expect(handler.exchanges[0].cancellations == [.clientGone])
        #expect(loopback.bench.server.connectionCount == 0)
    }

    @Test("Without a free descriptor accepting rests, and goes on when there is one")
    func exhausted() throws {
        let loopback = try LoopbackBench()
        let client = try loopback.connect()
        client.send(Self.get)
        var asked = 0
        loopback.bench.server.accept = { _ in
            asked += 1
            return .exhausted
        }
        for _ in 0..<50 { loopback.bench.loop.runTurn() }
        #expect(asked == 1)
        loopback.bench.server.accept = { Socket.accept($0) }
        loopback.bench.turn()
        #expect(loopback.bench.server.connectionCount == 0)
        loopback.bench.pass(milliseconds: 110)
        client.receive { client.text.hasSuffix("ok") }
        #expect(client.text.hasSuffix("\r\n\r\nok"))
    }
}
