package import Tokens

/// Reads command lines of curl, as DevTools copies them for bash.
package enum CurlImport {
    /// One request for each command in the text. What cannot be understood is reported, and the rest is read.
    package static func requests(
        _ text: [UInt8], at now: WallTime
    ) -> (requests: [ImportedRequest], problems: [ReadingProblem]) {
        var requests: [ImportedRequest] = []
        var problems: [ReadingProblem] = []
        var scanner = ShellScanner(text)
        var number = 0
        while true {
            scanner.skipSeparators()
            let offset = Int64(scanner.index)
            if scanner.isAtEnd { break }
            number += 1
            do throws(ShellScanner.Mistake) {
                let words = try scanner.command()
                guard words.first.map({ $0.elementsEqual("curl".utf8) }) == true else {
                    throw ShellScanner.Mistake(message: "the command is not curl")
                }
                requests.append(
                    try CurlCommand(words.dropFirst()).request(at: now, entry: number, offset: offset))
            } catch {
                problems.append(
                    ReadingProblem(
                        "GH6105", error.message, entry: number, offset: offset,
                        help: "in DevTools choose \"Copy as cURL (bash)\""))
                scanner.skipCommand()
            }
        }
        return (requests, problems)
    }
}

/// The options of one curl command that make its request.
private struct CurlCommand {
    private var method: [UInt8]?
    private var url: [UInt8]?
    private var headers: [ImportedRequest.Header] = []
    private var data: [[UInt8]] = []
    private var sendsDataInURL = false
    private var isHead = false

    /// Options without a value that change nothing of what is recorded.
    private static let flags: Set<String> = [
        "--compressed", "-s", "--silent", "-S", "--show-error", "-k", "--insecure", "-L", "--location", "-v",
        "--verbose",
        "-i", "--include", "-f", "--fail", "--http1.1", "--http2", "-g", "--globoff", "-N", "--no-buffer",
        "--path-as-is",
        "-sS", "-sSL", "-sk", "-ks",
    ]
    /// Options with a value that changes nothing of what is recorded.
    private static let ignored: Set<String> = [
        "-o", "--output", "-m", "--max-time", "--connect-timeout", "--retry", "-w", "--write-out", "-x", "--proxy",
        "--cacert", "--resolve", "-c", "--cookie-jar",
    ]

    init(_ words: ArraySlice<[UInt8]>) throws(ShellScanner.Mistake) {
        var rest = words
        func value(_ option: String) throws(ShellScanner.Mistake) -> [UInt8] {
            guard let next = rest.popFirst() else {
                throw ShellScanner.Mistake(message: "\(option) wants a value")
            }
            return next
        }
        while let word = rest.popFirst() {
            guard word.first == UInt8(ascii: "-"), word.count > 1 else {
                guard url == nil else { throw ShellScanner.Mistake(message: "one command has several addresses") }
                url = word
                continue
            }
            var option = String(decoding: word, as: UTF8.self)
            // -XPOST and -HAccept:… are written in one word too.
            if !option.hasPrefix("--"), word.count > 2, let letter = option.dropFirst().first,
                "XHdbuAe".contains(letter)
            {
                rest = [Array(word.dropFirst(2))] + rest
                option = "-\(letter)"
            }
            switch option {
            case "-X", "--request": method = try value(option)
            case "-H", "--header": try add(header: value(option))
            case "-d", "--data", "--data-ascii", "--data-raw", "--data-binary":
                let text = try value(option)
                if option != "--data-raw", text.first == UInt8(ascii: "@") {
                    throw ShellScanner.Mistake(message: "\(option) @file: the file is not at hand")
                }
                data.append(text)
            case "--json":
                data.append(try value(option))
                add("Content-Type", Array("application/json".utf8))
            case "--data-urlencode": data.append(PercentText.encodeForm(try value(option)))
            case "-b", "--cookie": add("Cookie", try value(option))
            case "-A", "--user-agent": add("User-Agent", try value(option))
            case "-e", "--referer": add("Referer", try value(option))
            case "-u", "--user": add("Authorization", Array("Basic ".utf8) + StandardBase64.encode(try value(option)))
            case "--oauth2-bearer": add("Authorization", Array("Bearer ".utf8) + (try value(option)))
            case "--url": url = try value(option)
            case "-G", "--get": sendsDataInURL = true
            case "-I", "--head": isHead = true
            case "-F", "--form", "-T", "--upload-file":
                throw ShellScanner.Mistake(message: "\(option) sends files that are not at hand")
            case _ where Self.flags.contains(option): break
            case _ where Self.ignored.contains(option): _ = try value(option)
            default: throw ShellScanner.Mistake(message: "an option is not understood")
            }
        }
    }

    private mutating func add(_ name: String, _ value: [UInt8]) {
        headers.append(ImportedRequest.Header(name: Array(name.utf8), value: value))
    }

    private mutating func add(header line: [UInt8]) throws(ShellScanner.Mistake) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.firstIndex(of: UInt8(ascii: ";")) else {
            throw ShellScanner.Mistake(message: "a header has no colon")
        }
        let value = line[(colon + 1)...].drop { $0 == 0x20 }
        // `Name:` takes a header away that curl would send by itself.
        if value.isEmpty, line[colon] == UInt8(ascii: ":") { return }
        headers.append(ImportedRequest.Header(name: Array(line[..<colon]), value: Array(value)))
    }

    func request(at now: WallTime, entry: Int, offset: Int64) throws(ShellScanner.Mistake) -> ImportedRequest {
        guard var url else { throw ShellScanner.Mistake(message: "there is no address") }
        if !url.starts(with: "http://".utf8), !url.starts(with: "https://".utf8) { url = Array("http://".utf8) + url }
        var body = Array(data.joined(separator: [UInt8(ascii: "&")]))
        var headers = headers
        if sendsDataInURL, !body.isEmpty {
            url += [url.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?")] + body
            body = []
        }
        let hasType = headers.contains { $0.name.map(ByteKind.lowercased).elementsEqual("content-type".utf8) }
        if !body.isEmpty, !hasType {
            headers.append(
                ImportedRequest.Header(
                    name: Array("Content-Type".utf8), value: Array("application/x-www-form-urlencoded".utf8)))
        }
        let standard = isHead ? "HEAD" : body.isEmpty ? "GET" : "POST"
        return ImportedRequest(
            method: method ?? Array(standard.utf8), url: url, headers: headers, body: body, clock: now, entry: entry,
            offset: offset)
    }
}

