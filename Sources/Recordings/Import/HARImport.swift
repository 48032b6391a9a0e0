import Documents
import EventLoop
import Tokens

/// Reads HAR files as browsers, proxies and API clients export them.
package struct HARImport {
    /// Name and version of the program that wrote the file, as far as it says.
    package private(set) var program: String?
    package private(set) var problems: [ReadingProblem] = []
    /// Entries that could not be read beyond those in ``problems``: a hostile file may have millions.
    package private(set) var unlisted = 0
    private let name: String
    private let source: LineReader
    private let largest: Int

    /// `-` is standard input.
    package init(path: String) throws(RecordingProblem) {
        do throws(FileDescriptor.Failure) {
            self.init(name: path == "-" ? "standard input" : path, file: try FileDescriptor.reading(path))
        } catch {
            throw RecordingProblem("GH6101", "\(path): \(error.reason)")
        }
    }

    init(name: String, file: FileDescriptor, largest: Int = LineReader.largestLine) {
        self.init(name: name, source: LineReader(file), largest: largest)
    }

    init(name: String, source: LineReader, largest: Int) {
        self.name = name
        self.source = source
        self.largest = largest
    }

    /// Gives every entry that can be read to `take`; the others are reported in ``problems``.
    package mutating func run(_ take: (ImportedRequest) -> Void) throws(RecordingProblem) {
        let source = source
        var splitter = HARSplitter(largest: largest)
        do {
            try TextInput.prepare(source, name)
            while let bytes = try source.chunk() {
                var events: [HARSplitter.Event] = []
                splitter.feed(bytes) { events.append($0) }
                for event in events { handle(event, take) }
            }
        } catch let problem as RecordingProblem {
            throw problem
        } catch let failure as FileDescriptor.Failure {
            throw RecordingProblem("GH6101", "\(name): \(failure.reason)")
        } catch {
            throw RecordingProblem("GH6101", name)
        }
        guard splitter.hasEntries else {
            throw RecordingProblem(
                "GH6101", "\(name) is not a HAR file: there is no log.entries",
                help: "export it from the browser's network tab")
        }
        if let offset = splitter.openEntry {
            note(
                ReadingProblem(
                    "GH6005", "the file ends in the middle of this entry", entry: splitter.entries, offset: offset,
                    severity: .warning))
        } else if !splitter.isComplete {
            note(
                ReadingProblem(
                    "GH6005", "the file ends before its list of entries does", entry: splitter.entries,
                    offset: 0, severity: .warning))
        }
    }

    private mutating func note(_ problem: ReadingProblem) {
        if problems.count < Self.mostProblems { problems.append(problem) } else { unlisted += 1 }
    }

    private mutating func handle(_ event: HARSplitter.Event, _ take: (ImportedRequest) -> Void) {
        switch event {
        case .program(let text):
            guard let value = JSONText.parse(text), let name = value["name"]?.string else { return }
            let words = [name, value["version"]?.string ?? ""].filter { !$0.isEmpty }
            program = words.joined(separator: " ")
        case .tooLarge(let number, let offset):
            note(
                ReadingProblem("GH6006", "the entry is too large and was passed over", entry: number, offset: offset))
        case .other(let number, let offset):
            note(ReadingProblem("GH6007", "the entry is not an object", entry: number, offset: offset))
        case .stray(let number, let offset):
            note(
                ReadingProblem(
                    "GH6004", "what follows this entry is none: a bracket is missing, or one too many", entry: number,
                    offset: offset, help: "the entries behind it were read all the same"))
        case .broken(let text, let number, let offset):
            var problem = ReadingProblem(
                "GH6004", "the entry is no JSON", entry: number, offset: offset + Int64(text.count) - 1,
                help: "the entries behind it were read all the same")
            do throws(JSONError) {
                _ = try JSONParser.parse(text, maximumDepth: Self.deepest)
            } catch {
                problem.message = "\(error.message) (\(error.code))"
                problem.offset = offset + Int64(min(error.range.lowerBound, text.count - 1))
            }
            note(problem)
        case .entry(let text, let number, let offset):
            do throws(ReadingProblem.Found) {
                take(try Self.request(text, number, offset))
            } catch {
                note(error.problem)
            }
        }
    }

    // MARK: One entry

    private static let deepest = 64
    private static let mostProblems = 1000

    private static func request(
        _ text: [UInt8], _ number: Int, _ offset: Int64
    ) throws(ReadingProblem.Found) -> ImportedRequest {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONParser.parse(text, maximumDepth: deepest).root
        } catch {
            throw ReadingProblem.Found(
                problem: ReadingProblem(
                    "GH6004", "\(error.message) (\(error.code))", entry: number,
                    offset: offset + Int64(error.range.lowerBound)))
        }
        func malformed(_ message: String) -> ReadingProblem.Found {
            ReadingProblem.Found(problem: ReadingProblem("GH6007", message, entry: number, offset: offset))
        }
        guard let request = root["request"], request.kind == .object else {
            throw malformed("request is not an object")
        }
        guard let method = request["method"]?.utf8, let url = request["url"]?.utf8 else {
            throw malformed("request.method or request.url is not a text")
        }
        guard let clock = root["startedDateTime"]?.utf8.flatMap({ Moment.parse($0) }) else {
            throw malformed("startedDateTime is no moment")
        }
        guard let headers = headers(request["headers"]) else {
            throw malformed("request.headers is no list of headers")
        }
        let post = request["postData"]
        return ImportedRequest(
            method: method, url: url, headers: headers, body: post?["text"]?.utf8 ?? [],
            bodyIsWhole: post == nil || post?["text"] != nil, clock: clock,
            milliseconds: root["time"]?.double.flatMap { $0.isFinite ? $0 : nil } ?? 0,
            answer: answer(root["response"]), entry: number, offset: offset)
    }

    private static func headers(_ list: JSONValue?) -> [ImportedRequest.Header]? {
        guard let list else { return [] }
        guard list.kind == .array else { return nil }
        var headers: [ImportedRequest.Header] = []
        for line in list.elements {
            guard let name = line["name"]?.utf8, let value = line["value"]?.utf8 else { return nil }
            headers.append(ImportedRequest.Header(name: name, value: value))
        }
        return headers
    }

    private static func answer(_ response: JSONValue?) -> ImportedRequest.Answer? {
        guard let response, let status = response["status"]?.int64, (0...999).contains(status) else { return nil }
        let content = response["content"]
        var body = content?["text"]?.utf8 ?? []
        var isWhole = content?["text"] != nil || content?["size"]?.int64 == 0
        if content?["encoding"]?.equals("base64") == true {
            body = LenientBase64.decode(body[...])
        } else if content?["encoding"] != nil {
            body = []
            isWhole = false
        }
        // What the file holds is decoded, whatever the header says.
        let headers = (headers(response["headers"]) ?? []).filter {
            !$0.name.map(ByteKind.lowercased).elementsEqual("content-encoding".utf8)
        }
        return ImportedRequest.Answer(status: UInt16(status), headers: headers, body: body, isWhole: isWhole)
    }
}
