import Documents
import HTTP

/// Takes the secrets out of one request and its answer. Made for each exchange, because what is secret in one part of it
/// is looked for in all others.
struct MessageRedactor {
    /// What became of a body.
    enum Body: Equatable {
        case kept([UInt8])
        /// Why it was left out, in a word.
        case leftOut(String)
    }

    let rules: RedactionRules
    let pseudonyms: Pseudonyms
    private(set) var text: TextRedactor

    init(tokens: TokenRedactor) {
        rules = tokens.rules
        pseudonyms = tokens.pseudonyms
        text = TextRedactor(tokens: tokens, literals: LiteralList())
    }

    // MARK: What is secret in this exchange

    /// Opaque secrets that are as long as this are looked for everywhere.
    private static let shortestSecret = 12

    /// Looks through header lines for values that must not stand anywhere else either. To be called for everything
    /// before anything is redacted.
    mutating func learn(_ kind: HeaderKind, _ value: [UInt8]) {
        if value.count < Self.shortestSecret { return }
        var index = 0
        while let find = TokenScan.first(in: value, from: index) {
            text.literals.insert(text.tokens.redacted(value, find, depth: 0).literals)
            index = find.range.upperBound
        }
        if index > 0 { return }
        switch kind {
        case .cookie: for pair in CookiePairs(value) { learn(secret: pair.value) }
        case .setCookie: if let pair = CookiePairs(value).first { learn(secret: pair.value) }
        case .credentials: learn(secret: Credentials(value).rest)
        case .secret: learn(secret: value[...])
        case .plain, .target, .clientAddresses, .forwarded: break
        }
    }

    /// The personal claims of the caller's token, wherever it stood.
    mutating func learn(_ token: RedactedToken) { text.literals.insert(token.literals) }

    /// What is not to be written anywhere.
    mutating func hide(_ secret: [UInt8]) { text.literals.insert(secret, TextRedactor.redacted) }

    private mutating func learn(secret: ArraySlice<UInt8>) {
        if secret.count >= Self.shortestSecret { text.literals.insert(Array(secret), pseudonyms.opaque(secret)) }
    }

    // MARK: Headers

    /// The value of a header line.
    func header(_ kind: HeaderKind, _ value: [UInt8]) -> [UInt8] {
        switch kind {
        case .plain: text.clean(value)
        case .cookie: cookies(value)
        case .setCookie: setCookie(value)
        case .credentials: credentials(value)
        case .secret: TokenScan.contains(value) ? text.clean(value) : hashed(value)
        case .target: target(value)
        case .clientAddresses: ClientAddresses(pseudonyms: pseudonyms).list(value)
        case .forwarded: ClientAddresses(pseudonyms: pseudonyms).forwarded(value) { text.clean($0) }
        }
    }

    private func hashed(_ value: some Collection<UInt8>) -> [UInt8] {
        value.isEmpty ? [] : pseudonyms.opaque(value)
    }

    private func credentials(_ value: [UInt8]) -> [UInt8] {
        if TokenScan.contains(value) { return text.clean(value) }
        let parts = Credentials(value)
        return Array(value[..<parts.rest.startIndex]) + hashed(parts.rest)
    }

    private func cookies(_ value: [UInt8]) -> [UInt8] {
        Array(CookiePairs(value).map { pair in pair.prefix + hashed(pair.value) }.joined(separator: [0x3B, 0x20]))
    }

    private func setCookie(_ value: [UInt8]) -> [UInt8] {
        let first = value.prefix { $0 != UInt8(ascii: ";") }
        return cookies(Array(first)) + text.clean(Array(value[first.endIndex...]))
    }

    // MARK: Targets and forms

    /// A path with its query, or a whole address.
    func target(_ target: [UInt8]) -> [UInt8] {
        guard let question = target.firstIndex(of: UInt8(ascii: "?")) else { return text.clean(target) }
        let query = target[(question + 1)...].prefix { $0 != UInt8(ascii: "#") }
        return text.clean(Array(target[..<question])) + [UInt8(ascii: "?")] + form(Array(query))
            + text.clean(Array(target[query.endIndex...]))
    }

