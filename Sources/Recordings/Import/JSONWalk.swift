/// Follows one JSON value byte by byte, far enough to say where it ends and where it can no longer be JSON: brackets,
/// quotes, commas and colons. What stands between them is judged by whoever reads the value.
struct JSONWalk {
    enum Step {
        case inside
        /// The value ended with this byte.
        case closed
        /// No JSON text goes on with this byte.
        case broken
    }

    private enum Expected {
        case value
        case valueOrEnd
        case key
        case keyOrEnd
        case colon
        case commaOrEnd
    }

    /// Deeper nesting is none that an entry has, and would let a hostile file grow what is remembered of it.
    static let deepest = 128
    private static let longestKey = 24

    /// Open brackets, outermost first: whether each is that of an object.
    private var isObject: [Bool] = []
    private var expected = Expected.value
    private var isInString = false
    private var isEscaped = false
    private var isInWord = false
    /// The key that is being read at the outermost level.
    private var key: [UInt8] = []
    private var isReadingKey = false
    /// Keys that make an object an entry of a HAR file, or the head of one.
    private(set) var hasRequest = false
    private(set) var hasLog = false

    mutating func step(_ byte: UInt8) -> Step {
        if isInString { return inString(byte) }
        if isInWord {
            if Self.isWord(byte) { return .inside }
            isInWord = false
            expected = .commaOrEnd
        }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return .inside
        case UInt8(ascii: "\""):
            switch expected {
            case .key, .keyOrEnd:
                isReadingKey = isObject.count == 1
                key.removeAll(keepingCapacity: true)
                expected = .colon
            case .value, .valueOrEnd: expected = .commaOrEnd
            case .colon, .commaOrEnd: return .broken
            }
            isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard expected == .value || expected == .valueOrEnd, isObject.count < Self.deepest else { return .broken }
            isObject.append(byte == UInt8(ascii: "{"))
            expected = byte == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            let closesObject = byte == UInt8(ascii: "}")
            let mayEnd = expected == .commaOrEnd || expected == (closesObject ? .keyOrEnd : .valueOrEnd)
            guard mayEnd, isObject.last == closesObject else { return .broken }
            isObject.removeLast()
            expected = .commaOrEnd
            if isObject.isEmpty { return .closed }
        case UInt8(ascii: ","):
            guard expected == .commaOrEnd, let inner = isObject.last else { return .broken }
            expected = inner ? .key : .value
        case UInt8(ascii: ":"):
            guard expected == .colon else { return .broken }
            expected = .value
        default:
            guard expected == .value || expected == .valueOrEnd, Self.isWord(byte) else { return .broken }
            isInWord = true
        }
        return .inside
    }

    private mutating func inString(_ byte: UInt8) -> Step {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            if isReadingKey { readKey() }
            return .inside
        } else if byte < 0x20 {
            // A line end means that a quote is missing.
            return .broken
        }
        if isReadingKey, key.count < Self.longestKey { key.append(byte) }
        return .inside
    }

    private mutating func readKey() {
        isReadingKey = false
        if key.elementsEqual("request".utf8) { hasRequest = true }
        if key.elementsEqual("log".utf8) { hasLog = true }
    }

    /// Of numbers, `true`, `false` and `null`.
    private static func isWord(_ byte: UInt8) -> Bool {
        ByteKind.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
    }
}
