internal import Documents

/// One secret in two keys.
struct SharedSecretLint: Lint {
    static let rule = LintRule(
        "GH4314", .warning, "one secret in two keys",
        why:
            "Two keys hold the same secret, so a token for one authorizer can be signed by whoever knows the other, and "
            + "a rotation from one to the other changes nothing.",
        example: "two keys with \"secret\": \"${env:SESSION_SECRET}\"",
        remedy: "Give each key a secret of its own.")

    func run(_ context: LintContext) {
        var seen: [SecretBytes: KeyDefinition] = [:]
        for key in context.document.keys {
            guard case .secret(let secret, _) = key.material, !secret.bytes.isEmpty else { continue }
            guard let twin = seen[secret] else {
                seen[secret] = key
                continue
            }
            context.report(
                Self.rule, key.span.range, "key \"\(key.name)\" holds the secret of \"\(twin.name)\"",
                label: "line \(twin.span.line)", help: "give it a secret of its own",
                note: "whoever can sign for one can sign for the other")
        }
    }
}
