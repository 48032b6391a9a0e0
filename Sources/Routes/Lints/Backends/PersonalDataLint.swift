internal import Documents

/// Claims about a person that leave the token.
struct PersonalDataLint: Lint {
    static let rule = LintRule(
        "GH4210", .note, "personal data leaves the token",
        why: "A claim that names or describes a person is copied into a query, a header or a context, or demanded in "
            + "every token. Queries stand in the logs of every machine on the way, contexts in events and caches, and "
            + "a token is only signed: whoever holds it reads it.",
        example: "\"context\": { \"email\": \"$claims.email\" }",
        remedy: "Pass sub and let the backend look the person up; or keep it, if the backend needs it, out of queries.")

    /// Things have these, too: `ship.name` is nobody's.
    private static let common: Set<String> = ["name", "address", "picture", "mobile", "phone", "health", "passport"]

    /// A claim of that name, an object of that name, a member that only people have, or the name behind a namespace
    /// such as `https://id.example/email`.
    static func isPersonal(_ claim: String) -> Bool {
        let name = claim.lowercased()
        if PersonalClaims.identifying.contains(name) { return true }
        if name.contains("://") {
            return PersonalClaims.identifying.contains(String(name.split(separator: "/").last ?? ""))
        }
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return false }
        return first == "address" || (PersonalClaims.identifying.contains(last) && !common.contains(last))
    }

    func run(_ context: LintContext) {
        var members: Set<String> = []
        for authorizer in context.document.authorizers {
            for claim in authorizer.jwt?.requiredClaims ?? [] where Self.isPersonal(claim.value) {
                context.report(
                    Self.rule, claim.span.range, "every token must carry \"\(claim.value)\"",
                    help: "demand \"sub\" and look the rest up behind the gateway",
                    note: "a token is signed, not encrypted: whoever holds it reads it")
            }
            for entry in authorizer.context {
                guard case .claim(let path) = entry.mapping, Self.isPersonal(path.text) else { continue }
                members.insert(entry.name)
                context.report(
                    Self.rule, entry.span.range, "\"\(path.text)\" goes into the authorizer's context",
                    help: "pass \"$claims.sub\" and let the backend look the person up",
                    note: "contexts stand in events, caches and wherever a mapping takes them")
            }
            if case .claim(let path) = authorizer.principalId.value, Self.isPersonal(path.text) {
                context.report(
                    Self.rule, authorizer.principalId.span.range, "the principal is called by \"\(path.text)\"",
                    help: "use \"$claims.sub\"", note: "the principal stands in the log and in every event")
            }
        }
        for integration in context.document.integrations { check(integration, members, in: context) }
    }

    private func check(_ integration: IntegrationDefinition, _ members: Set<String>, in context: LintContext) {
        guard case .httpProxy(let proxy) = integration.kind else { return }
        for mapping in proxy.requestParameters {
            for case .context(let variable) in mapping.source {
                let name: String? =
                    switch variable {
                    case .authorizerClaim(let claim): Self.isPersonal(claim) ? claim : nil
                    case .authorizerContext(let member): members.contains(member) ? member : nil
                    default: nil
                    }
                guard let name else { continue }
                let isQuery = if case .queryString = mapping.destination { true } else { false }
                context.report(
                    Self.rule, mapping.span.range,
                    "\"\(name)\" goes to the backend in a \(isQuery ? "query" : "header")",
                    help: isQuery
                        ? "send it in a header, or pass the principal"
                        : "pass the principal instead, if that is enough",
                    note: isQuery ? "queries stand in the access logs on the way" : "headers stand in traces and dumps",
                    severity: isQuery ? .warning : .note)
            }
        }
    }
}
