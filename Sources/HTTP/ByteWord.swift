/// Eight bytes as one number, the first in the low bits, so that one question is asked of all of them at once.
///
/// Answers are marks: bit 7 of each byte for which the answer is yes. The sums below stay within their bytes because
/// their bytes have seven bits, so no byte's answer depends on its neighbours; ``controls`` says where it is otherwise.
struct ByteWord {
    let bits: UInt64

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// The eight bytes from `index` on.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at index: Int) {
        // One check of the range; the compiler makes one load of the eight bytes.
        let eight = bytes.extracting(index..<(index &+ 8))
        let low =
            UInt64(eight[0]) | UInt64(eight[1]) << 8 | UInt64(eight[2]) << 16 | UInt64(eight[3]) << 24
        let high =
            UInt64(eight[4]) << 32 | UInt64(eight[5]) << 40 | UInt64(eight[6]) << 48 | UInt64(eight[7]) << 56
        bits = low | high
    }

    /// The bytes from `index` on, eight or as many as there are, with zeros behind them. There is one at least, and
    /// `bytes` has eight or more.
    @inline(__always)
    init(_ bytes: Span<UInt8>, from index: Int) {
        let last = bytes.count &- 8
        if index <= last {
            self.init(bytes, at: index)
        } else {
            self.init(bits: ByteWord(bytes, at: last).bits &>> UInt64(truncatingIfNeeded: 8 &* (index &- last)))
        }
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let sevens: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    /// Bit 7 of every byte.
    static let every: UInt64 = 0x8080_8080_8080_8080

    /// Which byte bears the first of some marks; 8 when there are none.
    @inline(__always)
    static func first(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

    /// The marks of the first `count` bytes, of all for 8 and more.
    @inline(__always)
    static func leading(_ count: Int) -> UInt64 {
        count >= 8 ? every : every & ((1 &<< UInt64(truncatingIfNeeded: 8 &* count)) &- 1)
    }

    /// One of the eight bytes.
    @inline(__always)
    subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: 8 &* index)) }

    /// The first `count` bytes, one to eight, as the number that they are when the first byte is the highest.
    @inline(__always)
    func number(_ count: Int) -> UInt64 {
        bits.byteSwapped &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }

    /// The same with ASCII letters in lower case.
    @inline(__always)
    var lowercased: ByteWord { ByteWord(bits: bits | capitals >> 2) }

    /// Marks the bytes that equal `byte`, an ASCII one.
    @inline(__always)
    func marks(of byte: UInt8) -> UInt64 {
        let differing = (bits ^ Self.ones &* UInt64(byte))
        return ~((differing & Self.sevens) &+ Self.sevens | differing) & Self.every
    }

    /// Marks the bytes outside `[A-Za-z0-9-]`.
    @inline(__always)
    var outsideName: UInt64 {
        let low = bits & Self.sevens
        let folded = low | Self.ones &* 0x20
        let letters = (folded &+ Self.ones &* 0x1F) & ~(folded &+ Self.ones &* 0x05)
        let digits = (low &+ Self.ones &* 0x50) & ~(low &+ Self.ones &* 0x46)
        let dashes = ~((low ^ Self.ones &* 0x2D) &+ Self.sevens)
        return (~(letters | digits | dashes) | bits) & Self.every
    }

    /// Marks the bytes `A`...`Z`.
    @inline(__always)
    var capitals: UInt64 {
        let low = bits & Self.sevens
        return (low &+ Self.ones &* 0x3F) & ~(low &+ Self.ones &* 0x25) & ~bits & Self.every
    }

    /// Marks the bytes that are not visible ASCII.
    @inline(__always)
    var outsideVisible: UInt64 {
        let low = bits & Self.sevens
        return (~(low &+ Self.ones &* 0x5F) | (low &+ Self.ones) | bits) & Self.every
    }

    /// Marks control bytes, HTAB and DEL among them. Only the first mark is certain: behind it a byte may be marked
    /// wrongly, which saves a third of the work.
    @inline(__always)
    var controls: UInt64 {
        let differing = bits ^ Self.sevens
        return ((bits &- Self.ones &* 0x20) & ~bits | (differing &- Self.ones) & ~differing) & Self.every
    }
}
