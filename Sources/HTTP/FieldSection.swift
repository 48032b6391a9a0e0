/// The resumable scanner of a head's field lines, shared by requests and responses (RFC 9112 §5).
///
/// On `needMore` its state says where it stands, and the next call, with the same bytes and more behind them, goes on
/// from there. So the answer never depends on how the bytes were cut into pieces. Usual lines that are there as a whole
/// are taken at once, all others byte by byte: no byte is looked at more than twice.
struct FieldSection: Sendable {
    enum Step {
        case needMore
        /// The blank line ended at this offset.
        case done(Int)
        case refuse(RefusalCode)
    }

    private enum Phase: UInt8 {
        case lineStart, name, valueStart, value, lineFeed, finalLineFeed
    }

    private var phase = Phase.lineStart
    private var position: Int
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0
    /// The last eight name bytes in lower case.
    private var tail: UInt64 = 0
    /// Bit 7 is set once the name held a byte outside `[A-Za-z0-9-]`.
    private var oddity: UInt8 = 0
    private var count = 0
    private let maximumCount: Int
    /// The longest name, far beyond any real one: names end up as keys in logs and in the memory of backends.
    static let nameBytes = 1024
    private let rule: FieldNameRule

    private(set) var lines: [FieldLine] = []

    /// Hands the lines over, so that they are not counted twice.
    mutating func takeLines() -> [FieldLine] {
        var taken: [FieldLine] = []
        swap(&taken, &lines)
        return taken
    }

    private(set) var present: FieldIDSet = []

    /// Scans from `start`, the first byte after the start line.
    init(start: Int, maximumCount: Int, rule: FieldNameRule) {
        position = start
        self.maximumCount = maximumCount
        self.rule = rule
    }

    /// Goes on over `bytes`, which hold at least what they held before and end where the head's limit ends.
    mutating func scan(_ bytes: Span<UInt8>) -> Step {
        if lines.isEmpty { lines.reserveCapacity(16) }
        let names = FieldNameTable.shared
        var index = position
        if phase == .lineStart { index = takeWholeLines(bytes, names) }
        let end = bytes.count
        while index < end {
            switch phase {
            case .lineStart:
                let byte = bytes[index]
                if byte == 0x0D {
                    index += 1
                    phase = .finalLineFeed
                    continue
                }
                if let code = startLine(byte) { return .refuse(code) }
                nameStart = index
                tail = 0
                oddity = 0
                phase = .name
            case .name:
                var tail = self.tail
                var oddity = self.oddity
                while index < end {
                    let folded = ByteClass.foldedToken(bytes[index])
                    if folded == 0 { break }
                    tail = tail << 8 | UInt64(folded)
                    oddity |= folded
                    index += 1
                }
                self.tail = tail
                self.oddity = oddity
                guard index - nameStart <= Self.nameBytes else { return .refuse(.fieldNameTooLong) }
                guard index < end else { break }
                if let code = endName(bytes[index], at: index) { return .refuse(code) }
                nameEnd = index
                index += 1
                phase = .valueStart
            case .valueStart:
                while index < end, ByteClass.isBlank(bytes[index]) { index += 1 }
                guard index < end else { break }
                valueStart = index
                phase = .value
            case .value:
                index = Self.endOfText(bytes, from: index)
                guard index < end else { break }
                let byte = bytes[index]
                guard byte == 0x0D else { return .refuse(byte == 0x0A ? .bareLF : .fieldValueInvalid) }
                var last = index
                while last > valueStart, ByteClass.isBlank(bytes[last - 1]) { last -= 1 }
                valueEnd = last
                index += 1
                phase = .lineFeed
            case .lineFeed:
                guard bytes[index] == 0x0A else { return .refuse(.bareCR) }
                phase = .lineStart
                record(bytes, names)
                position = index + 1
                index = takeWholeLines(bytes, names)
            case .finalLineFeed:
                guard bytes[index] == 0x0A else { return .refuse(.bareCR) }
                return .done(index + 1)
            }
        }
        position = index
        return .needMore
    }

    /// Takes usual lines from `position` on and returns the start of the first line that is none.
    private mutating func takeWholeLines(_ bytes: Span<UInt8>, _ names: FieldNameTable) -> Int {
        var index = position
        while count < maximumCount, index < bytes.count, bytes[index] != 0x0D,
            let (line, next) = FieldLine.whole(bytes, at: index, names)
        {
            count += 1
            present.insert(line.id)
            lines.append(line)
            index = next
        }
        return index
    }

    /// The first offset from `start` whose byte may not stand in a field value, or the count.
    @inline(__always)
    static func endOfText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let end = bytes.count
        while index < end, ByteClass.isFieldValue(bytes[index]) { index += 1 }
        return index
    }

    private mutating func startLine(_ byte: UInt8) -> RefusalCode? {
        if byte == 0x0A { return .bareLF }
        if ByteClass.isBlank(byte) { return .lineFolding }
        if count == maximumCount { return .fieldCount }
        count += 1
        return nil
    }

    private func endName(_ byte: UInt8, at index: Int) -> RefusalCode? {
        switch byte {
        case 0x3A:
            if index == nameStart { return .fieldNameEmpty }
            return oddity & 0x80 != 0 && rule == .strict ? .fieldNameRefused : nil
        case 0x20, 0x09: return .spaceBeforeColon
        case 0x0D: return .colonMissing
        case 0x0A: return .bareLF
        default: return .fieldNameInvalid
        }
    }

    private mutating func record(_ bytes: Span<UInt8>, _ names: FieldNameTable) {
        var id = FieldID.other
        if oddity & 0x80 == 0 {
            id = names.lookup(bytes, start: nameStart, length: nameEnd - nameStart, tail: tail)
        } else if rule == .drop {
            return
        }
        present.insert(id)
        lines.append(
            FieldLine(name: ByteRange(nameStart, nameEnd), value: ByteRange(valueStart, valueEnd), id: id))
    }
}
