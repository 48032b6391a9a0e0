import HTTP
import Server

extension Exchange {
    /// Notes why a request has ended before its answer was complete. A broken or too large body has been answered by
    /// the server, unless an answer had begun.
    mutating func cancelled(by cause: ExchangeCancellation, hasAnswered: Bool = false) {
        guard case .refused(let refusal) = cause else {
            failure = .cancelled
            return
        }
        failure = .refused(refusal)
        isRefusedByServer = true
        if !hasAnswered { status = refusal.status }
    }
}
