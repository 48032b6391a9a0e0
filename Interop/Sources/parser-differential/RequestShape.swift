/// A request as a slow reader sees it that judges nothing: lines, names, values. What the classes of differences are
/// decided by; nothing of the parser under test is used.
struct RequestShape {
    struct Line {
        /// The line without its end.
        let text: ArraySlice<UInt8>
        /// Whether it ends in CRLF, in LF alone, or not at all.
        let end: End

        enum End { case crlf, lf, none }
    }

    let bytes: [UInt8]
    /// CRLF pairs before the request line.
    let leadingLines: Int
    /// The request line and the field lines, without the empty line that ends them.
    let lines: [Line]
    /// The offset behind the empty line; nil when the head does not end.
    let headEnd: Int?
    /// Where the request line starts.
    let start: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var position = 0
        while position + 1 < bytes.count, bytes[position] == 0x0D, bytes[position + 1] == 0x0A { position += 2 }
        leadingLines = position / 2
        start = position
        var lines: [Line] = []
        var headEnd: Int?
        while position < bytes.count {
            guard let feed = bytes[position...].firstIndex(of: 0x0A) else {
                lines.append(Line(text: bytes[position...], end: .none))
                break
            }
            let isPair = feed > position && bytes[feed - 1] == 0x0D
            let text = bytes[position..<(isPair ? feed - 1 : feed)]
            position = feed + 1
            if text.isEmpty {
                headEnd = position
                break
            }
            lines.append(Line(text: text, end: isPair ? .crlf : .lf))
        }
        self.lines = lines
        self.headEnd = headEnd
    }

    /// The bytes from the request line to the end of the head, or of everything.
    var head: ArraySlice<UInt8> { bytes[start..<(headEnd ?? bytes.count)] }

    /// The bytes behind the head.
    var body: ArraySlice<UInt8> { bytes[(headEnd ?? bytes.count)...] }

    /// The request line's words between single spaces.
    var words: [ArraySlice<UInt8>] {
        guard let line = lines.first else { return [] }
        return line.text.split(separator: 0x20, omittingEmptySubsequences: false)
    }

    var method: ArraySlice<UInt8> { words.first ?? [] }

    /// The second word; empty when there is none.
    var target: ArraySlice<UInt8> { words.count > 1 ? words[1] : [] }

    /// The third word; empty when there is none.
    var version: ArraySlice<UInt8> { words.count > 2 ? words[2] : [] }

    var fieldLines: ArraySlice<Line> { lines.dropFirst() }

    /// Whole field lines with a colon, names in lower case and as written otherwise, values trimmed.
    var fields: [(name: [UInt8], value: [UInt8])] {
        fieldLines.compactMap { line in
            guard line.end != .none, let colon = line.text.firstIndex(of: 0x3A) else { return nil }
            return (line.text[..<colon].map(Octet.lower), Octet.trim(line.text[(colon + 1)...]))
        }
    }

    /// The values of all fields with this lower-case name.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name.elementsEqual(name.utf8) }.map(\.value) }

    /// The comma-separated members of all fields with this name, in lower case.
    func members(_ name: String) -> [[UInt8]] {
        values(name).flatMap { $0.split(separator: 0x2C).map { Octet.trim($0).map(Octet.lower) } }
    }

    /// Whether a CR stands in the head that no LF follows; the very last byte may still get one.
    var hasBareCR: Bool { Self.hasBareCR(head) }

    /// Whether an LF stands in the head that no CR precedes.
    var hasBareLF: Bool { Self.hasBareLF(head) }

    static func hasBareCR(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.indices.contains { bytes[$0] == 0x0D && $0 + 1 < bytes.endIndex && bytes[$0 + 1] != 0x0A }
    }

    static func hasBareLF(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.indices.contains { bytes[$0] == 0x0A && ($0 == bytes.startIndex || bytes[$0 - 1] != 0x0D) }
    }

    /// The first fault of a chunked body in the bytes behind the head, by the letter of RFC 9112 §7.1.
    var chunkFault: ChunkFault? { ChunkFault.first(in: body) }
}

/// What is wrong in a chunked body.
enum ChunkFault: Equatable {
    case sizeMissing, sizeOverflow, sizeLine, lineEnd, dataEnd, extensions, trailer, trailerLineEnd

    static func first(in body: ArraySlice<UInt8>) -> ChunkFault? {
        var rest = body
        while true {
            guard let feed = rest.firstIndex(of: 0x0A) else { return partial(rest) }
            let isPair = feed > rest.startIndex && rest[feed - 1] == 0x0D
            let line = rest[rest.startIndex..<(isPair ? feed - 1 : feed)]
            if let fault = sizeLine(line) { return fault }
            guard isPair else { return .lineEnd }
            rest = rest[(feed + 1)...]
            let digits = line.prefix(while: Octet.isHex).drop { $0 == 0x30 }
            guard digits.count <= 16, let size = UInt64("0" + String(decoding: digits, as: UTF8.self), radix: 16),
                size <= UInt64(Int64.max)
            else { return .sizeOverflow }
            if size == 0 { return trailers(rest) }
            guard UInt64(rest.count) >= size else { return nil }
            rest = rest.dropFirst(Int(size))
            guard let first = rest.first else { return nil }
            guard first == 0x0D else { return .dataEnd }
            guard rest.count > 1 else { return nil }
            guard rest[rest.startIndex + 1] == 0x0A else { return .dataEnd }
            rest = rest.dropFirst(2)
        }
    }

