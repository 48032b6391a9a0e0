import ArgumentParser
import Documents

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `gatehouse tail`: decisions as they are made, out of the log in JSON.
struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show decisions as they are logged, and only those that are wanted.",
        discussion: """
            Examples:
              gatehouse serve --log-format json | gatehouse tail decision=deny
              gatehouse tail --file gateway.log 'route="DELETE /ships/{shipId}"' 'total_ms>=100'
              kubectl logs -f gateway | gatehouse tail status=5xx who!=u-100

            Terms must all hold: name=value (or value,value; * for anything; 4xx), name!=value, name~text, \
            name>number, >=, <, <=, or a word that stands anywhere. Names: \(LogLine.fields.joined(separator: " ")); \
            who is principal_id, id is request_id, ms is total_ms.
            """)

    @Argument(help: "What requests must be like.") var filter: [String] = []

    @Option(
        name: [.customShort("f"), .long], help: "The log, followed as it grows (default: standard input).",
        completion: .file())
    var file: String?

    @Option(help: "How many lines of what the file holds already to begin with.") var last = 10
    @Flag(help: "End with the file instead of waiting for more.") var noFollow = false
    @Flag(help: "Print the lines that are taken as they are.") var json = false
    @OptionGroup var output: OutputOptions

    /// How often a file without news is looked at.
    private static let pauseInMicroseconds: UInt32 = 100_000

    func validate() throws {
        if last < 0 { throw ValidationError("--last is a number of lines, 0 or more") }
        _ = try wanted()
    }

    private func wanted() throws -> RequestFilter {
        let text = filter.map(Self.quoted).joined(separator: " ")
        do throws(RequestFilter.Mistake) {
            return try RequestFilter(text, fields: LogLine.fields, aliases: LogLine.aliases)
        } catch {
            let arrow = String(repeating: " ", count: error.offset) + "^"
            throw ValidationError("\(error.message)\n  \(DiagnosticPrinter.visible(text))\n  \(arrow)")
        }
    }

    /// A shell takes the quotes of `route="GET /ships"` away and leaves one word: the blank in it is the value's.
    private static func quoted(_ word: String) -> String {
        guard word.contains(" "), !word.contains("\""),
            let sign = word.firstIndex(where: { "=~<>".contains($0) }),
            !word[..<sign].contains(" ")
        else { return word }
        let value = word[word.index(after: sign)...]
        return "\(word[...sign])\"\(value.replacing("\\", with: "\\\\"))\""
    }

    func run() throws {
        try reporting {
            let filter = try wanted()
            if let file, file != "-" { try follow(file, filter) } else { readInput(filter) }
        }
    }

    private func readInput(_ filter: RequestFilter) {
        var cutter = LineCutter()
        while let bytes = StandardStreams.readPiece(0) {
            show(cutter.take(bytes), filter)
        }
        show(cutter.finish(), filter)
        report(cutter)
    }

    private func follow(_ path: String, _ filter: RequestFilter) throws {
        let source = try FollowedFile(path)
        var cutter = LineCutter()
        var held: [[UInt8]] = []
        var bytes = source.more()
        while !bytes.isEmpty {
            held += cutter.take(bytes).filter { isTaken($0, filter) }
            if held.count > 2 * last { held.removeFirst(held.count - last) }
            bytes = source.more()
        }
        if noFollow { held += cutter.finish().filter { isTaken($0, filter) } }
        show(held.suffix(last), filter)
        while !noFollow {
            bytes = source.more()
            if bytes.isEmpty { usleep(Self.pauseInMicroseconds) } else { show(cutter.take(bytes), filter) }
        }
        report(cutter)
    }

    private func isTaken(_ line: [UInt8], _ filter: RequestFilter) -> Bool {
        LogLine(line[...])?.isTaken(by: filter) ?? filter.isEmpty
    }

    private func show(_ lines: some Sequence<[UInt8]>, _ filter: RequestFilter) {
        var out: [UInt8] = []
        for line in lines where isTaken(line, filter) {
            if json {
                out += line
            } else if let request = LogLine(line[...]) {
                out += Array(request.rendered(usesColor: output.usesColor).utf8)
            } else {
                // What else was written to the log.
                out += Array(DiagnosticPrinter.visible(String(decoding: line, as: UTF8.self)).utf8)
            }
            out.append(0x0A)
        }
        if !out.isEmpty { StandardStreams.write(out) }
    }

    private func report(_ cutter: LineCutter) {
        if cutter.skipped > 0 {
            StandardStreams.writeError(
                "gatehouse: \(cutter.skipped) lines of more than \(LineCutter.longest) bytes were left out\n")
        }
    }
}
