internal import Documents

/// Judges tokens line by line: the core of `gatehouse token verify --batch`, without files and without a clock.
///
/// A line in is `{"id", "token", "keys", "now", "config"}`, a line out is `{"id", "outcome", "code", "claims"}`: `keys`
/// names a key set, `now` is the time in seconds, and `config` may hold `algs`, `iss`, `aud`, `leeway`, `requireExp`,
/// `maxTokenBytes`, `typ`, `maxAge`, `requiredClaims` and `scopes`.
package final class BatchVerifier {
    /// One line of the answer, without a line break.
    package struct Answer: Sendable {
        package let line: [UInt8]
        /// False when the question could not be understood; the answer then says `internal`.
        package let wasJudged: Bool
    }

    private let loadKeys: (String) -> [UInt8]?
    private var loaded: [String: KeySet?] = [:]
    private let context = VerificationContext()

    /// - Parameter loadKeys: the text of a key set by its name, which holds only letters, digits, `.`, `_` and `-` and
    ///   does not begin with a dot; nil when there is none. Called once for each name.
    package init(loadKeys: @escaping (String) -> [UInt8]?) {
        self.loadKeys = loadKeys
    }

    package func answer(_ line: [UInt8]) -> Answer {
        let root: JSONValue
        do { root = try JSONParser.parse(line).root } catch {
            return Self.answer(id: nil, .failure(TokenError(.internal)), wasJudged: false)
        }
        let id = root["id"]?.text
        guard let token = root["token"]?.utf8, let name = root["keys"]?.string, let now = root["now"].flatMap(Self.time)
        else { return Self.answer(id: id, .failure(TokenError(.internal)), wasJudged: false) }
        return Self.answer(id: id, judge(token, keys: name, now: now, root["config"]), wasJudged: true)
    }

    package func answer(_ line: ArraySlice<UInt8>) -> Answer { answer(Array(line)) }

    private func judge(
        _ token: [UInt8], keys name: String, now: WallTime, _ config: JSONValue?
    ) -> Result<VerifiedToken, TokenError> {
        do throws(TokenError) {
            guard let keys = keySet(name) else { throw TokenError(.keysUnavailable) }
            guard let rules = Self.rules(config) else {
                // No algorithm is left to accept, but a token of the wrong form is refused for that.
                _ = try CompactToken(parsing: token, limit: Self.maxTokenBytes(config))
                throw TokenError(.algNotAllowed)
            }
            return .success(try TokenVerifier(rules: rules).verify(token, with: keys, at: now, using: context))
        } catch {
            return .failure(error)
        }
    }

    private func keySet(_ name: String) -> KeySet? {
        if let known = loaded[name] { return known }
        let isSafe = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        var keys: KeySet?
        if isSafe, !name.isEmpty, !name.hasPrefix("."), let text = loadKeys(name) {
            do { keys = try KeySet(jwks: text) } catch { keys = nil }
        }
        loaded[name] = .some(keys)
        return keys
    }

    // MARK: Reading

    private static func time(_ value: JSONValue) -> WallTime? {
        if let seconds = value.int64 { return WallTime(seconds: seconds) }
        guard let seconds = value.double, let whole = Int64(exactly: seconds.rounded(.down)) else { return nil }
        return WallTime(seconds: whole, nanoseconds: UInt32((seconds - seconds.rounded(.down)) * 1e9))
    }

    private static func maxTokenBytes(_ config: JSONValue?) -> Int {
        config?["maxTokenBytes"]?.int64.map { Int(clamping: $0) } ?? 16_384
    }

    private static func rules(_ config: JSONValue?) -> TokenRules? {
        let names = config?["algs"]?.stringOrStrings
        let algorithms = names.map { AlgorithmList($0.compactMap { SignatureAlgorithm(octets: $0) }) }
        guard let algorithms = algorithms ?? AlgorithmList.standard else { return nil }
        var rules = TokenRules(algorithms: algorithms, issuers: nil, audiences: nil)
        rules.issuers = config?["iss"]?.stringOrStrings
        rules.audiences = config?["aud"]?.stringOrStrings
        rules.clockSkew = config?["leeway"]?.int64.map { Int(clamping: $0) } ?? 0
        rules.requireExpiration = config?["requireExp"]?.bool ?? true
        rules.maxTokenBytes = maxTokenBytes(config)
        rules.tokenTypes = config?["typ"]?.stringOrStrings ?? []
        rules.maxAge = config?["maxAge"]?.int64.map { Int(clamping: $0) }
        rules.requiredClaims = config?["requiredClaims"]?.stringOrStrings ?? []
        rules.scopes = config?["scopes"]?.stringOrStrings ?? []
        return rules
    }

    // MARK: Writing

    private static func answer(
        id: ArraySlice<UInt8>?, _ outcome: Result<VerifiedToken, TokenError>, wasJudged: Bool
    ) -> Answer {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("id")
            if let id { writer.raw(id) } else { writer.null() }
            switch outcome {
            case .success(let token):
                writer.member("outcome", "accept")
                writer.member("code", "ok")
                writer.key("claims")
                writer.raw(token.claims.singleLineJSON)
            case .failure(let error):
                writer.member("outcome", "reject")
                writer.member("code", error.code.name)
            }
        }
        return Answer(line: writer.bytes, wasJudged: wasJudged)
    }
}
