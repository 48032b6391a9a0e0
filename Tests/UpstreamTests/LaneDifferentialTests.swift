import EventLoop
import Foundation
import HTTP
import TestRandom
import Testing

@testable import Upstream

/// The same generated exchanges on every lane: what the backend sees and what the sink is told must agree, but for
/// differences that are meant and named.
@Suite("The lanes beside each other")
struct LaneDifferentialTests {
    struct Outcome: Equatable {
        var request: [UInt8] = []
        var statuses: [UInt16] = []
        var interims: [UInt16] = []
        var lines: [String] = []
        var body: [UInt8] = []
        var error: UpstreamError.Kind?

        var summary: String {
            let end = error?.rawValue ?? "complete"
            return "\(interims) \(statuses) \(lines), body \(body.count), \(end), request \(request.count) bytes"
        }
    }

    /// Differences that are meant.
    enum Intended: String, CaseIterable {
        /// Both refuse, and name it differently: libcurl cannot say whether an answer broke the grammar or ended.
        case otherName
        /// Our grammar refuses a body's chunks that libcurl takes, or an end that it does not mind.
        case stricterBody
        /// libcurl passes what came before a failure in other pieces.
        case otherPrefix
        /// libcurl stops an upload that an error answers early; the fast lane goes on until the answer is complete.
        case earlyAnswer
        /// libcurl refuses what our grammar takes, such as long reason phrases.
        case libcurlRefuses
        /// libcurl tried a connection that had ended, and what changes something is not sent again then.
        case endedConnection
        /// libcurl takes a head with NUL in it for shorter than it is and drops the rest; our grammar refuses it.
        case droppedBytes
    }

    static let count = Int(ProcessInfo.processInfo.environment["GATEHOUSE_EXCHANGES"] ?? "") ?? 600

    @Test("Generated exchanges", arguments: 0..<4)
    func exchanges(part: Int) throws {
        var tally: [Intended: Int] = [:]
        let each = Self.count / 4
        for block in 0..<((each + 49) / 50) {
            let seed = UInt64(part) << 32 | UInt64(block)
            var random = SeededRandom(seed: seed)
            let scripts = (0..<min(50, each - block * 50)).map { _ in ExchangeScript(using: &random) }
            let outcomes = try Way.allCases.map { way in try Way.$current.withValue(way) { try Self.run(scripts) } }
            for (index, script) in scripts.enumerated() {
                let (socket, libcurl, classic) = (outcomes[0][index], outcomes[1][index], outcomes[2][index])
                let name = Comment(rawValue: "seed \(seed), exchange \(index)")
                #expect(socket == libcurl, name)
                guard socket != classic else { continue }
                guard let reason = Self.reason(script, socket, classic) else {
                    Issue.record("\(name): \(script.summary)\nfast \(socket.summary)\nclassic \(classic.summary)")
                    continue
                }
                tally[reason, default: 0] += 1
            }
        }
        if Self.count > 1000 {
            print("differential: part \(part), \(each) exchanges, \(tally.map { "\($0.key) \($0.value)" })")
        }
    }

    private static func reason(_ script: ExchangeScript, _ fast: Outcome, _ classic: Outcome) -> Intended? {
        if script.answersEarly, !script.body.isEmpty {
            var (one, other) = (fast, classic)
            (one.request, other.request) = ([], [])
            if one == other { return .earlyAnswer }
        }
        if classic.error == .reset, classic.statuses.isEmpty, ![.get, .head, .options].contains(script.method) {
            return .endedConnection
        }
        if script.answer.prefix(400).contains(0), fast.error == .badAnswer, fast.statuses.isEmpty {
            return .droppedBytes
        }
        guard !script.isValid, fast.request == classic.request || script.answersEarly else { return nil }
        if fast.error != nil, classic.error != nil {
            var same = classic
            same.error = fast.error
            if same == fast { return .otherName }
            return fast.statuses == classic.statuses && fast.lines == classic.lines ? .otherPrefix : .otherName
        }
        if fast.error == .truncated, classic.error == nil, fast.statuses == classic.statuses { return .stricterBody }
        if fast.error == nil, classic.error != nil { return .libcurlRefuses }
        return nil
    }