    /// A query, or a body of `application/x-www-form-urlencoded`.
    func form(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for (place, parameter) in bytes.split(separator: 0x26, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { out.append(0x26) }
            guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else {
                out += text.clean(Array(parameter))
                continue
            }
            let name = QueryString.decode(parameter[..<equals])
            out += text.clean(Array(parameter[..<equals])) + [UInt8(ascii: "=")]
            out += value(QueryString.decode(parameter[(equals + 1)...]), Array(parameter[(equals + 1)...]), of: name)
        }
        return out
    }

    private func value(_ decoded: [UInt8], _ written: [UInt8], of name: [UInt8]) -> [UInt8] {
        if rules.isSecretParameter(name), !TokenScan.contains(decoded) { return hashed(decoded) }
        if rules.isPersonalParameter(name), !decoded.isEmpty {
            return PercentText.encode(pseudonyms.personal(decoded))
        }
        // An address inside an address has parameters of its own.
        if decoded.contains(UInt8(ascii: "?")), decoded != written {
            let clean = target(decoded)
            return clean == decoded ? written : PercentText.encode(clean)
        }
        return text.clean(written)
    }

    // MARK: Bodies

    /// A body with its `Content-Type` and `Content-Encoding`. What cannot be looked through is left out.
    func body(_ bytes: [UInt8], type: [UInt8], encoding: [UInt8]) -> Body {
        if bytes.isEmpty { return .kept([]) }
        let coding = encoding.map(ByteKind.lowercased)
        if !coding.isEmpty, !coding.elementsEqual("identity".utf8) { return .leftOut("encoded") }
        let media = type.prefix { $0 != UInt8(ascii: ";") }.map(ByteKind.lowercased).filter { $0 != 0x20 }
        if media.starts(with: "multipart/".utf8) { return .leftOut("multipart") }
        guard !bytes.contains(0), isUTF8(bytes) else { return .leftOut("binary") }
        if media.elementsEqual("application/x-www-form-urlencoded".utf8) { return .kept(form(bytes)) }
        let saysJSON = String(decoding: media, as: UTF8.self).hasSuffix("json")
        let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard saysJSON || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return .kept(text.clean(bytes))
        }
        if text.tokens.plainBody.holds(bytes, text.literals) { return .kept(bytes) }
        if let json = JSONText.parse(bytes) {
            // Most bodies have nothing to hide, which one look at the whole can tell.
            if rules.bodyPointers.isEmpty, let words = text.withoutEscapes(bytes), text.isPlain(words),
                !hasTellingKey(words)
            {
                text.tokens.plainBody = PlainBody(bytes: bytes, words: words)
                return .kept(bytes)
            }
            return .kept(BodyRewriter(messages: self).rewrite(json))
        }
        return lines(bytes) ?? (saysJSON ? .leftOut("malformed") : .kept(text.clean(bytes)))
    }

    /// JSON texts, one a line; nil when one of them is none.
    private func lines(_ bytes: [UInt8]) -> Body? {
        var out: [UInt8] = []
        for (place, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { out.append(0x0A) }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            guard let json = JSONText.parse(Array(line)) else { return nil }
            out += BodyRewriter(messages: self).rewrite(json)
        }
        return .kept(out)
    }

    /// Whether a JSON text without escapes has a key that may say that its value is to be replaced.
    private func hasTellingKey(_ json: [UInt8]) -> Bool {
        var name = 0..<0
        var start: Int?
        for (index, byte) in json.enumerated() {
            if byte == UInt8(ascii: "\"") {
                if let from = start { name = from..<index }
                start = start == nil ? index + 1 : nil
            } else if byte == UInt8(ascii: ":"), start == nil, rules.mayBeTelling(json[name]) {
                return true
            }
        }
        return false
    }

    private func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    func hashedMember(_ raw: some Collection<UInt8>) -> [UInt8] { hashed(raw) }
}

/// The last body that had nothing to hide: answers come again and again.
struct PlainBody {
    private let bytes: [UInt8]
    private let words: [UInt8]

