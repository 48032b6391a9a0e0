/// The one form of a request path that routes match, authorization sees, logs show and backends get.
///
/// It has exactly one reading; paths with two are refused. Steps (bytes, no Unicode):
/// 1. An empty path (absolute-form) is `/`; every other begins with `/`.
/// 2. Only the octets of RFC 3986 §3.3 stand raw, and every `%` has two hexadecimal digits.
/// 3. Triplets of unreserved octets are decoded once, the other triplets are upper-cased (RFC 3986 §6.2.2).
/// 4. Encoded separators, control bytes, double encodings and ill-formed UTF-8 are refused.
/// 5. Runs of `/` become one, then dot segments are removed (RFC 3986 §5.2.4); `..` above the root is refused.
/// 6. A segment which, cut at its first `;` and stripped of `%20` at its end, is empty or a dot segment is refused.
package struct NormalPath: Sendable {
    /// The bytes that `range` points into: the request head's own when nothing had to change, else a new array.
    package let storage: [UInt8]
    /// Where the normal form stands in `storage`.
    package let range: ByteRange
    /// Whether the normal form is what the client sent.
    package let isUnchanged: Bool

    /// Whether the path was seen to have one reading only; when not, it may have all the same.
    let isSimple: Bool

    /// The normal form: begins with `/`, without query.
    package var bytes: ArraySlice<UInt8> { storage[range.indices] }

    /// The number of bytes.
    package var count: Int { range.count }

    /// Appends the normal form.
    package func append(to buffer: inout [UInt8]) { buffer.append(contentsOf: storage[range.indices]) }

    private init(storage: [UInt8], range: ByteRange, isUnchanged: Bool, isSimple: Bool = false) {
        self.storage = storage
        self.range = range
        self.isUnchanged = isUnchanged
        self.isSimple = isSimple
    }

    /// The normal form of a request's path.
    package static func normalize(
        _ head: RequestHead, options: PathOptions = .strict
    ) throws(PathRefusal) -> NormalPath {
        try normalize(head.fields.bytes, path: head.path, options: options)
    }

    /// The normal form of a path given alone, from a configuration for example.
    package static func normalize(_ path: [UInt8], options: PathOptions = .strict) throws(PathRefusal) -> NormalPath {
        try normalize(path, path: ByteRange(0, path.count), options: options)
    }

    /// The normal form of the path, without query, that stands at `path` in `bytes`.
    package static func normalize(
        _ bytes: [UInt8], path: ByteRange, options: PathOptions = .strict
    ) throws(PathRefusal) -> NormalPath {
        if path.isEmpty { return NormalPath(storage: [0x2F], range: ByteRange(0, 1), isUnchanged: false) }
        if looksSimple(bytes.span, path) {
            return NormalPath(storage: bytes, range: path, isUnchanged: true, isSimple: true)
        }
        let source = bytes.span.extracting(path.indices)
        guard source[0] == 0x2F else { throw PathRefusal(.pathInvalid) }
        if try isPlain(source) { return NormalPath(storage: bytes, range: path, isUnchanged: true) }
        let decoded = try PathDecoding.decode(source, options)
        let result = try PathSegments.resolve(decoded, options)
        let unchanged = result.count == source.count && result.indices.allSatisfy { result[$0] == source[$0] }
        return NormalPath(storage: result, range: ByteRange(0, result.count), isUnchanged: unchanged)
    }

    /// Whether a path begins with `/` and has only lower-case letters, digits, `-` and single slashes, so that neither its
    /// normal form nor what others may read is anything else. A no only asks for a closer look.
    private static func looksSimple(_ bytes: Span<UInt8>, _ path: ByteRange) -> Bool {
        var index = Int(path.start)
        let end = Int(path.end)
        guard bytes.count >= 8, end <= bytes.count, bytes[index] == 0x2F else { return false }
        var slashBefore: UInt64 = 0
        while index < end {
            let word = ByteWord(bytes, from: index)
            let within = ByteWord.leading(end - index)
            let slashes = word.marks(of: 0x2F)
            guard (word.outsideName & ~slashes | word.capitals) & within == 0,
                slashes & (slashes << 8 | slashBefore) == 0
            else { return false }
            slashBefore = slashes >> 56
            index += 8
        }
        return true
    }

    /// Whether a path is its own normal form because nothing in it could be otherwise. A no only asks for a closer
    /// look.
    private static func isPlain(_ path: Span<UInt8>) throws(PathRefusal) -> Bool {
        let table = ByteClass.path
        var previous: UInt8 = 0
        for index in 0..<path.count {
            let kind = table[Int(path[index])]
            if kind != ByteClass.pathPlain {
                if kind == 0 { throw PathRefusal(.pathInvalid) }
                if kind == ByteClass.pathPercent { return false }
                if previous == ByteClass.pathSlash { return false }
            }
            previous = kind
        }
        return true
    }
}

