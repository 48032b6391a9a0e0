import Glibc
import HTTP
import Synchronization

@testable import EventLoop
@testable import Upstream

/// A driver and a scripted backend on one loop that the test turns. The clock is the real one plus what the test adds.
final class UpstreamBench {
    private final class Clock: Sendable {
        let offset = Atomic<UInt64>(0)
    }

    let loop: EventThread
    let driver: TransferDriver
    let backend: Backend
    var address: BackendAddress
    private let clock: Clock

    private static let preparation: Void = {
        Socket.ignoreBrokenPipes()
        TransferDriver.prepareLibrary()
    }()

    struct NoMemory: Error {}

    /// `turnBytes` is what a turn of the loop takes on.
    init(
        turnBytes: Int = TurnBudget.Limits().bytes, _ script: @escaping (Backend.Connection) -> Void = { _ in }
    ) throws {
        Self.preparation
        let clock = Clock()
        self.clock = clock
        var limits = TurnBudget.Limits()
        limits.bytes = turnBytes
        loop = try EventThread(
            clock: { MonotonicTime.now().advanced(nanoseconds: clock.offset.load(ordering: .relaxed)) }, budget: limits)
        loop.runTurn()
        let way = Way.current
        guard let driver = TransferDriver(thread: loop, carriage: way == .libcurl ? .libcurl : .ownSocket) else {
            throw NoMemory()
        }
        self.driver = driver
        backend = try Backend(script)
        address = BackendAddress(scheme: .http, host: "127.0.0.1", port: backend.port)
        address.lane = way == .classic ? .classic : .fast
    }

    deinit { driver.shutDown() }

    func turn(_ count: Int = 6) {
        for _ in 0..<count {
            loop.runTurn()
            backend.pump()
        }
    }

    /// Turns until the condition holds; gives up after very many turns. Waits for events, never for time.
    func run(until condition: () -> Bool) {
        for _ in 0..<5000 {
            if condition() { return }
            loop.runTurn(waitingAtMost: 1)
            backend.pump()
        }
    }

    func pass(milliseconds: UInt64) {
        clock.offset.add(milliseconds * 1_000_000, ordering: .relaxed)
        turn()
    }

    func start(
        _ method: Method = .get, _ target: String = "/a", body: UpstreamRequest.Body = .none, fields: String = "",
        head: Int = 60_000, idle: Int = 60_000, asksUpgrade: Bool = false
    ) -> Sink {
        let sink = Sink(driver)
        var request = UpstreamRequest(
            method: method, methodBytes: Self.name(of: method), target: Array(target.utf8),
            fields: Array("Host: backend.test\r\n\(fields)".utf8), body: body, headInMillis: head, idleInMillis: idle)
        request.asksUpgrade = asksUpgrade
        sink.id = driver.start(request, to: address, for: sink)
        return sink
    }

    func finish(_ sink: Sink) { run { sink.isOver } }

    static func name(of method: Method) -> [UInt8] {
        let name =
            switch method {
            case .get: "GET"
            case .head: "HEAD"
            case .post: "POST"
            case .put: "PUT"
            case .patch: "PATCH"
            case .delete: "DELETE"
            case .options: "OPTIONS"
            default: "PURGE"
            }
        return Array(name.utf8)
    }
}

/// What a transfer told, and what the test wants done inside its calls.
final class Sink: TransferSink {
    private unowned let driver: TransferDriver
    var id: TransferID?
    var statuses: [UInt16] = []
    var interims: [UInt16] = []
    var lines: [String] = []
    var body: [UInt8] = []
    var wants = 0
    var ends: [UpstreamError?] = []
    /// Ask to wait after each piece.
    var isHolding = false
    var callsAfterEnd = 0
    var onInterim: () -> Void = {}
    var onHead: () -> Void = {}
    var onPiece: () -> Void = {}
    var onWant: () -> Void = {}
    var onEnd: () -> Void = {}
    var isCancelled = false

    init(_ driver: TransferDriver) {
        self.driver = driver
    }

    /// Lets go of what the calls of the test hold.
    func forget() {
        (onInterim, onHead, onPiece, onWant, onEnd) = ({}, {}, {}, {}, {})
    }

    var isOver: Bool { !ends.isEmpty }
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The error, nil for a complete answer or while there is no end.
    var error: UpstreamError? { ends.first ?? nil }

    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool { id.map { driver.send(bytes.span, to: $0) } ?? true }

    func endBody() { if let id { driver.endBody(of: id) } }

