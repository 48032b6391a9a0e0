import EventLoop
import HTTP
import Testing

@testable import Upstream

@Suite("Tunnels of the fast lane", .everyWay)
struct FastTunnelTests {
    /// A bench on the fast lane; nil on the classic way, which has no tunnels.
    private static func bench(
        _ script: @escaping (Backend.Connection) -> Void = { $0.answerEach() }
    ) throws
        -> UpstreamBench?
    {
        Way.current == .classic ? nil : try UpstreamBench(script)
    }

    private static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

    private static func tunnel(on bench: UpstreamBench, extra: String = "") -> Sink {
        let sink = Sink(bench.driver)
        var request = UpstreamRequest(
            method: .get, methodBytes: Array("GET".utf8), target: Array("/ws".utf8),
            fields: Array("Host: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n".utf8), body: .none,
            headInMillis: 1000, idleInMillis: 1000)
        request.asksUpgrade = true
        sink.id = bench.driver.start(request, to: bench.address, for: sink)
        bench.run { bench.backend.connections.last?.hasHead ?? false }
        bench.backend.connections.last?.answer(switching + extra)
        bench.run { sink.statuses == [101] }
        return sink
    }

    @Test("After a 101 bytes go both ways as they are, without a deadline, until the backend ends")
    func tunnels() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sink = Self.tunnel(on: bench, extra: "first")
        bench.run { sink.text == "first" }
        #expect(sink.text == "first")
        sink.send("\u{1}raw\r\n\r\n")
        bench.run { bench.backend.connections[0].text == "\u{1}raw\r\n\r\n" }
        #expect(bench.backend.connections[0].text == "\u{1}raw\r\n\r\n")
        bench.pass(milliseconds: 3_600_000)
        #expect(!sink.isOver)
        bench.backend.connections[0].send("HTTP/1.1 500 no answer\r\n\r\n")
        bench.run { sink.text.hasSuffix("no answer\r\n\r\n") }
        bench.backend.connections[0].close()
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(bench.driver.watchCount == 0)
    }

    @Test("Tunnels do not count as requests to the backend")
    func tunnelsAndLimits() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        bench.address.connections = 1
        bench.address.pending = 1
        let tunnels = (0..<3).map { _ in Self.tunnel(on: bench) }
        bench.backend.script = { $0.answerEach() }
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.text == "ok")
        for tunnel in tunnels { tunnel.cancel() }
        let last = bench.start()
        bench.finish(last)
        #expect(last.text == "ok")
        // One at a time is still the limit.
        bench.backend.script = { _ in }
        #expect(bench.start().id != nil && bench.start().id != nil && bench.start().id == nil)
    }

    @Test("A tunnel whose client has ended ends when its backend, which cannot be told, has been silent for a while")
    func farewell() throws {
        // libcurl's: it moves the bytes of TLS.
        guard Way.current == .libcurl, let bench = try Self.bench({ _ in }) else { return }
        let sink = Self.tunnel(on: bench)
        sink.send("last words")
        bench.run { bench.backend.connections[0].text == "last words" }
        bench.pass(milliseconds: 3_600_000)
        sink.endBody()
        bench.turn()
        bench.pass(milliseconds: 4900)
        #expect(!sink.isOver && !bench.backend.connections[0].sawEnd)
        bench.backend.connections[0].send("an answer")
        bench.run { sink.text == "an answer" }
        bench.pass(milliseconds: 4900)
        #expect(!sink.isOver)
        bench.pass(milliseconds: 200)
        #expect(sink.ends == [nil])
        bench.run { bench.backend.connections[0].sawEnd }
        #expect(bench.backend.connections[0].sawEnd)
        #expect(bench.driver.watchCount == 0)
        let silent = Self.tunnel(on: bench)
        silent.endBody()
        bench.turn()
        bench.pass(milliseconds: 4900)
        #expect(!silent.isOver)
        bench.pass(milliseconds: 200)
        #expect(silent.ends == [nil])
    }

    @Test("What waits for a slow client is not the backend's silence")
    func slowFarewell() throws {
        guard Way.current == .libcurl, let bench = try Self.bench({ _ in }) else { return }
        let sink = Self.tunnel(on: bench)
        sink.isHolding = true
        bench.backend.connections[0].send("first")
        bench.run { sink.text == "first" }
        sink.endBody()
        bench.turn()
        bench.backend.connections[0].send("second")
        bench.pass(milliseconds: 6000)
        #expect(!sink.isOver)
        sink.isHolding = false
        sink.resume()
        bench.run { sink.text == "firstsecond" }
        #expect(sink.text == "firstsecond")
        bench.pass(milliseconds: 5100)
        #expect(sink.ends == [nil])
    }

    @Test("A tunnel's large pieces wait for the backend, and none is lost")
    func tunnelBackPressure() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sink = Self.tunnel(on: bench)
        bench.backend.connections[0].reads = false
        var sent = 0
        while sent < 64_000_000, sink.send([UInt8](repeating: 0x41, count: 65_536)) { sent += 65_536 }
        sent += 65_536
        #expect(sent < 64_000_000)
        bench.backend.connections[0].reads = true
        bench.run { bench.backend.connections[0].bytes.count == sent }
        #expect(bench.backend.connections[0].bytes.count == sent)
        #expect(sink.wants > 0)
        sink.cancel()
    }

    @Test("The client's end is passed on while the backend still speaks")
    func halfClose() throws {
        guard Way.current == .socket, let bench = try Self.bench({ _ in }) else { return }
        let sink = Self.tunnel(on: bench)
        sink.send("last")
        sink.endBody()
        bench.run { bench.backend.connections[0].sawEnd }
        #expect(bench.backend.connections[0].text == "last")
        bench.backend.connections[0].send("answer")
        bench.run { sink.text == "answer" }
        #expect(sink.text == "answer" && !sink.isOver)
        bench.backend.connections[0].close()
        bench.finish(sink)
        #expect(sink.ends == [nil])
    }

    @Test("A backend that does not switch answers as ever")
    func refusedUpgrade() throws {
        guard let bench = try Self.bench({ _ in }) else { return }
        let sink = Sink(bench.driver)
        var request = UpstreamRequest(
            method: .get, methodBytes: Array("GET".utf8), target: Array("/ws".utf8), fields: Array("Host: b\r\n".utf8),
            body: .none, headInMillis: 1000, idleInMillis: 1000)
        request.asksUpgrade = true
        sink.id = bench.driver.start(request, to: bench.address, for: sink)
        bench.run { bench.backend.connections.last?.hasHead ?? false }
        bench.backend.connections.last?.answer("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno")
        bench.finish(sink)
        #expect(sink.statuses == [426] && sink.text == "no" && sink.ends == [nil])
    }
}
