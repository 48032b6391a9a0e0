import Tokens

/// Every reader over bytes in memory: for those who try them out.
package enum ReadingTrial {
    package struct Found {
        package var requests = 0
        package var problems: [ReadingProblem] = []
        /// HAR texts of what was read.
        package var exports: [[UInt8]] = []
    }

    private static let now = WallTime(seconds: 1_795_262_400, nanoseconds: 0)
    /// Small enough for any text to pass it.
    private static let largest = 4096

    package static func har(_ bytes: [UInt8]) -> Found {
        var found = Found()
        do throws(RecordingProblem) {
            var har = HARImport(name: "trial", source: LineReader(bytes, largest: largest), largest: largest)
            try har.run { _ in found.requests += 1 }
            found.problems = har.problems
        } catch {}
        return found
    }

    package static func accessLog(_ bytes: [UInt8]) -> Found {
        var found = Found()
        do throws(RecordingProblem) {
            var log = AccessLogImport(name: "trial", source: LineReader(bytes, largest: largest))
            try log.run { _ in found.requests += 1 }
            found.problems = log.problems
        } catch {}
        return found
    }

    package static func curl(_ bytes: [UInt8]) -> Found {
        let (requests, problems) = CurlImport.requests(bytes, at: now)
        return Found(requests: requests.count, problems: problems)
    }

    package static func event(_ bytes: [UInt8]) -> Found {
        let (requests, problems) = EventImport.requests(bytes, at: now)
        return Found(requests: requests.count, problems: problems)
    }

    package static func recording(_ bytes: [UInt8]) -> Found {
        var found = Found()
        do throws(RecordingProblem) {
            let reader = RecordingReader(name: "trial", source: LineReader(bytes, largest: largest))
            while let item = try reader.next() {
                switch item {
                case .entry(let entry):
                    found.requests += 1
                    found.exports.append(RecordingExport.har(entry))
                    _ = RecordingExport.curl(entry)
                case .problem(let problem): found.problems.append(problem)
                case .opening, .dropped: break
                }
            }
        } catch {}
        return found
    }
}