    func resume() { if let id { driver.resume(id) } }

    func cancel() {
        isCancelled = true
        if let id { driver.cancel(id) }
    }

    private func note() { if isOver || isCancelled { callsAfterEnd += 1 } }

    func transferInformed(_ head: ResponseHead) {
        note()
        interims.append(head.status)
        onInterim()
    }

    func transferAnswered(_ head: consuming ResponseHead) {
        note()
        statuses.append(head.status)
        lines = head.fields.lines.map { line in
            String(decoding: head.fields.name(of: line), as: UTF8.self) + ": "
                + String(decoding: head.fields.value(of: line), as: UTF8.self)
        }
        onHead()
    }

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        note()
        body.append(bytes)
        onPiece()
        return !isHolding
    }

    func transferWantsBody() {
        note()
        wants += 1
        onWant()
    }

    func transferEnded(_ error: UpstreamError?) {
        note()
        ends.append(error)
        onEnd()
    }
}

/// A listener on loopback whose connections do what the test says.
final class Backend {
    final class Connection {
        let fd: Int32
        let number: Int
        private(set) var bytes: [UInt8] = []
        private(set) var sawEnd = false
        private(set) var isOpen = true
        var reads = true
        /// For scripts: whether it has served a request.
        var isUsed = false

        init(fd: Int32, number: Int) {
            self.fd = fd
            self.number = number
        }

        deinit { close() }

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The first request's head is here.
        var hasHead: Bool { text.contains("\r\n\r\n") }

        /// Forgets what has come, and answers.
        func answer(_ text: String) {
            bytes = []
            send(text)
        }

        func send(_ text: String) { send(Array(text.utf8)) }

        @discardableResult func send(_ more: [UInt8]) -> Int {
            guard isOpen, case .bytes(let count) = Socket.send(fd, more, from: 0) else { return 0 }
            return count
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

        func clear() { bytes = [] }

        /// True when something came.
        func pump() -> Bool {
            guard isOpen, reads, !sawEnd else { return false }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            switch Socket.receive(fd, into: &buffer) {
            case .bytes(let count):
                bytes += buffer[0..<count]
                return true
            case .ended, .failed:
                sawEnd = true
                return true
            case .wouldBlock: return false
            }
        }
    }

    let listener: Int32
    let port: UInt16
    private(set) var connections: [Connection] = []
    var script: (Connection) -> Void
    var accepts = true

    init(_ script: @escaping (Connection) -> Void) throws {
        self.script = script
        (listener, port) = try Self.listen()
    }

    deinit { Socket.close(listener) }

    private static let lastPort = Atomic<UInt16>(UInt16.random(in: 20_000..<32_000))

    /// A port that the system gives to nobody by itself: one of its choice may have been another test's a moment ago,
    /// whose gateway still looks for its backend there.
    private static func listen() throws -> (fd: Int32, port: UInt16) {
        for _ in 0..<1000 {
            let next = lastPort.wrappingAdd(1, ordering: .relaxed).newValue
            let port = 20_000 + next % 12_000
            do throws(SystemError) {
                return (try Socket.listen(.ipv4([127, 0, 0, 1], port: port), backlog: 64), port)
            } catch {
                // Somebody else's; the next one is as good.
            }
        }
        let listener = try Socket.listen(.ipv4([127, 0, 0, 1], port: 0), backlog: 64)
        return (listener, Socket.boundAddress(listener)?.port ?? 0)
    }

    func pump() {
        while accepts, case .connection(let fd, _) = Socket.accept(listener) {
            connections.append(Connection(fd: fd, number: connections.count))
        }
        for connection in connections where connection.pump() { script(connection) }
    }
}

extension Backend.Connection {
    static let okay = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Answers each complete request without a body.
    func answerEach(_ answer: String = okay) {
        let count = text.ranges(of: "\r\n\r\n").count
        clear()
        for _ in 0..<count { send(answer) }
    }
}

/// A listener that never accepts and whose queue is full, so that a connection is neither made nor refused.
final class FullBackend {
    private let listener: Int32
    private var fillers: [Int32] = []
    let port: UInt16

    init() throws {
        listener = try Socket.listen(.ipv4([127, 0, 0, 1], port: 0), backlog: 0)
        port = Socket.boundAddress(listener)?.port ?? 0
        for _ in 0..<4 {
            let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            _ = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            fillers.append(fd)
        }
    }

    deinit {
        for fd in fillers { Socket.close(fd) }
        Socket.close(listener)
    }
}
