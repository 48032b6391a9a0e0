package import EventLoop
import HTTP
import Server
import Synchronization
import Tokens

/// A request as the backend got it.
package struct RecordedRequest: Sendable {
    package var method: String
    /// Path and query, byte for byte.
    package var target: String
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]
    /// The connection it came on.
    package var connection: UInt64

    /// All values of a field, its name in any case.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    package subscript(_ name: String) -> String? { values(name).first }
}

/// What the backend does with a request.
package enum ScriptedAnswer: Sendable {
    case answer(UInt16, fields: String = "", body: String = "ok")
    /// For bodies that are no text.
    case octets(UInt16, [UInt8])
    /// The same when ``StubBackend/release()`` is called.
    case held(UInt16, fields: String = "", body: String = "ok")
    /// A head, the beginning of a body, and then nothing more.
    case stalled(UInt16, fields: String = "", beginning: String)
    case silence
    /// Ends the connection without an answer.
    case abort
    /// Takes the offer of a WebSocket, with this proof or the right one, and sends back what comes. `bye` ends it, `break`
    /// breaks it, `blob` is answered with twelve million bytes.
    case tunnel(accept: String? = nil, upgrade: String = "websocket")
}

/// A backend on a thread of its own: records what it gets and answers as scripted.
package actor StubBackend: ThreadActor {
    package typealias Script = @Sendable (RecordedRequest) -> ScriptedAnswer

    package nonisolated let thread: EventThread
    package nonisolated let port: UInt16
    package nonisolated let journal: BackendJournal
    private let socket: ListeningSocket
    private var server: HTTPServer?
    private var handler: StubHandler?

    package init(_ script: @escaping Script = { _ in .answer(200) }) throws {
        socket = try ListeningSocket(.ipv4([127, 0, 0, 1], port: 0))
        port = socket.address.port
        journal = BackendJournal(script)
        thread = try EventThread()
        thread.start(name: "stub") {}
    }

    package func open() throws {
        // What is never answered must not hold up the end of a test.
        var settings = ServerSettings(bodyBytes: 0, drainInMillis: 10)
        settings.headLimits = HeadLimits(
            headerBytes: 1 << 21, headerCount: 5000, requestTargetBytes: 1 << 20, nameRule: .pass)
        let handler = StubHandler(journal)
        let server = HTTPServer(
            thread: thread, settings: settings, handler: handler, announcesKeepAlive: false, wallSeconds: { 0 })
        try server.listen(on: socket)
        self.server = server
        self.handler = handler
    }

    /// Answers what was held so far.
    package func release() { handler?.release() }

    package func close() async {
        handler?.release()
        if let server {
            await withCheckedContinuation { continuation in server.drain { continuation.resume() } }
        }
        server = nil
        handler = nil
        thread.stop()
    }
}

/// What a backend has seen; read from any thread.
package final class BackendJournal: Sendable {
    private struct State {
        var requests: [RecordedRequest] = []
        var begun = 0
        var script: StubBackend.Script
    }

    private let state: Mutex<State>

    init(_ script: @escaping StubBackend.Script) {
        state = Mutex(State(script: script))
    }

    package var requests: [RecordedRequest] { state.withLock { $0.requests } }
    /// Requests whose head has come, complete or not.
    package var begun: Int { state.withLock { $0.begun } }

    package func follow(_ script: @escaping StubBackend.Script) { state.withLock { $0.script = script } }

    func begin() { state.withLock { $0.begun += 1 } }

    func take(_ request: RecordedRequest) -> ScriptedAnswer {
        let script = state.withLock { state in
            state.requests.append(request)
            return state.script
        }
        return script(request)
    }
}

private final class StubHandler: RequestHandler {
    private let journal: BackendJournal
    private var held: [() -> Void] = []

    init(_ journal: BackendJournal) {
        self.journal = journal
    }

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        journal.begin()
        return StubExchange(head, stream, journal) { [self] in held.append($0) }
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {}

    func answer(to refusal: RequestRefusal) -> RefusalAnswer { RefusalAnswer() }

    func release() {
        let waiting = held
        held = []
        for answer in waiting { answer() }
    }
}

private final class StubExchange: ExchangeHandler {
    private let stream: any ExchangeStream
    private let journal: BackendJournal
    private let hold: (@escaping () -> Void) -> Void
    private var request: RecordedRequest
    private var isOver = false
    private var isTunnel = false

    init(
        _ head: RequestHead, _ stream: any ExchangeStream, _ journal: BackendJournal,
        hold: @escaping (@escaping () -> Void) -> Void
    ) {
        self.stream = stream
        self.journal = journal
        self.hold = hold
        request = RecordedRequest(
            method: String(decoding: head.methodBytes, as: UTF8.self),
            target: String(decoding: head.targetBytes, as: UTF8.self),
            fields: head.fields.map { line in
                (
                    String(decoding: head.fields.name(of: line), as: UTF8.self),
                    String(decoding: head.fields.value(of: line), as: UTF8.self)
                )
            }, body: [], connection: stream.connectionNumber)
    }

    func received(body: Span<UInt8>) {
        guard isTunnel else { return request.body.append(body) }
        var bytes: [UInt8] = []
        bytes.append(body)
        switch String(decoding: bytes, as: UTF8.self) {
        case "bye": stream.finish()
        case "break": stream.abort()
        case "blob": stream.write([UInt8](repeating: 0xA5, count: 12_000_000).span)
        default: if !stream.write(body) { stream.pauseBody() }
        }
    }

    func tunnelInputEnded() {
        stream.write(Array("ended".utf8).span)
        stream.finish()
    }

    func requestEnded() {
        switch journal.take(request) {
        case .answer(let status, let fields, let body): answer(status, fields, Array(body.utf8))
        case .octets(let status, let body): answer(status, "", body)
        case .held(let status, let fields, let body):
            hold { [self] in answer(status, fields, Array(body.utf8)) }
        case .stalled(let status, let fields, let beginning):
            stream.respond(status: status, reason: [], fields: Array(fields.utf8), body: .stream)
            stream.write(Array(beginning.utf8).span)
        case .silence: break
        case .tunnel(let accept, let upgrade):
            isTunnel = true
            let proof = WebSocketAccept.value(forKey: (request["Sec-WebSocket-Key"] ?? "").utf8)
            let fields =
                "Upgrade: \(upgrade)\r\nSec-WebSocket-Accept: \(accept ?? String(decoding: proof, as: UTF8.self))\r\n"
                + "Sec-WebSocket-Protocol: chat\r\nContent-Type: text/plain\r\n"
            stream.respond(status: 101, reason: [], fields: Array(fields.utf8), body: .tunnel(until: nil))
        case .abort:
            isOver = true
            stream.abort()
        }
    }

    private func answer(_ status: UInt16, _ fields: String, _ bytes: [UInt8]) {
        guard !isOver else { return }
        isOver = true
        let isHead = request.method == "HEAD"
        let length = UInt64(bytes.count)
        stream.respond(
            status: status, reason: [], fields: Array(fields.utf8), body: isHead ? .lengthOnly(length) : .length(length)
        )
        if !isHead { stream.write(bytes.span) }
        stream.finish()
    }

    func becameWritable() { if isTunnel { stream.resumeBody() } }

    func cancelled(_ cause: ExchangeCancellation) { isOver = true }
}
