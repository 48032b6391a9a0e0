import EventLoop
import HTTP
import Testing

@testable import Server

@Suite("Deadlines and limits")
struct DeadlineTests {
    private static let get = RequestReadingTests.get

    private static var settings: ServerSettings {
        ServerSettings(
            headerInMillis: 1000, bodyIdleInMillis: 2000, bodyMinimumBytesPerSecond: 100, keepAliveInMillis: 5000,
            writeIdleInMillis: 3000, drainInMillis: 4000)
    }

    @Test("A connection that never speaks is closed without a word")
    func silent() throws {
        let bench = try ServerBench(Self.settings)
        let client = try bench.connect()
        bench.pass(milliseconds: 999)
        #expect(!client.isOver)
        bench.pass(milliseconds: 20)
        #expect(client.isOver)
        #expect(client.bytes.isEmpty)
        #expect(bench.handler.refusals.isEmpty)
    }

    @Test("A head has one deadline from its first byte, however steadily it trickles")
    func slowHead() throws {
        let bench = try ServerBench(Self.settings)
        let client = try bench.connect()
        bench.pass(milliseconds: 900)
        for byte in "GET / HTT".utf8 {
            client.send([byte])
            bench.pass(milliseconds: 100)
        }
        #expect(client.text == "")
        bench.pass(milliseconds: 120)
        #expect(client.text.hasPrefix("HTTP/1.1 408 "))
        #expect(bench.handler.refusals == [RequestRefusal(.headerTimeout)])
        client.half()
        #expect(client.isOver)
    }

    @Test("Stray line ends between requests are no head to be answered")
    func strayLines() throws {
        let bench = try ServerBench(Self.settings)
        let client = try bench.connect()
        client.send("\r\n")
        bench.pass(milliseconds: 1100)
        #expect(client.isOver)
        #expect(client.bytes.isEmpty)
    }

    @Test("A body that stands still, or stays below the minimum rate, is answered 408 and cancelled")
    func slowBody() throws {
        let bench = try ServerBench(Self.settings) { _ in }
        let idle = try bench.connect()
        idle.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nx")
        bench.pass(milliseconds: 1990)
        #expect(idle.text == "")
        bench.pass(milliseconds: 30)
        #expect(idle.text.hasPrefix("HTTP/1.1 408 "))
        #expect(bench.handler.exchanges[0].cancellations == [.refused(RequestRefusal(.bodyTimeout))])
        let slow = try bench.connect()
        slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n")
        var seconds = 0
        while slow.text.isEmpty, seconds < 60 {
            slow.send(String(repeating: "x", count: 50))
            bench.pass(milliseconds: 1000)
            seconds += 1
        }
        // Ten seconds are free and every 100 bytes earn one more: 10 + 0.5 t = t.
        #expect((19...22).contains(seconds))
    }

    @Test("The time in which we do not want the body does not count against the client")
    func pausedBody() throws {
        let bench = try ServerBench(Self.settings) { exchange in
            exchange.onBody = { _ in exchange.stream.pauseBody() }
            exchange.onEnd = { exchange.answer("ok") }
        }
        let client = try bench.connect()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx")
        bench.pass(milliseconds: 600_000)
        #expect(client.text == "")
        bench.handler.exchanges[0].stream.resumeBody()
        bench.pass(milliseconds: 1900)
        client.send("y")
        #expect(client.text == RequestReadingTests.okay)
    }

    @Test("A kept connection ends after its time, and a next head has its own deadline")
    func keepAlive() throws {
        let bench = try ServerBench(Self.settings)
        let client = try bench.connect()
        for _ in 0..<3 {
            client.send(Self.get)
            #expect(client.text == RequestReadingTests.okay)
            bench.pass(milliseconds: 4900)
            #expect(!client.isOver)
        }
        client.send("G")
        bench.pass(milliseconds: 990)
        #expect(client.text == "")
        bench.pass(milliseconds: 20)
        #expect(client.text.hasPrefix("HTTP/1.1 408 "))
        let idle = try bench.connect()
        idle.send(Self.get)
        #expect(idle.text == RequestReadingTests.okay)
        bench.pass(milliseconds: 5010)
        #expect(idle.isOver)
        #expect(idle.bytes.isEmpty)
    }

