import Documents
import Functions

/// The request that a curl command sends, read from its words: what browsers copy as "cURL (bash)".
struct CurlCommand {
    private(set) var request = OfflineRequest()

    private var urls: [[UInt8]] = []
    private var method: [UInt8]?
    private var headers: [(name: [UInt8], value: [UInt8])] = []
    /// Names that `-H 'Name:'` takes out.
    private var removed: Set<[UInt8]> = []
    private var data: [[UInt8]] = []
    private var hasData = false
    private var isJSON = false
    private var isForm = false
    private var isUpload = false
    private var asksByGet = false
    private var asksForHead = false
    private var globs = true
    private var pathAsIs = false
    private var target: [UInt8]?
    private var user: [UInt8]?
    private let readFile: (String) throws(CommandFailure) -> [UInt8]

    /// - Parameter text: the command, `curl` first; a `$ ` in front of it is overlooked.
    init(
        _ text: [UInt8], readFile: @escaping (String) throws(CommandFailure) -> [UInt8] = StandardStreams.read
    ) throws(CommandFailure) {
        self.readFile = readFile
        var words: [[UInt8]]
        do throws(ShellWords.Problem) {
            if text.contains(Array("^\"".utf8)) {
                throw ShellWords.Problem(sentence: "this is the form for Windows' cmd: choose \"Copy as cURL (bash)\"")
            }
            words = try ShellWords.split(text)
        } catch {
            throw Self.failure(error.sentence)
        }
        if words.first == Array("$".utf8) { words.removeFirst() }
        guard let first = words.first, first == Array("curl".utf8) || first.suffix(5) == Array("/curl".utf8) else {
            throw Self.failure("the command does not begin with curl")
        }
        try read(words.dropFirst())
        try makeRequest()
    }

    private static func failure(_ sentence: String) -> CommandFailure {
        CommandFailure("--curl: \(sentence)", ExitCodes.usage)
    }

    // MARK: Words

    private mutating func read(_ words: ArraySlice<[UInt8]>) throws(CommandFailure) {
        var rest = words
        var onlyURLs = false
        while let word = rest.popFirst() {
            if onlyURLs || word.first != UInt8(ascii: "-") || word.count == 1 {
                urls.append(word)
            } else if word == Array("--".utf8) {
                onlyURLs = true
            } else if word.starts(with: "--".utf8) {
                let name = String(decoding: word.dropFirst(2), as: UTF8.self)
                guard let option = CurlOption.long[name] else { throw Self.unknown("--\(name)") }
                try apply(option, "--\(name)", option.takesValue ? rest.popFirst() : nil)
            } else {
                try readCluster(word, &rest)
            }
        }
    }

