import Documents
import EventLoop
import FunctionHost
import Functions
import HTTP
import Routes
import Server

/// The Lambda Invoke API for the functions that run here, so that boto3 and the AWS CLI can call them (`endpoint_url`).
/// Who may ask is for ``AdminEndpoint`` to say.
final class InvokeEndpoint: RequestHandler {
    private let functions: FunctionInvoker
    private let box: SnapshotBox

    init(functions: FunctionInvoker, box: SnapshotBox) {
        self.functions = functions
        self.box = box
    }

    private static let invocationType = Array("x-amz-invocation-type".utf8)

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        guard let name = Self.functionName(head.rawPath) else {
            Self.refuse(404, "UnknownOperationException", "POST /2015-03-31/functions/NAME/invocations", stream)
            return nil
        }
        guard head.method == .post else {
            Self.refuse(405, "MethodNotAllowedException", "functions are invoked by POST", stream)
            return nil
        }
        let document = box.current().0.document
        guard let function = document.function(named: name.name) else {
            let arn = "arn:aws:lambda:\(document.api.region):\(document.api.accountId):function:\(name.name)"
            Self.refuse(404, "ResourceNotFoundException", "Function not found: \(arn)", stream)
            return nil
        }
        let kind = head.fields.first(lowercasedName: Self.invocationType).map { Array(head.fields.value(of: $0)) }
        guard let type = InvocationType(kind) else {
            Self.refuse(
                400, "InvalidParameterValueException",
                "X-Amz-Invocation-Type is RequestResponse, Event or DryRun", stream)
            return nil
        }
        return InvokeExchange(FunctionPlans.plan(function, document.api), type, functions, stream)
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {}

    func answer(to refusal: RequestRefusal) -> RefusalAnswer {
        RefusalAnswer(
            fields: Self.fields("InvalidRequestContentException"), body: Self.problem(refusal.code.rawValue))
    }

    private static func functionName(_ path: ArraySlice<UInt8>) -> FunctionName? {
        let parts = String(decoding: path, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "2015-03-31", parts[2] == "functions",
            parts[4] == "invocations"
        else { return nil }
        // SDKs encode the colons of an ARN.
        let pieces = parts[3].split(separator: "%", omittingEmptySubsequences: false)
        var text = String(pieces[0])
        for piece in pieces.dropFirst() {
            guard piece.hasPrefix("3A") || piece.hasPrefix("3a") else { return nil }
            text += ":" + piece.dropFirst(2)
        }
        return FunctionName(text)
    }

    static func refuse(_ status: UInt16, _ type: String, _ message: String, _ stream: any ExchangeStream) {
        answer(status, fields(type), problem(message), stream)
    }

    static func answer(_ status: UInt16, _ fields: [UInt8], _ body: [UInt8], _ stream: any ExchangeStream) {
        stream.respond(
            status: status, reason: [], fields: fields, body: status == 204 ? .none : .length(UInt64(body.count)))
        if status != 204 { stream.write(body.span) }
        stream.finish()
    }

    private static func fields(_ type: String) -> [UInt8] {
        Array("Content-Type: application/json\r\nx-amzn-ErrorType: \(type)\r\n".utf8)
    }

    private static func problem(_ message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("Type", "User")
            writer.member("Message", message)
            writer.member("message", message)
        }
        return writer.bytes
    }
}

/// `X-Amz-Invocation-Type`
enum InvocationType {
    case requestResponse, event, dryRun

    init?(_ value: [UInt8]?) {
        switch value.map({ String(decoding: $0, as: UTF8.self) }) {
        case nil, "RequestResponse": self = .requestResponse
        case "Event": self = .event
        case "DryRun": self = .dryRun
        default: return nil
        }
    }
}

/// One invocation by the owner.
private final class InvokeExchange: ExchangeHandler {
    private let plan: FunctionPlan
    private let type: InvocationType
    private let functions: FunctionInvoker
    private var stream: (any ExchangeStream)?
    private var body: [UInt8] = []
    private var number: UInt64?

    init(
        _ plan: FunctionPlan, _ type: InvocationType, _ functions: FunctionInvoker, _ stream: any ExchangeStream
    ) {
        self.plan = plan
        self.type = type
        self.functions = functions
        self.stream = stream
    }

    func received(body piece: Span<UInt8>) { if stream != nil { body.append(piece) } }

    func requestEnded() {
        guard let stream else { return }
        // An empty payload is an empty event.
        let payload = body.isEmpty ? Array("{}".utf8) : body
        body = []
        do {
            _ = try JSONParser.parse(payload)
        } catch {
            self.stream = nil
            return InvokeEndpoint.refuse(
                400, "InvalidRequestContentException",
                "Could not parse request body into json: \(error.message)", stream)
        }
        switch type {
        case .dryRun:
            self.stream = nil
            InvokeEndpoint.answer(204, [], [], stream)
        case .event:
            self.stream = nil
            _ = functions.invoke(plan, payload, traceID: []) { _ in }
            InvokeEndpoint.answer(202, [], [], stream)
        case .requestResponse:
            number = functions.invoke(plan, payload, traceID: []) { [self] in finished($0) }
            if number == nil { finished(.failed("functions are not run here")) }
        }
    }

    private func finished(_ outcome: InvocationOutcome) {
        number = nil
        guard let stream else { return }
        self.stream = nil
        switch outcome {
        case .payload(let payload, let isError):
            var fields = "Content-Type: application/json\r\nX-Amz-Executed-Version: $LATEST\r\n"
            if isError { fields += "X-Amz-Function-Error: Unhandled\r\n" }
            InvokeEndpoint.answer(200, Array(fields.utf8), payload, stream)
        case .failed(let problem): InvokeEndpoint.refuse(502, "InvalidRuntimeException", problem, stream)
        }
    }

    func becameWritable() {}

    func cancelled(_ cause: ExchangeCancellation) {
        stream = nil
        if let number { functions.giveUp(number) }
    }
}
