/// `cors`: what browsers are told about pages of other origins.
package struct CORSDefinition: Sendable, Hashable {
    /// `*`, `https://*`, `http://*`, or whole origins.
    package var allowOrigins: [String]
    package var allowMethods: [String]
    package var allowHeaders: [String]
    package var exposeHeaders: [String]
    package var allowCredentials: Bool
    /// Seconds for which a browser may keep the answer to a preflight; nil says nothing.
    package var maxAge: Int?

    /// Whether the text is `*`, all of a scheme, or an origin (RFC 6454 §7) without a path.
    static func isOrigin(_ text: String) -> Bool {
        if ["*", "https://*", "http://*"].contains(text) { return true }
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return false
        }
        let scheme = bytes[..<colon]
        let host = bytes[(colon + 3)...]
        guard let first = scheme.first, isLetter(first), !host.isEmpty else { return false }
        return scheme.allSatisfy { isLetter($0) || isDigit($0) || "+.-".utf8.contains($0) }
            && host.allSatisfy { isLetter($0) || isDigit($0) || "._:[]-".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
