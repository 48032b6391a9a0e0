import Documents
package import Routes

/// Lists every mutant of a configuration, in the order of gateway.json. Only what guards a route is changed: the rest
/// can make no difference.
package enum MutantFactory {
    package static func mutants(of document: GatewayDocument) -> [Mutant] {
        var out = resourcePolicy(document)
        let used = Set(
            document.routes.compactMap { route -> Int? in
                if case .authorizer(let index) = route.authorization { index } else { nil }
            })
        for index in used.sorted() {
            let authorizer = document.authorizers[index]
            out += rules(authorizer, index)
            for statement in authorizer.policy.indices { out += statements(authorizer, index, statement) }
        }
        for (index, route) in document.routes.enumerated() where route.authorization != .none {
            out.append(
                Mutant(
                    change: .publish(route: index), name: "\(route.key.text) authorizer -> NONE", span: route.span,
                    advice: "add a row for \(route.key.text) with a principal that has no token: 401"))
            if let scope = route.scopes.first {
                out.append(
                    Mutant(
                        change: .removeRouteScopes(route: index), name: "\(route.key.text) authorizationScopes removed",
                        span: scope.span, advice: "add a principal without the scope \(scope.value)"))
            }
        }
        return out
    }

    private static func resourcePolicy(_ document: GatewayDocument) -> [Mutant] {
        guard let policy = document.api.policy else { return [] }
        let advice = "add a case that it decides; sourceIp of a request says where it comes from"
        var out = [
            Mutant(change: .removeResourcePolicy, name: "/api/policy removed", span: policy.span, advice: advice)
        ]
        let statements = DataNode(policy.document)["Statement"]?.list ?? []
        for (index, statement) in statements.enumerated() {
            let label = statement["Sid"]?.string ?? "#\(index)"
            let span = policy.isInline ? document.source.span(statement.range) : policy.span
            let other = statement["Effect"]?.string == "Allow" ? "Deny" : "Allow"
            if statements.count > 1 {
                out.append(
                    Mutant(
                        change: .removeResourceStatement(index), name: "/api/policy/\(label) removed", span: span,
                        advice: advice))
            }
            out.append(
                Mutant(
                    change: .flipResourceStatement(index), name: "/api/policy/\(label) effect -> \(other)", span: span,
                    advice: advice))
        }
        return out
    }

    private static func rules(_ authorizer: AuthorizerDefinition, _ index: Int) -> [Mutant] {
        var out: [Mutant] = []
        let path = "/authorizers/\(authorizer.name)"
        func add(_ change: Mutant.Change, _ name: String, _ span: SourceSpan, _ advice: String) {
            out.append(Mutant(change: change, name: "\(path)/\(name)", span: span, advice: advice))
        }
        func preset(_ word: TokenRecipe.Preset) -> String { "add a principal with token: \(word.rawValue)" }
        if let expression = authorizer.identityValidationExpression {
            add(
                .removeExpression(authorizer: index), "identityValidationExpression removed", expression.span,
                "add a principal whose token does not match it")
        }
        guard let rules = authorizer.jwt else { return out }
        if rules.issuer.value != nil {
            add(.removeIssuer(authorizer: index), "jwt/issuer removed", rules.issuer.span, preset(.wrongIssuer))
        }
        if rules.audience.value != nil {
            add(.removeAudience(authorizer: index), "jwt/audience removed", rules.audience.span, preset(.wrongAudience))
        }
        for (number, claim) in rules.requiredClaims.enumerated() {
            add(
                .removeRequiredClaim(authorizer: index, claim: number), "jwt/requiredClaims/\(claim.value) removed",
                claim.span, "add a principal with claims: { \(claim.value): null }")
        }
        if rules.requireExpiration.value {
            add(
                .removeRequireExpiration(authorizer: index), "jwt/requireExpiration -> false",
                rules.requireExpiration.span, preset(.noExp))
        }
        add(
            .ignoreTime(authorizer: index), "jwt/clockSkewSeconds -> unlimited", rules.clockSkewInSeconds.span,
            preset(.expired))
        if let age = rules.maxAgeInSeconds {
            add(
                .removeMaxAge(authorizer: index), "jwt/maxAgeSeconds removed", age.span,
                "add a principal with claims: { iat: 0 }")
        }
        for (number, scope) in rules.scopes.enumerated() {
            add(
                .removeScope(authorizer: index, scope: number), "jwt/scopes/\(scope.value) removed", scope.span,
                "add a principal without the scope \(scope.value)")
        }
        if let type = rules.tokenTypes.first {
            add(
                .removeTokenTypes(authorizer: index), "jwt/tokenTypes removed", type.span,
                "add a principal with token: { type: other }")
        }
        return out
    }

    private static func statements(_ authorizer: AuthorizerDefinition, _ index: Int, _ number: Int) -> [Mutant] {
        let statement = authorizer.policy[number]
        let path = "/authorizers/\(authorizer.name)/policy/\(statement.label)"
        let example = statement.resources.first?.text ?? "a resource"
        var out = [
            Mutant(
                change: .removeStatement(authorizer: index, statement: number), name: "\(path) removed",
                span: statement.span, advice: "add a row for \(example) that \(statement.label) decides"),
            Mutant(
                change: .flipEffect(authorizer: index, statement: number),
                name: "\(path) effect -> \(statement.effect == .allow ? "Deny" : "Allow")", span: statement.span,
                advice: "add a row for \(example) that \(statement.label) decides"),
        ]
        for (place, resource) in statement.resources.enumerated() {
            if statement.resources.count > 1 {
                out.append(
                    Mutant(
                        change: .removeResource(authorizer: index, statement: number, resource: place),
                        name: "\(path) resource \(resource.text) removed", span: resource.span,
                        advice: "add a row for \(resource.text) that \(statement.label) decides"))
            }
            if let wide = resource.widened {
                out.append(
                    Mutant(
                        change: .widenResource(authorizer: index, statement: number, resource: place),
                        name: "\(path) resource \(resource.text) -> \(wide.text)", span: resource.span,
                        advice: "add a row that \(wide.text) covers and \(resource.text) does not"))
            }
        }
        for (alternative, conditions) in (statement.when ?? []).enumerated() {
            for (place, condition) in conditions.enumerated() {
                let words = "when \(condition.claim) \(condition.test.name)"
                out.append(
                    Mutant(
                        change: .removeCondition(
                            authorizer: index, statement: number, alternative: alternative, condition: place),
                        name: "\(path) \(words) removed", span: condition.span,
                        advice: "add a principal whose \(condition.claim) does not meet it to a row of \(example)"))
                guard let inverse = condition.test.inverse else { continue }
                out.append(
                    Mutant(
                        change: .invertCondition(
                            authorizer: index, statement: number, alternative: alternative, condition: place),
                        name: "\(path) \(words) -> \(inverse.name)", span: condition.span,
                        advice: "add principals that do and do not meet it to a row of \(example)"))
            }
        }
        return out
    }
}
