package import HTTP

/// Why a backend gave no complete answer.
package struct UpstreamError: Error, Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The name could not be resolved.
        case resolve
        /// Nobody accepts connections there, or not in time.
        case connect
        case tls
        /// The connection ended before an answer began.
        case reset
        /// The head of the answer did not come in time.
        case headTimeout = "head_timeout"
        /// The body stood still for too long.
        case idleTimeout = "idle_timeout"
        /// The answer broke the grammar of HTTP/1.1.
        case badAnswer = "bad_answer"
        /// The answer's body ended early.
        case truncated
        /// The backend says 503, and another try is allowed.
        case unavailable
        /// Too many requests wait for this backend.
        case overloaded
        /// The gateway stops.
        case shutdown
        /// libcurl refused for another reason.
        case other
    }

    package var kind: Kind
    /// What the response parser found, for ``Kind/badAnswer``.
    package var refusal: RefusalCode?
    /// libcurl's number, 0 when the refusal is our own.
    package var curlCode: Int32

    package init(_ kind: Kind, refusal: RefusalCode? = nil, curlCode: Int32 = 0) {
        self.kind = kind
        self.refusal = refusal
        self.curlCode = curlCode
    }
}
