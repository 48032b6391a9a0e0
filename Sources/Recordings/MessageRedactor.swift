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
        case .secret: hashedAround(value)
        case .target: target(value)
        case .clientAddresses: ClientAddresses(pseudonyms: pseudonyms).list(value)
        case .forwarded: ClientAddresses(pseudonyms: pseudonyms).forwarded(value) { text.clean($0) }
        }
    }

    private func hashed(_ value: some Collection<UInt8>) -> [UInt8] {
        value.isEmpty ? [] : pseudonyms.opaque(value)
    }

    private func credentials(_ value: [UInt8]) -> [UInt8] {
        if TokenScan.contains(value) { return hashedAround(value) }
        let parts = Credentials(value)
        return Array(value[..<parts.rest.startIndex]) + hashed(parts.rest)
    }

    /// Tokens as everywhere, and everything around them hashed.
    func hashedAround(_ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while let find = TokenScan.first(in: value, from: index) {
            out += hashedGap(value[index..<find.range.lowerBound])
            out += text.tokens.redacted(value, find, depth: 0).text
            index = find.range.upperBound
        }
        return out + hashedGap(value[index...])
    }

    private func hashedGap(_ gap: ArraySlice<UInt8>) -> [UInt8] {
        func isFiller(_ byte: UInt8) -> Bool { " \t,;\"".utf8.contains(byte) }
        let core = gap.drop(while: isFiller)
        guard let last = core.lastIndex(where: { !isFiller($0) }) else { return Array(gap) }
        let secret = core[...last]
        if Credentials.isScheme(secret) { return Array(gap) }
        return Array(gap[..<core.startIndex]) + hashed(secret) + Array(gap[(last + 1)...])
    }

    private func cookies(_ value: [UInt8]) -> [UInt8] {
        Array(CookiePairs(value).map { pair in pair.prefix + hashed(pair.value) }.joined(separator: [0x3B, 0x20]))
    }

    private func setCookie(_ value: [UInt8]) -> [UInt8] {
        let first = value.prefix { $0 != UInt8(ascii: ";") }
        return cookies(Array(first)) + text.clean(Array(value[first.endIndex...]))
    }

    // MARK: Targets and forms

    /// Addresses inside addresses that are looked through.
    private static let deepestAddress = 4

    /// A path with its query, or a whole address. User information goes, a fragment is looked through like a query.
    func target(_ target: [UInt8], depth: Int = 0) -> [UInt8] {
        let address = target.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        var out = path(Array(address), depth)
        var rest = target[address.endIndex...]
        while let mark = rest.first {
            let part = rest.dropFirst().prefix { $0 != UInt8(ascii: "#") }
            out += [mark] + form(Array(part), depth: depth)
            rest = rest[part.endIndex...]
        }
        return out
    }

    private func path(_ path: [UInt8], _ depth: Int) -> [UInt8] {
        var clean = path
        if let slashes = path.indices.first(where: { path[$0...].starts(with: "//".utf8) }) {
            let authority = path[(slashes + 2)...].prefix { $0 != UInt8(ascii: "/") }
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
                clean = path[..<(slashes + 2)] + TextRedactor.redacted + path[at...]
            }
        }
        // Parameters of a path, as in `;jsessionid=`.
        return clean.contains(UInt8(ascii: ";")) ? form(clean, depth: depth) : text.clean(clean)
    }

    /// A query, or a body of `application/x-www-form-urlencoded`. A semicolon ends a value that is no secret, too.
    func form(_ bytes: [UInt8], depth: Int = 0) -> [UInt8] {
        var out: [UInt8] = []
        for (place, part) in bytes.split(separator: 0x26, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { out.append(0x26) }
            var rest = part
            while let equals = rest.firstIndex(of: UInt8(ascii: "=")),
                let end = rest[equals...].firstIndex(of: UInt8(ascii: ";")), !isTelling(rest[..<equals])
            {
                out += parameter(rest[..<end], depth) + [UInt8(ascii: ";")]
                rest = rest[(end + 1)...]
            }
            out += parameter(rest, depth)
        }
        return out
    }

    private func isTelling(_ name: ArraySlice<UInt8>) -> Bool {
        let name = QueryString.decode(name)
        return rules.isSecretParameter(name) || rules.isSecretParameter(QueryString.decode(name[...]))
            || rules.isPersonalParameter(name)
    }

    private func parameter(_ parameter: ArraySlice<UInt8>, _ depth: Int) -> [UInt8] {
        guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { return text.clean(Array(parameter)) }
        let name = QueryString.decode(parameter[..<equals])
        let written = Array(parameter[(equals + 1)...])
        return text.clean(Array(parameter[..<equals])) + [UInt8(ascii: "=")]
            + value(QueryString.decode(written[...]), written, of: name, depth)
    }

    private func value(_ decoded: [UInt8], _ written: [UInt8], of name: [UInt8], _ depth: Int) -> [UInt8] {
        if rules.isSecretParameter(name) || rules.isSecretParameter(QueryString.decode(name[...])) {
            let clean = hashedAround(decoded)
            return clean == decoded ? written : PercentText.encode(clean)
        }
        if rules.isPersonalParameter(name), !decoded.isEmpty {
            return PercentText.encode(pseudonyms.personal(decoded))
        }
        // An address inside an address has parameters of its own.
        if decoded.contains(where: { "?#=@".utf8.contains($0) }) {
            if depth == Self.deepestAddress { return TextRedactor.redacted }
            let clean = target(decoded, depth: depth + 1)
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
        // A byte order mark is no part of the text.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let saysJSON = String(decoding: media, as: UTF8.self).hasSuffix("json")
        let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard saysJSON || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return words(bytes)
        }
        if text.tokens.plainBody.holds(bytes, text.literals) { return .kept(bytes) }
        if let json = JSONText.parse(bytes) {
            // Most bodies have nothing to hide, which one look at the whole can tell.
            if rules.bodyPointers.isEmpty, let words = text.withoutEscapes(bytes), text.isPlain(words),
                !hasTellingKey(words), !SecretDeclaration(rules: rules).stands(in: words)
            {
                text.tokens.plainBody = PlainBody(bytes: bytes, words: words)
                return .kept(bytes)
            }
            return .kept(BodyRewriter(messages: self).rewrite(json))
        }
        return lines(bytes) ?? (saysJSON ? .leftOut("malformed") : words(bytes))
    }

    /// A body of no grammar that we know. What declares a secret there is left out with it.
    private func words(_ bytes: [UInt8]) -> Body {
        if !SecretDeclaration(rules: rules).stands(in: bytes) { return .kept(text.clean(bytes)) }
        let isForm = bytes.contains(0x3D) && !bytes.contains { $0 <= 0x20 || "<>{}\"'".utf8.contains($0) }
        return isForm ? .kept(form(bytes)) : .leftOut("secret")
    }

    /// A string inside a JSON text, which may be an address, a form or JSON itself.
    func member(_ string: [UInt8], depth: Int) -> [UInt8] {
        guard SecretDeclaration(rules: rules).stands(in: string) else { return text.clean(string) }
        if depth < 3, let json = JSONText.parse(string), json.kind == .object || json.kind == .array {
            return BodyRewriter(messages: self, depth: depth + 1).rewrite(json)
        }
        if string.contains(where: { $0 <= 0x20 || "<>{}\"'".utf8.contains($0) }) { return TextRedactor.redacted }
        let clean = target(string)
        return clean == string ? TextRedactor.redacted : clean
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
        let space = value.firstIndex(of: 0x20) ?? value.endIndex
        rest = space < value.endIndex && Self.isScheme(value[..<space]) ? value[(space + 1)...] : value[...]
    }

    private static let schemes: Set<[UInt8]> = Set(
        [
            "basic", "bearer", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "privatetoken",
            "scram-sha-1", "scram-sha-256", "vapid", "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256",
        ].map { Array($0.utf8) })

    /// A word of the registry of RFC 9110, 16.4.1, or of AWS. Any other may be the secret itself.
    static func isScheme(_ word: ArraySlice<UInt8>) -> Bool { schemes.contains(word.map(ByteKind.lowercased)) }
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
