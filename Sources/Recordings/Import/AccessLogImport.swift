import Documents
import EventLoop
import Tokens

/// Reads access logs of API Gateway: its CLF format and JSON lines. They hold no credentials, so what they ask for on
/// guarded routes cannot be decided again; everything else can.
package struct AccessLogImport {
    package private(set) var problems: [ReadingProblem] = []
    private let name: String
    private let lines: LineReader

    /// `-` is standard input.
    package init(path: String) throws(RecordingProblem) {
        do throws(FileDescriptor.Failure) {
            self.init(name: path == "-" ? "standard input" : path, file: try FileDescriptor.reading(path))
        } catch {
            throw RecordingProblem("GH6106", "\(path): \(error.reason)")
        }
    }

    init(name: String, file: FileDescriptor) {
        self.init(name: name, source: LineReader(file, largest: 1 << 20))
    }

    init(name: String, source: LineReader) {
        self.name = name
        lines = source
    }

    /// Gives every line that can be read to `take`.
    package mutating func run(_ take: (ImportedRequest) -> Void) throws(RecordingProblem) {
        do {
            try TextInput.prepare(lines, name)
            while let line = try lines.next() {
                switch line {
                case .tooLong(let number, let offset):
                    problems.append(ReadingProblem("GH6006", "the line is too long", entry: number, offset: offset))
                case .text(let text, let number, let offset, _):
                    if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                    let line = Array(text)
                    let request =
                        line.first == UInt8(ascii: "{")
                        ? Self.json(line, number, offset) : Self.common(line, number, offset)
                    if let request {
                        take(request)
                    } else if problems.count < 1000 {
                        problems.append(
                            ReadingProblem(
                                "GH6106", "not a line of an access log", entry: number, offset: offset,
                                help: "write the log as JSON with httpMethod, path, status and requestTimeEpoch"))
                    }
                }
            }
        } catch let problem as RecordingProblem {
            throw problem
        } catch let failure as FileDescriptor.Failure {
            throw RecordingProblem("GH6106", "\(name): \(failure.reason)")
        } catch {
            throw RecordingProblem("GH6106", name)
        }
    }

    // MARK: JSON

    private static func json(_ line: [UInt8], _ number: Int, _ offset: Int64) -> ImportedRequest? {
        guard let root = JSONText.parse(line) else { return nil }
        func text(_ names: String...) -> [UInt8]? {
            for name in names {
                guard let value = root[name], !value.isNull else { continue }
                return value.utf8 ?? Array(value.text)
            }
            return nil
        }
        var method = text("httpMethod", "method")
        // The path that was asked for; the resource's pattern is all that some logs keep.
        var path = text("path", "rawPath")
        if let key = text("routeKey"), let space = key.firstIndex(of: 0x20) {
            method = method ?? Array(key[..<space])
            path = path ?? Array(key[(space + 1)...])
        }
        path = path ?? text("resourcePath")
        guard let method, let path, path.first == UInt8(ascii: "/"),
            let clock = clock(text("requestTimeEpoch", "timeEpoch"), text("requestTime", "ts", "time"))
        else { return nil }
        let status = text("status", "statusCode").flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
        return request(method, path, clock, status, number, offset)
    }

    private static func clock(_ epoch: [UInt8]?, _ written: [UInt8]?) -> WallTime? {
        if let epoch, let value = Int64(String(decoding: epoch, as: UTF8.self)), value >= 0 {
            // Milliseconds, or seconds where the number is too small for them.
            return value > 100_000_000_000
                ? WallTime(seconds: value / 1000, nanoseconds: UInt32(value % 1000) * 1_000_000)
                : WallTime(seconds: value)
        }
        return written.flatMap { Moment.parse($0) ?? commonTime($0[...]) }
    }

    // MARK: CLF

    /// `127.0.0.1 - u-200 [21/Nov/2026:12:02:12 +0000] "GET /ships HTTP/1.1" 200 17 request-id`
    private static func common(_ line: [UInt8], _ number: Int, _ offset: Int64) -> ImportedRequest? {
        guard let open = line.firstIndex(of: UInt8(ascii: "[")),
            let close = line[open...].firstIndex(of: UInt8(ascii: "]")),
            let quote = line[close...].firstIndex(of: UInt8(ascii: "\"")),
            let end = line[(quote + 1)...].firstIndex(of: UInt8(ascii: "\"")),
            let clock = commonTime(line[(open + 1)..<close])
        else { return nil }
        let words = line[(quote + 1)..<end].split(separator: 0x20)
        guard words.count >= 2, words[1].first == UInt8(ascii: "/") else { return nil }
        let rest = line[(end + 1)...].split(separator: 0x20)
        let status = rest.first.flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
        return request(Array(words[0]), Array(words[1]), clock, status, number, offset)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `21/Nov/2026:12:02:12 +0000`
    private static func commonTime(_ text: ArraySlice<UInt8>) -> WallTime? {
        let words = text.split(separator: UInt8(ascii: "/"), maxSplits: 2)
        guard words.count == 3,
            let month = months.firstIndex(of: String(decoding: words[1], as: UTF8.self)),
            let colon = words[2].firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        let zone = words[2][(colon + 1)...].split(separator: 0x20)
        guard zone.count == 2 else { return nil }
        return Moment.parse(
            Array(words[2][..<colon]) + Array("-\(number)-".utf8) + words[0] + [UInt8(ascii: "T")] + zone[0] + zone[1])
    }

    private static func request(
        _ method: [UInt8], _ path: [UInt8], _ clock: WallTime, _ status: UInt16?, _ number: Int, _ offset: Int64
    ) -> ImportedRequest {
        // A pattern such as /ships/{shipId} stands for some path of its kind.
        let filled = path.filter { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "+") }
        return ImportedRequest(
            method: method, url: filled, headers: [], body: [], clock: clock,
            answer: status.map { ImportedRequest.Answer(status: $0, headers: [], body: [], isWhole: false) },
            lacksCredentials: true, entry: number, offset: offset)
    }
}