/// Steps 2 to 4 of the normal form: percent-encoding.
enum PathDecoding {
    static func decode(_ path: Span<UInt8>, _ options: PathOptions) throws(PathRefusal) -> [UInt8] {
        let table = ByteClass.path
        var output: [UInt8] = []
        output.reserveCapacity(path.count)
        var text = UTF8Check()
        var index = 0
        while index < path.count {
            let byte = path[index]
            let kind = table[Int(byte)]
            if kind == 0 { throw PathRefusal(.pathInvalid) }
            if kind != ByteClass.pathPercent {
                guard text.accept(byte) else { throw PathRefusal(.pathNotUTF8) }
                output.append(byte)
                index += 1
                continue
            }
            guard path.count - index > 2, let high = ByteClass.hexValue(path[index + 1]),
                let low = ByteClass.hexValue(path[index + 2])
            else { throw PathRefusal(.pathEncodingInvalid) }
            let value = high << 4 | low
            guard text.accept(value) else { throw PathRefusal(.pathNotUTF8) }
            if ByteClass.isUnreserved(value) {
                output.append(value)
            } else {
                try check(value, options)
                output.append(0x25)
                output.append(ByteClass.hexDigit(high))
                output.append(ByteClass.hexDigit(low))
            }
            index += 3
        }
        guard text.isComplete else { throw PathRefusal(.pathNotUTF8) }
        if options.doubleEncoding == .reject, hasDoubleEncoding(output) { throw PathRefusal(.pathDoubleEncoding) }
        return output
    }

    private static func check(_ value: UInt8, _ options: PathOptions) throws(PathRefusal) {
        if value < 0x20 || value == 0x7F { throw PathRefusal(.pathEncodedControl) }
        if value == 0x2F || value == 0x5C, options.encodedSlash == .reject { throw PathRefusal(.pathEncodedSlash) }
    }

    /// Whether decoding again, once or more often, would make a dot or a separator. Looked for after the first
    /// decoding, so that `%25%32%65` is found too.
    private static func hasDoubleEncoding(_ path: [UInt8]) -> Bool {
        var index = 0
        while index + 4 < path.count {
            guard path[index] == 0x25, path[index + 1] == 0x32, path[index + 2] == 0x35 else {
                index += 1
                continue
            }
            index += 3
            while index + 3 < path.count, path[index] == 0x32, path[index + 1] == 0x35 { index += 2 }
            guard index + 1 < path.count else { return false }
            let low = path[index + 1] | 0x20
            if path[index] == 0x32, low == 0x65 || low == 0x66 { return true }
            if path[index] == 0x35, low == 0x63 { return true }
        }
        return false
    }
}

