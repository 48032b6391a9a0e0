/// A request method; names are case-sensitive (RFC 9110 §9.1), so `get` is `.other`.
package enum Method: UInt8, Sendable, Hashable, CaseIterable {
    case get, head, post, put, delete, patch, options
    /// Any other token; its bytes stand at `RequestHead.methodRange`. Routes decide whether it is allowed.
    case other

    /// Said here, because the operator that the compiler makes is reached by other modules through a witness table only.
    package static func == (first: Method, second: Method) -> Bool { first.rawValue == second.rawValue }

    /// The exact name, or nil for `.other`.
    package var name: [UInt8]? { self == .other ? nil : Self.names[Int(rawValue)] }

    /// In the order of the cases; made once, because every forwarded request asks.
    private static let names: [[UInt8]] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        .map { [UInt8]($0.utf8) }

    /// Whether a request may be sent a second time without asking (RFC 9110 §9.2.2).
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options: true
        case .post, .patch, .other: false
        }
    }

    /// The method named by the bytes.
    package init(_ bytes: [UInt8]) {
        self = Method.word(bytes.span, 0, bytes.count).map(Method.init(word:)) ?? .other
    }

    init(_ bytes: Span<UInt8>, _ range: ByteRange) {
        self = Method.word(bytes, Int(range.start), Int(range.end)).map(Method.init(word:)) ?? .other
    }

    /// Up to eight bytes as one number, the first byte highest.
    private static func word(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64? {
        // A number does not show NULs at its front.
        guard start < end, end - start <= 8, bytes[start] != 0 else { return nil }
        var word: UInt64 = 0
        for index in start..<end { word = word << 8 | UInt64(bytes[index]) }
        return word
    }

    /// The method whose name is this number, the first byte highest.
    @inline(__always)
    init(word: UInt64) {
        switch word {
        case 0x47_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504F_5354: self = .post
        case 0x50_5554: self = .put
        case 0x4445_4C45_5445: self = .delete
        case 0x50_4154_4348: self = .patch
        case 0x4F_5054_494F_4E53: self = .options
        default: self = .other
        }
    }
}
