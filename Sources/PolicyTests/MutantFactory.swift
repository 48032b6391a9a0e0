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
            for statement in authorizer.policy.indices {
                out += statements(authorizer, index, statement, document.routes)
            }
        }
        if let revocations = document.revocations, used.contains(where: { document.authorizers[$0].jwt != nil }) {
            out.append(
                Mutant(
                    change: .removeRevocations, name: "/revocations removed", span: revocations.span,
                    advice: "add a principal whose token the list revokes: 401"))
        }
        let example = RouteExample(document)
        for (index, route) in document.routes.enumerated() where route.authorization != .none {
            out.append(
                Mutant(
                    change: .publish(route: index), name: "\(route.key.text) authorizer -> NONE", span: route.span,
                    advice: "add a row for \(example.request(of: index)) with a principal that has no token: 401"))
            if case .authorizer(let own) = route.authorization, used.count > 1 {
                let other = used.sorted().first { $0 > own } ?? used.sorted()[0]
                let names = (document.authorizers[own].name, document.authorizers[other].name)
                out.append(
                    Mutant(
                        change: .exchange(route: index, authorizer: other),
                        name: "\(route.key.text) authorizer \(names.0) -> \(names.1)", span: route.span,
                        advice: "add a row for \(example.request(of: index)) with a principal that \(names.0) lets in"))
            }
            if let scope = route.scopes.first {
                out.append(
                    Mutant(
                        change: .removeRouteScopes(route: index), name: "\(route.key.text) authorizationScopes removed",
                        span: scope.span, advice: "add a principal without the scope \(scope.value)"))
            }
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
        for (number, source) in authorizer.identitySources.enumerated().dropFirst() {
            guard let words = words(source.value) else { continue }
            add(
                .removeSource(authorizer: index, source: number), "identitySource \(words) removed", source.span,
                "add a case without it: 401")
        }
        guard let rules = authorizer.jwt else { return out }
        func omit(_ check: OmittedCheck.Check, _ name: String, _ span: SourceSpan, _ advice: String) {
            add(.omit(OmittedCheck(authorizer: authorizer.name, check: check)), "jwt/\(name) not checked", span, advice)
        }
        omit(.signature, "keys: signature", rules.keys.first?.span ?? rules.span, preset(.wrongKey))
        omit(.algorithm, "algorithms", rules.algorithmsSpan, preset(.algNone))
        omit(.expiration, "exp", rules.span, preset(.expired))
        omit(.notBefore, "nbf", rules.span, preset(.notYetValid))
        if rules.issuers.isEmpty {
            if rules.issuer.value != nil {
                add(.removeIssuer(authorizer: index), "jwt/issuer removed", rules.issuer.span, preset(.wrongIssuer))
            }
            if rules.audience.value != nil {
                add(
                    .removeAudience(authorizer: index), "jwt/audience removed", rules.audience.span,
                    preset(.wrongAudience))
                out += audiences(authorizer, index, rules.audience.value ?? [], rules.audience.span)
            }
        } else {
            omit(.issuer, "issuer", rules.issuer.span, preset(.wrongIssuer))
            out += issuers(authorizer, index, rules)
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

    /// Nil for what a request cannot be without: the client's address, a variable of the stage.
    private static func words(_ source: IdentitySource) -> String? {
        switch source {
        case .header(let name), .multiValueHeader(let name): "header \(String(decoding: name, as: UTF8.self))"
        case .queryString(let name), .multiValueQueryString(let name):
            "query \(String(decoding: name, as: UTF8.self))"
        case .stageVariable, .context: nil
        }
    }

    /// Single entries of several.
    private static func audiences(
        _ authorizer: AuthorizerDefinition, _ index: Int, _ entries: [String], _ span: SourceSpan
    ) -> [Mutant] {
        if entries.count < 2 { return [] }
        return entries.enumerated().map { entry, audience in
            Mutant(
                change: .removeAudienceEntry(authorizer: index, issuer: nil, entry: entry),
                name: "/authorizers/\(authorizer.name)/jwt/audience/\(audience) removed", span: span,
                advice: "add a principal with claims: { aud: \"\(audience)\" }: allow")
        }
    }

    /// What each of several issuers is accepted for.
    private static func issuers(_ authorizer: AuthorizerDefinition, _ index: Int, _ rules: JWTRules) -> [Mutant] {
        var out: [Mutant] = []
        for (number, issuer) in rules.issuers.enumerated() {
            let path = "/authorizers/\(authorizer.name)/issuers/\(issuer.issuer.value)"
            let claims = "iss: \"\(issuer.issuer.value)\""
            func add(_ change: Mutant.Change, _ name: String, _ span: SourceSpan, _ advice: String) {
                out.append(Mutant(change: change, name: "\(path)\(name)", span: span, advice: advice))
            }
            if rules.issuers.count > 1 {
                add(
                    .removeIssuerEntry(authorizer: index, issuer: number), " removed", issuer.span,
                    "add a principal with claims: { \(claims) }: allow")
            }
            let check = OmittedCheck.Check.audience(issuer: issuer.issuer.value)
            add(
                .omit(OmittedCheck(authorizer: authorizer.name, check: check)), "/audiences not checked",
                issuer.audiences.span, "add a principal with claims: { \(claims) }, token: wrongAudience")
            if issuer.audiences.value.count > 1 {
                for (entry, audience) in issuer.audiences.value.enumerated() {
                    add(
                        .removeAudienceEntry(authorizer: index, issuer: number, entry: entry),
                        "/audiences/\(audience) removed", issuer.audiences.span,
                        "add a principal with claims: { \(claims), aud: \"\(audience)\" }: allow")
                }
            }
            for (place, claim) in issuer.additionalClaims.enumerated() {
                let bad = claim.isRequired ? "null" : "other"
                add(
                    .removeAdditionalClaim(authorizer: index, issuer: number, claim: place),
                    "/additionalClaims/\(claim.name) removed", issuer.span,
                    "add a principal with claims: { \(claims), \(claim.name): \(bad) }")
                if claim.expectedValue == nil { continue }
                add(
                    .freeAdditionalClaim(authorizer: index, issuer: number, claim: place),
                    "/additionalClaims/\(claim.name) value removed", issuer.span,
                    "add a principal with claims: { \(claims), \(claim.name): other }")
            }
        }
        return out
    }

    private static func statements(
        _ authorizer: AuthorizerDefinition, _ index: Int, _ number: Int, _ routes: [RouteDefinition]
    ) -> [Mutant] {
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
            for wide in resource.wider(routes) {
                out.append(
                    Mutant(
                        change: .widenResource(authorizer: index, statement: number, resource: place, to: wide),
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
                let values = condition.test.values
                for (value, text) in values.enumerated() where values.count > 1 {
                    out.append(
                        Mutant(
                            change: .removeValue(
                                authorizer: index, statement: number, alternative: alternative, condition: place,
                                value: value),
                            name: "\(path) \(words) \(text) removed", span: condition.span,
                            advice: "add a principal whose \(condition.claim) is \(text) to a row of \(example)"))
                }
                guard let inverse = condition.test.flipped else { continue }
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
