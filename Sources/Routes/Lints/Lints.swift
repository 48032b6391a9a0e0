/// All lints, in the order of docs/reference/lints.md. A new one is added here and in `LintTests`.
package enum Lints {
    static let all: [any Lint.Type] = policies + routing + server + backends + tokens + keys + aws

    /// The rules by group, as the page shows them.
    package static var groups: [(title: String, rules: [LintRule])] {
        [
            ("Policies", policies), ("Routes and stages", routing), ("Server", server), ("Backends and data", backends),
            ("Tokens", tokens),
            ("Keys and secrets", keys), ("What AWS would refuse", aws),
        ].map { ($0.0, $0.1.map { $0.rule }) }
    }

    /// Every rule once.
    package static var rules: [LintRule] { all.map { $0.rule } }

    static func run(_ context: LintContext) {
        for lint in all { lint.init().run(context) }
    }

    private static let policies: [any Lint.Type] = [
        UnreachableResourceLint.self, OverriddenAllowLint.self, CachedPolicyLint.self, RepeatedResourceLint.self,
        ImpossibleConditionLint.self, IdleConditionLint.self, AbsentClaimLint.self, AllowEverythingLint.self,
        CachedAnswerLint.self,
    ]
    private static let routing: [any Lint.Type] = [
        SiblingParameterLint.self, CORSLint.self, OpenMethodLint.self, OpenHeadLint.self, OpenOptionsLint.self,
        FallThroughLint.self, GuardedPreflightLint.self, ShadowedRouteLint.self, ObserveLint.self, DebugStageLint.self,
    ]
    private static let server: [any Lint.Type] = [TrustedEverybodyLint.self, LooseReadingLint.self]
    private static let backends: [any Lint.Type] = [
        UnusedEntryLint.self, ClearTokenLint.self, ClearBackendLint.self, ForwardedTokenLint.self,
        PersonalDataLint.self,
    ]
    private static let tokens: [any Lint.Type] = [
        LongLivedTokenLint.self, ClockSkewLint.self, MixedAlgorithmsLint.self, ResultLifetimeLint.self,
        RevocationReachLint.self,
    ]
    private static let keys: [any Lint.Type] = [
        SharedSecretLint.self, GuessableSecretLint.self, RepeatedKeyIdLint.self, ReadableKeyFileLint.self,
        LiteralKeySetLint.self, LiteralCredentialLint.self,
    ]
    private static let aws: [any Lint.Type] = [
        AuthorizerCountLint.self, IntegrationTimeoutLint.self, RouteCountLint.self, StageVariableLint.self,
        PathCharacterLint.self, ScopeCountLint.self, CORSCredentialsLint.self, CacheKeyLint.self,
        JWTIdentitySourceLint.self, JWTAlgorithmLint.self, PayloadFormatLint.self, SimpleResponseLint.self,
        ResourceLengthLint.self, StatementNameLint.self,
    ]
}
