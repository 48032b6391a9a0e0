import HTTP
package import Routes
package import Tokens

extension DeclarativeAuthorizer {
    /// What one identity source of a request holds.
    package struct IdentityFinding: Sendable {
        package let source: Located<IdentitySource>
        package let value: IdentityReader.Value
    }

    /// Every identity source with its value, in the configuration's order; for explanations.
    package func findings(in request: IdentityRequest) -> [IdentityFinding] {
        definition.identitySources.map {
            IdentityFinding(source: $0, value: IdentityReader.read($0.value, from: request))
        }
    }

    /// The token that a request presents: the first source's value without its scheme. Nil when a source is missing or
    /// ambiguous, or nothing but the scheme is there.
    package static func token(in findings: [IdentityFinding]) -> ArraySlice<UInt8>? {
        guard case .one(let value)? = findings.first?.value,
            findings.allSatisfy({ if case .one = $0.value { true } else { false } })
        else { return nil }
        let bare = withoutScheme(value[...])
        return bare.isEmpty ? nil : bare
    }

    /// The rules that its tokens are judged by.
    package var tokenRules: TokenRules { verifier.rules }
}
