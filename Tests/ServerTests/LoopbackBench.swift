import EventLoop
import Glibc

@testable import Server

/// The bench behind a real listener on 127.0.0.1, for what only TCP shows. Waits for events, never for time.
final class LoopbackBench {
    let bench: ServerBench
    let socket: ListeningSocket

    init(
        _ settings: ServerSettings = ServerSettings(), _ script: @escaping (Exchange) -> Void = { $0.answer("ok") }
    )
        throws
    {
        bench = try ServerBench(settings, script)
        socket = try ListeningSocket(.ipv4([127, 0, 0, 1], port: 0))
        try bench.server.listen(on: socket)
    }

    /// Turns the loop until the condition holds; gives up after very many turns.
    func run(until condition: () -> Bool) {
        for _ in 0..<2000 where !condition() { bench.loop.runTurn(waitingAtMost: 5) }
    }

    func connect() throws -> LoopbackClient { try LoopbackClient(port: socket.address.port, bench: self) }
}

/// A blocking-free TCP client of the loopback bench.
final class LoopbackClient {
    let fd: Int32
    private unowned let bench: LoopbackBench
    private var isOpen = true
    private(set) var bytes: [UInt8] = []
    private(set) var sawEnd = false
    private(set) var sawReset = false

    init(port: UInt16, bench: LoopbackBench) throws {
        self.bench = bench
        fd = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        _ = try SystemError.check(code == 0 ? 0 : -errno, "connect")
    }

    deinit { close() }

    var isOver: Bool { sawEnd || sawReset }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func send(_ text: String) { _ = Socket.send(fd, Array(text.utf8), from: 0) }

    /// Turns the loop and takes what comes until the condition holds.
    func receive(until condition: () -> Bool) {
        bench.run {
            take()
            return condition()
        }
    }

    private func take() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        switch Socket.receive(fd, into: &buffer) {
        case .bytes(let count): bytes += buffer[0..<count]
        case .ended: sawEnd = true
        case .failed: sawReset = true
        case .wouldBlock: break
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Socket.close(fd)
    }

    func reset() {
        guard isOpen else { return }
        isOpen = false
        Socket.closeWithReset(fd)
    }
}