    @Test("An answer that is awaited has no deadline here")
    func awaited() throws {
        let bench = try ServerBench(Self.settings) { _ in }
        let client = try bench.connect()
        client.send(Self.get)
        bench.pass(milliseconds: 3_600_000)
        bench.handler.exchanges[0].answer("ok")
        #expect(client.text == RequestReadingTests.okay)
    }

    @Test("A client that takes nothing of its answer is cut off; one that takes a little is not")
    func writeStall() throws {
        let bench = try ServerBench(Self.settings) { exchange in
            exchange.wantsRest = true
            exchange.begin(.stream)
            exchange.write(String(repeating: "x", count: 1_000_000))
        }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.get)
        for _ in 0..<5 {
            bench.pass(milliseconds: 2900)
            client.take()
            bench.turn()
            #expect(bench.handler.exchanges[0].cancellations == [])
        }
        // Our own attempts are no progress.
        for _ in 0..<3 {
            bench.pass(milliseconds: 990)
            bench.handler.exchanges[0].write("y")
            bench.turn()
        }
        bench.pass(milliseconds: 50)
        #expect(bench.handler.exchanges[0].cancellations == [.writeStalled])
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A finished answer that nobody takes is cut off as well")
    func finishedStall() throws {
        let bench = try ServerBench(Self.settings) { $0.answer(String(repeating: "x", count: 1_000_000)) }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.get)
        bench.pass(milliseconds: 3010)
        #expect(bench.server.connectionCount == 0)
        #expect(client.isOver)
    }

    @Test("A head that is begun while the last answer is stuck keeps its own deadline")
    func deadlinesDoNotMeet() throws {
        let bench = try ServerBench(Self.settings) { $0.answer(String(repeating: "x", count: 100_000)) }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.get + "GET /")
        bench.pass(milliseconds: 500)
        client.take()
        bench.turn()
        bench.pass(milliseconds: 520)
        #expect(bench.handler.refusals == [RequestRefusal(.headerTimeout)])
        #expect(client.text.contains("HTTP/1.1 408 "))
    }

    @Test("A client that is told to go has two seconds")
    func linger() throws {
        let bench = try ServerBench(Self.settings)
        let client = try bench.connect()
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(client.isOver)
        #expect(bench.server.connectionCount == 1)
        bench.pass(milliseconds: 2010)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("The last request that a connection may make is told so")
    func requestsPerConnection() throws {
        var settings = Self.settings
        settings.requestsPerConnection = 3
        let bench = try ServerBench(settings)
        let client = try bench.connect()
        client.send(Self.get + Self.get + Self.get + Self.get)
        let text = client.text
        #expect(bench.handler.exchanges.count == 3)
        #expect(text.components(of: "HTTP/1.1 200 OK") == 3)
        #expect(text.components(of: "Connection: close") == 1)
        #expect(client.isOver)
    }

    @Test("Connections beyond the limits are closed at once, and room is given back")
    func connectionLimits() throws {
        var settings = Self.settings
        settings.connections = 3
        settings.connectionsPerAddress = 2
        let bench = try ServerBench(settings)
        let here = SocketAddress.ipv4([10, 0, 0, 1], port: 1)
        let there = SocketAddress.ipv4([10, 0, 0, 2], port: 1)
        var first: [Client] = []
        for _ in 0..<3 { first.append(try bench.connect(from: here)) }
        #expect(first.map(\.isOver) == [false, false, true])
        let other = try bench.connect(from: there)
        #expect(!other.isOver)
        #expect(try bench.connect(from: there).isOver)
        first[0].close()
        bench.turn()
        #expect(bench.server.connectionCount == 2)
        let again = try bench.connect(from: .ipv4([10, 0, 0, 1], port: 99))
        #expect(!again.isOver)
        // Unix peers have no address to count by.
        first[1].close()
        other.close()
        bench.turn()
        let local = [try bench.connect(), try bench.connect()]
        #expect(local.allSatisfy { !$0.isOver })
    }
}

extension String {
    func components(of part: String) -> Int { ranges(of: part).count }
}
