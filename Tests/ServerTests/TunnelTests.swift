import EventLoop
import HTTP
import Testing

@testable import Server

@Suite("Tunnels")
struct TunnelTests {
    private static let request =
        "GET /live HTTP/1.1\r\nHost: gw.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

    private static var settings: ServerSettings {
        ServerSettings(keepAliveInMillis: 5000, writeIdleInMillis: 3000, tunnelIdleInMillis: 2000, drainInMillis: 4000)
    }

    /// A bench whose exchanges wait for the test to answer them.
    private func bench() throws -> ServerBench { try ServerBench(Self.settings) { $0.wantsRest = true } }

    @Test("No tunnel without a request that is complete, of HTTP/1.1, answered with 101")
    func refused() throws {
        for (text, status) in [
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", UInt16(101)),
            ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 101), (Self.request, 200),
        ] {
            let bench = try bench()
            let client = try bench.connect()
            client.send(text)
            let exchange = try #require(bench.handler.exchanges.first)
            exchange.stream.respond(status: status, reason: [], fields: [], body: .tunnel(until: nil))
            #expect(client.isOver)
            #expect(client.bytes.isEmpty)
            #expect(exchange.cancellations == [.clientGone])
        }
    }

    @Test("What a client sends before the 101 waits, and is the tunnel's then; HTTP is over")
    func early() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        let exchange = try #require(bench.handler.exchanges.first)
        #expect(exchange.body.isEmpty)
        exchange.tunnel()
        #expect(client.text == Self.head)
        #expect(String(decoding: exchange.body, as: UTF8.self) == "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send([0, 1, 255])
        #expect(Array(exchange.body.suffix(3)) == [0, 1, 255])
        #expect(bench.handler.exchanges.count == 1)
        exchange.write("HTTP/1.1 200 OK\r\n\r\n")
        #expect(client.text == "HTTP/1.1 200 OK\r\n\r\n")
        exchange.stream.finish()
        #expect(client.text == "")
        #expect(client.sawEnd)
    }

    @Test("A refused offer is the connection's last answer, and what came behind it is never read as a request")
    func refusedOffer() throws {
        let bench = try ServerBench(Self.settings) { exchange in
            exchange.stream.closeAfterAnswer()
            exchange.answer("no", status: 400)
        }
        let client = try bench.connect()
        client.send(Self.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(
            client.text == "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        #expect(bench.handler.targets == ["/live"])
        client.half()
        #expect(client.isOver)
    }

    @Test("The client's end is told once, behind its bytes, and bytes go on towards it")
    func halfClose() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request + "last")
        client.half()
        let exchange = try #require(bench.handler.exchanges.first)
        var seen: [Int] = []
        exchange.onTunnelEnd = { seen.append(exchange.body.count) }
        exchange.tunnel()
        bench.turn()
        #expect(seen == [4])
        exchange.write("more")
        #expect(client.text == Self.head + "more")
        exchange.stream.finish()
        #expect(client.isOver)
        #expect(exchange.tunnelEnds == 1)
        #expect(exchange.cancellations.isEmpty)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A paused tunnel reads nothing, and loses nothing")
    func pause() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        exchange.onBody = { _ in exchange.stream.pauseBody() }
        client.send("one")
        client.send("two")
        client.half()
        #expect(exchange.body.count == 3)
        #expect(exchange.tunnelEnds == 0)
        exchange.onBody = { _ in }
        exchange.stream.resumeBody()
        bench.turn()
        #expect(String(decoding: exchange.body, as: UTF8.self) == "onetwo")
        #expect(exchange.tunnelEnds == 1)
    }

    @Test("A client that does not read holds the backend back")
    func backPressure() throws {
        let bench = try bench()
        let client = try bench.connect(buffer: 4096)
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        let piece = String(repeating: "x", count: 65_536)
        var written = 0
        while exchange.write(piece), written < 100 { written += 1 }
        #expect(written < 10)
        client.drain()
        #expect(exchange.writables > 0)
    }

    @Test("Without a byte either way a tunnel ends; each byte puts that off")
    func idle() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        bench.pass(milliseconds: 1900)
        client.send("x")
        bench.pass(milliseconds: 1900)
        exchange.write("y")
        bench.pass(milliseconds: 1900)
        #expect(!client.isOver)
        #expect(exchange.cancellations.isEmpty)
        bench.pass(milliseconds: 200)
        #expect(client.isOver)
        #expect(exchange.cancellations == [.tunnelIdle])
    }

    @Test("Its time ends a tunnel however busy it is")
    func expiry() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel(until: bench.loop.now.advanced(milliseconds: 3000))
        for _ in 0..<2 {
            bench.pass(milliseconds: 1400)
            client.send("x")
            exchange.write("y")
        }
        #expect(!client.isOver)
        bench.pass(milliseconds: 300)
        #expect(client.isOver)
        #expect(exchange.cancellations == [.tunnelExpired])
    }

    @Test("A broken tunnel ends by a reset, so that nobody takes it for an orderly end")
    func broken() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        exchange.stream.abort()
        #expect(client.isOver)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A client that is gone ends the tunnel")
    func gone() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        exchange.write("y")
        bench.turn()
        client.close()
        bench.turn()
        #expect(exchange.tunnelEnds + exchange.cancellations.count >= 1)
        exchange.stream.finish()
        bench.turn()
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A stopping server lets tunnels be until its time is over")
    func stop() throws {
        let bench = try bench()
        let client = try bench.connect()
        client.send(Self.request)
        let exchange = try #require(bench.handler.exchanges.first)
        exchange.tunnel()
        bench.server.drain {}
        bench.pass(milliseconds: 1500)
        client.send("x")
        #expect(exchange.body.count == 1)
        bench.pass(milliseconds: 1500)
        client.send("x")
        bench.pass(milliseconds: 1100)
        #expect(client.isOver)
        #expect(exchange.cancellations == [.shutdown])
    }
}
