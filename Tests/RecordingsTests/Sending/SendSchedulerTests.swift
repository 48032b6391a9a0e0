import Testing

@testable import Recordings

@Suite("When replayed requests go out")
struct SendSchedulerTests {
    private static func items(_ due: [UInt64], lanes: [Int?]? = nil) -> [SendScheduler.Item] {
        due.indices.map { SendScheduler.Item(due: due[$0], lane: lanes?[$0] ?? nil) }
    }

    @Test("Nothing goes out before it is due, and everything once it is")
    func due() {
        var scheduler = SendScheduler(Self.items([0, 10, 10, 30]), concurrency: 9)
        #expect(scheduler.next(at: 0) == .send(0))
        #expect(scheduler.next(at: 0) == .wait(until: 10))
        #expect(scheduler.next(at: 9) == .wait(until: 10))
        #expect(scheduler.next(at: 10) == .send(1))
        #expect(scheduler.next(at: 10) == .send(2))
        #expect(scheduler.next(at: 12) == .wait(until: 30))
        #expect(scheduler.next(at: 31) == .send(3))
        #expect(scheduler.next(at: 31) == .waitForEnd)
        for index in 0..<4 { scheduler.ended(index) }
        #expect(scheduler.next(at: 31) == .finished)
        #expect(scheduler.sent == 4)
    }

    @Test("No more than so many at once; who waits is late, and later times stay where they are")
    func concurrency() {
        let millisecond: UInt64 = 1_000_000
        var scheduler = SendScheduler(
            Self.items([0, 0, 10 * millisecond, 50 * millisecond]), concurrency: 2)
        #expect(scheduler.next(at: 0) == .send(0))
        #expect(scheduler.next(at: 0) == .send(1))
        #expect(scheduler.next(at: 40 * millisecond) == .waitForEnd)
        scheduler.ended(1)
        #expect(scheduler.next(at: 40 * millisecond) == .send(2))
        scheduler.ended(0)
        // Thirty milliseconds late, and the next one is due when it always was.
        #expect(scheduler.next(at: 41 * millisecond) == .wait(until: 50 * millisecond))
        #expect(scheduler.next(at: 50 * millisecond) == .send(3))
        #expect(scheduler.lateness.maximum == 30 * millisecond)
        #expect(scheduler.lateness.percentile(0.5) <= 1000)
    }

    @Test("A concurrency of none still sends")
    func noConcurrency() {
        var scheduler = SendScheduler(Self.items([0]), concurrency: 0)
        #expect(scheduler.next(at: 0) == .send(0))
    }

    @Test("In the order of principals, one of them has one request at a time, and others pass by")
    func order() {
        var scheduler = SendScheduler(
            Self.items([0, 0, 0, 0, 0], lanes: [1, 1, 2, 1, nil]), concurrency: 9, keepsOrder: true)
        #expect(scheduler.next(at: 0) == .send(0))
        #expect(scheduler.next(at: 0) == .send(2))
        #expect(scheduler.next(at: 0) == .send(4))
        #expect(scheduler.next(at: 0) == .waitForEnd)
        scheduler.ended(2)
        #expect(scheduler.next(at: 1) == .waitForEnd)
        scheduler.ended(0)
        #expect(scheduler.next(at: 2) == .send(1))
        #expect(scheduler.next(at: 2) == .waitForEnd)
        scheduler.ended(1)
        #expect(scheduler.next(at: 3) == .send(3))
        scheduler.ended(3)
        scheduler.ended(4)
        #expect(scheduler.next(at: 4) == .finished)
    }

    @Test("In the recorded order, requests of one principal overlap")
    func recordedOrder() {
        var scheduler = SendScheduler(Self.items([0, 0], lanes: [1, 1]), concurrency: 9)
        #expect(scheduler.next(at: 0) == .send(0))
        #expect(scheduler.next(at: 0) == .send(1))
    }

    @Test("Stopped, it sends nothing more and waits for what is under way")
    func stop() {
        var scheduler = SendScheduler(Self.items([0, 0]), concurrency: 9)
        #expect(scheduler.next(at: 0) == .send(0))
        scheduler.stop()
        #expect(scheduler.next(at: 0) == .waitForEnd)
        scheduler.ended(0)
        #expect(scheduler.next(at: 0) == .finished)
        #expect(scheduler.sent == 1)
    }

