import Authorizers
import Documents
import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// What the gate asks of a request before and behind its authorization, and of the keys that a signature was checked with.
extension OfflineReplay {
    enum WireVerdict {
        case taken
        case refused(RequestRefusal)
        case undecidable(String)
    }

    /// It was recorded under this very gateway.json, so what depends on nothing else is as it was.
    func isSameConfiguration(_ entry: RecordedEntry) -> Bool {
        guard isSameSalt, let names else { return false }
        return entry.configuration == names.configuration
    }

    // MARK: Wire

    /// The recorded head; nil when it is none any more, or more than one. Its size is looked at in ``wireVerdict(_:_:)``.
    func head(of entry: RecordedEntry) -> RequestHead? {
        // A recording may have been written by anybody.
        guard FieldSyntax.isName(entry.method) else { return nil }
        let text = Self.text(of: entry, isPadded: false)
        let rule: FieldNameRule = snapshot.document.server.headerNames == .drop ? .drop : .pass
        var parser = RequestParser(
            limits: HeadLimits(headerBytes: 1 << 20, headerCount: 10_000, requestTargetBytes: 1 << 20, nameRule: rule))
        guard case .head(let head, let end) = parser.parse(text.span), end == text.count else { return nil }
        return head
    }

    /// What `server.limits` and `server.headerNames` say.
    func wireVerdict(_ entry: RecordedEntry, _ head: RequestHead) -> WireVerdict {
        let server = snapshot.document.server
        let rule: FieldNameRule =
            switch server.headerNames {
            case .strict: .strict
            case .drop: .drop
            case .pass: .pass
            }
        var parser = RequestParser(
            limits: HeadLimits(
                headerBytes: server.limits.headerBytes, headerCount: server.limits.headerCount,
                requestTargetBytes: server.limits.requestTargetBytes, nameRule: rule))
        if case .refuse(let refusal) = parser.parse(Self.text(of: entry, isPadded: true).span) {
            switch refusal.code {
            case .targetTooLong, .headTooLarge:
                if Self.hasLostSize(entry) {
                    return .undecidable("something was taken out, and server.limits look at how long it was")
                }
            default: break
            }
            return .refused(refusal)
        }
        // One without a length is decided before its end is known.
        if case .length = head.framing, entry.bodySize > Int64(server.limits.bodyBytes) {
            return .refused(RequestRefusal(.contentLengthTooLarge))
        }
        return .taken
    }

    /// The request as text. `isPadded` makes its token as long as it was.
    private static func text(of entry: RecordedEntry, isPadded: Bool) -> [UInt8] {
        func padded(_ value: [UInt8], _ place: String) -> [UInt8] {
            guard isPadded, let token = entry.token, let range = tokenRange(in: value, place, entry) else {
                return value
            }
            let size = max(0, min(token.size, 1 << 20))
            return value[..<range.lowerBound] + [UInt8](repeating: UInt8(ascii: "x"), count: size)
                + value[range.upperBound...]
        }
        var text = entry.method + [0x20] + padded(entry.target, "quer") + [0x20] + Array(entry.version.utf8)
        text += [0x0D, 0x0A]
        for header in entry.headers {
            text += header.name + [0x3A, 0x20] + padded(header.value, "header") + [0x0D, 0x0A]
        }
        if entry.header("host") == nil { text += Array("Host: recorded\r\n".utf8) }
        return text + [0x0D, 0x0A]
    }

    /// Where the token of the entry stands, when its source begins so.
    private static func tokenRange(in value: [UInt8], _ place: String, _ entry: RecordedEntry) -> Range<Int>? {
        guard let source = entry.token?.source, source.hasPrefix(place) else { return nil }
        return TokenScan.first(in: value, from: 0)?.range
    }

    /// Something else than the token was replaced, whose length nobody knows.
    private static func hasLostSize(_ entry: RecordedEntry) -> Bool {
        func isLost(_ value: [UInt8], _ place: String) -> Bool {
            guard let mark = RedactionMark.first(in: value) else { return false }
            guard let token = tokenRange(in: value, place, entry), token == mark.range else { return true }
            return RedactionMark.first(in: value, from: token.upperBound) != nil
        }
        return isLost(entry.target, "quer") || entry.headers.contains { isLost($0.value, "header") }
    }

    // MARK: Validator

    /// What the route's request validator says to a request that may pass otherwise.
    func validated(_ judgement: Judgement, _ exchange: Exchange, _ entry: RecordedEntry) -> Verdict {
        var failure = exchange.parameterProblem
        if failure == nil, exchange.hasBodyModel {
            if entry.lacksBody {
                return .undecidable("its body is not in the recording, and a model looks at it")
            }
            if RedactionMark.first(in: entry.body) != nil {
                return .undecidable("something in its body was taken out, and a model looks at it")
            }
            failure = exchange.problem(ofBody: entry.body)
        }
        guard let failure else { return .decided(judgement) }
        var refused = self.judgement(failure, exchange, at: exchange.route?.definition.span)
        refused.statement = judgement.statement
        return .decided(refused)
    }

    // MARK: Keys

    /// Why a signature that was found good may not be good for this authorizer; nil when nothing speaks against it.
    func keyDoubt(
        _ authorizer: DeclarativeAuthorizer, _ token: RecordedEntry.Token, _ entry: RecordedEntry
    ) -> String? {
        let name = authorizer.definition.name
        guard isSameSalt, let names else {
            guard let was = entry.authorizer, was != name else { return nil }
            return "authorizer \(name) looks at the token now, and nothing says whether its keys are those of \(was)"
        }
        let isRemote = authorizer.ring.slots.contains { $0.isRemote }
        let keys = isRemote ? nil : names.keys[name]
        if keys != token.keys {
            return "authorizer \(name) has other keys now than those that the signature was found good with"
        }
        if isRemote, let was = entry.authorizer, was != name {
            return "authorizer \(name) looks at the token now, and nothing says whether its keys are those of \(was)"
        }
        return nil
    }
}

extension RecordedEntry {
    /// Bytes of the body as it came.
    var bodySize: Int64 { document.root["request"]?["bodySize"]?.int64 ?? Int64(body.count) }

    /// A request validator refused it behind the authorization: an answer of the gate, not of a backend.
    var isRefusedByValidator: Bool {
        guard decision == "allow", (400...499).contains(status), document.root["_gatehouse"]?["upstreamStatus"] == nil
        else { return false }
        return document.root["response"]?["headers"]?.elements.contains { line in
            line["name"]?.utf8?.map(ByteKind.lowercased) == Array("x-amzn-errortype".utf8)
                && line["value"]?.equals("BadRequestException") == true
        } ?? false
    }
}
