/// The life of one HTTP/1.1 connection as a pure value: events go in, actions come out, nothing else happens here.
///
/// The request side and the answer side move on their own, and the connection goes on only when both are through.
///
/// | request side | means | next |
/// |---|---|---|
/// | `idle` | no byte of the next request | `head` on the first byte; `lingering` by the end of input, once nothing read is left |
/// | `head` | a head is incomplete | `body` or `complete` when it is parsed |
/// | `body` | its body is being read | `complete`; `draining` when the answer ends first and the rest is small |
/// | `draining` | the rest of an unwanted body is read and dropped | `idle` |
/// | `complete` | nothing more to read until the answer is through | `idle`; `tunnel` by an answer 101 |
/// | `tunnel` | bytes pass as they are, until the client's end of input also towards the backend | `lingering` when the handler ends it |
/// | `lingering` | the answer is out and input is dropped until the client closes | `closed` |
/// | `closed` | nothing happens any more | - |
///
/// | answer side | means | next |
/// |---|---|---|
/// | `none` | no request waits | `awaited` |
/// | `awaited` | the handler has the request | `started` |
/// | `started` | the head of the answer is out | `none` (through) |
struct HTTP1State: Sendable, Hashable {
    enum Request: Sendable, Hashable {
        case idle, head, body, draining, complete, tunnel, lingering, closed
    }

    enum Answer: Sendable, Hashable {
        case none, awaited, started
    }

    /// What the connection does after an event.
    enum Action: Sendable, Hashable {
        case nothing
        /// Look for the next head in what has been read.
        case readNext
        /// Read and drop the rest of the body, then go on.
        case drain
        /// Send what is left, end the sending side, drop what comes for a while, then close.
        case linger
        /// Send what is left, then close.
        case closeAfterFlush
        /// Close at once and cancel the handler.
        case closeNow
        /// Cancel the handler, send what earlier exchanges left, then close.
        case cancelAndClose
        /// Tell the handler that the client's side of the tunnel has ended, once it has what came before.
        case endTunnelInput
        /// Close in a moment, unless a last request comes.
        case closeSoon
        /// Close at once; no handler is waiting.
        case close
        /// Close at once so that the client cannot take what it got for the whole.
        case closeBroken
    }

    /// Bytes of an unwanted body that are read rather than closing the connection.
    static let drainLimit: UInt64 = 262_144

    private(set) var request = Request.idle
    private(set) var answer = Answer.none
    /// Whether the connection may serve another request after this one.
    private(set) var persists = true
    private(set) var inputEnded = false
    /// Requests whose head was parsed.
    private(set) var requests = 0

    /// Whether more input is wanted for parsing.
    var wantsHead: Bool { (request == .idle || request == .head) && answer == .none }
    var wantsBody: Bool { request == .body || request == .draining }
    /// Whether a tunnel can begin: nothing of the request is to come, and no answer has begun.
    var mayTunnel: Bool { request == .complete && answer == .awaited }
    var isClosed: Bool { request == .closed }

    // MARK: Input

    mutating func receivedFirstByte() {
        if request == .idle { request = .head }
    }

    mutating func parsedHead(hasBody: Bool, keepAlive: Bool) {
        request = hasBody ? .body : .complete
        answer = .awaited
        persists = keepAlive
        requests += 1
    }

    mutating func bodyEnded() -> Action {
        switch request {
        case .body:
            request = .complete
            return .nothing
        case .draining:
            if !persists { return linger() }
            request = .idle
            return .readNext
        default: return .nothing
        }
    }

    /// The client has ended its sending side, or the connection has failed when `failed` is true.
    ///
    /// `waiting` says that bytes which came before the end are still to be read, requests perhaps: they are served, and
    /// the end is told again when all have been.
    mutating func inputEnded(failed: Bool, waiting: Bool = false) -> Action {
        if isClosed { return .nothing }
        inputEnded = true
        if failed { return answer == .none ? close() : closeNow() }
        if waiting, request != .head, request != .lingering, request != .tunnel { return .nothing }
        switch request {
        // What was answered before may still be on its way.
        case .idle, .head, .lingering, .draining: return closeAfterFlush()
        // The message can never become complete. Earlier answers may still be on their way.
        case .body: return answer == .awaited ? cancelAndClose() : closeNow()
        // A half-closed client still gets its answer.
        case .complete:
            persists = false
            return .nothing
        case .tunnel: return .endTunnelInput
        case .closed: return .nothing
        }
    }

    // MARK: Answers

    /// No other request is served on this connection.
    mutating func closeAfterAnswer() { persists = false }

    /// The head of a 101 is out. Only where ``mayTunnel``; the client's end of input may have come before.
    mutating func startedTunnel() -> Action {
        guard mayTunnel else { return .nothing }
        request = .tunnel
        answer = .started
        persists = false
        return inputEnded ? .endTunnelInput : .nothing
    }

    mutating func startedAnswer(keepAlive: Bool) {
        answer = .started
        if !keepAlive { persists = false }
    }

    /// The answer is complete. `unread` says how much of the request's body is still to come: nil when unknown.
    mutating func finishedAnswer(unread: UInt64?) -> Action {
        answer = .none
        switch request {
        case .complete:
            if !persists { return linger() }
            request = .idle
            return .readNext
        case .body:
            if persists, (unread ?? 0) <= Self.drainLimit {
                request = .draining
                return .drain
            }
            return linger()
        // Both sides of the backend have ended, so that nothing can take what the client may still send.
        case .tunnel: return linger()
        default: return .nothing
        }
    }

    /// The server has refused what came and written its own answer, if any.
    mutating func refused() -> Action {
        answer = .none
        return linger()
    }

    /// The draining of an unwanted body has gone past the limit.
    mutating func drainedTooMuch() -> Action { linger() }

    /// The handler cannot complete the answer it began.
    mutating func abortedAnswer() -> Action { end(in: .closed, .closeBroken) }

    // MARK: Ends

    /// No request has come, or the rest of an unwanted body has not.
    mutating func waitedLongEnough() -> Action { closeAfterFlush() }

    /// The server stops: idle connections end in a moment, the others after their answer.
    ///
    /// A moment, because the next request may be on its way already; closing at once would break it.
    mutating func stop() -> Action {
        persists = false
        return request == .idle && answer == .none ? .closeSoon : .nothing
    }

    mutating func closed() {
        request = .closed
        answer = .none
    }

    private mutating func end(in last: Request, _ action: Action) -> Action {
        if isClosed { return .nothing }
        request = last
        return action
    }

    private mutating func close() -> Action { end(in: .closed, .close) }

    private mutating func closeNow() -> Action { end(in: .closed, .closeNow) }

    private mutating func cancelAndClose() -> Action {
        answer = .none
        return end(in: .lingering, .cancelAndClose)
    }

    private mutating func closeAfterFlush() -> Action { end(in: .lingering, .closeAfterFlush) }

    /// Lingering waits for the client's end; there is nothing to wait for once that has come.
    private mutating func linger() -> Action { inputEnded ? closeAfterFlush() : end(in: .lingering, .linger) }
}
