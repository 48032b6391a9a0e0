/// A strict RFC 8259 parser on bytes with an explicit stack, and on request a JSON-with-comments parser that recovers.
///
/// Strict UTF-8, no byte-order mark but before a configuration, no lone surrogates, duplicate member names (compared
/// after unescaping, by octets) are errors, numbers keep their text. Time is linear in the input but for the sorting of
/// names; memory is a small multiple of it.
package struct JSONParser {
    package struct Options: Sendable {
        /// Allow `//` and `/* */` comments and trailing commas, as configuration files do.
        package var comments: Bool
        /// Containers inside containers.
        package var maximumDepth: Int
        /// Go on after an error and collect more; otherwise the first error ends the parse.
        package var recovers: Bool

        package static let strict = Options(comments: false, maximumDepth: 64, recovers: false)
        package static let configuration = Options(comments: true, maximumDepth: 64, recovers: true)

        package init(comments: Bool, maximumDepth: Int, recovers: Bool) {
            self.comments = comments
            self.maximumDepth = maximumDepth
            self.recovers = recovers
        }
    }

    /// Parses exactly one JSON text; throws the first problem.
    package static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 64
    ) throws(JSONError) -> JSONDocument {
        var parser = JSONParser(
            bytes: bytes, options: Options(comments: false, maximumDepth: maximumDepth, recovers: false))
        parser.run()
        if let error = parser.errors.first { throw error }
        return JSONDocument(bytes: parser.bytes, nodes: parser.nodes)
    }

    /// Parses with the given options and reports every problem found, in source order. The document is usable even
    /// then: what is not a value stands as ``JSONKind/invalid``.
    package static func parse(_ bytes: [UInt8], options: Options) -> (document: JSONDocument, errors: [JSONError]) {
        var parser = JSONParser(bytes: bytes, options: options)
        parser.run()
        if parser.nodes.isEmpty {
            parser.nodes.append(JSONNode(kind: .invalid, flag: false, start: 0, end: 0, next: 1, count: 0))
        }
        let errors = parser.errors.sorted { $0.range.lowerBound < $1.range.lowerBound }
        return (JSONDocument(bytes: parser.bytes, nodes: parser.nodes), errors)
    }

    // Reporting thousands of problems helps nobody and would make memory depend on the damage.
    private static let maximumErrors = 200
    private static let maximumBytes = 1 << 30

    private let bytes: [UInt8]
    private let options: Options
    private var index = 0
    private var nodes: [JSONNode] = []
    private var open: [Int] = []
    private var errors: [JSONError] = []
    private var stopped = false
    /// The last string ran to the end of its line, and probably took the comma with it.
    private var tookSeparator = false

    private init(bytes: [UInt8], options: Options) {
        self.bytes = bytes
        self.options = options
        nodes.reserveCapacity(bytes.count / 8 + 4)
    }

    private enum Step {
        case value
        case keyOrEnd
        case valueOrEnd
        case key
        case afterValue
    }

    private mutating func run() {
        guard bytes.count <= Self.maximumBytes else { return fail(.tooLarge, 0..<0) }
        if options.comments {
            if SourceText.hasByteOrderMark(bytes) { index = 3 }
            if SourceText.isUTF16(bytes) {
                fail(.invalidUTF8, 0..<1)
                stopped = true
                return
            }
        }
        skipTrivia()
        if stopped { return }
        guard index < bytes.count else { return fail(.empty, 0..<bytes.count) }
        var step = Step.value
        repeat {
            switch step {
            case .value: step = readValue()
            case .keyOrEnd:
                skipTrivia()
                step = peek() == UInt8(ascii: "}") ? close() : .key
            case .valueOrEnd:
                skipTrivia()
                step = peek() == UInt8(ascii: "]") ? close() : .value
            case .key: step = readKey()
            case .afterValue: step = readSeparator()
            }
            // The root is complete as soon as nothing is open and a value has been read.
        } while !stopped && !(open.isEmpty && step == .afterValue)
        if stopped { return closeRest() }
        skipTrivia()
        if index < bytes.count { fail(.trailingContent, index..<bytes.count) }
    }

    /// Seals what a broken-off document left open, so that the tree can be walked.
    private mutating func closeRest() {
        for position in open.reversed() {
            nodes[position].end = UInt32(bytes.count)
            nodes[position].next = UInt32(nodes.count)
        }
        open.removeAll()
    }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func fail(_ problem: JSONError.Problem, _ range: Range<Int>) {
        if errors.count < Self.maximumErrors { errors.append(JSONError(problem: problem, range: range)) }
        if !options.recovers || errors.count >= Self.maximumErrors { stopped = true }
    }

    private mutating func endsEarly() -> Step {
        fail(.unexpectedEnd, bytes.count..<bytes.count)
        stopped = true
        return .afterValue
    }

    // MARK: Values

    private mutating func readValue() -> Step {
        skipTrivia()
        guard let byte = peek() else { return endsEarly() }
        switch byte {
        case UInt8(ascii: "{"): return enter(.object)
        case UInt8(ascii: "["): return enter(.array)
        case UInt8(ascii: "\""):
            readString()
            countChild()
        case UInt8(ascii: "-"), 0x30...0x39:
            readNumber()
            countChild()
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            readLiteral()
            countChild()
        case UInt8(ascii: ","):
            // Two commas in a row: the second one separates nothing from what follows.
            fail(.unexpectedCharacter, index..<index + 1)
            append(.invalid, false, index, index)
            countChild()
        default:
            let start = index
            fail(.unexpectedCharacter, start..<skipWord())
            append(.invalid, false, start, index)
            countChild()
        }
        return .afterValue
    }

    private mutating func enter(_ kind: JSONKind) -> Step {
        if open.count >= options.maximumDepth {
            fail(.tooDeep, index..<index + 1)
            stopped = true
            return .afterValue
        }
        countChild()
        open.append(nodes.count)
        append(kind, false, index, index)
        index += 1
        return kind == .object ? .keyOrEnd : .valueOrEnd
    }

    private mutating func close() -> Step {
        index += 1
        guard let position = open.popLast() else { return .afterValue }
        nodes[position].end = UInt32(index)
        nodes[position].next = UInt32(nodes.count)
        if nodes[position].kind == .object {
            for name in JSONRepeatedNames.find(in: position, nodes, bytes) where !stopped {
                fail(.duplicateMember, Int(nodes[name].start) - 1..<Int(nodes[name].end) + 1)
            }
        }
        return .afterValue
    }

    private mutating func countChild() {
        guard let parent = open.last else { return }
        // A key and its value are one member: the key is counted when its value arrives.
        nodes[parent].count += 1
    }

    private mutating func append(_ kind: JSONKind, _ flag: Bool, _ start: Int, _ end: Int) {
        nodes.append(
            JSONNode(
                kind: kind, flag: flag, start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), count: 0)
        )
    }

    private mutating func readKey() -> Step {
        skipTrivia()
        guard let byte = peek() else { return endsEarly() }
        if byte == UInt8(ascii: "\"") {
            readString()
        } else if byte == UInt8(ascii: ",") {
            fail(.keyNotString, index..<index + 1)
            index += 1
            return .keyOrEnd
        } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            // Only reached after a comma, which has already been judged.
            return readCloser()
        } else {
            let start = index
            let end = skipWord()
            fail(.keyNotString, start..<end)
            append(.string, false, start, end)
        }
        if stopped { return .afterValue }
        skipTrivia()
        guard let separator = peek() else { return endsEarly() }
        if separator == UInt8(ascii: ":") {
            index += 1
            return .value
        }
        fail(.expectedColon, index..<index + 1)
        if separator == UInt8(ascii: ",") || separator == UInt8(ascii: "}") || separator == UInt8(ascii: "]") {
            append(.invalid, false, index, index)
            countChild()
            return .afterValue
        }
        if separator == UInt8(ascii: "=") { index += 1 }
        return .value
    }

    private mutating func readSeparator() -> Step {
        let end = index
        skipTrivia()
        guard let byte = peek() else { return endsEarly() }
        let inObject = open.last.map { nodes[$0].kind == .object } ?? false
        if byte == UInt8(ascii: ",") {
            let comma = index
            index += 1
            skipTrivia()
            if let next = peek(), next == UInt8(ascii: "}") || next == UInt8(ascii: "]") {
                if !options.comments { fail(.trailingComma, comma..<comma + 1) }
                return stopped ? .afterValue : readCloser()
            }
            return inObject ? .key : .value
        }
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { return readCloser() }
        if tookSeparator {
            tookSeparator = false
            return inObject ? .key : .value
        }
        // Point at the end of the value before, where the comma belongs.
        fail(.expectedComma, end..<index + 1)
        if byte == UInt8(ascii: ":") || byte == UInt8(ascii: ";") { index += 1 }
        return inObject ? .key : .value
    }

    private mutating func readCloser() -> Step {
        guard let parent = open.last, let byte = peek() else { return .afterValue }
        let right = nodes[parent].kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if byte != right { fail(.wrongClosing, index..<index + 1) }
        return stopped ? .afterValue : close()
    }

    /// Skips to the next delimiter and returns its offset; always moves on.
    private mutating func skipWord() -> Int {
        index += 1
        while let byte = peek(), !Self.isDelimiter(byte) { index += 1 }
        return index
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, 0x22, 0x2C, 0x2F, 0x3A, 0x3D, 0x5B, 0x5D, 0x7B, 0x7D: true
        default: false
        }
    }

    private mutating func readLiteral() {
        let start = index
        let end = skipWord()
        let word = bytes[start..<end]
        if word.elementsEqual("true".utf8) {
            append(.bool, true, start, end)
        } else if word.elementsEqual("false".utf8) {
            append(.bool, false, start, end)
        } else if word.elementsEqual("null".utf8) {
            append(.null, false, start, end)
        } else {
            fail(.invalidLiteral, start..<end)
            append(.invalid, false, start, end)
        }
    }

    private mutating func readNumber() {
        let start = index
        let end = skipWord()
        if JSONNumber.isValid(bytes[start..<end]) {
            append(.number, false, start, end)
        } else {
            fail(.invalidNumber, start..<end)
            append(.invalid, false, start, end)
        }
    }

    // MARK: Strings

    private mutating func readString() {
        let quote = index
        index += 1
        let start = index
        var escaped = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                append(.string, escaped, start, index)
                index += 1
                return
            }
            if byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\\") {
                index += 1
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
                let (end, error) = JSONEscape.scan(bytes[...], at: index)
                index = end
                if let error { fail(error.problem, error.range) }
            } else if byte < 0x20 {
                if options.recovers && (byte == 0x0A || byte == 0x0D) {
                    // The quote was forgotten: the rest of the document is worth reading.
                    fail(.unterminatedString, quote..<index)
                    tookSeparator = true
                    append(.string, escaped, start, index)
                    return
                }
                fail(.controlCharacter, index..<index + 1)
                index += 1
            } else if let length = UTF8Sequence.length(in: bytes, at: index) {
                index += length
            } else {
                fail(.invalidUTF8, index..<index + 1)
                index += 1
            }
            if stopped { break }
        }
        if !stopped { fail(.unexpectedEnd, quote..<bytes.count) }
        append(.string, escaped, start, index)
    }

    // MARK: Trivia

    private mutating func skipTrivia() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case UInt8(ascii: "/") where options.comments && index + 1 < bytes.count:
                if bytes[index + 1] == UInt8(ascii: "/") {
                    while index < bytes.count, bytes[index] != 0x0A { index += 1 }
                } else if bytes[index + 1] == UInt8(ascii: "*") {
                    skipBlockComment()
                } else {
                    return
                }
            default: return
            }
        }
    }

    private mutating func skipBlockComment() {
        let start = index
        index += 2
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
                index += 2
                return
            }
            index += 1
        }
        index = bytes.count
        fail(.unterminatedComment, start..<start + 2)
    }
}
