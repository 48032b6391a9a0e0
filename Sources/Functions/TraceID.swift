import HTTP

/// The value of `X-Amzn-Trace-Id` for one request: the client's own when it names a root, else a new root.
package struct TraceID: Sendable, Hashable {
    /// The whole header value.
    package let text: [UInt8]

    /// `incoming` is the only line of the client, or nil; `seconds` since 1970 and 128 random bits make a new root.
    package init(incoming: ArraySlice<UInt8>?, seconds: Int64, random: (UInt64, UInt64)) {
        if let incoming, Self.isWellFormed(incoming) {
            text = Array(incoming)
            return
        }
        var out = Array("Root=1-".utf8)
        Self.hex(UInt64(truncatingIfNeeded: seconds), digits: 8, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.hex(random.0, digits: 16, to: &out)
        Self.hex(random.1, digits: 8, to: &out)
        text = out
    }

    /// Nobody sends more; a longer value would only swell events and logs.
    private static let maximumBytes = 512
    private static let rootName = Array("Root=".utf8)

    /// Printable `name=value` parts between semicolons, exactly one of which is `Root=1-8HEX-24HEX`.
    private static func isWellFormed(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= maximumBytes, value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return false }
        var roots = 0
        for piece in value.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: true) {
            let part = piece.drop { $0 == 0x20 }
            guard part.starts(with: rootName) else { continue }
            roots += 1
            guard isRoot(part.dropFirst(rootName.count)) else { return false }
        }
        return roots == 1
    }

    private static func isRoot(_ value: ArraySlice<UInt8>) -> Bool {
        let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("1".utf8), parts[1].count == 8, parts[2].count == 24 else {
            return false
        }
        return parts[1].allSatisfy(isHex) && parts[2].allSatisfy(isHex)
    }

    private static func isHex(_ byte: UInt8) -> Bool { ByteClass.hexValue(byte) != nil }

    private static func hex(_ value: UInt64, digits: Int, to out: inout [UInt8]) {
        for place in (0..<digits).reversed() {
            out.append(ByteClass.lower(ByteClass.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(place * 4)))))
        }
    }
}
