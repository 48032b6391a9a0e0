package import Documents
import EventLoop
package import Tokens

/// What would be sent, when, and what would not: made by reading the recording once, before any connection is opened.
package struct SendingPlan: Sendable {
    /// One request: its place in the file, which is read again when its turn has come.
    package struct Item: Sendable, Hashable {
        var offset: Int64
        var length: Int
        var number: Int
        var moment: Double
        package var lane: Int?
    }

    /// In the order of sending.
    package private(set) var items: [Item] = []
    package private(set) var times = PaceTimes(moments: [], pace: .asap)
    /// Requests that the filter, the sample and the limit take.
    package private(set) var requests = 0
    /// Not sent because their methods change something, by method.
    package private(set) var unsafe: [String: Int] = [:]
    /// Not sent for other reasons.
    package private(set) var skipped: [String: Int] = [:]
    package private(set) var altered = 0
    package private(set) var dropped = 0
    package private(set) var problems: [ReadingProblem] = []
    package private(set) var problemCount = 0
    /// Who asks, by the number of its lane.
    package private(set) var principals: [String: Int] = [:]
    /// Requests that get a token.
    package private(set) var tokens = 0
    /// Whom the command is asked for a token of.
    package private(set) var identities: Set<TokenIdentity> = []
    /// For `--learn-noise`: the first safe requests of each route, by their place among `items`.
    package private(set) var samples: [Int] = []

    /// What is chosen of a recording.
    package struct Choice {
        package var filter: RequestFilter?
        package var limit: Int
        /// Percent of the principals, all of their requests or none; nil takes everybody.
        package var sample: Double?

        package init(filter: RequestFilter? = nil, limit: Int = .max, sample: Double? = nil) {
            self.filter = filter
            self.limit = limit
            self.sample = sample
        }
    }

    private static let maximumNames = 1_000_000
    private static let samplesOfRoute = 2
    private static let maximumReasons = 1000

    package var isEmpty: Bool { items.isEmpty }
    package var unsafeCount: Int { unsafe.values.reduce(0, +) }
    package var skippedCount: Int { skipped.values.reduce(0, +) }

    /// Reads a recording. `now` is only used to see whether a token can be made.
    package init(
        _ reader: RecordingReader, choice: Choice, pace: ReplayPace, maxGap: Double?, composer: RequestComposer,
        tokens maker: inout TokenMaker, at now: WallTime
    ) throws(RecordingProblem) {
        var samples: [String: [Int]] = [:]
        while requests < choice.limit, let item = try reader.next() {
            switch item {
            case .opening: break
            case .dropped(let count): dropped += count
            case .problem(let problem):
                problemCount += 1
                if problems.count < 100 { problems.append(problem) }
            case .entry(let entry):
                if let filter = choice.filter, !entry.isTaken(by: filter) { continue }
                if let sample = choice.sample, !Self.isSampled(entry.principal, percent: sample) { continue }
                requests += 1
                add(entry, composer, &maker, now, &samples)
            }
        }
        arrange(samples: samples.values.flatMap { $0 }, pace: pace, maxGap: maxGap)
    }

    private mutating func add(
        _ entry: RecordedEntry, _ composer: RequestComposer, _ maker: inout TokenMaker, _ now: WallTime,
        _ samples: inout [String: [Int]]
    ) {
        if !composer.allowsUnsafe, !RequestComposer.isSafe(entry.method) {
            let method = String(decoding: entry.method.prefix(32), as: UTF8.self)
            if unsafe.count < Self.maximumReasons || unsafe[method] != nil { unsafe[method, default: 0] += 1 }
            return
        }
        if let obstacle = maker.obstacle(for: entry) { return skip(obstacle) }
        let identity = maker.mode.asksCommand ? entry.identity : nil
        // Whether it can be composed does not depend on which token it is.
        let credential: TokenMaker.Credential =
            maker.mode.sendsRecorded ? .recorded : entry.token == nil ? .without : .token([UInt8(ascii: "t")])
        do throws(RequestComposer.Obstacle) {
            if try composer.compose(entry, credential).isAltered { altered += 1 }
        } catch {
            return skip(error.reason)
        }
        if let identity, identities.count < Self.maximumNames { identities.insert(identity) }
        if case .recorded = credential {} else if entry.token != nil { tokens += 1 }
        var lane: Int?
        if let principal = entry.principal ?? entry.subject {
            lane = principals[principal]
            if lane == nil, principals.count < Self.maximumNames {
                lane = principals.count
                principals[principal] = lane
            }
        }
        let route = SendingResult.route(of: entry)
        if samples.count < 1000 || samples[route] != nil, (samples[route]?.count ?? 0) < Self.samplesOfRoute,
            RequestComposer.isSafe(entry.method)
        {
            samples[route, default: []].append(items.count)
        }
        items.append(
            Item(
                offset: entry.offset, length: entry.document.bytes.count, number: entry.number,
                moment: entry.clock.value, lane: lane))
    }

    private mutating func skip(_ reason: String) {
        let known = skipped.count < Self.maximumReasons || skipped[reason] != nil
        skipped[known ? reason : "other reasons", default: 0] += 1
    }

    /// Lines are written when requests end; they are sent in the order in which they began.
    private mutating func arrange(samples: [Int], pace: ReplayPace, maxGap: Double?) {
        let numbers = Set(samples.map { items[$0].number })
        items.sort { ($0.moment, $0.number) < ($1.moment, $1.number) }
        self.samples = items.indices.filter { numbers.contains(items[$0].number) }
        times = PaceTimes(moments: items.map(\.moment), pace: pace, maxGap: maxGap)
    }

    package var schedule: [SendScheduler.Item] {
        zip(items, times.due).map { SendScheduler.Item(due: $1, lane: $0.lane) }
    }

    /// The same principals each time, and all requests of each.
    static func isSampled(_ principal: String?, percent: Double) -> Bool {
        // FNV-1a: not to be guessed is of no use here, to be the same tomorrow is.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (principal ?? "").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The low bits of short names differ the least.
        hash ^= hash >> 32
        return Double(hash % 10_000) < percent * 100
    }
}

extension ReplayTokens {
    var asksCommand: Bool { if case .command = self { true } else { false } }
    var sendsRecorded: Bool { if case .recorded = self { true } else { false } }
}

/// Reads single entries of a recording again.
package final class EntryFetch {
    private let file: FileDescriptor

    package init(path: String) throws(RecordingProblem) {
        do throws(FileDescriptor.Failure) { file = try FileDescriptor.reading(path) } catch {
            throw RecordingProblem("GH6003", "\(path): \(error.reason)")
        }
        guard file.isRegular else {
            throw RecordingProblem(
                "GH6003", "\(path) is no plain file",
                help:
                    "a replay to a URL reads the recording twice, so it must be a file: gatehouse replay FILE --to URL")
        }
    }

    /// Nil when the file is no longer what was planned with.
    func entry(of item: SendingPlan.Item) -> RecordedEntry? {
        // A byte-order mark may stand before the line, and is not counted in its length.
        var text = file.read(at: item.offset, count: item.length + 3)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
        text.removeLast(max(0, text.count - item.length))
        do {
            let document = try JSONParser.parse(text, maximumDepth: 80)
            return try RecordedEntry(document, number: item.number, offset: item.offset)
        } catch {
            return nil
        }
    }
}
