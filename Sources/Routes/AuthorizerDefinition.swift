package import Documents

/// AWS's kinds of authorizer.
package enum AuthorizerType: String, Sendable, Hashable, CaseIterable {
    case token = "TOKEN"
    case request = "REQUEST"
    case jwt = "JWT"
    case cognitoUserPools = "COGNITO_USER_POOLS"
}

/// Versions of the events that functions get.
package enum PayloadFormat: String, Sendable, Hashable, CaseIterable {
    case version1 = "1.0"
    case version2 = "2.0"
}

/// One entry of `authorizers`.
package struct AuthorizerDefinition: Sendable {
    package var name: String
    package var span: SourceSpan
    package var type: AuthorizerType
    /// In order; the first carries the token of a declarative authorizer. All must be present in a request.
    package var identitySources: [Located<IdentitySource>]
    /// A regular expression that the whole token value must match (TOKEN).
    package var identityValidationExpression: Located<String>?
    /// 0 means no cache; AWS's default for the API type when not written.
    package var resultTtlInSeconds: Int
    /// Present on declarative authorizers.
    package var jwt: JWTRules?
    /// The function that decides, as written; nil for declarative and JWT authorizers.
    package var functionUri: Located<String>?
    /// Form of the function's event; REST has only the first.
    package var payloadFormat: PayloadFormat
    /// The function answers with `isAuthorized` instead of a policy (HTTP, 2.0).
    package var simpleResponses: Bool
    /// Where the principal's name comes from; `$claims.sub` when not written.
    package var principalId: Located<ContextMapping>
    /// The claim in which a declarative authorizer finds the caller's API key.
    package var usageIdentifierKey: ClaimPath?
    /// In source order.
    package var context: [ContextEntry]
    /// In source order.
    package var policy: [PolicyStatementDefinition]
}

/// One member of an authorizer's `context`.
package struct ContextEntry: Sendable {
    package var name: String
    package var mapping: ContextMapping
    package var span: SourceSpan
}

/// A value written in the configuration, compared with claims or put into a context.
package enum ScalarValue: Sendable, Hashable, CustomStringConvertible {
    case string(String)
    /// The number exactly as written, such as `1.50`.
    case number(String)
    case bool(Bool)

    package var description: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .number(let text): text
        case .bool(let value): value ? "true" : "false"
        }
    }
}

/// A claim by name; dots go into objects.
package struct ClaimPath: Sendable, Hashable, CustomStringConvertible {
    /// As written: a claim of exactly this name is tried before the parts.
    package var text: String

    /// The name cut at its dots.
    package var parts: [String] { text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
    package var description: String { text }

    /// Nil when the name or one of its parts is empty.
    package init?(_ text: some StringProtocol) {
        // A dot before the first and behind the last letter would make an empty part, as two in a row do.
        var previous: UInt8 = 0x2E
        for byte in text.utf8 {
            if byte == 0x2E, previous == 0x2E { return nil }
            previous = byte
        }
        if previous == 0x2E { return nil }
        self.text = String(text)
    }
}

/// What a context member or the principal is made of.
package enum ContextMapping: Sendable, Hashable {
    case literal(ScalarValue)
    /// `$claims.NAME`
    case claim(ClaimPath)
}
