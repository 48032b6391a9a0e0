/// A seeded 64-bit hash of a token, eight octets per multiplication, and the comparison that has the last word.
///
/// The hash only finds the place in a table; two tokens of the same hash are told apart by their octets. The seed keeps
/// others from choosing tokens that meet in one place.
struct TokenHash: Sendable {
    private let first: UInt64
    private let second: UInt64

    /// A poor seed is spread over all bits; a good one stays as good.
    init(seed: (UInt64, UInt64)) {
        first = Self.mix(seed.0 ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9) ^ seed.1
        second = Self.mix(seed.1 ^ 0x4B33_A62E_D433_D4A3, 0x4D5A_2DA5_1DE1_AA47) ^ seed.0
    }

    func hash(_ token: Span<UInt8>, _ policy: UInt64) -> UInt64 {
        unsafe token.withUnsafeBytes { octets in
            let count = octets.count
            var state = first ^ policy &* 0x9E37_79B9_7F4A_7C15
            var index = 0
            while index + 16 <= count {
                let low = unsafe octets.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let high = unsafe octets.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
                state = Self.mix(low ^ second, high ^ state)
                index += 16
            }
            var low: UInt64 = 0
            var high: UInt64 = 0
            while index < count {
                high = high << 8 | low >> 56
                low = low << 8 | UInt64(unsafe octets[index])
                index += 1
            }
            state = Self.mix(low ^ second, high ^ state)
            return Self.mix(state ^ second, UInt64(truncatingIfNeeded: count) ^ first)
        }
    }

    /// The 128-bit product folded into 64 bits.
    private static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.high ^ product.low
    }

    static func isSame(_ kept: [UInt8], _ asked: Span<UInt8>) -> Bool {
        guard kept.count == asked.count else { return false }
        return unsafe kept.withUnsafeBytes { kept in
            unsafe asked.withUnsafeBytes { asked in
                var index = 0
                while index + 8 <= kept.count {
                    let one = unsafe kept.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    let two = unsafe asked.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if one != two { return false }
                    index += 8
                }
                while index < kept.count {
                    if unsafe kept[index] != asked[index] { return false }
                    index += 1
                }
                return true
            }
        }
    }
}
