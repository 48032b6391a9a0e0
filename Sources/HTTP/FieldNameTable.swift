/// Finds the `FieldID` of a name from what the scanner has at hand: its length and its last eight bytes in lower case.
///
/// Open addressing over 512 slots; a candidate is accepted only when all its bytes are equal.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// Names in `FieldID` order, one after the other, so that one array serves all comparisons.
    private var text: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int] = []
    private var tails: [UInt64] = []
    private var slots: [FieldID]

    private init() {
        slots = [FieldID](repeating: .other, count: 512)
        for id in FieldID.allCases {
            let name = id.lowercasedName
            offsets.append(text.count)
            lengths.append(name.count)
            text.append(contentsOf: name)
            var tail: UInt64 = 0
            for byte in name { tail = tail << 8 | UInt64(byte) }
            tails.append(tail)
            guard id != .other else { continue }
            var slot = Self.slot(tail, name.count)
            while slots[slot] != .other { slot = (slot + 1) & 511 }
            slots[slot] = id
        }
    }

    private static func slot(_ tail: UInt64, _ length: Int) -> Int {
        let mixed = (tail &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 55)
    }

    /// The identifier of the name at `start`; `tail` holds its last eight bytes (all of them if shorter), lower-cased,
    /// the last byte in the low bits.
    func lookup(_ bytes: Span<UInt8>, start: Int, length: Int, tail: UInt64) -> FieldID {
        var slot = Self.slot(tail, length)
        while true {
            let id = slots[slot]
            if id == .other { return .other }
            let index = Int(id.rawValue)
            if tails[index] == tail, lengths[index] == length, headMatches(bytes, start, length, offsets[index]) {
                return id
            }
            slot = (slot + 1) & 511
        }
    }

    private func headMatches(_ bytes: Span<UInt8>, _ start: Int, _ length: Int, _ offset: Int) -> Bool {
        guard length > 8 else { return true }
        for index in 0..<(length - 8) where ByteClass.lower(bytes[start + index]) != text[offset + index] {
            return false
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
