import Glibc

/// `uri-host [ ":" port ]` in the part that has one reading, decided with the C library's address parsers.
enum HostRule {
    static func holds(_ value: [UInt8]) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        guard !value.isEmpty, value.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return false }
            let rest = text[text.index(after: close)...]
            return isAddress(text[text.index(after: text.startIndex)..<close], AF_INET6)
                && (rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !isPort(parts[1]) { return false }
        var labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts[0].utf8.count <= 255, parts[0].utf8.allSatisfy({ isNameByte($0) }) else { return false }
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        guard labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return false }
        return !last.utf8.allSatisfy(Octet.isDigit) || isAddress(parts[0], AF_INET)
    }

    /// What stands between `http://` and the path of an absolute-form target.
    static func authority(of target: ArraySlice<UInt8>) -> [UInt8]? {
        let text = target.map(Octet.lower)
        for prefix in ["http://", "https://"] where text.starts(with: Array(prefix.utf8)) {
            return [UInt8](target.dropFirst(prefix.utf8.count).prefix { $0 != 0x2F && $0 != 0x3F })
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        Octet.isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy(Octet.isDigit)
            && Int(text).map { $0 <= 65_535 } == true
    }

    private static func isAddress(_ text: Substring, _ family: Int32) -> Bool {
        var room: (UInt64, UInt64) = (0, 0)
        return inet_pton(family, String(text), &room) == 1
    }
}
