import Foundation
import HTTP
import MutatedRequests
import TestRandom

/// stream-model SEED FIRST COUNT: streams of pipelined requests, and what this repository's parser makes of each, as
/// lines of JSON for `request-streams.py`. All bytes are written in hexadecimal digits.
@main
enum StreamModel {
    /// What `request-streams.py` writes into the gateway's configuration, in bytes.
    static let bodyLimit: UInt64 = 1_048_576

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard numbers.count == 3 else {
            print("usage: stream-model SEED FIRST COUNT")
            exit(2)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for index in numbers[1]..<(numbers[1] + numbers[2]) {
            let bytes = stream(seed: numbers[0], index: index)
            let line = ModelledStream(index: index, bytes: Hex.text(bytes), steps: ModelledStep.all(in: bytes))
            print(String(decoding: try encoder.encode(line), as: UTF8.self))
        }
    }

    /// Up to five requests that are accepted, however odd, and behind them one that may be anything.
    private static func stream(seed: UInt64, index: UInt64) -> [UInt8] {
        // Apart from the numbers of the single requests.
        var random = MutatedRequest.random(seed: seed ^ 0x5354_5245_414D, index: index)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            bytes += accepted(&random)
            if random.chance(1, in: 12) { bytes += Array("\r\n".utf8) }
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: break
        case 1, 2:
            // One whose end does not come.
            bytes += accepted(&random)
            bytes.removeLast(Int.random(in: 1...min(bytes.count, 40), using: &random))
        default: bytes += mutated(&random)
        }
        return bytes
    }

    private static func mutated(_ random: inout SeededRandom) -> [UInt8] {
        MutatedRequest.bytes(seed: random.next(), index: 0)
    }

    private static func accepted(_ random: inout SeededRandom) -> [UInt8] {
        while true {
            let bytes = mutated(&random)
            let steps = ModelledStep.all(in: bytes)
            guard steps.allSatisfy(\.isWhole), let last = steps.last else { continue }
            // One that ends the connection hides what stands behind it: a few of those are enough.
            if last.goesOn || random.chance(1, in: 10) { return bytes }
        }
    }
}

struct ModelledStream: Encodable {
    var index: UInt64
    var bytes: String
    var steps: [ModelledStep]
}

/// One request of a stream, as far as it is there.
struct ModelledStep: Encodable {
    /// `request`, `refused` (its head), or `incomplete` (its head).
    var kind: String
    /// The refusal of the head, or of the chunked body.
    var code: String?
    var status: Int?
    var method = ""
    /// The path's normal form; nil when it has none.
    var path: String?
    var query: String?
    var host: String?
    var isAsterisk = false
    var isUpgrade = false
    var expectsContinue = false
    var fields: [[String]] = []
    /// -1 chunked, -2 none.
    var length: Int64 = -2
    /// The body's bytes that are there.
    var body = ""
    /// Whether the body is whole.
    var isComplete = false
    var keepAlive = false

    /// Whether this is a request with nothing missing.
    var isWhole: Bool { kind == "request" && isComplete }
    /// Whether the next byte belongs to another request.
    var goesOn: Bool { isWhole && keepAlive }

    /// The steps in `bytes`, up to the one after which nothing is read.
    static func all(in bytes: [UInt8]) -> [ModelledStep] {
        var steps: [ModelledStep] = []
        var offset = 0
        while offset < bytes.count {
            let (step, consumed) = next(Array(bytes[offset...]))
            steps.append(step)
            guard step.goesOn else { break }
            offset += consumed
        }
        return steps
    }

    private static func next(_ bytes: [UInt8]) -> (ModelledStep, Int) {
        var parser = RequestParser(limits: HeadLimits())
        switch parser.parse(bytes.span) {
        case .needMore: return (ModelledStep(kind: "incomplete"), 0)
        case .refuse(let refusal):
            return (
                ModelledStep(kind: "refused", code: refusal.code.rawValue, status: Int(refusal.status)), 0
            )
        case .head(let head, let consumed):
            var step = ModelledStep(kind: "request")
            step.method = Hex.text(head.methodBytes)
            step.path = (try? NormalPath.normalize(head)).map { Hex.text($0.bytes) }
            step.query = head.query.map { Hex.text(head.fields.slice($0)) }
            step.host = head.host.map { Hex.text(head.fields.slice($0)) }
            step.isAsterisk = head.targetForm == .asterisk
            step.expectsContinue = head.expectsContinue
            step.isUpgrade = head.upgrade == .webSocket
            step.fields = head.fields.map {
                [Hex.text(head.fields.name(of: $0)), Hex.text(head.fields.value(of: $0))]
            }
            step.keepAlive = head.keepAlive
            return step.readBody(bytes, head.framing, consumed)
        }
    }

    private consuming func readBody(_ bytes: [UInt8], _ framing: MessageFraming, _ start: Int) -> (ModelledStep, Int) {
        var step = self
        var offset = start
        switch framing {
        case .none, .untilClose: step.isComplete = true
        case .length(let length):
            step.length = Int64(length)
            let there = Int(min(length, UInt64(bytes.count - start)))
            step.body = Hex.text(bytes[start..<(start + there)])
            step.isComplete = UInt64(there) == length
            offset = start + there
        case .chunked:
            step.length = -1
            var decoder = ChunkedDecoder(limits: ChunkedLimits(bodyBytes: StreamModel.bodyLimit))
            var body: [UInt8] = []
            reading: while true {
                switch decoder.next(bytes.span, at: &offset) {
                case .needMore: break reading
                case .data(let range): body += bytes[range]
                case .end:
                    step.isComplete = true
                    break reading
                case .refuse(let code):
                    step.code = code.rawValue
                    step.status = Int(code.status)
                    break reading
                }
            }
            step.body = Hex.text(body)
        }
        return (step, offset)
    }
}

enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }
}
