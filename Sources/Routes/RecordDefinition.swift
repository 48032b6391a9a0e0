/// `record`: what recordings hold, and what is taken out before anything is written.
///
/// The names listed here are added to those that are always redacted; nothing can be taken off that list.
package struct RecordDefinition: Sendable, Hashable {
    /// Header names in lower case whose values are hashed.
    package var headers: [[UInt8]]
    /// Claims that become pseudonyms.
    package var pseudonymousClaims: [String]
    /// Claims that are left out.
    package var droppedClaims: [String]
    /// Names of query and form parameters whose values are hashed.
    package var query: [String]
    /// RFC 6901 pointers, each cut into its unescaped names.
    package var bodyPointers: [[String]]
    /// Longest body kept; longer ones are left out whole.
    package var maxBodyBytes: Int
    /// 0 means no limit.
    package var maxFileBytes: Int
    /// 0 means no limit.
    package var maxFileSeconds: Int

    /// With the defaults of the format.
    package init(
        headers: [[UInt8]] = [], pseudonymousClaims: [String] = [], droppedClaims: [String] = [], query: [String] = [],
        bodyPointers: [[String]] = [], maxBodyBytes: Int = 65_536, maxFileBytes: Int = 1 << 30, maxFileSeconds: Int = 0
    ) {
        self.headers = headers
        self.pseudonymousClaims = pseudonymousClaims
        self.droppedClaims = droppedClaims
        self.query = query
        self.bodyPointers = bodyPointers
        self.maxBodyBytes = maxBodyBytes
        self.maxFileBytes = maxFileBytes
        self.maxFileSeconds = maxFileSeconds
    }

    /// Claims that the rules of authorizers read and that no recording may lose: without them nothing could be decided
    /// again.
    package static let indispensableClaims = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp", "client_id"]
}

/// RFC 6901.
package enum JSONPointerText {
    /// The names of a pointer, unescaped; nil when the text is none.
    package static func names(_ text: String) -> [String]? {
        if text.isEmpty { return [] }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var names: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var name: [UInt8] = []
            var rest = part[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "~") else {
                    name.append(byte)
                    continue
                }
                switch rest.popFirst() {
                case UInt8(ascii: "0"): name.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): name.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
