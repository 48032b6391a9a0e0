/// Values that must not stand anywhere in an entry, each with what stands for it: personal claims of the caller, cookies
/// and keys of the request.
struct LiteralList: Sendable {
    struct Literal: Sendable {
        var value: [UInt8]
        var replacement: [UInt8]
    }

    private(set) var literals: [Literal] = []
    /// First bytes of those that are looked for inside texts.
    private var firsts = ByteSet()

    /// Shorter values are replaced only where they are the whole of a text: as parts they would be found by chance.
    private static let shortestPart = 5

    var isEmpty: Bool { literals.isEmpty }

    mutating func insert(_ value: [UInt8], _ replacement: [UInt8]) {
        guard !value.isEmpty, !literals.contains(where: { $0.value == value }) else { return }
        // Longer ones first: one may be a part of another.
        let place = literals.firstIndex { $0.value.count < value.count } ?? literals.count
        literals.insert(Literal(value: value, replacement: replacement), at: place)
        if value.count >= Self.shortestPart { firsts.insert(value[0]) }
    }

    mutating func insert(_ others: [Literal]) {
        for literal in others { insert(literal.value, literal.replacement) }
    }

    /// The text with every value replaced; nil when none stands in it.
    func replacing(in text: [UInt8]) -> [UInt8]? {
        if literals.isEmpty { return nil }
        for literal in literals where literal.value == text { return literal.replacement }
        if firsts.isEmpty { return nil }
        var out: [UInt8]?
        var copied = 0
        var index = 0
        while index < text.count {
            guard firsts.contains(text[index]), let found = match(text, at: index) else {
                index += 1
                continue
            }
            if out == nil { out = [] }
            out?.append(contentsOf: text[copied..<index])
            out?.append(contentsOf: found.replacement)
            index += found.value.count
            copied = index
        }
        out?.append(contentsOf: text[copied...])
        return out
    }

    func isContained(in text: [UInt8]) -> Bool { replacing(in: text) != nil }

    /// Whether one of them may be written with escapes in JSON.
    var holdUnusualBytes: Bool {
        literals.contains { $0.value.contains { $0 < 0x20 || $0 >= 0x7F || $0 == 0x22 || $0 == 0x5C || $0 == 0x2F } }
    }

    /// Whether there are values that count only as the whole of a text, which a look at a larger text does not find.
    var hasShortOnes: Bool { literals.last.map { $0.value.count < Self.shortestPart } ?? false }

    private func match(_ text: [UInt8], at index: Int) -> Literal? {
        for literal in literals where literal.value.count >= Self.shortestPart {
            let end = index + literal.value.count
            if end <= text.count, text[index..<end].elementsEqual(literal.value) { return literal }
        }
        return nil
    }
}

/// A set of bytes in four words.
struct ByteSet: Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }
}