    private static func run(_ scripts: [ExchangeScript]) throws -> [Outcome] {
        let bench = try UpstreamBench()
        return scripts.map { run($0, on: bench) }
    }

    private static func run(_ script: ExchangeScript, on bench: UpstreamBench) -> Outcome {
        let total = script.body.reduce(0) { $0 + $1.count }
        let body: UpstreamRequest.Body =
            script.body.isEmpty ? .none : script.isChunked ? .stream : .length(UInt64(total))
        var received: [UInt8] = []
        var answering: Backend.Connection?
        bench.backend.script = { connection in
            received += connection.bytes
            connection.clear()
            answering = connection
        }
        // Each exchange begins where nothing of the last one is left.
        for connection in bench.backend.connections { connection.close() }
        bench.run { bench.driver.watchCount == 0 }
        let sink = bench.start(script.method, script.target, body: body, fields: script.fields)
        sink.isHolding = script.isHeldBack
        for piece in script.body {
            sink.send(piece)
            bench.turn(1)
        }
        if body != .none { sink.endBody() }
        bench.run {
            guard sink.error == nil, let request = Request(received, body) else { return sink.isOver }
            return script.answersEarly || request.isComplete
        }
        if let answering {
            var start = 0
            for end in script.cuts + [script.answer.count] {
                var piece = Array(script.answer[start..<end])
                while !piece.isEmpty {
                    let sent = answering.send(piece)
                    piece.removeFirst(sent)
                    bench.turn(sent == 0 ? 2 : 1)
                    if sink.isHolding { sink.resume() }
                    if sent == 0, sink.isOver { break }
                }
                start = end
            }
            // Where nothing else ends the answer, the end of the connection does.
            bench.turn(2)
            if sink.isHolding { sink.resume() }
            bench.turn(2)
            if script.ending == .close || !sink.isOver {
                for _ in 0..<20 where sink.isHolding && !sink.isOver {
                    sink.resume()
                    bench.turn(1)
                }
                answering.close()
            }
        }
        bench.run {
            if sink.isHolding { sink.resume() }
            return sink.isOver
        }
        var outcome = Outcome()
        outcome.request = Request(received, body)?.normal ?? received
        outcome.statuses = sink.statuses
        outcome.interims = sink.interims
        outcome.lines = sink.lines
        outcome.body = sink.body
        outcome.error = sink.error?.kind
        #expect(sink.ends.count == 1)
        sink.forget()
        return outcome
    }

    /// A request as the backend got it.
    private struct Request {
        var head: [String]
        var body: [UInt8]
        var isComplete: Bool

        /// Nil as long as the head is not there.
        init?(_ bytes: [UInt8], _ framing: UpstreamRequest.Body) {
            guard let end = Self.headEnd(bytes) else { return nil }
            head = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").map { line in
                line.hasSuffix(": ") ? String(line.dropLast()) : String(line)
            }
            let rest = Array(bytes[(end + 4)...])
            switch framing {
            case .none: (body, isComplete) = (rest, true)
            case .length(let length): (body, isComplete) = (rest, rest.count >= length)
            case .stream:
                var decoder = ChunkedDecoder()
                var offset = 0
                body = []
                isComplete = false
                decoding: while true {
                    switch decoder.next(rest.span, at: &offset) {
                    case .data(let range): body += rest[range]
                    case .end:
                        isComplete = true
                        break decoding
                    case .needMore, .refuse: break decoding
                    }
                }
                if isComplete { body += rest[offset...] }
            }
        }

        private static func headEnd(_ bytes: [UInt8]) -> Int? {
            var index = 3
            while index < bytes.count {
                if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 {
                    return index - 3
                }
                index += 1
            }
            return nil
        }

        /// The order of fields, the cut into chunks and the blank before an empty value mean nothing.
        var normal: [UInt8] {
            Array((head.prefix(1) + head.dropFirst().sorted()).joined(separator: "\n").utf8) + [10, 10] + body
        }
    }
}