    @Test(
        "Ten thousand requests of a hundred principals: each once, never two of one principal together",
        arguments: [1, 7, 64])
    func property(concurrency: Int) {
        var random = SplitMix(seed: UInt64(concurrency))
        var due: UInt64 = 0
        let items = (0..<10_000).map { _ in
            due += random.next() % 20
            return SendScheduler.Item(due: due, lane: Int(random.next() % 100))
        }
        var scheduler = SendScheduler(items, concurrency: concurrency, keepsOrder: true)
        var open: [Int] = []
        var lastOfLane: [Int: Int] = [:]
        var sent = 0
        var now: UInt64 = 0
        while true {
            switch scheduler.next(at: now) {
            case .send(let index):
                let lane = items[index].lane ?? -1
                #expect(!open.contains { items[$0].lane == lane })
                #expect((lastOfLane[lane] ?? -1) < index && items[index].due <= now)
                lastOfLane[lane] = index
                open.append(index)
                sent += 1
                #expect(open.count <= concurrency)
            case .wait(let until):
                now = until
                if let index = open.first, random.next() % 2 == 0 {
                    open.removeFirst()
                    scheduler.ended(index)
                }
            case .waitForEnd:
                now += 3
                scheduler.ended(open.remove(at: Int(random.next() % UInt64(open.count))))
            case .finished:
                #expect(sent == 10_000 && open.isEmpty)
                return
            }
        }
    }

    /// Fixed pseudo-random numbers.
    private struct SplitMix {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}

@Suite("The pace of a replay")
struct ReplayPaceTests {
    @Test("The recorded rhythm, so many times as fast, with the pauses cut")
    func recorded() {
        let moments = [100.0, 101, 101, 111, 112]
        let plain = PaceTimes(moments: moments, pace: .recorded(speed: 1))
        #expect(plain.due == [0, 1_000_000_000, 1_000_000_000, 11_000_000_000, 12_000_000_000])
        #expect(plain.original == 12 && plain.planned == 12 && plain.saved == 0)
        let fast = PaceTimes(moments: moments, pace: .recorded(speed: 4))
        #expect(fast.due == [0, 250_000_000, 250_000_000, 2_750_000_000, 3_000_000_000])
        let cut = PaceTimes(moments: moments, pace: .recorded(speed: 4), maxGap: 0.5)
        #expect(cut.due == [0, 250_000_000, 250_000_000, 750_000_000, 1_000_000_000])
        #expect(cut.saved == 2 && cut.planned == 1)
    }

    @Test("A rate is even and does not drift; asap is now")
    func even() {
        let rate = PaceTimes(moments: Array(repeating: 5, count: 3001), pace: .rate(perSecond: 30))
        #expect(rate.due[1] == 33_333_333 && rate.due[3000] == 100_000_000_000)
        #expect(PaceTimes(moments: [1, 2, 3], pace: .asap).due == [0, 0, 0])
    }

    @Test("Moments that run backwards or lie thousands of years apart break nothing")
    func hostile() {
        let times = PaceTimes(moments: [5, 3, 1e12, 2e12], pace: .recorded(speed: 0.001))
        #expect(times.due[1] == 0 && times.due == times.due.sorted())
        #expect(PaceTimes(moments: [], pace: .asap).planned == 0)
    }

    @Test(
        "Figures are written as people write them",
        arguments: zip(
            [
                ReplayPace.recorded(speed: 1), .recorded(speed: 0.5), .rate(perSecond: 50), .recorded(speed: 3.976),
                .asap,
            ],
            ["1x", "0.5x", "50/s", "3.98x", "asap", "0.001x"]))
    func text(pace: ReplayPace, text: String) { #expect(pace.text == text) }

    @Test("Achieved is what the last sending says, against when it was due")
    func achieved() {
        var progress = SendingProgress(
            pace: .recorded(speed: 4), total: 3, sent: 3, ended: 3, inFlight: 0, different: 0, elapsed: 10, planned: 10,
            lateness: LogHistogram(), first: (0, 0), last: (10_000_000_000, 12_500_000_000))
        #expect(progress.achieved == "3.2x" && progress.ratio == 0.8)
        #expect(progress.paceText == "asked 4x, achieved 3.2x")
        progress.pace = .rate(perSecond: 50)
        #expect(progress.achieved == "0.16/s")
        progress.last = nil
        #expect(progress.achieved == nil && progress.paceText == "asked 50/s")
        let line = progress.text(width: 100, usesASCII: true)
        #expect(line.hasPrefix("[####") && line.contains("100%  3/3  asked 50/s") && line.utf8.count < 100)
    }

    @Test("Percentiles are at most an eighth above the truth")
    func percentiles() {
        var histogram = LogHistogram()
        #expect(histogram.percentile(0.5) == 0)
        for value in 1...10_000 { histogram.add(UInt64(value) * 1000) }
        for share in [0.5, 0.95, 0.99] {
            let truth = share * 10_000_000
            let found = Double(histogram.percentile(share))
            #expect(found >= truth && found <= truth * 1.13)
        }
        #expect(histogram.percentile(1) == 10_000_000 && histogram.count == 10_000)
    }
}
