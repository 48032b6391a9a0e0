/// Finds where a text of any grammar gives a secret its value: `password: x`, `"api_key":"x"`, `token=x`,
/// `<secret>x`, `https://user:x@host`. Rather one find too many than too few.
struct SecretDeclaration {
    let rules: RedactionRules

    func stands(in text: [UInt8]) -> Bool {
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"):
                if index + 1 < text.count, isTelling(text[..<index]) { return true }
            case UInt8(ascii: "@"):
                if endsInUser(text[..<index]) { return true }
            case UInt8(ascii: "-"):
                if text[index...].starts(with: Self.keyMark) { return true }
            default: break
            }
        }
        return false
    }

    /// The end of the first line of a private key in PEM (RFC 7468).
    private static let keyMark = Array("-----BEGIN".utf8)

    private func isTelling(_ before: ArraySlice<UInt8>) -> Bool {
        guard let last = before.lastIndex(where: { !" \t\"'\\]".utf8.contains($0) }) else { return false }
        // No name is longer.
        let near = before[max(before.startIndex, last - 63)...last]
        let start = near.lastIndex { !ByteKind.isBase64URL($0) }.map { $0 + 1 } ?? near.startIndex
        return start <= last && rules.mayBeTelling(before[start...last])
    }

    /// `//user:password` stands at the end.
    private func endsInUser(_ before: ArraySlice<UInt8>) -> Bool {
        let near = before.suffix(256)
        guard let slash = near.lastIndex(of: UInt8(ascii: "/")), slash > near.startIndex,
            near[slash - 1] == UInt8(ascii: "/")
        else { return false }
        let user = near[(slash + 1)...]
        return user.contains(UInt8(ascii: ":")) && !user.contains { $0 <= 0x20 || $0 == 0x22 }
    }
}
