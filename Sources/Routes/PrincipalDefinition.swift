package import Documents

/// One entry of `principals`: somebody whom commands and tests can speak as. The gateway itself never reads it.
package struct PrincipalDefinition: Sendable {
    /// A token that is wrong in one known way, or none at all.
    package enum Preset: String, Sendable, Hashable, CaseIterable {
        case missing
        case expired
        case notYetValid
        case wrongKey
        case algNone
        case hs256WithPublicKey
        case wrongIssuer
        case wrongAudience
        case noExp
        case tampered
        case garbage
    }

    /// One claim with its value as JSON text.
    package struct Claim: Sendable, Hashable {
        package var name: String
        package var json: [UInt8]

        package init(_ name: String, _ json: [UInt8]) {
            self.name = name
            self.json = json
        }
    }

    package var name: String
    package var span: SourceSpan
    /// With those of the principals that it extends; each name once.
    package var claims: [Claim]
    /// Nil for a good token.
    package var preset: Preset?
    /// From the moment of signing to `exp`, in seconds.
    package var lifetimeInSeconds: Int

    package init(
        name: String, span: SourceSpan, claims: [Claim], preset: Preset? = nil, lifetimeInSeconds: Int = 3600
    ) {
        self.name = name
        self.span = span
        self.claims = claims
        self.preset = preset
        self.lifetimeInSeconds = lifetimeInSeconds
    }
}

/// A span of time as people write it: `90s`, `30m`, `1h`, `7d`.
package enum SpanText {
    /// Seconds; nil for anything else, and for more than a hundred years.
    package static func seconds(_ text: some StringProtocol) -> Int? {
        let sizes: [UInt8: Int] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400]
        let bytes = Array(text.utf8)
        let digits = bytes.dropLast()
        guard let unit = bytes.last, let size = sizes[unit], !digits.isEmpty, digits.count <= 10,
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: size)
        return overflow || seconds > 3_155_760_000 ? nil : seconds
    }
}