/// Step 5 and 6 of the normal form: segments.
enum PathSegments {
    static func resolve(_ path: [UInt8], _ options: PathOptions) throws(PathRefusal) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            while index < path.count, path[index] == 0x2F { index += 1 }
            let start = index
            while index < path.count, path[index] != 0x2F { index += 1 }
            let segment = path[start..<index]
            let isLast = index == path.count
            switch try kind(segment, options) {
            case .empty: result.append(0x2F)
            case .name:
                result.append(0x2F)
                result.append(contentsOf: segment)
            case .same:
                if isLast { result.append(0x2F) }
            case .parent:
                guard !result.isEmpty else { throw PathRefusal(.pathAboveRoot) }
                while let last = result.popLast(), last != 0x2F {}
                if isLast { result.append(0x2F) }
            }
        }
        return result
    }

    private enum Kind {
        /// Nothing stands behind the last slash.
        case empty
        case name
        /// `.`
        case same
        /// `..`
        case parent
    }

    private static func kind(_ segment: ArraySlice<UInt8>, _ options: PathOptions) throws(PathRefusal) -> Kind {
        if segment.isEmpty { return .empty }
        switch dots(segment) {
        case 1: return .same
        case 2: return .parent
        default: break
        }
        // Every piece that some backend may take for a segment of its own must be an ordinary name.
        var piece = segment.startIndex
        var index = segment.startIndex
        while index < segment.endIndex {
            if options.encodedSlash == .keep,
                Triplet.slash.stands(in: segment, at: index) || Triplet.backslash.stands(in: segment, at: index)
            {
                try checkPiece(segment[piece..<index], isPart: true)
                piece = index + 3
                index = piece
            } else {
                index += 1
            }
        }
        try checkPiece(segment[piece...], isPart: piece != segment.startIndex)
        return .name
    }

    /// Cut at `;`, stripped of blanks: empty (unless a part between kept separators) and dots are refused.
    private static func checkPiece(_ piece: ArraySlice<UInt8>, isPart: Bool) throws(PathRefusal) {
        var end = piece.startIndex
        while end < piece.endIndex, piece[end] != 0x3B, !Triplet.semicolon.stands(in: piece, at: end) { end += 1 }
        let wasCut = end < piece.endIndex
        var name = piece[..<end]
        while name.count >= 3, Triplet.space.stands(in: name, at: name.endIndex - 3) { name = name.dropLast(3) }
        if name.isEmpty, wasCut { throw PathRefusal(.pathDotSegment) }
        let count = dots(name)
        if count == 1 || count == 2 { throw PathRefusal(.pathDotSegment) }
        if name.isEmpty, !piece.isEmpty, !isPart { throw PathRefusal(.pathDotSegment) }
    }

    /// 1 for `.`, 2 for `..`, else 0.
    private static func dots(_ bytes: ArraySlice<UInt8>) -> Int {
        guard bytes.count <= 2 else { return 0 }
        return bytes.allSatisfy { $0 == 0x2E } ? bytes.count : 0
    }
}

/// A percent-encoded octet as it stands in a normal form, with upper-case digits.
struct Triplet {
    private let high: UInt8
    private let low: UInt8

    private init(_ value: UInt8) {
        high = ByteClass.hexDigit(value >> 4)
        low = ByteClass.hexDigit(value)
    }

    static let slash = Triplet(0x2F)
    static let backslash = Triplet(0x5C)
    static let questionMark = Triplet(0x3F)
    static let numberSign = Triplet(0x23)
    static let semicolon = Triplet(0x3B)
    static let space = Triplet(0x20)

    /// Whether this triplet stands at `index`.
    func stands(in bytes: ArraySlice<UInt8>, at index: Int) -> Bool {
        bytes.endIndex - index > 2 && bytes[index] == 0x25 && bytes[index + 1] == high && bytes[index + 2] == low
    }
}

/// Whether a sequence of bytes is well-formed UTF-8, one byte at a time (Unicode 15 §3.9, table 3-7).
struct UTF8Check {
    private var pending = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether no sequence is unfinished.
    var isComplete: Bool { pending == 0 }

    /// Takes the next byte; false when the sequence is ill-formed.
    mutating func accept(_ byte: UInt8) -> Bool {
        if pending > 0 {
            guard byte >= lower, byte <= upper else { return false }
            lower = 0x80
            upper = 0xBF
            pending -= 1
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: pending = 1
        case 0xE0...0xEF:
            pending = 2
            if byte == 0xE0 { lower = 0xA0 }
            if byte == 0xED { upper = 0x9F }
        case 0xF0...0xF4:
            pending = 3
            if byte == 0xF0 { lower = 0x90 }
            if byte == 0xF4 { upper = 0x8F }
        default: return false
        }
        return true
    }
}
