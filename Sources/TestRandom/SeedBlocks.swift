import Foundation

/// The seeds of a chaos test, in blocks that run beside each other.
///
/// `GATEHOUSE_CHAOS_SEEDS` says how many there are instead of the usual number, `GATEHOUSE_CHAOS_FIRST` which is the
/// first: a seed that failed is found again with the two, as in `GATEHOUSE_CHAOS_FIRST=4711 GATEHOUSE_CHAOS_SEEDS=1`.
package struct SeedBlocks: Sendable {
    package let first: UInt64
    package let count: Int
    package let blocks: Int
    /// Someone asked for a number of seeds, and may want to read what they did.
    package let isAsked: Bool

    package init(usually count: Int, blocks: Int) {
        let environment = ProcessInfo.processInfo.environment
        let asked = environment["GATEHOUSE_CHAOS_SEEDS"].flatMap { Int($0) }
        self.count = max(asked ?? count, 0)
        self.blocks = blocks
        isAsked = asked != nil
        first = environment["GATEHOUSE_CHAOS_FIRST"].flatMap { UInt64($0) } ?? 0
    }

    /// The seeds of one block. All blocks together have each seed once.
    package func seeds(of block: Int) -> Range<UInt64> {
        first + UInt64(count * block / blocks)..<first + UInt64(count * (block + 1) / blocks)
    }
}
