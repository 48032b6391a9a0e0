import Documents
import Tokens

/// A token as a recording may hold it.
struct RedactedToken: Sendable {
    /// Header and payload as they were, but for personal claims, and the word `redacted` for the signature.
    var text: [UInt8]
    /// JSON text of the claims that are left; nil when the payload is not a JSON object.
    var claims: [UInt8]?
    /// Paths of the claims that became pseudonyms or hold something that was taken out.
    var pseudonyms: [String] = []
    var dropped: [String] = []
    /// The personal values, to be found elsewhere.
    var literals: [LiteralList.Literal] = []
    var fingerprint: [UInt8]
    /// JSON text of the header; nil where there are no claims.
    var header: [UInt8]?
    /// The members of an entry's token from its claims on, made once for all requests with this token.
    var members: [UInt8] = []
}

extension RedactedToken {
    /// To be called when everything else is known. `header` is the token's first part, as written.
    mutating func finish(header text: ArraySlice<UInt8>) {
        func oneLine(_ json: [UInt8]) -> [UInt8] { json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }
        if claims != nil {
            let octets = LenientBase64.decode(text)
            header = JSONText.parse(octets).map { _ in oneLine(octets) }
        }
        var writer = JSONWriter()
        writer.object { writer in
            if let claims {
                writer.key("claims")
                writer.raw(oneLine(claims))
            }
            if !pseudonyms.isEmpty { writer.member("pseudonyms", strings: pseudonyms) }
            if !dropped.isEmpty { writer.member("dropped", strings: dropped) }
            writer.key("fingerprint")
            writer.string(fingerprint)
        }
        members = Array(writer.bytes.dropFirst())
    }
}

/// Drops signatures and makes pseudonyms of personal claims. Remembers tokens that it has met: callers come again.
/// Belongs to one thread.
final class TokenRedactor {
    let rules: RedactionRules
    let pseudonyms: Pseudonyms
    /// Kinds of the headers that were met.
    let headers: HeaderKinds
    var plainBody = PlainBody()
    private var known: [TokenText: RedactedToken] = [:]
    private var knownBytes = 0

    private static let largestMemory = 8 << 20

    init(rules: RedactionRules, pseudonyms: Pseudonyms) {
        self.rules = rules
        self.pseudonyms = pseudonyms
        headers = HeaderKinds(rules: rules)
    }

    /// A token that was found in a text.
    func redacted(_ text: [UInt8], _ find: TokenScan.Find, depth: Int) -> RedactedToken {
        let whole = Array(text[find.range])
        if let token = known[TokenText(bytes: whole)] { return token }
        let start = find.range.lowerBound
        var token = redact(
            whole, find.segments.map { $0.lowerBound - start..<$0.upperBound - start }, depth: depth)
        token.finish(header: whole.prefix { $0 != UInt8(ascii: ".") })
        remember(token, for: whole)
        return token
    }

    /// A whole token, whatever it looks like.
    func redacted(token: [UInt8]) -> RedactedToken {
        if let find = TokenScan.first(in: token, from: 0), find.range == 0..<token.count {
            return redacted(token, find, depth: 0)
        }
        var opaque = RedactedToken(
            text: pseudonyms.opaque(token), claims: nil,
            fingerprint: pseudonyms.fingerprint(token, of: "token"))
        opaque.finish(header: [])
        return opaque
    }

    private func remember(_ token: RedactedToken, for whole: [UInt8]) {
        let size = whole.count + token.text.count + 2 * token.members.count + 512
        if knownBytes + size > Self.largestMemory {
            known = [:]
            knownBytes = 0
        }
        known[TokenText(bytes: whole)] = token
        knownBytes += size
    }

    private func redact(_ whole: [UInt8], _ segments: [Range<Int>], depth: Int) -> RedactedToken {
        var token = RedactedToken(text: [], fingerprint: pseudonyms.fingerprint(whole, of: "token"))
        // What has been through here before stays as it is: a pseudonym has no pseudonym.
        if segments.count == 3, whole[segments[2]].elementsEqual(TextRedactor.redacted) {
            token.text = whole
            token.claims = LenientBase64.decode(whole[segments[1]])
            return token
        }
        let header = JSONText.parse(LenientBase64.decode(whole[segments[0]]))
        if header?["alg"] == nil {
            // No header: perhaps claims whose header is hidden in some way.
            token.text += payload(whole[segments[0]], &token, depth)
        } else {
            token.text += whole[segments[0]]
        }
        // What is encrypted cannot be looked into, and its parts are no claims.
        let isEncrypted = segments.count > 3 || header?["enc"] != nil
        for (place, segment) in segments.enumerated().dropFirst() {
            token.text.append(UInt8(ascii: "."))
            if place == 1, !isEncrypted {
                token.text += payload(whole[segment], &token, depth)
            } else if !segment.isEmpty {
                token.text += TextRedactor.redacted
            }
        }
        return token
    }

