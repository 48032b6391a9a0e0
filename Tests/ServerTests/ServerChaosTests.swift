import EventLoop
import HTTP
import TestRandom
import Testing

@testable import Server

/// Clients and handlers that do anything at any time, by seed: no trap, no second answer, nothing left behind.
@Suite("Server under chaos")
struct ServerChaosTests {
    private static let pieces = [
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n", "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n", "012345678901234567890123456789",
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "zz\r\n",
        "\r\n",
        "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", "hello",
        "GET  /bad\r\n\r\n",
        "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ]
    private static let blocks = SeedBlocks(usually: 2000, blocks: 20)

    /// What the runs came to, so that chaos which no longer reaches anything is noticed.
    private struct Tally {
        var connections = 0
        var requests = 0
        var tunnels = 0
        var socketsEnded = 0
    }

    private final class Chaos {
        var random: SeededRandom
        var clients: [Client] = []
        var tunnels = 0
        var socketsEnded = 0
        init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

        func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

        /// Something that a handler may do, at a time when it may do anything.
        func act(on exchange: Exchange) {
            guard exchange.cancellations.isEmpty else { return }
            let stream = exchange.stream
            switch pick(15) {
            case 0, 1: exchange.answer("ok")
            case 2:
                exchange.begin(
                    [.stream, .length(100), .none, .lengthOnly(7)][pick(4)], status: [200, 204, 304][pick(3)])
            case 3, 4: exchange.write(String(repeating: "x", count: [0, 1, 50, 5000, 200_000][pick(5)]))
            case 5: stream.finish()
            case 6: stream.abort()
            case 7: stream.pauseBody()
            case 8: stream.resumeBody()
            case 9: stream.inform(status: 103, fields: [])
            case 10:
                exchange.tunnel(until: pick(2) == 0 ? nil : MonotonicTime(nanoseconds: 3_000_000_000))
                tunnels += 1
            case 11: stream.closeAfterAnswer()
            case 12: endSocket()
            default: break
            }
        }

        /// Ends one of the server's sockets under it. The number stays the server's.
        func endSocket() {
            guard let client = clients.randomElement(using: &random) else { return }
            if client.far.end(both: pick(4) != 0) { socketsEnded += 1 }
        }
    }

    @Test("Two thousand seeds", arguments: 0..<blocks.blocks)
    func seeds(block: Int) throws {
        var tally = Tally()
        let seeds = Self.blocks.seeds(of: block)
        for seed in seeds { try run(seed, &tally) }
        if Self.blocks.isAsked { print("chaos: server, seeds \(seeds), \(tally)") }
    }

    private func run(_ seed: UInt64, _ tally: inout Tally) throws {
        let chaos = Chaos(seed)
        let settings = ServerSettings(
            connectionsPerAddress: chaos.pick(4), requestsPerConnection: chaos.pick(5), headerInMillis: 1000,
            bodyIdleInMillis: 2000, keepAliveInMillis: 3000, writeIdleInMillis: 1500, tunnelIdleInMillis: 1200,
            drainInMillis: 2500)
        let bench = try ServerBench(settings) { exchange in
            exchange.wantsRest = chaos.pick(2) == 0
            exchange.onBody = { _ in chaos.act(on: exchange) }
            exchange.onEnd = { chaos.act(on: exchange) }
            exchange.onTunnelEnd = { chaos.act(on: exchange) }
            exchange.onWritable = { chaos.act(on: exchange) }
            exchange.onCancel = { if chaos.pick(4) == 0 { chaos.endSocket() } }
            for _ in 0..<chaos.pick(4) { chaos.act(on: exchange) }
        }
        for _ in 0..<40 {
            switch chaos.pick(11) {
            case 0:
                chaos.clients.append(try bench.connect(buffer: chaos.pick(2) == 0 ? 4096 : nil))
                tally.connections += 1
            case 1...3:
                guard let client = chaos.clients.randomElement(using: &chaos.random) else { continue }
                let piece = Array(Self.pieces[chaos.pick(Self.pieces.count)].utf8)
                _ = client.push(Array(piece[..<(chaos.pick(4) == 0 ? chaos.pick(piece.count) : piece.count)]))
            case 4: chaos.clients.randomElement(using: &chaos.random)?.take()
            case 5:
                if let client = chaos.clients.randomElement(using: &chaos.random), chaos.pick(3) == 0 {
                    Socket.shutdownWrite(client.fd)
                }
            case 6:
                if !chaos.clients.isEmpty, chaos.pick(3) == 0 {
                    chaos.clients.remove(at: chaos.pick(chaos.clients.count)).close()
                }
            case 7: bench.handler.exchanges.randomElement(using: &chaos.random).map(chaos.act)
            case 8: bench.pass(milliseconds: UInt64(chaos.pick(700)))
            case 9: chaos.endSocket()
            default: bench.turn(1)
            }
        }
        if chaos.pick(2) == 0 { bench.server.drain {} }
        bench.turn(2)
        for client in chaos.clients where chaos.pick(2) == 0 { client.close() }
        // Whoever holds a stream lets go, and every deadline passes.
        for exchange in bench.handler.exchanges where exchange.cancellations.isEmpty { exchange.stream.abort() }
        for _ in 0..<4 { bench.pass(milliseconds: 3100) }
        for client in chaos.clients { client.close() }
        bench.turn()
        #expect(bench.server.connectionCount == 0, "seed \(seed)")
        for exchange in bench.handler.exchanges {
            #expect(exchange.cancellations.count <= 1, "seed \(seed)")
            #expect(exchange.stream.unsentBytes == 0, "seed \(seed)")
            exchange.forget()
        }
        tally.requests += bench.handler.exchanges.count
        tally.tunnels += chaos.tunnels
        tally.socketsEnded += chaos.socketsEnded
        chaos.clients = []
    }
}
