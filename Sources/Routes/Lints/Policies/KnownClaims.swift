/// What an authorizer's rules say about the claims of every token that reaches its policy.
struct KnownClaims {
    /// Claims that are always there.
    let present: Set<String>
    /// The only value of `iss`.
    let issuer: String?

    init(_ authorizer: AuthorizerDefinition) {
        var present: Set<String> = []
        if let rules = authorizer.jwt {
            for claim in rules.requiredClaims { present.insert(claim.value) }
            if rules.requireExpiration.value { present.insert("exp") }
            if rules.issuer.value != nil { present.insert("iss") }
            if rules.audience.value != nil { present.insert("aud") }
            if rules.maxAgeInSeconds != nil { present.insert("iat") }
        }
        // A token without the principal's claim is refused before the policy.
        if case .claim(let path) = authorizer.principalId.value, !path.text.contains(".") { present.insert(path.text) }
        self.present = present
        issuer = authorizer.jwt?.issuer.value ?? nil
    }
}
