import EventLoop
import HTTP

/// One request on the fast lane with all that must survive a change of its connection.
///
/// A connection that is kept keeps the object, too: it serves one request after the other under the same place in the
/// driver's table, told apart by a number of its own.
// A class, because it is looked at from many places of one request's way, and copies would cost more than the rest.
final class FastExchange {
    /// The request's name; another one when it is over.
    private(set) var id: TransferID
    private(set) var sink: (any TransferSink)?
    /// The connection that serves it, or served it last.
    var connection: FastConnection?
    /// The head as it goes out. It stays until the end, because it may have to go out again.
    var head = WireBuffer()
    /// Whether ``head`` is one: the request's parts did not break the grammar.
    private(set) var hasHead = false
    /// What came of the body, in the form in which it goes out.
    var upload = WireBuffer()
    private(set) var method = Method.get
    private(set) var body = UpstreamRequest.Body.none
    private(set) var headInMillis = 0
    private(set) var idleInMillis = 0
    private(set) var asksUpgrade = false
    /// Bytes of a body of known length that are still to come.
    private(set) var bodyRemaining: UInt64 = 0
    /// The whole body is in `upload` or beyond.
    private(set) var isBodyComplete = true
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

    init(id: TransferID) {
        self.id = id
    }

    // MARK: Life

    /// Takes a request; `waited` is what came of its body while it waited for a connection.
    func begin(_ request: consuming UpstreamRequest, for sink: any TransferSink, waited: UploadBuffer?) {
        self.sink = sink
        method = request.method
        body = request.body
        headInMillis = request.headInMillis
        idleInMillis = request.idleInMillis
        asksUpgrade = request.asksUpgrade
        tries = 1
        repeats = 0
        isRetry = false
        senderWaits = false
        isHeldBack = false
        isTunnel = false
        bodyRemaining = 0
        isBodyComplete = true
        switch request.body {
        case .none: break
        case .length(let length):
            bodyRemaining = length
            isBodyComplete = length == 0
        case .stream: isBodyComplete = false
        }
        takeHead(request)
        if let waited { begin(with: waited) }
    }

    private func begin(with waited: UploadBuffer) {
        if waited.count > 0 { append(waited.left.span) }
        if waited.isEnded { endBody() }
        senderWaits = waited.count >= UploadBuffer.highWater
    }

    /// The request is over and its name means nothing any more; the object is ready for another one. Returns the sink.
    func finish() -> (any TransferSink)? {
        id = id.next
        if !upload.isEmpty { clearUpload() }
        head = WireBuffer()
        return sink.take()
    }

    /// Goes on under a name that was given out before.
    func rename(_ id: TransferID) { self.id = id }

    /// Whether sending it twice does no harm (RFC 9110 §9.2.2).
    var isIdempotent: Bool { method.isIdempotent }

    /// Whether it changes nothing at all, so that it may be sent again without asking (RFC 9110 §9.2.1).
    var isSafe: Bool {
        switch method {
        case .get, .head, .options: true
        default: false
        }
    }

    // MARK: Body

    // Buffers are swapped into local variables while they change: a change in place spans calls, and every access to
    // them would be checked for exclusivity at run time.

    /// Takes body bytes; more than were announced would be read as another request and are left out.
    func append(_ bytes: Span<UInt8>) {
        guard bytes.count > 0, isTunnel || !isBodyComplete else { return }
        var out = WireBuffer()
        swap(&out, &upload)
        defer { swap(&out, &upload) }
        if isTunnel { return out.append(bytes) }
        if case .stream = body {
            out.append { _ = HeadWriter.chunkHead(bytes.count, to: &$0) }
            out.append(bytes)
            out.append { HeadWriter.chunkEnd(to: &$0) }
            return
        }
        let count = Int(min(UInt64(bytes.count), bodyRemaining))
        out.append(bytes.extracting(0..<count))
        bodyRemaining -= UInt64(count)
        if bodyRemaining == 0 { isBodyComplete = true }
    }

    /// Whether bytes need no frame of their own.
    var sendsAsIs: Bool {
        if isTunnel { return true }
        if case .length = body { return true }
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
        guard case .stream = body else { return false }
        isBodyComplete = true
        var out = WireBuffer()
        swap(&out, &upload)
        out.append { $0.append(contentsOf: HeadWriter.lastChunk) }
        swap(&out, &upload)
        return true
    }

    /// Nobody will get what is left of the body.
    func clearUpload() {
        var out = WireBuffer()
        swap(&out, &upload)
        out.clear()
        swap(&out, &upload)
    }

    // MARK: Head

    /// Completes the request's head (RFC 9112 §3, §6), unless its first line would break the grammar.
    private func takeHead(_ request: consuming UpstreamRequest) {
        hasHead = request.isWellFormed
        guard hasHead else { return }
        let framing = request.framing
        var lines = request.takeLines()
        lines.append(expecting: 48) { room in
            HeadWriter.put(framing, to: &room)
            room.put("\r\n")
        }
        head = WireBuffer(lines)
    }
}
