import Documents
import Recordings
import Tokens

extension FuzzTarget {
    /// HAR files: whatever stands before it, an entry behind all the others is read, and problems lie in the file.
    package static let har = FuzzTarget("har") { input in
        let found = ReadingTrial.har(input)
        if let problem = misplaced(found.problems, input.count) { return problem }
        return found.requests > input.count ? "more requests than bytes" : nil
    }

    /// Access logs, curl commands, events of functions: problems lie in the text.
    package static let accesslog = FuzzTarget("accesslog") { input in
        misplaced(ReadingTrial.accessLog(input).problems, input.count)
    }

    package static let curl = FuzzTarget("curl") { input in misplaced(ReadingTrial.curl(input).problems, input.count) }
    package static let event = FuzzTarget("event") { input in misplaced(ReadingTrial.event(input).problems, input.count) }

    /// Lines of a recording: one that is read twice says the same, and exports of it are JSON.
    package static let recording = FuzzTarget("recording") { input in
        let found = ReadingTrial.recording(input)
        if let problem = misplaced(found.problems, input.count) { return problem }
        for json in found.exports {
            do throws(JSONError) {
                _ = try JSONParser.parse(json, maximumDepth: 100)
            } catch {
                return "an exported entry is not JSON"
            }
        }
        return nil
    }

    private static func misplaced(_ problems: [ReadingProblem], _ count: Int) -> String? {
        for problem in problems {
            if problem.offset < 0 || problem.offset > Int64(count) { return "a problem outside of the text" }
            if problem.entry < 0 || problem.message.isEmpty { return "a problem without words" }
        }
        return nil
    }
}
