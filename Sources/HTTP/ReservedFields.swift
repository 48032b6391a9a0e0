/// Field names that clients may never send, in any spelling.
///
/// Names are compared after folding ASCII case and mapping `_` and `.` to `-`, because backends that map names to
/// variables (CGI, WSGI, PHP) cannot tell these apart.
package struct ReservedFields: Sendable, Hashable {
    private var exact: [[UInt8]] = []
    private var prefixes: [[UInt8]] = []
    /// Bit n is set when an exact name has n bytes; bit 63 stands for 63 and more.
    private var lengths: UInt64 = 0

    /// Nothing reserved.
    package init() {}

    /// Names, and prefixes that end in `*`, such as `X-Claim-*`.
    package init(patterns: [String]) {
        for pattern in patterns { insert([UInt8](pattern.utf8)) }
    }

    /// Whether a pattern is a name, or a non-empty prefix of names followed by `*`.
    package static func isValid(pattern: String) -> Bool {
        var bytes = [UInt8](pattern.utf8)
        if bytes.last == 0x2A { bytes.removeLast() }
        return FieldSyntax.isName(bytes) && !bytes.contains(0x2A)
    }

    /// Adds a name, or a prefix that ends in `*`.
    package mutating func insert(_ pattern: [UInt8]) {
        var folded = pattern.map(Self.fold)
        if folded.last == 0x2A {
            folded.removeLast()
            if !prefixes.contains(folded) { prefixes.append(folded) }
        } else if !exact.contains(folded) {
            exact.append(folded)
            lengths |= 1 << UInt64(min(folded.count, 63))
        }
    }

    /// Whether nothing is reserved.
    package var isEmpty: Bool { exact.isEmpty && prefixes.isEmpty }

    /// Whether the name of `line` is reserved.
    package func contains(_ line: FieldLine, in fields: FieldLines) -> Bool {
        contains(fields.bytes.span, line.name)
    }

    /// Whether `name` is reserved.
    package func contains(name: [UInt8]) -> Bool {
        contains(name.span, ByteRange(0, name.count))
    }

    /// Whether the name at `range` of `bytes` is reserved.
    package func contains(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        if lengths >> UInt64(min(range.count, 63)) & 1 == 1 {
            for name in exact where name.count == range.count && Self.begins(bytes, range, name) { return true }
        }
        for prefix in prefixes where range.count >= prefix.count && Self.begins(bytes, range, prefix) { return true }
        return false
    }

    /// Fields that make some backend take another path, method or proxy than the gateway authorized. Dropped by
    /// default.
    package static let overrides = ReservedFields(patterns: [
        "Proxy", "X-Original-URL", "X-Original-URI", "X-Rewrite-URL", "X-Rewrite-URI", "X-HTTP-Method-Override",
        "X-HTTP-Method", "X-Method-Override",
    ])

    /// Fields that tell the backend who called; the gateway writes its own or passes those of trusted peers only.
    package static let forwarding = ReservedFields(patterns: [
        "Forwarded", "X-Forwarded", "X-Forwarded-*", "X-Real-IP",
    ])

    @inline(__always)
    private static func fold(_ byte: UInt8) -> UInt8 {
        byte == 0x5F || byte == 0x2E ? 0x2D : ByteClass.lower(byte)
    }

    @inline(__always)
    private static func begins(_ bytes: Span<UInt8>, _ range: ByteRange, _ folded: [UInt8]) -> Bool {
        for index in folded.indices where fold(bytes[Int(range.start) + index]) != folded[index] { return false }
        return true
    }
}
