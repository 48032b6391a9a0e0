import EventLoop

/// Gets every exchange when it is over, with what was captured of it. One observer serves all workers.
package protocol ExchangeObserver: AnyObject, Sendable {
    /// Bodies longer than this are not captured. Asked when a request comes; nil when the observer has no use for it, and
    /// for nothing that is captured.
    var capturedBodyBytes: Int? { get }
    /// Called on the worker's thread, for exchanges with a capture: it must neither wait nor fail.
    func observed(_ exchange: Exchange)
    /// Exchanges of which nothing was kept although it should have been; nil when it keeps nothing. From any thread but a
    /// worker's: it may wait.
    var lostEntries: UInt64? { get }
}

extension ExchangeObserver {
    package var lostEntries: UInt64? { nil }
}

/// What an observer sees of an exchange beside the decision: both bodies, as far as they are short enough, and the
/// answer's field lines. Nothing is captured when nobody observes.
package struct ExchangeCapture: Sendable {
    package private(set) var requestBody: [UInt8] = []
    package private(set) var responseBody: [UInt8] = []
    /// Complete lines as the client gets them, without framing, connection and date.
    package var responseFields: [UInt8] = []
    /// The request's body was longer than what is captured, or never read.
    package private(set) var requestBodyIsWhole = true
    package private(set) var responseBodyIsWhole = true
    private let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func appendRequest(_ bytes: Span<UInt8>) {
        Self.append(bytes, to: &requestBody, &requestBodyIsWhole, limit)
    }

    package mutating func appendResponse(_ bytes: Span<UInt8>) {
        Self.append(bytes, to: &responseBody, &responseBodyIsWhole, limit)
    }

    /// The request's body did not come to its end, or was never read.
    package mutating func requestBodyIsIncomplete() {
        requestBody = []
        requestBodyIsWhole = false
    }

    package mutating func responseBodyIsIncomplete() {
        responseBody = []
        responseBodyIsWhole = false
    }

    /// A body that passes the limit is let go at once: a part of it could end in the middle of a secret.
    private static func append(_ bytes: Span<UInt8>, to body: inout [UInt8], _ isWhole: inout Bool, _ limit: Int) {
        guard isWhole else { return }
        guard body.count + bytes.count <= limit else {
            body = []
            isWhole = false
            return
        }
        body.append(bytes)
    }

    /// Memory that the capture holds.
    package var byteCount: Int { requestBody.count + responseBody.count + responseFields.count }
}
