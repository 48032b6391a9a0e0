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
        guard !hasOddOnes else { return end(in: text, from: text.startIndex) != nil }
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
            if self.end(in: text[start..<end], from: start) != nil { return true }
            start = end + 1
        }
        return false
    }

    /// All that is found, each once.
    func all(in text: ArraySlice<UInt8>) -> [[UInt8]] {
        var found: Set<[UInt8]> = []
        var start = text.startIndex
        while let end = end(in: text, from: start) {
            found.insert(Array(text[(end - Self.width + 1)...end]))
            start = end - Self.width + 2
        }
        return Array(found)
    }

    /// The last byte of the first find behind `start`.
    private func end(in text: ArraySlice<UInt8>, from start: Int) -> Int? {
        var hash: UInt64 = 0
        var index = start
        while index < text.endIndex {
            hash = hash &* Self.factor &+ UInt64(text[index])
            if index - start >= Self.width {
                hash = hash &- Self.leaving &* UInt64(text[index - Self.width])
            }
            if filter[Self.place(hash)] == 1, known.contains(hash), index - start >= Self.width - 1 { return index }
            index += 1
        }
        return nil
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 &* factor &+ UInt64($1) }
    }

    private static func place(_ hash: UInt64) -> Int { Int(hash >> 17 & 0x3FFF) }
}
