/// The form of a request target (RFC 9112 §3.2); authority-form is always refused.
package enum TargetForm: UInt8, Sendable, Hashable {
    /// `/path?query`
    case origin
    /// `http://authority/path?query`; the authority stands for `Host`.
    case absolute
    /// `*`, for OPTIONS only; path and query are empty.
    case asterisk
}

/// A request head that passed every check of the grammar (RFC 9112, with the stricter choices of `RequestParser`).
package struct RequestHead: Sendable {
    /// The field lines; they own the head's bytes, into which all ranges here point.
    package var fields: FieldLines
    /// The method.
    package var method: Method
    /// The method's exact bytes.
    package var methodRange: ByteRange
    /// The whole request target as received.
    package var target: ByteRange
    /// Its form.
    package var targetForm: TargetForm
    /// The path as received, before any normalisation; empty in absolute-form without a path and in asterisk-form.
    package var path: ByteRange
    /// The query without its `?`, or nil when there is no `?`.
    package var query: ByteRange?
    /// The host with its port: the target's authority, else the `Host` value; nil only in HTTP/1.0 without `Host`.
    package var host: ByteRange?
    /// The version.
    package var version: HTTPVersion
    /// How the body ends; never `.untilClose`.
    package var framing: MessageFraming
    /// Whether the client lets the connection live on after this exchange (RFC 9112 §9.3).
    package var keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends its body; false when no body follows.
    package var expectsContinue: Bool
    /// What the client offers to switch to.
    package var upgrade: UpgradeOffer

    /// A head put together elsewhere, for example from HTTP/2 pseudo-header fields that were checked there.
    package init(
        fields: FieldLines, method: Method, methodRange: ByteRange, target: ByteRange, targetForm: TargetForm = .origin,
        path: ByteRange, query: ByteRange?, host: ByteRange?, version: HTTPVersion = .http11,
        framing: MessageFraming = .none, keepAlive: Bool = true, expectsContinue: Bool = false,
        upgrade: UpgradeOffer = .none
    ) {
        self.fields = fields
        self.method = method
        self.methodRange = methodRange
        self.target = target
        self.targetForm = targetForm
        self.path = path
        self.query = query
        self.host = host
        self.version = version
        self.framing = framing
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
        self.upgrade = upgrade
    }

    /// The method as sent.
    package var methodBytes: ArraySlice<UInt8> { fields.slice(methodRange) }

    /// The target as sent.
    package var targetBytes: ArraySlice<UInt8> { fields.slice(target) }

    /// The path as sent, for logs and for events that show what the client wrote. Never an input to a decision.
    package var rawPath: ArraySlice<UInt8> { fields.slice(path) }

    /// The query as sent, without its `?`; empty when there is none.
    package var queryBytes: ArraySlice<UInt8> { fields.slice(query ?? .empty) }

    /// The host with its port as sent; empty when there is none.
    package var hostBytes: ArraySlice<UInt8> { fields.slice(host ?? .empty) }
}
