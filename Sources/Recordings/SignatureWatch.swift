/// The last look at what is about to be written: whether a signature that came in stands in it. Knows nothing of the
/// redaction, so that a mistake there shows. Bounded memory: the newest signatures count.
struct SignatureWatch {
    /// Bytes of a signature that are looked for.
    private static let width = 16
    private static let capacity = 4096
    private static let factor: UInt64 = 0x100_0000_01B3
    /// `factor` to the power of `width`.
    private static let leaving = (0..<width).reduce(UInt64(1)) { power, _ in power &* factor }

    private var ring: [UInt64] = []
    private var next = 0
    private var known: Set<UInt64> = []
    /// One of them holds other characters than those of base64, so that it may stand anywhere.
    private var hasOddOnes = false
    /// A quick no for nearly every place.
    private var filter = [UInt8](repeating: 0, count: 1 << 14)

    /// Remembers the end of a credential: for a token that is its signature. A token without one has nothing to hide
    /// there.
    mutating func remember(_ credential: ArraySlice<UInt8>) {
        let parts = credential.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count != 2, let tail = parts.last?.suffix(Self.width), tail.count == Self.width else { return }
        let hash = Self.hash(tail)
        if !tail.allSatisfy(ByteKind.isBase64) { hasOddOnes = true }
        guard known.insert(hash).inserted else { return }
        if ring.count < Self.capacity {
            ring.append(hash)
        } else {
            known.remove(ring[next])
            ring[next] = hash
            next = (next + 1) % Self.capacity
        }
        filter[Self.place(hash)] = 1
    }

    /// Whether any of the remembered ends stands in the text.
    func finds(in text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= Self.width, !known.isEmpty else { return false }
        guard !hasOddOnes else { return findsAnywhere(in: text) }
        // Most of a line is words between quotes, too short for a signature.
        var start = text.startIndex
        while start + Self.width <= text.endIndex {
            var last = start + Self.width - 1
            while last >= start, ByteKind.isBase64(text[last]) { last -= 1 }
            if last >= start {
                start = last + 1
                continue
            }
            var end = start + Self.width
            while end < text.endIndex, ByteKind.isBase64(text[end]) { end += 1 }
            if findsAnywhere(in: text[start..<end]) { return true }
            start = end + 1
        }
        return false
    }

    private func findsAnywhere(in text: ArraySlice<UInt8>) -> Bool {
        var hash: UInt64 = 0
        var index = text.startIndex
        while index < text.endIndex {
            hash = hash &* Self.factor &+ UInt64(text[index])
            if index - text.startIndex >= Self.width {
                hash = hash &- Self.leaving &* UInt64(text[index - Self.width])
            }
            if filter[Self.place(hash)] == 1, known.contains(hash), index - text.startIndex >= Self.width - 1 {
                return true
            }
            index += 1
        }
        return false
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 &* factor &+ UInt64($1) }
    }

    private static func place(_ hash: UInt64) -> Int { Int(hash >> 17 & 0x3FFF) }
}
