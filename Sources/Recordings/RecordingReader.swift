import Documents
import EventLoop

/// Reads a recording entry by entry; one of them is in memory at a time. What cannot be read is reported with its place,
/// and the rest is read all the same.
package final class RecordingReader {
    package enum Item {
        case entry(RecordedEntry)
        /// A part of the recording begins; `salt` names the salt of its pseudonyms.
        case opening(salt: [UInt8]?)
        /// So many requests were not recorded here.
        case dropped(Int)
        case problem(ReadingProblem)
    }

    private let name: String
    private let lines: LineReader
    private var isFirst = true
    /// Claims may be nested as deeply as the gate accepts them, a few levels below the entry.
    private static let deepest = 80

    /// `-` is standard input.
    package convenience init(path: String) throws(RecordingProblem) {
        do throws(FileDescriptor.Failure) {
            self.init(name: path == "-" ? "standard input" : path, file: try FileDescriptor.reading(path))
        } catch {
            throw RecordingProblem("GH6003", "\(path): \(error.reason)")
        }
    }

    convenience init(name: String, file: FileDescriptor, largest: Int = LineReader.largestLine) {
        self.init(name: name, source: LineReader(file, largest: largest))
    }

    init(name: String, source: LineReader) {
        self.name = name
        lines = source
    }

    /// Nil at the end. Throws when the input is no recording at all, or can no longer be read.
    package func next() throws(RecordingProblem) -> Item? {
        do {
            if isFirst { try TextInput.prepare(lines, name) }
            while let line = try lines.next() {
                switch line {
                case .tooLong(let number, let offset):
                    isFirst = false
                    return .problem(
                        ReadingProblem(
                            "GH6006", "the line is too long and was passed over", entry: number, offset: offset))
                case .text(let text, let number, let offset, let isTerminated):
                    if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                    let item = try item(Array(text), number, offset, isTerminated)
                    isFirst = false
                    if let item { return item }
                }
            }
        } catch let failure as FileDescriptor.Failure {
            throw RecordingProblem("GH6003", "\(name): \(failure.reason)")
        } catch let problem as RecordingProblem {
            throw problem
        } catch {
            throw RecordingProblem("GH6003", name)
        }
        if isFirst { throw RecordingProblem("GH6003", "\(name) is empty") }
        return nil
    }

    /// Nil for lines of ours that a newer version may write.
    private func item(
        _ text: [UInt8], _ number: Int, _ offset: Int64, _ isTerminated: Bool
    ) throws(RecordingProblem) -> Item? {
        // Recordings that were put together may have a byte-order mark in the middle.
        let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONParser.parse(text, maximumDepth: Self.deepest)
        } catch {
            if isFirst { throw notARecording }
            if !isTerminated {
                return .problem(
                    ReadingProblem(
                        "GH6005", "the recording ends in the middle of this line", entry: number, offset: offset,
                        severity: .warning))
            }
            return .problem(
                ReadingProblem(
                    "GH6004", "\(error.message) (\(error.code))", entry: number,
                    offset: offset + Int64(error.range.lowerBound)))
        }
        let root = document.root
        guard let ours = root["_gatehouse"], ours.kind == .object else {
            if isFirst { throw notARecording }
            return .problem(
                ReadingProblem(
                    "GH6007", "no entry of a recording: there is no _gatehouse", entry: number, offset: offset))
        }
        if let format = ours["format"]?.string {
            guard format == RecordingFormat.name else { throw notARecording }
            guard ours["v"]?.int64 == Int64(RecordingFormat.version) else {
                throw RecordingProblem(
                    "GH6003", "\(name): the recording is of another version",
                    help: "replay it with the Gatehouse that wrote it, or a newer one")
            }
            return .opening(salt: ours["salt"]?.utf8)
        }
        if ours["note"]?.string == "dropped" { return .dropped(Int(clamping: ours["entries"]?.int64 ?? 0)) }
        guard root["request"] != nil || ours["note"] == nil else { return nil }
        do throws(RecordedEntry.Malformed) {
            return .entry(try RecordedEntry(document, number: number, offset: offset))
        } catch {
            return .problem(ReadingProblem("GH6007", error.message, entry: number, offset: offset))
        }
    }

    private var notARecording: RecordingProblem {
        RecordingProblem(
            "GH6003", "\(name) is not a recording",
            help: "a HAR file becomes one by `gatehouse import har FILE -o FILE.gtr.jsonl`")
    }
}

/// What inputs of text have in common.
enum TextInput {
    /// Passes over a byte-order mark and refuses what is not UTF-8 text.
    static func prepare(_ lines: LineReader, _ name: String) throws(any Error) {
        let first = Array(try lines.peek(4))
        if first.starts(with: [0x1F, 0x8B]) {
            throw RecordingProblem("GH6002", "\(name) is gzip-ed", help: "unpack it: gunzip -c FILE | gatehouse … -")
        }
        if first.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            throw RecordingProblem("GH6002", "\(name) is zstd-compressed", help: "unpack it with zstd -d")
        }
        if first.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw RecordingProblem("GH6002", "\(name) is a zip file", help: "unpack it first")
        }
        let isUTF16 = first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF])
        if isUTF16 || first.prefix(2).contains(0) {
            throw RecordingProblem("GH6002", "\(name) is not UTF-8 text", help: "save it as UTF-8")
        }
        if first.starts(with: [0xEF, 0xBB, 0xBF]) { lines.skip(3) }
    }
}
