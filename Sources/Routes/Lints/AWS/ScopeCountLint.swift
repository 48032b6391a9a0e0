internal import Documents

/// More scopes or audiences than AWS allows.
struct ScopeCountLint: Lint {
    static let rule = LintRule(
        "GH3506", .warning, "more scopes or audiences than AWS allows",
        why: "The list works here, and AWS refuses the route or the authorizer.",
        example: "eleven entries of \"authorizationScopes\"",
        remedy: "Let a scope stand for several, or split the route.",
        aws: LintRule.AWSRule(
            "HTTP APIs: at most 10 scopes for a route and 50 audiences for an authorizer", verified: true))

    func run(_ context: LintContext) {
        guard context.document.api.type == .http else { return }
        for route in context.document.routes where route.scopes.count > 10 {
            report(route.scopes[10].span.range, "this is scope 11 of \(route.scopes.count)", in: context)
        }
        for authorizer in context.document.authorizers where authorizer.type == .jwt {
            let list = context.member(authorizer.name, of: "authorizers")?.value["jwtConfiguration"]?["audience"]
            let audiences = list.map { Array($0.elements) } ?? []
            if audiences.count > 50 {
                report(audiences[50].range, "this is audience 51 of \(audiences.count)", in: context)
            }
        }
    }

    private func report(_ range: Range<Int>, _ message: String, in context: LintContext) {
        context.report(Self.rule, range, message, help: "shorten the list", note: "AWS would refuse it")
    }
}
