package import HTTP

/// One request to a backend, complete but for its body.
package struct UpstreamRequest: Sendable {
    package enum Body: Sendable, Hashable {
        case none
        /// This many bytes come through ``TransferDriver/send(_:to:)``.
        case length(UInt64)
        /// Bytes come until ``TransferDriver/endBody(of:)``.
        case stream
    }

    package var method: Method
    package var methodBytes: [UInt8]
    /// Path and query in origin-form.
    package var target: [UInt8]
    /// Complete field lines, each ending in CRLF, Host included, framing left out.
    package var fields: [UInt8]
    package var body: Body
    /// From the moment the request is out to the head of the answer.
    package var headInMillis: Int
    /// Without any progress while the answer's body, or the request's, is on its way.
    package var idleInMillis: Int
    /// Whether the fields ask for another protocol (RFC 9110 §7.8), so that a 101 is an answer: after it, bytes go both
    /// ways as they are until one side ends. Only for requests without a body, on the fast lane.
    package var asksUpgrade = false

    package init(
        method: Method, methodBytes: [UInt8], target: [UInt8], fields: [UInt8], body: Body, headInMillis: Int,
        idleInMillis: Int
    ) {
        self.method = method
        self.methodBytes = methodBytes
        self.target = target
        self.fields = fields
        self.body = body
        self.headInMillis = headInMillis
        self.idleInMillis = idleInMillis
    }

    /// What frames the body: a method that usually has one says that there is none (RFC 9110 §8.6).
    var framing: MessageFraming {
        switch body {
        case .length(let length): .length(length)
        case .stream: .chunked
        case .none:
            switch method {
            case .post, .put, .patch: .length(0)
            default: .none
            }
        }
    }

    /// Whether sending it twice does no harm (RFC 9110 §9.2.2).
    var isIdempotent: Bool { method.isIdempotent }

    /// Whether it changes nothing at all, so that it may be sent again without asking (RFC 9110 §9.2.1).
    var isSafe: Bool {
        switch method {
        case .get, .head, .options: true
        default: false
        }
    }
}
