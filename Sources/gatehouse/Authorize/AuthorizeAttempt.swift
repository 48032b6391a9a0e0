import Authorizers
import Gateway
import HTTP
import Routes
import Tokens

/// Looks for a command that would be allowed, by deciding it: a remedy that is printed has been tried.
struct AuthorizeAttempt {
    enum Identity {
        case none
        /// With the word that stands for it in a command.
        case token([UInt8], shown: String)
        /// `words` are the claims as they were given.
        case speaker(PrincipalDefinition, name: String?, words: [String])
    }

    private struct Candidate {
        var method: String
        var path: String
        var identity: Identity
        var clock: WallTime?
    }

    let session: AuthorizeSession
    let method: String
    let path: String
    let identity: Identity
    let clock: ClockArgument?
    /// Options that name the configuration.
    let common: [String]

    /// Nil where nothing that can be said mechanically would help.
    func find(
        after result: AuthorizeSession.Result, at now: WallTime
    ) async throws(CommandFailure) -> String? {
        for candidate in candidates(result) {
            if let words = try await words(candidate, at: now) { return words }
        }
        return nil
    }

    // MARK: Candidates

    private func candidates(_ result: AuthorizeSession.Result) -> [Candidate] {
        guard let exchange = result.exchange, let failure = exchange.failure else { return [] }
        let same = Candidate(method: method, path: path, identity: identity, clock: clock?.time)
        switch failure {
        case .noRoute: return otherPath(exchange, same).map { [$0] + others($0) } ?? []
        case .unauthorized:
            return otherTimes(exchange, same) + otherClaims(result, same) + others(same)
        case .explicitDeny, .implicitDeny: return otherClaims(result, same) + others(same)
        default: return []
        }
    }

    /// The moment at which the token was good.
    private func otherTimes(_ exchange: Exchange, _ same: Candidate) -> [Candidate] {
        guard case .unauthorized(let error)? = exchange.authorization?.verdict, let timing = error.timing,
            timing.claim.magnitude < 1e15
        else { return [] }
        var other = same
        let isLate = timing.name == "exp"
        other.clock = WallTime(seconds: Int64(timing.claim.rounded(.up)) - (isLate ? 1 : 0))
        return [other]
    }

    /// The claims that the remedy asks for, where claims are ours to choose.
    private func otherClaims(_ result: AuthorizeSession.Result, _ same: Candidate) -> [Candidate] {
        let claims = result.explanation.remedyClaims
        guard case .speaker(var speaker, let name, let given) = identity, !claims.isEmpty else { return [] }
        speaker.add(claims)
        // What is given anew takes the place of what was given before.
        var words: [String] = []
        for pair in stride(from: 0, to: given.count - 1, by: 2) {
            let isReplaced = claims.contains {
                given[pair + 1].hasPrefix("\($0.name)=") || given[pair + 1].hasPrefix("\($0.name):=")
            }
            if given[pair] != "--claim" || !isReplaced { words += given[pair...(pair + 1)] }
        }
        for claim in claims {
            let isText = claim.json.first == UInt8(ascii: "\"") && !claim.json.contains(UInt8(ascii: "\\"))
            let value = isText ? claim.json.dropFirst().dropLast() : claim.json[...]
            words += ["--claim", "\(claim.name)\(isText ? "=" : ":=")\(String(decoding: value, as: UTF8.self))"]
        }
        var other = same
        other.identity = .speaker(speaker, name: name, words: words)
        return [other]
    }

    /// The principals of the configuration, or somebody without a name where there are none.
    private func others(_ same: Candidate) -> [Candidate] {
        let known = session.snapshot.document.principals
        var speakers: [Identity] = known.map { .speaker($0, name: $0.name, words: []) }
        if known.isEmpty, case .none = identity {
            var somebody = PrincipalChoice.unnamed(in: session.snapshot.document)
            somebody.add([PrincipalDefinition.Claim("sub", Array("\"u-1\"".utf8))])
            speakers = [.speaker(somebody, name: nil, words: ["--claim", "sub=u-1"])]
        }
        return speakers.map { speaker in
            var other = same
            other.identity = speaker
            return other
        }
    }

    /// The request that the nearest route takes.
    private func otherPath(_ exchange: Exchange, _ same: Candidate) -> Candidate? {
        let snapshot = exchange.snapshot
        guard let normal = exchange.path,
            let nearest = snapshot.table.nearest(method: Array(exchange.head.methodBytes), path: Array(normal.bytes))
        else { return nil }
        var other = same
        var segments = normal.bytes.dropFirst().split(separator: UInt8(ascii: "/")).map { Array($0) }
        switch nearest.difference {
        case .method(let expected, _):
            let word = String(decoding: expected, as: UTF8.self)
            other.method = word == "ANY" ? "GET" : word
        case .segment(let number, let expected, _):
            guard segments.indices.contains(number - 1) else { return nil }
            segments[number - 1] = expected
        case .missing(_, let expected):
            segments.append(expected.first == UInt8(ascii: "{") ? [UInt8(ascii: "1")] : expected)
        case .extra(let number, _): segments.removeSubrange(min(number - 1, segments.count)...)
        case .trailingSlash: break
        }
        var path = Array(segments.joined(separator: [UInt8(ascii: "/")]))
        if case .trailingSlash = nearest.difference, normal.bytes.last != UInt8(ascii: "/") { path.append(0x2F) }
        other.path = "/" + String(decoding: path, as: UTF8.self)
        return other
    }

    // MARK: Trying

    /// The command, if it is answered with yes. Functions are not asked for the sake of a hint.
    private func words(_ candidate: Candidate, at now: WallTime) async throws(CommandFailure) -> String? {
        var request = OfflineRequest()
        request.method = Array(candidate.method.utf8)
        request.target = Array(candidate.path.utf8)
        guard case .request(let head) = try request.head(for: session.snapshot) else { return nil }
        let authorizer = OfflineRequest.authorizer(for: head, session.snapshot)
        if let authorizer, authorizer.declarative == nil { return nil }
        var words = ["gatehouse", "authorize", candidate.method, candidate.path]
        var speaker: PrincipalDefinition?
        switch candidate.identity {
        case .none: break
        case .token(let token, let shown):
            request.identity = .token(token)
            words += ["--token", shown]
        case .speaker(let who, let name, let claims):
            speaker = who
            guard let authorizer, let mint = PrincipalMint(authorizer.definition, in: session.snapshot.document),
                mint.canSign
            else { return nil }
            if let name { words += ["--as", name] }
            words += claims
        }
        if let clock = candidate.clock { words += ["--clock", Explanation.moment(clock.value)] }
        let result = try await session.decide(request, as: speaker, at: candidate.clock ?? now)
        return result.isAllowed ? (words + common).map(Self.quoted).joined(separator: " ") : nil
    }

    /// A word as a shell reads it back.
    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "/.-_=:@,+%".utf8.contains(byte) || byte >= 0x80
            }
        }
        if plain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
