import HTTP

/// Names one request in answers, logs and events: 128 random bits, shown as AWS shows them.
package struct RequestID: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    package init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        low = generator.next()
    }

    var bits: (UInt64, UInt64) { (high, low) }

    /// A version 4 UUID, as in `x-amzn-RequestId`.
    package var uuid: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(36)
        let first = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let second = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        Self.hex(first >> 32, digits: 8, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.hex(first >> 16, digits: 4, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.hex(first, digits: 4, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.hex(second >> 48, digits: 4, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.hex(second, digits: 12, to: &out)
        return out
    }

    /// Fifteen characters and a final `=`, as in `x-amz-apigw-id` and `apigw-requestid`.
    package var extended: [UInt8] {
        var out: [UInt8] = []
        out.append(expecting: 16) { putExtended(to: &$0) }
        return out
    }

    /// The same among other bytes.
    func putExtended(to room: inout ByteRoom) {
        let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        room.put(10, lettersOf: letters, for: high)
        // The last character carries four bits only: eleven bytes in base64.
        room.put(5, lettersOf: letters, for: low & ~(0x3 << 24))
        room.put("=")
    }

    /// Eight digits for people to look for.
    package var short: [UInt8] {
        var out: [UInt8] = []
        Self.hex(high >> 32, digits: 8, to: &out)
        return out
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func hex(_ value: UInt64, digits count: Int, to out: inout [UInt8]) {
        for place in (0..<count).reversed() {
            out.append(digits[Int(truncatingIfNeeded: value >> UInt64(place * 4)) & 0xF])
        }
    }
}

/// A small fast generator for numbers that need to be distinct, not secret (xoshiro256**, public domain algorithm).
package struct FastRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Takes its seed from another generator: the system's in production, a fixed one in tests.
    package init(seededBy source: inout some RandomNumberGenerator) {
        state = (source.next() | 1, source.next(), source.next(), source.next())
    }

    package mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }
}
