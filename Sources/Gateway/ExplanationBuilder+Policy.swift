import Authorizers
import Documents
import Policies
import Routes
import Tokens

extension ExplanationBuilder {
    /// Adds the steps `policy` and `decision`: every configured statement, issued or not.
    mutating func explainPolicy(
        _ authorizer: DeclarativeAuthorizer, _ identity: AuthorizedIdentity, _ decision: PolicyDecision
    ) {
        guard let resource = exchange.resource, let claims = identity.token?.claims else { return }
        let trace = PolicyEvaluator.trace(PolicyRequest(resource: resource.bytes), by: [identity.policy])
        let short = shortResource(resource)
        let policy = authorizer.definition.policy
        var statements: [Explanation.Statement] = []
        for statement in policy {
            let position = identity.issuedStatements.firstIndex(of: statement.index)
            let isDecisive = position != nil && position == decision.matched?.position
            statements.append(
                Explanation.Statement(
                    status: .notApplicable, effect: statement.effect.rawValue, label: statement.label, text: "",
                    span: statement.span, isDecisive: isDecisive))
            let place = statements.count - 1
            guard let position, trace.statements.indices.contains(position) else {
                let failures = WhenEvaluator.failures(statement.when, for: claims)
                statements[place].text = "not issued: " + failures.map(WhenText.failure).joined(separator: "; and ")
                continue
            }
            let matches = trace.statements[position].matches
            let deny: Explanation.Status = isDecisive ? .decisiveDeny : .satisfied
            statements[place].status = matches ? (statement.effect == .deny ? deny : .satisfied) : .failed
            let reasons = WhenEvaluator.holding(statement.when, for: claims).map(WhenText.holding)
            let issued = reasons.isEmpty ? "" : ": issued because " + reasons.joined(separator: " and ")
            if !matches {
                statements[place].text = "resource: \(Self.resources(statement)) \(Self.covers(statement)) \(short)"
            } else if statement.effect == .allow, decision.outcome == .explicitDeny {
                statements[place].text = "matches, but a Deny wins\(issued)"
            } else {
                statements[place].text = "matches\(issued)"
            }
        }
        if authorizer.definition.type == .jwt, snapshot.resourcePolicy == nil {
            add(.policy, .notApplicable, "a JWT authorizer has none")
        } else {
            add(
                .policy, isAdmitted ? .satisfied : .failed, "for \(resource.text)", nil, notes: resourceNotes,
                statements: statements + resourceStatements)
        }
        if !addResourceDecision() { addDecision(decision, authorizer, identity, short) }
    }

    private mutating func addDecision(
        _ decision: PolicyDecision, _ authorizer: DeclarativeAuthorizer, _ identity: AuthorizedIdentity,
        _ short: String
    ) {
        let policy = authorizer.definition.policy
        var decisive: PolicyStatementDefinition?
        if let position = decision.matched?.position, identity.issuedStatements.indices.contains(position) {
            let index = identity.issuedStatements[position]
            decisive = policy.first { $0.index == index }
        }
        let label = decisive?.label ?? "?"
        if case .unauthorized(.insufficientScope)? = exchange.failure, let route = guardingRoute {
            let scopes = snapshot.routes[route].definition.scopes
            let names = scopes.map(\.value).joined(separator: " or ")
            add(.decision, .failed, "DENY: the token has none of the route's scopes", scopes.first?.span)
            remedy = "use a token with the scope \(names)"
            return
        }
        // Nothing but the token is asked for.
        if authorizer.definition.type == .jwt {
            add(.decision, .satisfied, "ALLOW: the token is good", authorizer.definition.span)
            return
        }
        switch decision.outcome {
        case .allow: add(.decision, .satisfied, "ALLOW by \(label)", decisive?.span)
        case .explicitDeny:
            add(.decision, .failed, "DENY (explicit) by \(label)", decisive?.span)
            remedy = explicitRemedy(decisive, label, identity)
            // More may be missing than the Deny shows: whoever escapes it also needs an Allow.
            if let near = coveringStatement(policy) {
                let known = remedyClaims.map(\.name)
                remedyClaims += Self.claims(near.when?.first ?? []).filter { !known.contains($0.name) }
            }
        case .implicitDeny:
            let near = coveringStatement(policy)
            add(
                .decision, .failed, "DENY (implicit): no Allow statement that was issued covers \(short)",
                near?.span ?? policy.last?.span ?? authorizer.definition.span)
            remedy = implicitRemedy(near, short)
        }
    }

    /// What would keep the Deny away.
    private mutating func explicitRemedy(
        _ statement: PolicyStatementDefinition?, _ label: String, _ identity: AuthorizedIdentity
    ) -> String {
        let end = "change \(label) (an Allow cannot override a Deny)"
        let holding = identity.token.map { WhenEvaluator.holding(statement?.when, for: $0.claims) } ?? []
        guard !holding.isEmpty else { return end }
        remedyClaims = holding.lazy.compactMap { WhenText.value(escaping: $0.condition) }.prefix(1).map { $0 }
        let demands = holding.map { WhenText.demand($0.condition, negated: true) }
        return "give the principal \(demands.joined(separator: " or ")), or \(end)"
    }

    /// The Allow statement that would cover the resource if it were issued.
    private func coveringStatement(_ policy: [PolicyStatementDefinition]) -> PolicyStatementDefinition? {
        guard let resource = exchange.resource else { return nil }
        return policy.first { statement in
            guard statement.effect == .allow, statement.when != nil else { return false }
            return covers(statement.resources.map { snapshot.arn.expand($0.text) ?? $0.text }, resource)
        }
    }

    /// What would have it issued, or the statement to write.
    private mutating func implicitRemedy(_ statement: PolicyStatementDefinition?, _ short: String) -> String {
        guard let statement, let first = statement.when?.first else {
            return "add \"\(short)\" to the resources of an Allow statement"
        }
        remedyClaims = Self.claims(first)
        let demands = first.map { WhenText.demand($0) }
        return "give the principal \(demands.joined(separator: " and ")): then \(statement.label) would be issued"
    }

    /// A value for each of the conditions; empty when one of them has no single value.
    private static func claims(_ conditions: [WhenCondition]) -> [PrincipalDefinition.Claim] {
        let claims = conditions.compactMap { WhenText.value(meeting: $0) }
        return claims.count == conditions.count ? claims : []
    }

    private func covers(_ patterns: [String], _ resource: MethodARN) -> Bool {
        do throws(PolicyError) {
            let document = try PolicyDocument(statements: [PolicyStatement(effect: .allow, resources: patterns)])
            return PolicyEvaluator.decide(PolicyRequest(invoking: resource), by: document).outcome == .allow
        } catch {
            return false
        }
    }

    /// `DELETE/ships/42`: the resource as statements write it.
    private func shortResource(_ resource: MethodARN) -> String {
        let prefix = snapshot.arn.bytes
        guard resource.bytes.starts(with: prefix) else { return resource.text }
        return Self.text(resource.bytes.dropFirst(prefix.count))
    }

    private static func resources(_ statement: PolicyStatementDefinition) -> String {
        statement.resources.map(\.text).joined(separator: ", ")
    }

    private static func covers(_ statement: PolicyStatementDefinition) -> String {
        statement.resources.count == 1 ? "does not cover" : "do not cover"
    }
}
