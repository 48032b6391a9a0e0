import EventLoop
import HTTP
import Routes
import Server

/// What the owner may ask for on the admin listener: metrics, and functions.
///
/// Nobody is asked for a token: it listens on this machine alone, and pages in a browser are turned away by their
/// Origin, and by a Host that is no address of this machine (DNS rebinding).
final class AdminEndpoint: RequestHandler {
    private let functions: InvokeEndpoint
    private let box: SnapshotBox
    /// Asks for metrics; ``answer(_:with:)`` gets them with this number.
    private let gather: (UInt64) -> Void
    private var waiting = SlotTable<any ExchangeStream>()

    init(functions: InvokeEndpoint, box: SnapshotBox, gather: @escaping (UInt64) -> Void) {
        self.functions = functions
        self.box = box
        self.gather = gather
    }

    private static let origin = Array("origin".utf8)

    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        guard head.fields.first(lowercasedName: Self.origin) == nil, Self.isHere(head.hostBytes, stream.peer) else {
            InvokeEndpoint.refuse(
                403, "AccessDeniedException", "no pages of a browser, and no other names of this host", stream)
            return nil
        }
        guard head.rawPath.elementsEqual("/metrics".utf8), box.current().0.document.server.servesMetrics else {
            return functions.received(head, on: stream)
        }
        guard head.method == .get || head.method == .head else {
            InvokeEndpoint.refuse(405, "MethodNotAllowedException", "metrics are read by GET", stream)
            return nil
        }
        let (slot, generation) = waiting.insert(stream)
        let number = UInt64(generation) << 32 | UInt64(slot)
        gather(number)
        return WaitingForMetrics(endpoint: self, number: number)
    }

    func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {}

    func answer(to refusal: RequestRefusal) -> RefusalAnswer { functions.answer(to: refusal) }

    /// Unknown numbers are clients that have gone.
    func answer(_ number: UInt64, with report: MetricsReport) {
        guard let stream = forget(number) else { return }
        InvokeEndpoint.answer(
            200, Array("Content-Type: \(MetricsReport.contentType)\r\n".utf8), report.text, stream)
    }

    @discardableResult
    fileprivate func forget(_ number: UInt64) -> (any ExchangeStream)? {
        waiting.remove(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32))
    }

    /// Absent only in HTTP/1.0; Unix sockets have any name.
    private static func isHere(_ host: ArraySlice<UInt8>, _ peer: SocketAddress) -> Bool {
        if case .unix = peer { return true }
        var name = String(decoding: host, as: UTF8.self)
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") { name = String(name[..<colon]) }
        return name == "localhost" || name == "[::1]"
            || (name.hasPrefix("127.") && SocketAddress.octets(of: name) != nil)
    }
}

/// A client that waits while the workers are asked.
private final class WaitingForMetrics: ExchangeHandler {
    private let endpoint: AdminEndpoint
    private let number: UInt64

    init(endpoint: AdminEndpoint, number: UInt64) {
        self.endpoint = endpoint
        self.number = number
    }

    func received(body: Span<UInt8>) {}
    func requestEnded() {}
    func becameWritable() {}
    func cancelled(_ cause: ExchangeCancellation) { endpoint.forget(number) }
}
