import EventLoop
import HTTP
import TestRandom
import Testing

@testable import Upstream

/// Backends and sinks that do anything at any time, by seed: no trap, no call after the end, nothing left behind.
@Suite("Driver under chaos", .everyWay)
struct UpstreamChaosTests {
    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "zz\r\n", "HTTP/1.1 ",
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 413 No\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 200 OK\r\n\r\n", "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", String(repeating: "x", count: 30_000),
        switched,
    ]
    private static let switched = "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    private static let blocks = SeedBlocks(usually: 1000, blocks: 10)

    /// What the runs came to, so that chaos which no longer reaches anything is noticed.
    private struct Tally {
        var requests = 0
        var answers = 0
        var tunnels = 0
        var completed = 0
        var socketsEnded = 0
    }

    private final class Chaos {
        var random: SeededRandom
        var sinks: [Sink] = []
        var socketsEnded = 0
        init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

        func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

        func begin(_ bench: UpstreamBench) {
            let method = [Method.get, .post, .put, .head, .delete][pick(5)]
            let body: UpstreamRequest.Body = [.none, .none, .stream, .length(50_000)][pick(4)]
            let asksUpgrade = body == .none && method == .get && Way.current != .classic && pick(2) == 0
            let sink = bench.start(
                method, body: body, fields: asksUpgrade ? "Connection: Upgrade\r\nUpgrade: websocket\r\n" : "",
                head: 1000, idle: 1500, asksUpgrade: asksUpgrade)
            guard sink.id != nil else { return }
            sink.onInterim = { self.act(on: sink, bench) }
            sink.onHead = { self.act(on: sink, bench) }
            sink.onPiece = { self.act(on: sink, bench) }
            sink.onWant = { self.act(on: sink, bench) }
            sink.onEnd = {
                switch self.pick(9) {
                case 0...2: if self.sinks.count < 60 { self.begin(bench) }
                case 3: self.endSocket(bench)
                default: break
                }
            }
            sinks.append(sink)
        }

        func act(on sink: Sink, _ bench: UpstreamBench) {
            switch pick(11) {
            case 0: sink.cancel()
            case 1: sink.isHolding.toggle()
            case 2: sink.resume()
            case 3: sink.send(String(repeating: "u", count: [1, 100, 50_000][pick(3)]))
            case 4: sink.endBody()
            case 5: if sinks.count < 60 { begin(bench) }
            case 6: sinks.randomElement(using: &random)?.cancel()
            case 7: endSocket(bench)
            default: break
            }
        }

        /// Ends one of the driver's sockets under it. The number stays the driver's: were it closed here, another
        /// socket could get it, and the harness would break what no kernel breaks.
        func endSocket(_ bench: UpstreamBench) {
            let sockets = DriverSockets.leading(to: bench.backend)
            guard !sockets.isEmpty else { return }
            let socket = sockets[pick(sockets.count)]
            if pick(4) == 0 { Socket.shutdownWrite(socket) } else { Socket.end(socket) }
            socketsEnded += 1
        }
    }

    @Test("A thousand seeds", arguments: 0..<blocks.blocks)
    func seeds(block: Int) throws {
        var tally = Tally()
        let seeds = Self.blocks.seeds(of: block)
        for seed in seeds {
            weak var driver: TransferDriver?
            // The backend is kept as long as its port must not become another test's.
            let backend = try run(seed, &driver, &tally)
            #expect(driver == nil, "seed \(seed)")
            #expect(DriverSockets.leading(to: backend).isEmpty, "seed \(seed)")
        }
        if Self.blocks.isAsked { print("chaos: \(Way.current), seeds \(seeds), \(tally)") }
    }

    private func run(_ seed: UInt64, _ driver: inout TransferDriver?, _ tally: inout Tally) throws -> Backend {
        let chaos = Chaos(seed)
        let bench = try UpstreamBench()
        driver = bench.driver
        bench.address.connections = 1 + chaos.pick(4)
        bench.address.pending = chaos.pick(6)
        bench.address.retries = chaos.pick(3)
        bench.address.retriesReset = chaos.pick(2) == 0
        bench.address.retriesUnavailable = chaos.pick(2) == 0
        for _ in 0..<60 {
            let connection = bench.backend.connections.randomElement(using: &chaos.random)
            switch chaos.pick(13) {
            case 0, 1: chaos.begin(bench)
            case 2...4:
                let asked = connection?.text.contains("Upgrade: websocket") == true
                let answer = asked && chaos.pick(2) == 0 ? Self.switched : Self.answers[chaos.pick(Self.answers.count)]
                connection?.send(answer)
            case 5: if chaos.pick(3) == 0 { connection?.close() }
            case 6: if chaos.pick(3) == 0 { connection?.reset() }
            case 7: connection?.reads.toggle()
            case 8: if let sink = chaos.sinks.randomElement(using: &chaos.random) { chaos.act(on: sink, bench) }
            case 9: bench.pass(milliseconds: UInt64(chaos.pick(600)))
            case 10: if chaos.pick(2) == 0 { chaos.endSocket(bench) }
            default: bench.turn(1)
            }
        }
        switch chaos.pick(3) {
        case 0: bench.driver.shutDown()
        case 1: for sink in chaos.sinks { sink.cancel() }
        default:
            // Every deadline passes; a sink that holds back or does not send its body has none of its own.
            for sink in chaos.sinks {
                sink.isHolding = false
                sink.resume()
                sink.endBody()
            }
            for _ in 0..<3 { bench.pass(milliseconds: 1600) }
            for sink in chaos.sinks where !sink.isOver { sink.cancel() }
        }
        bench.turn(4)
        for sink in chaos.sinks where !sink.isOver { sink.cancel() }
        bench.turn(4)
        #expect(bench.driver.transferCount == 0, "seed \(seed)")
        for sink in chaos.sinks {
            #expect(sink.ends.count <= 1, "seed \(seed)")
            #expect(sink.callsAfterEnd == 0, "seed \(seed)")
            #expect(sink.isOver || sink.isCancelled, "seed \(seed)")
            sink.forget()
            tally.answers += sink.statuses.count
            tally.tunnels += sink.statuses.count { $0 == 101 }
            tally.completed += sink.ends.count { $0 == nil }
        }
        tally.requests += chaos.sinks.count
        tally.socketsEnded += chaos.socketsEnded
        bench.driver.shutDown()
        #expect(bench.driver.watchCount == 0, "seed \(seed)")
        return bench.backend
    }
}
