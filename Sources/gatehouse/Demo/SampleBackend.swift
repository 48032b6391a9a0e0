import Documents
import EventLoop
import HTTP
import Server
import Tokens

/// The demo's backend: a small fleet API without any authentication of its own, as people put behind a gate.
///
/// It issues session tokens (the first function of the lesson that Gatehouse comes from) and otherwise believes the
/// identity headers, because only the gate can set them.
final class SampleBackend: RequestHandler {
    private let crew: DemoCrew
    private let clock: @Sendable () -> WallTime
    private var ships: [(id: Int, name: String)] = [(42, "Voyager"), (74, "Defiant")]

    init(crew: DemoCrew, clock: @escaping @Sendable () -> WallTime) {
        self.crew = crew
        self.clock = clock
    }

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        SampleExchange(head: head, stream: stream) { [self] head, body in answer(head, body) }
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {}

    func answer(to refusal: RequestRefusal) -> RefusalAnswer { RefusalAnswer() }

    // MARK: Routes

    private func answer(_ head: RequestHead, _ body: [UInt8]) -> SampleAnswer {
        let path = String(decoding: head.rawPath, as: UTF8.self)
        switch (head.method, path) {
        case (.post, "/session"): return openSession(body)
        case (.get, "/me"): return me(head)
        case (.get, "/ships"): return SampleAnswer(200) { writer in writer.array { list in self.list(&list) } }
        case (.post, "/ships"): return addShip(body)
        default: break
        }
        guard path.hasPrefix("/ships/"), let id = Int(path.dropFirst(7)),
            let index = ships.firstIndex(where: { $0.id == id })
        else { return SampleAnswer(404, message: "no such thing") }
        let ship = ships[index]
        switch head.method {
        case .get: return SampleAnswer(200) { Self.write(ship, to: &$0) }
        case .delete: return SampleAnswer(200) { $0.object { $0.member("scuttled", ship.name) } }
        default: return SampleAnswer(405, message: "not here")
        }
    }

    private func list(_ writer: inout JSONWriter) {
        for ship in ships { Self.write(ship, to: &writer) }
    }

    private static func write(_ ship: (id: Int, name: String), to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", ship.id)
            $0.member("name", ship.name)
        }
    }

    /// What the backend was told about the caller, and that the token stayed at the gate.
    private func me(_ head: RequestHead) -> SampleAnswer {
        func header(_ name: String) -> String? {
            head.fields.first(lowercasedName: Array(name.utf8)).map {
                String(decoding: head.fields.value(of: $0), as: UTF8.self)
            }
        }
        return SampleAnswer(200) { writer in
            writer.object {
                $0.member("X-Principal", header("x-principal"))
                $0.member("X-Nickname", header("x-nickname"))
                $0.member("X-Rank", header("x-rank"))
                $0.member("Authorization", header("authorization"))
            }
        }
    }

    private func addShip(_ body: [UInt8]) -> SampleAnswer {
        guard let name = Self.text("name", in: body), name.utf8.count <= 64 else {
            return SampleAnswer(400, message: "send {\"name\": …}")
        }
        // The demo's memory stays small however long it runs.
        let id = (ships.map(\.id).max() ?? 0) + 1
        if ships.count < 100 { ships.append((id, name)) }
        return SampleAnswer(201) { Self.write((id, name), to: &$0) }
    }

    private func openSession(_ body: [UInt8]) -> SampleAnswer {
        guard let nickname = Self.text("nickname", in: body) else {
            return SampleAnswer(400, message: "send {\"nickname\": …}")
        }
        guard let member = crew.member(nickname), let token = crew.token(for: member, at: clock(), lifetime: 3600)
        else {
            return SampleAnswer(404, message: "nobody of this crew is called that")
        }
        return SampleAnswer(201) { writer in
            writer.object {
                $0.key("token")
                $0.string(token)
                $0.member("expiresIn", 3600)
            }
        }
    }

    private static func text(_ name: String, in body: [UInt8]) -> String? {
        guard let document = try? JSONParser.parse(body, maximumDepth: 8) else { return nil }
        return document.root[name]?.string
    }
}

/// Status and JSON body of one answer.
struct SampleAnswer {
    var status: UInt16
    var body: [UInt8]

    init(_ status: UInt16, _ write: (inout JSONWriter) -> Void) {
        self.status = status
        var writer = JSONWriter()
        write(&writer)
        body = writer.bytes
    }

    init(_ status: UInt16, message: String) {
        self.init(status) { $0.object { $0.member("message", message) } }
    }
}

/// Collects one request's body, up to a limit, and answers.
private final class SampleExchange: ExchangeHandler {
    private let head: RequestHead
    private let stream: any ExchangeStream
    private let answer: (RequestHead, [UInt8]) -> SampleAnswer
    private var body: [UInt8] = []

    private static let bodyLimit = 65_536
    private static let fields = Array("Content-Type: application/json\r\n".utf8)

    init(head: RequestHead, stream: any ExchangeStream, answer: @escaping (RequestHead, [UInt8]) -> SampleAnswer) {
        self.head = head
        self.stream = stream
        self.answer = answer
    }

    func received(body piece: Span<UInt8>) {
        if body.count + piece.count <= Self.bodyLimit { body.append(piece) }
    }

    func requestEnded() {
        let answer = answer(head, body)
        let length =
            head.method == .head ? AnswerBody.lengthOnly(UInt64(answer.body.count)) : .length(UInt64(answer.body.count))
        stream.respond(status: answer.status, reason: [], fields: Self.fields, body: length)
        if head.method != .head { stream.write(answer.body.span) }
        stream.finish()
    }

    func becameWritable() {}

    func cancelled(_ cause: ExchangeCancellation) {}
}

/// The sample backend on a thread of its own.
actor SampleBackendServer: ThreadActor {
    nonisolated let thread: EventThread
    private var server: HTTPServer?

    init() throws(SystemError) {
        thread = try EventThread()
        thread.start(name: "backend") {}
    }

    func open(_ socket: ListeningSocket, crew: DemoCrew) throws(SystemError) {
        let server = HTTPServer(
            thread: thread, settings: ServerSettings(), handler: SampleBackend(crew: crew, clock: { DemoClock.now() }),
            announcesKeepAlive: false, wallSeconds: { DemoClock.now().seconds })
        try server.listen(on: socket)
        self.server = server
    }

    func close() async {
        if let server {
            await withCheckedContinuation { continuation in server.drain { continuation.resume() } }
        }
        server = nil
        thread.stop()
    }
}

enum DemoClock {
    static func now() -> WallTime {
        let (seconds, nanoseconds) = WallReading.now()
        return WallTime(seconds: seconds, nanoseconds: nanoseconds)
    }
}
