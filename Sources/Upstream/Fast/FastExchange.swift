import EventLoop
import HTTP

/// One request on the fast lane with all that must survive a change of its connection.
// A class, because it is looked at from many places of one request's way, and copies would cost more than the rest.
final class FastExchange {
    let id: TransferID
    let request: UpstreamRequest
    let sink: any TransferSink
    /// What came of the body, in the form in which it goes out.
    var upload = WireBuffer()
    /// Bytes of a body of known length that are still to come.
    private(set) var bodyRemaining: UInt64 = 0
    /// The whole body is in `upload` or beyond.
    private(set) var isBodyComplete: Bool
    /// How often it was sent, or a connection for it was tried.
    var tries = 1
    /// How often it was sent again because a kept connection had ended.
    var repeats = 0
    /// Counts against the retry budget until the end.
    var isRetry = false
    /// The sink waits for room for its body.
    var senderWaits = false
    /// The sink waits before it takes more of the answer.
    var isHeldBack = false
    /// A tunnel: bytes go out as they are.
    var isTunnel = false

    /// `waited` is what came of the body while the request waited for a connection.
    init(id: TransferID, request: UpstreamRequest, sink: any TransferSink, waited: UploadBuffer) {
        self.id = id
        self.request = request
        self.sink = sink
        isBodyComplete = request.body == .none
        if case .length(let length) = request.body {
            bodyRemaining = length
            isBodyComplete = length == 0
        }
        if waited.count > 0 { append(waited.left.span) }
        if waited.isEnded { endBody() }
        senderWaits = waited.count >= UploadBuffer.highWater
    }

    /// Takes body bytes; more than were announced would be read as another request and are left out.
    func append(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return }
        if isTunnel { return upload.append(bytes) }
        guard !isBodyComplete else { return }
        if case .stream = request.body {
            upload.append { _ = HeadWriter.chunkHead(bytes.count, to: &$0) }
            upload.append(bytes)
            upload.append { HeadWriter.chunkEnd(to: &$0) }
            return
        }
        let count = Int(min(UInt64(bytes.count), bodyRemaining))
        upload.append(bytes.extracting(0..<count))
        bodyRemaining -= UInt64(count)
        if bodyRemaining == 0 { isBodyComplete = true }
    }

    /// Whether bytes need no frame of their own.
    var sendsAsIs: Bool {
        if isTunnel { return true }
        if case .length = request.body { return true }
        return false
    }

    /// How many of so many bytes may go out as they are.
    func allowance(for count: Int) -> Int { isTunnel ? count : Int(min(UInt64(count), bodyRemaining)) }

    /// Bytes have gone out without passing through ``upload``.
    func sentDirectly(_ count: Int) {
        guard !isTunnel else { return }
        bodyRemaining -= UInt64(count)
        if bodyRemaining == 0 { isBodyComplete = true }
    }

    /// No more of the body will come. False when that is less than was announced: the request can never be complete.
    @discardableResult func endBody() -> Bool {
        if isBodyComplete { return true }
        guard case .stream = request.body else { return false }
        isBodyComplete = true
        upload.append { $0.append(contentsOf: HeadWriter.lastChunk) }
        return true
    }

    /// Writes the request's head (RFC 9112 §3, §6); false when its first line would break the grammar.
    func writeHead(to buffer: inout WireBuffer) -> Bool {
        var isGood = false
        buffer.append { out in
            out.reserveCapacity(
                out.count + request.target.count + request.fields.count + request.methodBytes.count + 64)
            isGood = HeadWriter.requestLine(
                method: request.methodBytes[...], target: request.target[...], to: &out)
            guard isGood else { return }
            out.append(contentsOf: request.fields)
            switch request.body {
            case .length(let length): HeadWriter.framing(.length(length), to: &out)
            case .stream: HeadWriter.framing(.chunked, to: &out)
            case .none:
                // A method that usually has a body says that there is none (RFC 9110 §8.6).
                switch request.method {
                case .post, .put, .patch: HeadWriter.framing(.length(0), to: &out)
                default: break
                }
            }
            HeadWriter.end(to: &out)
        }
        return isGood
    }
}
