import EventLoop
import Glibc
import HTTP
import Synchronization

@testable import Server

/// A server on a loop that the test turns by hand, with a clock that only the test moves.
final class ServerBench {
    let loop: EventThread
    let server: HTTPServer
    let handler: Script
    private let clock: Clock

    private final class Clock: Sendable {
        let nanoseconds = Atomic<UInt64>(1_000_000_000)
    }

    init(
        _ settings: ServerSettings = ServerSettings(), _ script: @escaping (Exchange) -> Void = { $0.answer("ok") }
    )
        throws
    {
        let clock = Clock()
        self.clock = clock
        loop = try EventThread(clock: { MonotonicTime(nanoseconds: clock.nanoseconds.load(ordering: .relaxed)) })
        handler = Script(script)
        server = HTTPServer(
            thread: loop, settings: settings, handler: handler, announcesKeepAlive: false, wallSeconds: { 0 })
    }

    deinit {
        // The exchanges that the handler remembers hold the connections, which hold the server, which holds the handler.
        for exchange in handler.exchanges { exchange.forget() }
        handler.exchanges = []
    }

    /// Lets everything happen that can happen without time passing.
    func turn(_ count: Int = 8) { for _ in 0..<count { loop.runTurn() } }

    /// Moves the clock and lets happen what is due.
    func pass(milliseconds: UInt64) {
        clock.nanoseconds.add(milliseconds * 1_000_000, ordering: .relaxed)
        turn()
    }

    func connect(from peer: SocketAddress = .unix(path: ""), buffer: Int32? = nil) throws -> Client {
        var fds: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let code = unsafe fds.withUnsafeMutableBufferPointer { unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress) }
        _ = try SystemError.check(code, "socketpair")
        if var size = buffer {
            _ = unsafe setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        let far = FarSocket(fds[0])
        server.accepted(fds[0], from: peer)
        return Client(fd: fds[1], far: far, bench: self)
    }
}

/// The server's end of a connection, which the server may have closed: then its number may be another's.
struct FarSocket {
    private let fd: Int32
    private let node: ino_t?

    init(_ fd: Int32) {
        self.fd = fd
        node = Self.node(of: fd)
    }

    /// Ends it under the server, one way or both; nothing happens, and it is false, when the server has closed it.
    func end(both: Bool) -> Bool {
        guard node != nil, node == Self.node(of: fd) else { return false }
        if both { Socket.end(fd) } else { Socket.shutdownWrite(fd) }
        return true
    }

    private static func node(of fd: Int32) -> ino_t? {
        var status = stat()
        return unsafe fstat(fd, &status) == 0 ? status.st_ino : nil
    }
}

/// The client's end of one connection.
final class Client {
    let fd: Int32
    let far: FarSocket
    private unowned let bench: ServerBench
    private var isOpen = true
    private(set) var bytes: [UInt8] = []
    private(set) var sawEnd = false
    private(set) var sawReset = false

    init(fd: Int32, far: FarSocket, bench: ServerBench) {
        self.fd = fd
        self.far = far
        self.bench = bench
    }

    deinit { close() }

    /// Sends, and lets the server act.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ more: [UInt8]) {
        var sent = 0
        while sent < more.count {
            guard case .bytes(let count) = Socket.send(fd, more, from: sent) else { break }
            sent += count
        }
        bench.turn()
    }

    /// Sends as much as the socket takes, without letting the server act; returns the count.
    func push(_ more: [UInt8]) -> Int {
        if case .bytes(let count) = Socket.send(fd, more, from: 0) { count } else { 0 }
    }

    /// Takes at most one socket buffer's worth, so that slow readers can be played.
    @discardableResult func take() -> Int {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        switch Socket.receive(fd, into: &buffer) {
        case .bytes(let count):
            bytes += buffer[0..<count]
            return count
        case .ended: sawEnd = true
        case .failed: sawReset = true
        case .wouldBlock: break
        }
        return 0
    }

    /// Takes all there is and all that comes.
    func drain() {
        repeat {
            bench.turn(2)
        } while take() > 0
    }

    /// What has come since the last call, as text with the Date line left out.
    var text: String {
        drain()
        defer { bytes = [] }
        return String(decoding: bytes, as: UTF8.self)
            .replacing("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", with: "")
    }

    /// Whether the server has closed or reset the connection.
    var isOver: Bool {
        drain()
        return sawEnd || sawReset
    }

    func half() {
        Socket.shutdownWrite(fd)
        bench.turn()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Socket.close(fd)
    }
}

/// A handler that records what it is told and leaves the answers to the test.
final class Script: RequestHandler {
    private let script: (Exchange) -> Void
    var exchanges: [Exchange] = []
    var refusals: [RequestRefusal] = []

    init(_ script: @escaping (Exchange) -> Void) {
        self.script = script
    }

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        let exchange = Exchange(head, stream)
        exchanges.append(exchange)
        script(exchange)
        return exchange.isAnswered && !exchange.wantsRest ? nil : exchange
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) { refusals.append(refusal) }

    func answer(to refusal: RequestRefusal) -> RefusalAnswer {
        RefusalAnswer(body: Array(refusal.code.rawValue.utf8))
    }

    /// The targets asked for, in order.
    var targets: [String] { exchanges.map(\.target) }
}

/// One exchange as the handler saw it.
final class Exchange: ExchangeHandler {
    let stream: any ExchangeStream
    let target: String
    let method: Method
    var body: [UInt8] = []
    var isEnded = false
    var writables = 0
    var tunnelEnds = 0
    var cancellations: [ExchangeCancellation] = []
    var isAnswered = false
    /// Keep listening after the answer.
    var wantsRest = false
    var onBody: (Int) -> Void = { _ in }
    var onEnd: () -> Void = {}
    var onWritable: () -> Void = {}
    var onCancel: () -> Void = {}
    var onTunnelEnd: () -> Void = {}

    init(_ head: borrowing RequestHead, _ stream: any ExchangeStream) {
        target = String(decoding: head.targetBytes, as: UTF8.self)
        method = head.method
        self.stream = stream
    }

    /// Lets go of what the calls of the test hold.
    func forget() {
        (onBody, onEnd, onWritable, onCancel, onTunnelEnd) = ({ _ in }, {}, {}, {}, {})
    }

    func answer(_ text: String, status: UInt16 = 200) {
        isAnswered = true
        stream.respond(status: status, reason: [], fields: [], body: .length(UInt64(text.utf8.count)))
        stream.write(Array(text.utf8).span)
        stream.finish()
    }

    /// Answers with 101 and stays to listen.
    func tunnel(until end: MonotonicTime? = nil) {
        isAnswered = true
        wantsRest = true
        stream.respond(
            status: 101, reason: [], fields: Array("Upgrade: websocket\r\n".utf8), body: .tunnel(until: end))
    }

    func begin(_ body: AnswerBody, status: UInt16 = 200) {
        isAnswered = true
        stream.respond(status: status, reason: [], fields: [], body: body)
    }

    @discardableResult func write(_ text: String) -> Bool { stream.write(Array(text.utf8).span) }

    func received(body piece: Span<UInt8>) {
        body.append(piece)
        onBody(piece.count)
    }

    func requestEnded() {
        isEnded = true
        onEnd()
    }

    func tunnelInputEnded() {
        tunnelEnds += 1
        onTunnelEnd()
    }

    func becameWritable() {
        writables += 1
        onWritable()
    }

    func cancelled(_ cause: ExchangeCancellation) {
        cancellations.append(cause)
        onCancel()
    }
}
