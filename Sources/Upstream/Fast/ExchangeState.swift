/// How far one request and its answer are on one connection, and what that allows. Pure.
///
/// | what happens | request `unsent`, `going` | `complete` | `broken` |
/// |---|---|---|---|
/// | the kernel takes bytes | `going` | - | - |
/// | the kernel has taken all | `complete` | - | - |
/// | the kernel takes no more bytes, ever | `broken` | - | - |
/// | the answer ends | the connection cannot be kept: part of a request is out | kept if the answer allows it | not kept |
/// | the connection ends, no byte of an answer came | see ``mayRepeat(isSafe:)`` | likewise | likewise |
///
/// A broken request still waits for its answer: a backend may refuse a body, say so, and close (RFC 9112 §9.6).
struct ExchangeState {
    enum Request: Hashable {
        /// No byte of it is with the kernel.
        case unsent
        case going
        case complete
        /// The connection takes nothing any more.
        case broken
    }

    private(set) var request = Request.unsent
    /// Whether bytes of the request's body have left our hands, so that it cannot be sent again.
    private(set) var hasSentBody = false
    /// Whether a byte of the request is with the kernel.
    private(set) var hasSentBytes = false
    /// Whether the final answer's head has come.
    private(set) var hasHead = false
    /// Whether this connection has served other requests before, so that its end may have crossed with this one.
    let isKept: Bool

    init(isKept: Bool) {
        self.isKept = isKept
    }

    mutating func sent(isAll: Bool) {
        guard request != .broken else { return }
        hasSentBytes = true
        request = isAll ? .complete : .going
    }

    mutating func bodyMoved() { hasSentBody = true }

    mutating func sendingFailed() { request = .broken }

    mutating func answered() { hasHead = true }

    /// Whether the connection may serve another request after this answer.
    func mayKeep(answerAllows: Bool, surplus: Bool) -> Bool { request == .complete && answerAllows && !surplus }

    /// Whether the request may be sent again on its own account after the connection ended without a byte of an
    /// answer: it was a kept one, whose end may have been on its way already, and either nothing left our hands or the
    /// request changes nothing (RFC 9110 §9.2.2, RFC 9112 §9.3.1).
    func mayRepeat(isSafe: Bool) -> Bool { isKept && !hasSentBody && (!hasSentBytes || isSafe) }
}
