internal import Documents

/// Algorithms that a JWT authorizer of AWS does not know.
struct JWTAlgorithmLint: Lint {
    static let rule = LintRule(
        "GH3510", .note, "algorithm that AWS's JWT authorizer does not verify",
        why: "Tokens with it are accepted here and answered 401 behind AWS.",
        example: "\"type\": \"JWT\", \"jwt\": { \"algorithms\": [\"ES256\"] }",
        remedy: "Have the tokens signed with RS256, or use a REQUEST authorizer.",
        aws: LintRule.AWSRule("JWT authorizers of HTTP APIs verify RS256, RS384 and RS512 only", verified: true))

    private static let known = ["RS256", "RS384", "RS512"]

    func run(_ context: LintContext) {
        guard context.document.api.type == .http else { return }
        for authorizer in context.document.authorizers where authorizer.type == .jwt {
            guard let list = context.member(authorizer.name, of: "authorizers")?.value["jwt"]?["algorithms"] else {
                continue
            }
            for element in list.elements {
                guard let word = context.text(element), !Self.known.contains(word) else { continue }
                context.report(
                    Self.rule, element.range, "AWS's JWT authorizer does not verify \(word)",
                    help: "have the tokens signed with RS256, or use type REQUEST", note: "such tokens get 401 there")
            }
        }
    }
}
