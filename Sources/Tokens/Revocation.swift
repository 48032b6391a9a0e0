internal import Documents

/// One entry of a revocation list: tokens that are refused although they are otherwise good.
package struct Revocation: Sendable, Hashable {
    package enum Selector: String, Sendable, Hashable, CaseIterable {
        case tokenID = "jti"
        case subject = "sub"
        case keyID = "kid"
        case issuer = "iss"
    }

    package var selector: Selector
    /// The exact octets of the claim or key name.
    package var value: [UInt8]
    /// Only tokens issued before this time (seconds since 1970) are refused, and tokens that do not say when. Nil: all.
    package var issuedBefore: Double?
    /// The entry has no meaning any more after this time, because the tokens it is about have expired.
    package var until: Double?

    package init(_ selector: Selector, _ value: [UInt8], issuedBefore: Double? = nil, until: Double? = nil) {
        self.selector = selector
        self.value = value
        self.issuedBefore = issuedBefore
        self.until = until
    }

    /// Reads `{"jti": "…"}`, `{"sub": "…", "issuedBefore": 1760000000}`, `{"kid": "…"}` or `{"iss": "…"}`, each with an
    /// optional `until`. Anything else throws, so that a mistyped name does not revoke less than was meant.
    init(parsing line: [UInt8]) throws(RevocationProblem.Cause) {
        let root: JSONValue
        do { root = try JSONParser.parse(line).root } catch { throw .notJSON }
        guard root.kind == .object else { throw .notJSON }
        var selected: (Selector, [UInt8])?
        var issuedBefore: Double?
        var until: Double?
        for member in root.members {
            switch member.name {
            case "issuedBefore": issuedBefore = try Self.time(member.value)
            case "until": until = try Self.time(member.value)
            default:
                guard let selector = Selector(rawValue: member.name) else { throw .unknownMember }
                guard let value = member.value.utf8 else { throw .wrongType }
                if selected != nil { throw .severalSelectors }
                selected = (selector, value)
            }
        }
        guard let selected else { throw .noSelector }
        self.init(selected.0, selected.1, issuedBefore: issuedBefore, until: until)
    }

    private static func time(_ value: JSONValue) throws(RevocationProblem.Cause) -> Double {
        guard value.kind == .number, let seconds = value.double, seconds.isFinite else { throw .wrongType }
        return seconds
    }

    /// The line that ``RevocationList/parse(_:)`` reads, with its line break.
    package func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key(selector.rawValue)
            writer.string(value)
            if let issuedBefore {
                writer.key("issuedBefore")
                writer.raw(Self.text(issuedBefore))
            }
            if let until {
                writer.key("until")
                writer.raw(Self.text(until))
            }
        }
        return writer.bytes + [0x0A]
    }

    private static func text(_ seconds: Double) -> [UInt8] {
        // Swift writes finite numbers as JSON does, whole ones with a superfluous ".0".
        Int64(exactly: seconds).map { Array(String($0).utf8) } ?? Array(String(seconds).utf8)
    }
}

/// A line of a revocation list that could not be read.
package struct RevocationProblem: Sendable, Hashable {
    package enum Cause: Error, Sendable, Hashable {
        case notJSON
        case unknownMember
        case wrongType
        case noSelector
        case severalSelectors
        /// The last line has no line break: somebody is writing it, or a writer died.
        case unfinished
    }

    /// From 1.
    package let line: Int
    package let cause: Cause

    package var message: String {
        switch cause {
        case .notJSON: "the line is not a JSON object"
        case .unknownMember: "the line has an unknown member"
        case .wrongType: "a member of the line has the wrong type"
        case .noSelector: "the line names none of jti, sub, kid and iss"
        case .severalSelectors: "the line names more than one of jti, sub, kid and iss"
        case .unfinished: "the last line is not finished; it is read when its line break is there"
        }
    }
}
