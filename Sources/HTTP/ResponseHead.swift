/// A response head that passed every check of the grammar.
package struct ResponseHead: Sendable {
    /// The field lines; they own the head's bytes.
    package var fields: FieldLines
    /// 100 to 599.
    package var status: UInt16
    /// The version in the status line.
    package var version: HTTPVersion
    /// The reason phrase; may be empty.
    package var reason: ByteRange
    /// How the body ends, in view of the request's method and the status.
    package var framing: MessageFraming
    /// The `Content-Length` that was declared, also where no body follows (HEAD, 304); nil when absent or overruled by
    /// a transfer coding.
    package var declaredLength: UInt64?
    /// Whether the connection may be used again once the body ended exactly where it should.
    package var keepAlive: Bool

    /// A head put together elsewhere, for example from HTTP/2.
    package init(
        fields: FieldLines, status: UInt16, version: HTTPVersion = .http11, reason: ByteRange = .empty,
        framing: MessageFraming, declaredLength: UInt64? = nil, keepAlive: Bool = true
    ) {
        self.fields = fields
        self.status = status
        self.version = version
        self.reason = reason
        self.framing = framing
        self.declaredLength = declaredLength
        self.keepAlive = keepAlive
    }

    /// The reason phrase as sent.
    package var reasonBytes: ArraySlice<UInt8> { fields.slice(reason) }

    /// Whether the phrase is the one that this status usually has.
    package var hasUsualReason: Bool {
        let usual = ReasonPhrase.bytes(for: status)
        guard reason.count == usual.count else { return false }
        for offset in 0..<usual.count where fields.bytes[Int(reason.start) + offset] != usual[offset] { return false }
        return true
    }

    /// Whether this is an interim answer, after which the final one is still to come (RFC 9110 §15.2); 101 is final.
    package var isInterim: Bool { status < 200 && status != 101 }
}
