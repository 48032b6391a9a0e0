/// A seeded 64-bit hash of a token, eight octets per multiplication, and the comparison that has the last word.
///
/// The hash only finds the place in a table; two tokens of the same hash are told apart by their octets. The seed keeps
/// others from choosing tokens that meet in one place.
enum TokenHash {
    static func hash(_ token: Span<UInt8>, _ policy: UInt64, _ seed: (UInt64, UInt64)) -> UInt64 {
        unsafe token.withUnsafeBytes { octets in
            var state = seed.0 ^ policy &* 0x9E37_79B9_7F4A_7C15
            var other = seed.1
            var index = 0
            let count = octets.count
            while index + 16 <= count {
                let first = unsafe octets.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let second = unsafe octets.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
                state = mix(first ^ seed.1, second ^ state)
                other = other &+ state
                index += 16
            }
            var rest: UInt64 = 0
            var restHigh: UInt64 = 0
            while index < count {
                restHigh = restHigh << 8 | rest >> 56
                rest = rest << 8 | UInt64(unsafe octets[index])
                index += 1
            }
            state = mix(rest ^ seed.1 ^ UInt64(truncatingIfNeeded: count), restHigh ^ state)
            return mix(state ^ 0xA076_1D64_78BD_642F, other ^ seed.0)
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