    init(bytes: [UInt8] = [], words: [UInt8] = []) {
        self.bytes = bytes
        self.words = words
    }

    /// Whether this is that body, and holds none of these secrets, which are others for every request.
    func holds(_ body: [UInt8], _ literals: LiteralList) -> Bool {
        body == bytes && !literals.hasShortOnes && !literals.holdUnusualBytes && !literals.isContained(in: words)
    }
}

/// `Scheme rest` of an Authorization value.
private struct Credentials {
    /// What is secret; the whole when no scheme stands before it.
    let rest: ArraySlice<UInt8>

    init(_ value: [UInt8]) {
        let space = value.firstIndex(of: 0x20)
        rest = space.map { value[($0 + 1)...] } ?? value[...]
    }
}

/// `name=value; name=value`
private struct CookiePairs: Sequence {
    struct Pair {
        /// The name with its `=`; empty when there is none.
        var prefix: ArraySlice<UInt8>
        var value: ArraySlice<UInt8>
    }

    private let pairs: [Pair]

    init(_ value: [UInt8]) {
        pairs = value.split(separator: UInt8(ascii: ";")).compactMap { part in
            let pair = part.drop { $0 == 0x20 }
            guard !pair.isEmpty else { return nil }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
                return Pair(prefix: pair[..<pair.startIndex], value: pair)
            }
            return Pair(prefix: pair[...equals], value: pair[(equals + 1)...])
        }
    }

    var first: Pair? { pairs.first }
    func makeIterator() -> IndexingIterator<[Pair]> { pairs.makeIterator() }
}

/// Writes a JSON body anew without secrets; the very same bytes when there were none.
private struct BodyRewriter {
    let messages: MessageRedactor
    private var isChanged = false

    init(messages: MessageRedactor) {
        self.messages = messages
    }

    mutating func write(_ value: JSONValue, _ path: [String], to writer: inout JSONWriter) {
        if messages.rules.bodyPointers.contains(path) {
            isChanged = true
            return writer.string(messages.hashedMember(value.utf8 ?? Array(value.text)))
        }
        switch value.kind {
        case .object:
            writer.openObject()
            for member in value.members {
                let name = member.key.utf8 ?? []
                writer.key(clean(name))
                writeMember(name, member.value, path + [member.name], to: &writer)
            }
            writer.closeObject()
        case .array:
            writer.openArray()
            for (place, element) in value.elements.enumerated() {
                write(element, path + ["\(place)"], to: &writer)
            }
            writer.closeArray()
        case .string: writer.string(clean(value.utf8 ?? []))
        case .number, .bool, .null, .invalid: writer.raw(value.text)
        }
    }

    private mutating func writeMember(
        _ name: [UInt8], _ value: JSONValue, _ path: [String], to writer: inout JSONWriter
    ) {
        let rules = messages.rules
        switch value.kind {
        case .string:
            let written = value.utf8 ?? []
            if !written.isEmpty, rules.isSecretMember(name), !TokenScan.contains(written) {
                isChanged = true
                return writer.string(messages.hashedMember(written))
            }
            if !written.isEmpty, rules.isPersonalMember(name) {
                isChanged = true
                return writer.string(messages.pseudonyms.personal(written))
            }
        case .number:
            if rules.isSecretMember(name) {
                isChanged = true
                return writer.string(messages.hashedMember(value.text))
            }
            if rules.isPersonalMember(name) {
                isChanged = true
                return writer.raw(messages.pseudonyms.personal(number: value.text))
            }
        default: break
        }
        write(value, path, to: &writer)
    }

    private mutating func clean(_ text: [UInt8]) -> [UInt8] {
        let clean = messages.text.clean(text)
        if clean != text { isChanged = true }
        return clean
    }

    mutating func rewritten(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter(reserving: value.text.count)
        write(value, [], to: &writer)
        return isChanged ? writer.bytes : value.document.bytes
    }

    func rewrite(_ value: JSONValue) -> [UInt8] {
        var copy = self
        return copy.rewritten(value)
    }
}
