package import TestRandom

/// Requests that are nearly right, the same for the same seed and index on every machine.
package enum MutatedRequest {
    /// The generator behind request `index` of `seed`.
    package static func random(seed: UInt64, index: UInt64) -> SeededRandom {
        var first = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ index)
        return SeededRandom(seed: first.next())
    }

    /// Request `index` of `seed`: one or more requests in a row, mutated in up to four places; one in five is whole.
    package static func bytes(seed: UInt64, index: UInt64) -> [UInt8] {
        var random = random(seed: seed, index: index)
        var bytes = BaseRequest.bytes(&random)
        while bytes.count < 4096, random.chance(1, in: 6) { bytes += BaseRequest.bytes(&random) }
        for _ in 0..<random.pick([0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 0]) { Mutation.apply(to: &bytes, &random) }
        return bytes
    }
}

extension SeededRandom {
    /// True `count` times out of `total`.
    package mutating func chance(_ count: Int, in total: Int) -> Bool {
        Int.random(in: 0..<total, using: &self) < count
    }

    /// One of `choices`, which is not empty.
    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }
}
