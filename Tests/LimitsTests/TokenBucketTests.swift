import Limits
import Testing

/// A bucket whose answers can stand in an expectation.
private final class OneBucket {
    var bucket: TokenBucket

    init(_ limit: RateLimit, at now: UInt64) {
        bucket = TokenBucket(limit, at: now)
    }

    func take(at now: UInt64) -> Bool { bucket.take(at: now) }

    func putBack() { bucket.putBack() }
}

struct TokenBucketTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("A bucket without room and a rate of zero admit nobody, however long one waits")
    func nothing() {
        let closed = OneBucket(RateLimit(rate: 1000, burst: 0), at: 0)
        #expect((0..<100).allSatisfy { _ in !closed.take(at: 1 << 40) })
        let dry = OneBucket(RateLimit(rate: 0, burst: 2), at: 0)
        #expect([dry.take(at: 0), dry.take(at: 0), dry.take(at: .max)] == [true, true, false])
    }

    @Test(
        "Admits the burst at once, and then exactly what flows back",
        arguments: [(50.0, 100, 500, 599), (0.2, 2, 10, 3), (3, 1, 1000, 30), (1000, 5, 100, 1000)])
    func admits(_ rate: Double, _ burst: Int, _ offered: Int, _ expected: Int) {
        let bucket = OneBucket(RateLimit(rate: rate, burst: burst), at: 0)
        var admitted = 0
        for index in 0..<offered * 10 where bucket.take(at: UInt64(index) * Self.second / UInt64(offered)) {
            admitted += 1
        }
        #expect(admitted == expected)
    }

    @Test("A rate that is no whole fraction of a second does not drift in a week of small steps")
    func noDrift() {
        let bucket = OneBucket(RateLimit(rate: 0.333333, burst: 2), at: 0)
        var admitted: UInt64 = 0
        let step: UInt64 = 999_999_937
        for index in 0..<UInt64(604_800) where bucket.take(at: index * step) { admitted += 1 }
        let whole = UInt64(UInt128(604_799 * step) * 333_333 / 1_000_000_000_000_000)
        // Two at once, and the whole requests of rate times time.
        #expect(admitted == 2 + whole)
    }

    @Test("The farthest moments and the largest rates do not overflow")
    func extremes() {
        let bucket = OneBucket(RateLimit(rate: .infinity, burst: .max), at: 0)
        #expect(bucket.bucket.limit == RateLimit(rate: 1_000_000, burst: 1_000_000_000))
        let fast = OneBucket(RateLimit(rate: 1e300, burst: 3), at: 0)
        #expect([fast.take(at: 0), fast.take(at: .max), fast.take(at: 0)] == [true, true, true])
        #expect(RateLimit(rate: 1e-300, burst: 1).microsPerSecond == 1)
        #expect(RateLimit(rate: -1, burst: -1) == RateLimit(rate: 0, burst: 0))
        #expect(bucket.take(at: .max))
    }

    @Test("A moment before the last one gives nothing, and takes nothing away")
    func backwards() {
        let bucket = OneBucket(RateLimit(rate: 1, burst: 1), at: 5 * Self.second)
        #expect(bucket.take(at: 5 * Self.second))
        #expect(!bucket.take(at: 0))
        #expect(!bucket.take(at: 6 * Self.second - 1))
        #expect(bucket.take(at: 6 * Self.second))
    }

    @Test("What is put back fills the bucket, and never more than that")
    func putBack() {
        let bucket = OneBucket(RateLimit(rate: 0, burst: 1), at: 0)
        bucket.putBack()
        #expect(bucket.take(at: 0))
        #expect(!bucket.take(at: 0))
        bucket.putBack()
        #expect(bucket.take(at: 0))
    }

    @Test("Threads that share a bucket get together what one of them would get")
    func shared() async {
        let bucket = SharedBucket(RateLimit(rate: 0, burst: 1000))
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1000).count { _ in bucket.take(at: 7) } }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1000)
    }
}