    /// A size line whose end did not come.
    private static func partial(_ line: ArraySlice<UInt8>) -> ChunkFault? {
        let text = line.last == 0x0D ? line.dropLast() : line
        if text.count == line.count, !line.isEmpty, line.allSatisfy(Octet.isHex) { return overlong(line) }
        return line.isEmpty ? nil : sizeLine(text, isWhole: text.count < line.count)
    }

    private static func overlong(_ digits: ArraySlice<UInt8>) -> ChunkFault? {
        digits.count > 32 || digits.drop { $0 == 0x30 }.count > 16 ? .sizeOverflow : nil
    }

    private static func sizeLine(_ line: ArraySlice<UInt8>, isWhole: Bool = true) -> ChunkFault? {
        let digits = line.prefix(while: Octet.isHex)
        if let fault = overlong(digits) { return fault }
        guard !digits.isEmpty else { return .sizeMissing }
        let rest = line[digits.endIndex...]
        if let first = rest.first, first != 0x0D, first != 0x3B, !Octet.isBlank(first) { return .sizeLine }
        if rest.contains(0x0D) { return .lineEnd }
        let blank = rest.drop(while: Octet.isBlank)
        if blank.isEmpty { return rest.isEmpty || !isWhole ? nil : .sizeLine }
        guard blank.first == 0x3B else { return .sizeLine }
        return ExtensionText.holds(blank, isWhole: isWhole) ? nil : .extensions
    }

    private static func trailers(_ section: ArraySlice<UInt8>) -> ChunkFault? {
        var rest = section
        while true {
            guard let feed = rest.firstIndex(of: 0x0A) else { return trailer(rest, isWhole: false) }
            guard feed > rest.startIndex, rest[feed - 1] == 0x0D else { return .trailerLineEnd }
            let line = rest[rest.startIndex..<(feed - 1)]
            if line.isEmpty { return nil }
            if let fault = trailer(line, isWhole: true) { return fault }
            rest = rest[(feed + 1)...]
        }
    }

    private static func trailer(_ line: ArraySlice<UInt8>, isWhole: Bool) -> ChunkFault? {
        let text = !isWhole && line.last == 0x0D ? line.dropLast() : line
        let name = text.prefix(while: Octet.isToken)
        if name.endIndex == text.endIndex {
            return isWhole || text.count < line.count && !text.isEmpty ? .trailer : nil
        }
        guard !name.isEmpty, text[name.endIndex] == 0x3A else { return .trailer }
        return text[(name.endIndex + 1)...].allSatisfy(Octet.isFieldValue) ? nil : .trailer
    }
}

/// Chunk extensions by the letter of RFC 9112 §7.1.1, from the first semicolon on.
enum ExtensionText {
    /// Whether the text is well-formed; when it is not whole, whether it can become so.
    static func holds(_ text: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        var rest = text
        while let first = rest.first {
            guard first == 0x3B else { return false }
            rest = rest.dropFirst().drop(while: Octet.isBlank)
            let name = rest.prefix(while: Octet.isToken)
            rest = rest[name.endIndex...]
            if rest.isEmpty { return !isWhole || !name.isEmpty }
            guard !name.isEmpty else { return false }
            rest = rest.drop(while: Octet.isBlank)
            if rest.isEmpty { return !isWhole }
            guard rest.first == 0x3D else { continue }
            rest = rest.dropFirst().drop(while: Octet.isBlank)
            if rest.isEmpty { return !isWhole }
            if rest.first == 0x22 {
                guard let end = endOfQuoted(rest) else { return !isWhole && rest.allSatisfy(Octet.isFieldValue) }
                guard rest[..<end].allSatisfy(Octet.isFieldValue) else { return false }
                rest = rest[end...]
            } else {
                let value = rest.prefix(while: Octet.isToken)
                guard !value.isEmpty else { return false }
                rest = rest[value.endIndex...]
            }
            if rest.isEmpty { return true }
            rest = rest.drop(while: Octet.isBlank)
            if rest.isEmpty { return !isWhole }
        }
        return true
    }

    /// The offset behind the closing quotation mark.
    private static func endOfQuoted(_ text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex + 1
        while index < text.endIndex {
            if text[index] == 0x22 { return index + 1 }
            index += text[index] == 0x5C ? 2 : 1
        }
        return nil
    }
}