    /// `-sSL`, `-XPOST`, `-H name:value`
    private mutating func readCluster(
        _ word: [UInt8], _ rest: inout ArraySlice<[UInt8]>
    ) throws(CommandFailure) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(Character(Unicode.Scalar(letter)))"
            guard let option = CurlOption.short(letter) else { throw Self.unknown(name) }
            guard option.takesValue else {
                try apply(option, name, nil)
                continue
            }
            let value = letters.isEmpty ? rest.popFirst() : Array(letters)
            return try apply(option, name, value)
        }
    }

    private static func unknown(_ name: String) -> CommandFailure {
        failure(
            "option \(DiagnosticPrinter.visible(name)) is not known here; take it out if it does not change the request"
        )
    }

    private mutating func apply(_ option: CurlOption, _ name: String, _ given: [UInt8]?) throws(CommandFailure) {
        guard !option.takesValue || given != nil else { throw Self.failure("option \(name) needs a value") }
        let value = given ?? []
        switch option {
        case .method: method = value
        case .header: try addHeader(value)
        case .data(let kind): try addData(kind, value)
        case .cookie:
            guard value.contains(UInt8(ascii: "=")) else {
                throw Self.failure("-b names a file of cookies: write name=value instead")
            }
            headers.append((Array("Cookie".utf8), value))
        case .user:
            guard value.contains(UInt8(ascii: ":")) else {
                throw Self.failure("-u has no password: curl would ask for it")
            }
            user = value
        case .bearer: headers.append((Array("Authorization".utf8), Array("Bearer ".utf8) + value))
        case .agent: setHeader("User-Agent", value)
        case .referer: setHeader("Referer", Array(value.prefix { $0 != UInt8(ascii: ";") }))
        case .range: setHeader("Range", Array("bytes=".utf8) + value)
        case .url: urls.append(value)
        case .requestTarget: target = value
        case .form: isForm = true
        case .upload: isUpload = true
        case .get: asksByGet = true
        case .head: asksForHead = true
        case .compressed: setHeader("Accept-Encoding", Array("deflate, gzip".utf8))
        case .noGlobbing: globs = false
        case .pathAsIs: pathAsIs = true
        case .ignored, .ignoredWithValue: break
        }
    }

    // MARK: Headers

    private mutating func setHeader(_ name: String, _ value: [UInt8]) {
        if value.isEmpty {
            removed.insert(Self.lower(Array(name.utf8)))
        } else {
            headers.append((Array(name.utf8), value))
        }
    }

    private mutating func addHeader(_ line: [UInt8]) throws(CommandFailure) {
        if line.first == UInt8(ascii: "@") { throw Self.failure("-H @file: write the header lines themselves") }
        if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let name = Array(line[..<colon])
            let value = Array(line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 })
            // HTTP/2's pseudo fields, as some browsers copy them.
            if name.isEmpty { return }
            if value.isEmpty { removed.insert(Self.lower(name)) } else { headers.append((name, value)) }
        } else if line.last == UInt8(ascii: ";") {
            headers.append((Array(line.dropLast()), []))
        } else {
            throw Self.failure("-H needs \"Name: value\"")
        }
    }

    private func has(_ name: String) -> Bool {
        let lower = Self.lower(Array(name.utf8))
        return removed.contains(lower) || headers.contains { Self.lower($0.name) == lower }
    }

    private static func lower(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    }

    // MARK: Data

    private mutating func addData(_ kind: CurlOption.Data, _ value: [UInt8]) throws(CommandFailure) {
        hasData = true
        switch kind {
        case .raw: data.append(value)
        case .json:
            isJSON = true
            // Several --json make one text.
            let piece = try content(value, strips: false)
            if data.isEmpty { data.append(piece) } else { data[data.count - 1] += piece }
        case .text, .binary: data.append(try content(value, strips: kind == .text))
        case .urlencoded: data.append(try encoded(value))
        }
    }

    private func content(_ value: [UInt8], strips: Bool) throws(CommandFailure) -> [UInt8] {
        guard value.first == UInt8(ascii: "@") else { return value }
        let bytes = try readFile(String(decoding: value.dropFirst(), as: UTF8.self))
        return strips ? bytes.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 } : bytes
    }

    /// `content`, `=content`, `name=content`, `@file`, `name@file`
    private func encoded(_ value: [UInt8]) throws(CommandFailure) -> [UInt8] {
        let sign = value.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "@") }
        guard let sign else { return PercentEncoding.component(value) }
        let name = Array(value[..<sign])
        var body = Array(value[(sign + 1)...])
        if value[sign] == UInt8(ascii: "@") { body = try readFile(String(decoding: body, as: UTF8.self)) }
        return (name.isEmpty ? [] : name + [UInt8(ascii: "=")]) + PercentEncoding.component(body)
    }

    // MARK: Request

    private mutating func makeRequest() throws(CommandFailure) {
        guard let text = urls.first else { throw Self.failure("there is no URL") }
        if urls.count > 1 { throw Self.failure("there are \(urls.count) URLs: one request is decided at a time") }
        if isForm, hasData { throw Self.failure("-F and -d exclude each other") }
        var url: CurlURL
        do throws(CurlURL.Problem) {
            url = try CurlURL(text, globs: globs, keepsDots: pathAsIs)
        } catch {
            throw Self.failure(error.sentence)
        }
        let body = Array(data.joined(separator: [UInt8(ascii: "&")]))
        if asksByGet, !body.isEmpty { url.query = (url.query.map { $0 + [UInt8(ascii: "&")] } ?? []) + body }
        request.method = chosenMethod
        request.target = target ?? url.path + (url.query.map { [UInt8(ascii: "?")] + $0 } ?? [])
        request.isSecure = url.isSecure
        request.body = asksByGet ? [] : body
        addImpliedHeaders(url)
        for header in headers where !removed.contains(Self.lower(header.name)) || header.value.isEmpty {
            request.headers.append(header)
        }
    }

    private var chosenMethod: [UInt8] {
        if let method { return method }
        if asksForHead { return Array("HEAD".utf8) }
        if isUpload { return Array("PUT".utf8) }
        return Array((hasData && !asksByGet) || isForm ? "POST".utf8 : "GET".utf8)
    }

    private mutating func addImpliedHeaders(_ url: CurlURL) {
        var implied: [(name: String, value: [UInt8])] = [("Host", url.authority)]
        if let user = user ?? url.user {
            implied.append(("Authorization", Array("Basic ".utf8) + Base64.encode(user)))
        }
        implied.append(("User-Agent", Array("curl".utf8)))
        implied.append(("Accept", Array((isJSON ? "application/json" : "*/*").utf8)))
        if isJSON {
            implied.append(("Content-Type", Array("application/json".utf8)))
        } else if hasData, !asksByGet {
            implied.append(("Content-Type", Array("application/x-www-form-urlencoded".utf8)))
        } else if isForm {
            implied.append(("Content-Type", Array("multipart/form-data; boundary=curl".utf8)))
        }
        for header in implied where !has(header.name) {
            request.headers.append((Array(header.name.utf8), header.value))
        }
    }
}