/// Words of a shell: quotes, escapes, continued lines. Nothing is expanded and nothing is run.
struct ShellScanner {
    struct Mistake: Error {
        var message: String
    }

    private let text: [UInt8]
    private(set) var index = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    var isAtEnd: Bool { index >= text.count }

    private static let separators = Set(" \t\r\n;&".utf8)

    mutating func skipSeparators() {
        while !isAtEnd, Self.separators.contains(text[index]) || startsComment || isContinuation {
            if startsComment {
                while !isAtEnd, text[index] != 0x0A { index += 1 }
            } else {
                index += isContinuation ? 2 : 1
            }
        }
    }

    private var startsComment: Bool {
        !isAtEnd && text[index] == UInt8(ascii: "#") && (index == 0 || Self.separators.contains(text[index - 1]))
    }

    private var isContinuation: Bool {
        index + 1 < text.count && text[index] == UInt8(ascii: "\\") && text[index + 1] == 0x0A
    }

    /// To the end of the line on which something was not understood.
    mutating func skipCommand() {
        while !isAtEnd {
            if isContinuation {
                index += 2
            } else if text[index] == 0x0A {
                return
            } else {
                index += 1
            }
        }
    }

    /// The words up to the end of the command.
    mutating func command() throws(Mistake) -> [[UInt8]] {
        var words: [[UInt8]] = []
        while !isAtEnd {
            if isContinuation {
                index += 2
            } else if text[index] == 0x20 || text[index] == 0x09 || text[index] == 0x0D {
                index += 1
            } else if text[index] == 0x0A || text[index] == UInt8(ascii: ";") || text[index] == UInt8(ascii: "&") {
                break
            } else if text[index] == UInt8(ascii: "|") || text[index] == UInt8(ascii: ">") {
                // What becomes of the output does not matter.
                skipCommand()
                break
            } else {
                words.append(try word())
            }
        }
        return words
    }

    private mutating func word() throws(Mistake) -> [UInt8] {
        var out: [UInt8] = []
        while !isAtEnd {
            let byte = text[index]
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                return out
            case UInt8(ascii: "'"): out += try quoted()
            case UInt8(ascii: "\""): out += try doubleQuoted()
            case UInt8(ascii: "$"):
                guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "'") else {
                    throw Mistake(message: "a variable is not expanded; paste the command with its values")
                }
                index += 1
                out += try ansiQuoted()
            case UInt8(ascii: "`"): throw Mistake(message: "commands inside commands are not run")
            case UInt8(ascii: "\\"):
                guard index + 1 < text.count else { throw Mistake(message: "the command ends in an escape") }
                if text[index + 1] != 0x0A { out.append(text[index + 1]) }
                index += 2
            default:
                out.append(byte)
                index += 1
            }
        }
        return out
    }

    private mutating func quoted() throws(Mistake) -> [UInt8] {
        guard let end = text[(index + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
            throw Mistake(message: "a quote is not closed")
        }
        defer { index = end + 1 }
        return Array(text[(index + 1)..<end])
    }

    private mutating func doubleQuoted() throws(Mistake) -> [UInt8] {
        var out: [UInt8] = []
        index += 1
        while !isAtEnd {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return out }
            if byte == UInt8(ascii: "\\"), !isAtEnd, "\"\\$`\n!".utf8.contains(text[index]) {
                if text[index] != 0x0A { out.append(text[index]) }
                index += 1
            } else if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") {
                throw Mistake(message: "a variable is not expanded; paste the command with its values")
            } else {
                out.append(byte)
            }
        }
        throw Mistake(message: "a quote is not closed")
    }

    /// `$'…'`, which DevTools writes around control characters and letters beyond ASCII.
    private mutating func ansiQuoted() throws(Mistake) -> [UInt8] {
        var out: [UInt8] = []
        index += 1
        while !isAtEnd {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "'") { return out }
            guard byte == UInt8(ascii: "\\"), !isAtEnd else {
                out.append(byte)
                continue
            }
            let kind = text[index]
            index += 1
            switch kind {
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "x"): out.append(UInt8(truncatingIfNeeded: hexadecimal(2)))
            case UInt8(ascii: "u"):
                let scalar = Unicode.Scalar(hexadecimal(4)) ?? "\u{FFFD}"
                out += Array(String(Character(scalar)).utf8)
            default: out.append(kind)
            }
        }
        throw Mistake(message: "a quote is not closed")
    }

    private mutating func hexadecimal(_ digits: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard !isAtEnd, let digit = Hexadecimal.value(text[index]) else { break }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}

enum StandardBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                out.append(
                    place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return out
    }
}

extension PercentText {
    /// `name=value` with the value encoded, as `--data-urlencode` sends it.
    static func encodeForm(_ text: [UInt8]) -> [UInt8] {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return encode(text) }
        return text[...equals] + encode(Array(text[(equals + 1)...]))
    }
}
