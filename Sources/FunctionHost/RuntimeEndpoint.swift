import Documents
import EventLoop
import HTTP
import Server

/// The Runtime API as one execution environment sees it, on a port of its own, so that its requests need no name.
///
/// The protocol has no secret that would tell the environment's process from another one of the same user, as on Lambda.
/// Other users' processes are turned away, and pages in a browser by their Origin or a Host that is not this port.
final class RuntimeEndpoint: RequestHandler {
    /// Decides what is answered; set while the environment lives.
    private weak var environment: ExecutionEnvironment?
    /// Connections whose peer has been looked at; some runtimes open one for each request, so only the latest are kept.
    private var known: Set<UInt64> = []
    private static let knownLimit = 64

    private static let origin = Array("origin".utf8)
    private static let responseMode = Array("lambda-runtime-function-response-mode".utf8)
    static let json = Array("Content-Type: application/json\r\n".utf8)

    func serve(_ environment: ExecutionEnvironment) { self.environment = environment }

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        guard let environment else {
            Self.refuse(410, "Gone", "the execution environment is gone", on: stream)
            return nil
        }
        guard head.fields.first(lowercasedName: Self.origin) == nil,
            head.hostBytes.elementsEqual(environment.address.utf8), isOwn(stream, environment)
        else {
            Self.refuse(403, "AccessDenied", "this is for the function's own process", on: stream)
            environment.note("somebody else spoke to the function's Runtime API and was turned away")
            return nil
        }
        switch RuntimeCall(method: head.method, path: head.rawPath) {
        case .next: return environment.asksForWork(on: stream)
        case .response(let requestID):
            if let mode = head.fields.first(lowercasedName: Self.responseMode),
                !head.fields.valueEquals(mode, Array("streaming".utf8))
            {
                Self.refuse(400, "InvalidFunctionResponseMode", "the response mode can only be streaming", on: stream)
                return nil
            }
            return RuntimeAnswer(environment, .response(requestID), on: stream)
        case .error(let requestID): return RuntimeAnswer(environment, .error(requestID), on: stream)
        case .initError: return RuntimeAnswer(environment, .initError, on: stream)
        case .wrongMethod: Self.refuse(405, "MethodNotAllowed", "another method is used here", on: stream)
        case .unknown: Self.refuse(404, "NotFound", "not a path of the Lambda Runtime API", on: stream)
        }
        return nil
    }

    private func isOwn(_ stream: any ExchangeStream, _ environment: ExecutionEnvironment) -> Bool {
        if known.contains(stream.connectionNumber) { return true }
        guard PeerUser.isOwn(stream.peer, port: environment.port) else { return false }
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known.insert(stream.connectionNumber)
        return true
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {
        environment?.note("the runtime sent a request that HTTP does not allow: \(refusal.code.rawValue)")
    }

    func answer(to refusal: RequestRefusal) -> RefusalAnswer {
        RefusalAnswer(fields: Self.json, body: Self.problem("InvalidRequest", refusal.code.rawValue))
    }

    // MARK: Answers

    static func accept(on stream: any ExchangeStream) { answer(202, Array("{\"status\":\"OK\"}\n".utf8), on: stream) }

    static func refuse(_ status: UInt16, _ type: String, _ message: String, on stream: any ExchangeStream) {
        answer(status, problem(type, message), on: stream)
    }

    static func answer(_ status: UInt16, fields: [UInt8] = json, _ body: [UInt8], on stream: any ExchangeStream) {
        stream.respond(status: status, reason: [], fields: fields, body: .length(UInt64(body.count)))
        stream.write(body.span)
        stream.finish()
    }

    private static func problem(_ type: String, _ message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("errorMessage", message)
            writer.member("errorType", type)
        }
        return writer.bytes
    }
}

/// What a runtime says of an invocation, while its body comes in.
private final class RuntimeAnswer: ExchangeHandler {
    enum Kind {
        case response(String), error(String), initError
    }

    private let environment: ExecutionEnvironment
    private let kind: Kind
    private var stream: (any ExchangeStream)?
    private var body: [UInt8] = []

    init(_ environment: ExecutionEnvironment, _ kind: Kind, on stream: any ExchangeStream) {
        self.environment = environment
        self.kind = kind
        self.stream = stream
    }

    func received(body piece: Span<UInt8>) {
        guard let stream else { return }
        if body.count + piece.count <= InvocationOutcome.payloadLimit { return body.append(piece) }
        // Nothing beyond is kept. The caller is told at once; the runtime, which may not listen before it has sent all.
        self.stream = nil
        body = []
        _ = report(.tooLarge())
        RuntimeEndpoint.refuse(413, "RequestEntityTooLarge", "the answer exceeds the limit of 6 MB", on: stream)
    }

    func requestEnded() {
        guard let stream else { return }
        self.stream = nil
        let isError = if case .response = kind { false } else { true }
        switch report(.payload(body, isError: isError)) {
        case .accepted: RuntimeEndpoint.accept(on: stream)
        case .unknownRequest:
            RuntimeEndpoint.refuse(400, "InvalidRequestID", "no invocation of this id is being worked on", on: stream)
        case .wrongState:
            RuntimeEndpoint.refuse(403, "InvalidStateTransition", "not possible in the present state", on: stream)
        }
    }

    private func report(_ outcome: InvocationOutcome) -> FunctionPool.Reception {
        switch kind {
        case .response(let requestID), .error(let requestID): environment.answers(requestID, outcome)
        case .initError: environment.cannotStart(outcome)
        }
    }

    func becameWritable() {}

    func cancelled(_ cause: ExchangeCancellation) {
        guard stream != nil else { return }
        stream = nil
        // An answer that broke off is none; the invocation ends by its deadline or with the process.
        environment.note("the runtime broke off in the middle of an answer")
    }
}
