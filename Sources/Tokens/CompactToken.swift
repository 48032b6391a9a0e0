/// A token in compact serialisation (RFC 7515 §3.1) whose form has been checked and nothing else.
///
/// The header is readable because the key is chosen by it. The payload is not: it can only be read from a
/// ``VerifiedToken``.
package struct CompactToken: Sendable, CustomStringConvertible {
    package let header: TokenHeader
    /// The token exactly as received: a credential, never to be printed or logged.
    package let bytes: [UInt8]
    /// The two segments and the dot between them, over which the signature goes.
    let signingInput: Range<Int>
    let payload: [UInt8]
    let signature: [UInt8]

    /// Checks size, segments, base64url and header, in this order.
    ///
    /// - Parameter limit: largest accepted size in bytes, inclusive.
    package init(parsing bytes: [UInt8], limit: Int) throws(TokenError) {
        try self.init(parsing: bytes, limit: limit, headers: nil)
    }

    /// - Parameter headers: headers met before, which then need not be read again.
    init(parsing bytes: [UInt8], limit: Int, headers: HeaderMemory?) throws(TokenError) {
        guard bytes.count <= limit else { throw TokenError(.tokenTooLarge, .size(found: bytes.count, limit: limit)) }
        guard let dots = Self.dots(in: bytes) else { throw TokenError(.malformedSegments) }
        guard dots.first > 0 else { throw TokenError(.malformedSegments, .note("the header is empty")) }
        let known = headers?.find(bytes, dots.first)
        let headerText = known == nil ? Base64URL.decode(bytes, 0..<dots.first) : []
        guard let headerText else { throw TokenError(.malformedBase64, .note("in the header")) }
        guard let payload = Base64URL.decode(bytes, dots.first + 1..<dots.second) else {
            throw TokenError(.malformedBase64, .note("in the payload"))
        }
        guard let signature = Base64URL.decode(bytes, dots.second + 1..<bytes.count) else {
            throw TokenError(.malformedBase64, .note("in the signature"))
        }
        if let known {
            header = known
        } else {
            header = try TokenHeader(parsing: headerText)
            headers?.remember(header, bytes, dots.first)
        }
        self.bytes = bytes
        self.payload = payload
        self.signature = signature
        signingInput = 0..<dots.second
    }

    /// As ``init(parsing:limit:)-([UInt8],_)``; the size is checked before anything is copied.
    package init(parsing bytes: ArraySlice<UInt8>, limit: Int) throws(TokenError) {
        guard bytes.count <= limit else { throw TokenError(.tokenTooLarge, .size(found: bytes.count, limit: limit)) }
        try self.init(parsing: Array(bytes), limit: limit)
    }

    package var description: String { "CompactToken(\(bytes.count) bytes)" }

    /// The places of exactly two dots; the search ends at a third.
    private static func dots(in bytes: [UInt8]) -> (first: Int, second: Int)? {
        guard let first = OctetSearch.first(UInt8(ascii: "."), in: bytes, from: 0),
            let second = OctetSearch.first(UInt8(ascii: "."), in: bytes, from: first + 1),
            OctetSearch.first(UInt8(ascii: "."), in: bytes, from: second + 1) == nil
        else { return nil }
        return (first, second)
    }
}

extension CompactToken: CustomReflectable {
    /// Keeps `dump` and test failures from showing the token.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