    private func payload(_ text: ArraySlice<UInt8>, _ token: inout RedactedToken, _ depth: Int) -> [UInt8] {
        if text.isEmpty { return [] }
        let octets = LenientBase64.decode(text)
        guard let value = JSONText.parse(octets), value.kind == .object else { return TextRedactor.redacted }
        var rewriter = ClaimRewriter(
            rules: rules, pseudonyms: pseudonyms,
            text: TextRedactor(tokens: self, literals: LiteralList(), depth: depth + 1))
        let claims = rewriter.rewrite(value)
        token.pseudonyms = rewriter.changed
        token.dropped = rewriter.dropped
        token.literals = rewriter.literals
        token.claims = claims
        return rewriter.changed.isEmpty && rewriter.dropped.isEmpty ? Array(text) : Base64URL.encode(claims)
    }
}

/// A token as a key: hashed by its end, which is the signature, and compared byte by byte.
private struct TokenText: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
        var word: UInt64 = 0
        for byte in bytes.suffix(24) { word = word &* 0x100_0000_01B3 ^ UInt64(byte) }
        hasher.combine(word)
        hasher.combine(bytes.count)
    }
}

enum JSONText {
    /// Nil when the text is not strict JSON.
    static func parse(_ text: [UInt8]) -> JSONValue? {
        do { return try JSONParser.parse(text).root } catch { return nil }
    }
}

/// Writes claims anew with pseudonyms for personal ones.
private struct ClaimRewriter {
    let rules: RedactionRules
    let pseudonyms: Pseudonyms
    let text: TextRedactor
    private(set) var changed: [String] = []
    private(set) var dropped: [String] = []
    private(set) var literals: [LiteralList.Literal] = []

    init(rules: RedactionRules, pseudonyms: Pseudonyms, text: TextRedactor) {
        self.rules = rules
        self.pseudonyms = pseudonyms
        self.text = text
    }

    mutating func rewrite(_ claims: JSONValue) -> [UInt8] {
        var writer = JSONWriter(reserving: claims.text.count)
        write(claims, [], isPersonal: false, to: &writer)
        return writer.bytes
    }

    private mutating func write(_ value: JSONValue, _ path: [String], isPersonal: Bool, to writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.openObject()
            for member in value.members {
                let inner = path + [member.name]
                if rules.isDroppedClaim(inner) {
                    dropped.append(inner.joined(separator: "."))
                    continue
                }
                writer.key(member.key.utf8 ?? [])
                write(member.value, inner, isPersonal: isPersonal || rules.isPersonalClaim(inner), to: &writer)
            }
            writer.closeObject()
        case .array:
            writer.openArray()
            for element in value.elements { write(element, path, isPersonal: isPersonal, to: &writer) }
            writer.closeArray()
        case .string:
            let text = value.utf8 ?? []
            writer.string(replacement(for: text, path, isPersonal))
        case .number where isPersonal:
            note(path)
            writer.raw(pseudonyms.personal(number: value.text))
        case .null, .bool, .number, .invalid: writer.raw(value.text)
        }
    }

    private mutating func replacement(for value: [UInt8], _ path: [String], _ isPersonal: Bool) -> [UInt8] {
        // Some issuers name people by their address.
        let isAddress = path == ["sub"] && Pseudonyms.separator(ofAddress: value) != nil
        guard isPersonal || isAddress else {
            let clean = text.clean(value)
            if clean != value { note(path) }
            return clean
        }
        if value.isEmpty { return value }
        note(path)
        let name = pseudonyms.personal(value)
        literals.append(LiteralList.Literal(value: value, replacement: name))
        return name
    }

    private mutating func note(_ path: [String]) {
        let name = path.joined(separator: ".")
        if !changed.contains(name) { changed.append(name) }
    }
}
