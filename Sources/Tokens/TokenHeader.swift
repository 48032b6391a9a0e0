internal import Documents

/// The protected header of a token (RFC 7515 §4), read before anything about the token is known to be true.
///
/// Parameters that could bring keys along (`jwk`, `jku`, `x5u`, `x5c`, `x5t`) and everything unknown are ignored.
package final class TokenHeader: Sendable {
    /// `alg` exactly as the token has it.
    package let algorithmName: [UInt8]
    /// The algorithm of that name; nil when there is none, as for `none`.
    package let algorithm: SignatureAlgorithm?
    /// `kid`.
    package let keyID: [UInt8]?
    /// `typ`.
    package let type: [UInt8]?
    let extensions: Extensions

    /// What the header says about extensions that a verifier must understand.
    enum Extensions: Sendable {
        case none
        /// `crit` is not what RFC 7515 §4.1.11 demands.
        case malformed
        /// `crit` names an extension, or `b64` is not true (RFC 7797).
        case demanded
    }

    /// Reads the decoded header segment.
    init(parsing json: [UInt8]) throws(TokenError) {
        // Nobody has vouched for these octets yet, and a header of hundreds of members is only made to cost time.
        guard OctetSearch.count(UInt8(ascii: ","), in: json) <= Self.maximumCommas else {
            throw TokenError(.malformedHeader, .note("too many members"))
        }
        let document: JSONDocument
        do { document = try JSONParser.parse(json) } catch {
            if error.problem == .duplicateMember { throw TokenError(.duplicateMember, .note("in the header")) }
            throw TokenError(.malformedHeader, .note(error.message))
        }
        guard let members = document.shortMembers() else {
            throw TokenError(.malformedHeader, .note("not an object"))
        }
        var algorithmName: [UInt8]?
        var keyID: [UInt8]?
        var type: [UInt8]?
        var extensions = Extensions.none
        for member in members {
            guard let name = ShortName(rawValue: member.name) else { continue }
            let value = document.value(of: member)
            switch name {
            case .alg: algorithmName = try Self.string(value, "alg is not a string")
            case .kid: keyID = try Self.string(value, "kid is not a string")
            case .typ: type = try Self.string(value, "typ is not a string")
            case .crit: extensions = Self.judge(critical: value)
            case .b64: if value.bool != true, extensions == .none { extensions = .demanded }
            default: break
            }
        }
        guard let algorithmName else { throw TokenError(.malformedHeader, .note("there is no alg")) }
        self.algorithmName = algorithmName
        self.keyID = keyID
        self.type = type
        self.extensions = extensions
        algorithm = SignatureAlgorithm(bytes: algorithmName, range: 0..<algorithmName.count)
    }

    /// More commas than any header has, certificate chains included.
    private static let maximumCommas = 256

    private static func string(_ value: JSONValue, _ note: String) throws(TokenError) -> [UInt8] {
        guard let octets = value.utf8 else { throw TokenError(.malformedHeader, .note(note)) }
        return octets
    }

    private static func judge(critical value: JSONValue) -> Extensions {
        guard value.kind == .array, value.count > 0, value.isStringOrStrings else { return .malformed }
        var seen: Set<[UInt8]> = []
        for name in value.stringOrStrings ?? [] {
            // Names of RFC 7515 itself must not be listed, nor any name twice.
            if registered.contains(name) || !seen.insert(name).inserted { return .malformed }
        }
        return .demanded
    }

    private static let registered: Set<[UInt8]> = Set(
        ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"].map { Array($0.utf8) })

    /// True when `typ` is one of the media types: without regard to case, `application/` optional (RFC 7515 §4.1.9).
    func isType(in accepted: [[UInt8]]) -> Bool {
        guard let type else { return false }
        let own = Self.bareType(type)
        return accepted.contains { Self.bareType($0).elementsEqual(own) }
    }

    private static func bareType(_ type: [UInt8]) -> [UInt8] {
        let lower = type.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        let prefix = Array("application/".utf8)
        return lower.starts(with: prefix) ? Array(lower.dropFirst(prefix.count)) : lower
    }
}
