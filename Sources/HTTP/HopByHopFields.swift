/// Decides which lines of a head belong to one connection only and are not forwarded (RFC 9110 §7.6.1).
///
/// These are a fixed list and the names that `Connection` nominates. A nomination counts only for extension fields: one
/// of a name that the gateway knows, routes by or sets itself is ignored, so that no peer can strike `Authorization` or
/// `X-Forwarded-For` out of a message.
package struct HopByHopFields: Sendable {
    /// Never forwarded, in either direction. The framing fields are here because the gateway writes its own.
    private static func isFixed(_ id: FieldID) -> Bool {
        switch id {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .te, .trailer,
            .upgrade, .http2Settings, .transferEncoding:
            true
        default: false
        }
    }

    /// Prefixes of names that no nomination reaches.
    private static let protectedPrefixes = [
        "x-forwarded-", "x-amz", "apigw-", "sec-", "access-control-", "content-",
    ]
    .map { [UInt8]($0.utf8) }

    /// More nominations are not looked at: such fields are forwarded as any other extension field.
    private static let maximumNominations = 32

    private var nominated: [ByteRange] = []

    /// Reads the `Connection` lines of `fields`.
    package init(_ fields: borrowing FieldLines) {
        guard fields.present.contains(.connection) else { return }
        let bytes = fields.bytes.span
        for line in fields.lines where line.id == .connection {
            var list = ListMembers(line.value)
            while let member = list.next(in: bytes) {
                guard nominated.count < Self.maximumNominations else { return }
                if Self.isNominable(bytes, member) { nominated.append(member) }
            }
        }
    }

    /// Whether `Connection` nominated any extension field.
    package var hasNominations: Bool { !nominated.isEmpty }

    /// Whether `line`, one of the lines that this was made from, stays behind.
    package func contains(_ line: FieldLine, in fields: FieldLines) -> Bool {
        if line.id != .other { return Self.isFixed(line.id) }
        guard !nominated.isEmpty else { return false }
        let bytes = fields.bytes.span
        for name in nominated where Self.equal(bytes, name, line.name) { return true }
        return false
    }

    private static func isNominable(_ bytes: Span<UInt8>, _ member: ByteRange) -> Bool {
        if bytes.matches(member, Literal.close) { return false }
        let id = FieldNameTable.shared.lookup(bytes.extracting(member.indices))
        guard id == .other else { return false }
        for prefix in protectedPrefixes where bytes.hasPrefix(prefix, in: member) { return false }
        return true
    }

    private static func equal(_ bytes: Span<UInt8>, _ first: ByteRange, _ second: ByteRange) -> Bool {
        guard first.count == second.count else { return false }
        for offset in 0..<first.count {
            let left = ByteClass.lower(bytes[Int(first.start) + offset])
            guard left == ByteClass.lower(bytes[Int(second.start) + offset]) else { return false }
        }
        return true
    }
}
