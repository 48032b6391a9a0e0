/// Finds the `FieldID` of a name by its length, its first eight bytes and its last eight.
///
/// Open addressing over 512 slots; a candidate is accepted only when all its bytes are equal.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// What a name is compared by, and where the rest of it stands.
    private struct Entry {
        var id = FieldID.other
        var length = 0
        /// The last eight bytes, or all of a shorter name, the last byte in the low bits.
        var tail: UInt64 = 0
        /// The first eight bytes of a longer name in the same way.
        var head: UInt64 = 0
        /// Offset of the name in `text`.
        var offset = 0
    }

    /// Names in `FieldID` order, one after the other.
    private var text: [UInt8] = []
    /// In `FieldID` order too.
    private var entries: [Entry] = []
    private var slots: [FieldID]

    private init() {
        slots = [FieldID](repeating: .other, count: 512)
        for id in FieldID.allCases {
            let name = id.lowercasedName
            var entry = Entry()
            entry.id = id
            entry.length = name.count
            entry.tail = Self.number(name.suffix(8))
            entry.head = Self.number(name.prefix(8))
            entry.offset = text.count
            text.append(contentsOf: name)
            entries.append(entry)
            guard id != .other else { continue }
            var slot = Self.slot(entry.tail, name.count)
            while slots[slot] != .other { slot = (slot + 1) & 511 }
            slots[slot] = id
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    @inline(__always)
    private static func slot(_ tail: UInt64, _ length: Int) -> Int {
        let mixed = (tail &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 55)
    }

    /// The identifier of the name from `start` to `end`, of which letters, digits and `-` are all bytes. At least eight
    /// bytes of a head stand before `end`.
    @inline(__always)
    func lookup(_ bytes: Span<UInt8>, start: Int, end: Int) -> FieldID {
        let length = end &- start
        let last = ByteWord(bytes, at: end &- 8).lowercased.number(8)
        let tail = length < 8 ? last & ((1 &<< UInt64(truncatingIfNeeded: 8 &* length)) &- 1) : last
        return lookup(bytes, start: start, length: length, tail: tail)
    }

    /// The identifier of the name at `start`; `tail` holds its last eight bytes (all of them if shorter), lower-cased,
    /// the last byte in the low bits.
    func lookup(_ bytes: Span<UInt8>, start: Int, length: Int, tail: UInt64) -> FieldID {
        var slot = Self.slot(tail, length)
        while true {
            let id = slots[slot]
            if id == .other { return .other }
            let entry = entries[Int(id.rawValue)]
            if entry.tail == tail, entry.length == length, headMatches(bytes, start, entry) { return id }
            slot = (slot + 1) & 511
        }
    }

    /// Whether what stands before the last eight bytes is equal too.
    @inline(__always)
    private func headMatches(_ bytes: Span<UInt8>, _ start: Int, _ entry: Entry) -> Bool {
        guard entry.length > 8 else { return true }
        guard ByteWord(bytes, at: start).lowercased.number(8) == entry.head else { return false }
        var index = 8
        while index < entry.length - 8 {
            guard ByteClass.lower(bytes[start + index]) == text[entry.offset + index] else { return false }
            index += 1
        }
        return true
    }

    /// The identifier of a whole name given apart from a head.
    func lookup(_ name: Span<UInt8>) -> FieldID {
        var tail: UInt64 = 0
        for index in 0..<name.count { tail = tail << 8 | UInt64(ByteClass.lower(name[index])) }
        return lookup(name, start: 0, length: name.count, tail: tail)
    }
}
