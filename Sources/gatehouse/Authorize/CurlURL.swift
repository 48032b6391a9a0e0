/// A URL as curl reads it: scheme optional, globs escaped with a backslash, dots resolved, the fragment left at home.
struct CurlURL {
    struct Problem: Error {
        var sentence: String
    }

    let isSecure: Bool
    /// `name:password` in front of the host.
    let user: [UInt8]?
    let authority: [UInt8]
    private(set) var path: [UInt8]
    var query: [UInt8]?

    init(_ text: [UInt8], globs: Bool, keepsDots: Bool) throws(Problem) {
        var rest = try globs ? Self.withoutGlobs(text) : text
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) { rest.removeSubrange(hash...) }
        var isSecure = false
        if let colon = rest.firstRange(of: Array("://".utf8)) {
            switch String(decoding: rest[..<colon.lowerBound], as: UTF8.self).lowercased() {
            case "https": isSecure = true
            case "http": break
            default: throw Problem(sentence: "the URL is neither http nor https")
            }
            rest.removeSubrange(..<colon.upperBound)
        }
        self.isSecure = isSecure
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        var host = Array(rest[..<end])
        if let at = host.lastIndex(of: UInt8(ascii: "@")) {
            user = PercentEncoding.decoded(host[..<at])
            host.removeSubrange(...at)
        } else {
            user = nil
        }
        if host.isEmpty { throw Problem(sentence: "the URL names no host") }
        authority = host
        let tail = rest[end...]
        let mark = tail.firstIndex(of: UInt8(ascii: "?")) ?? tail.endIndex
        query = mark == tail.endIndex ? nil : Array(tail[(mark + 1)...])
        let raw = Array(tail[..<mark])
        path = raw.isEmpty ? [UInt8(ascii: "/")] : keepsDots ? raw : Self.resolved(raw)
    }

    /// curl would make several requests of braces and brackets; browsers put a backslash before literal ones.
    private static func withoutGlobs(_ text: [UInt8]) throws(Problem) -> [UInt8] {
        let signs = Array("[]{}".utf8)
        var out: [UInt8] = []
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\\"), index + 1 < text.count, signs.contains(text[index + 1]) {
                out.append(text[index + 1])
                index += 2
                continue
            }
            // An IPv6 address keeps its brackets.
            let isAddress = byte == UInt8(ascii: "[") && out.suffix(3) == Array("://".utf8)
            if isAddress, let end = text[index...].firstIndex(of: UInt8(ascii: "]")) {
                out += text[index...end]
                index = end + 1
                continue
            }
            if signs.contains(byte) {
                throw Problem(
                    sentence: "curl would make several requests of the brackets in the URL: add -g if they are literal")
            }
            out.append(byte)
            index += 1
        }
        return out
    }

    /// RFC 3986 §5.2.4, which curl does before it sends anything.
    private static func resolved(_ path: [UInt8]) -> [UInt8] {
        var out: [ArraySlice<UInt8>] = []
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.elementsEqual(".".utf8) {
                if isLast { out.append([]) }
            } else if segment.elementsEqual("..".utf8) {
                if !out.isEmpty { out.removeLast() }
                if isLast { out.append([]) }
            } else {
                out.append(segment)
            }
        }
        return out.flatMap { [UInt8(ascii: "/")] + $0 }
    }
}

/// Escapes of URLs (RFC 3986 §2.1).
enum PercentEncoding {
    /// Everything outside the unreserved characters as `%XX`.
    static func component(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        escaped(bytes) { byte in isUnreserved(byte) }
    }

    /// A path: visible ASCII stays, apart from what would end the path.
    static func path(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        escaped(bytes) { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    private static func escaped(_ bytes: some Sequence<UInt8>, _ stays: (UInt8) -> Bool) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in bytes {
            if stays(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return out
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
                let high = Character(Unicode.Scalar(text[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(text[index + 2])).hexDigitValue
            {
                out.append(UInt8(high << 4 | low))
                index += 3
            } else {
                out.append(text[index])
                index += 1
            }
        }
        return out
    }
}
