import Authorizers
package import Documents
import Gateway
import Policies
package import Routes
import Tokens

/// What of a configuration the checks have reached: routes, route by principal, statements that decided, and claim checks
/// that refused somebody.
package struct CoverageMap: Sendable {
    /// Something that can be reached, with its place in gateway.json.
    package struct Item: Sendable {
        package var name: String
        package var span: SourceSpan
        /// How to reach it.
        package var advice: String
    }

    /// A route and a principal's ``TestPrincipal/identity``.
    package struct Cell: Sendable, Hashable {
        package var route: Int
        package var principal: String
    }

    package let routes: [Item]
    package let guarded: Set<Int>
    package let statements: [Item]
    package let claims: [Item]
    private let statementIndex: [String: Int]
    private let claimIndex: [String: Int]

    /// Whom some file declares or uses, by ``TestPrincipal/identity``. One of gateway.json whom no file speaks about is
    /// nobody's to test.
    package private(set) var principals: Set<String> = []
    package private(set) var reachedRoutes: Set<Int> = []
    package private(set) var reachedCells: Set<Cell> = []
    package private(set) var reachedStatements: Set<Int> = []
    package private(set) var reachedClaims: Set<Int> = []

    package init(_ document: GatewayDocument) {
        var guarded: Set<Int> = []
        var used: Set<Int> = []
        for (index, route) in document.routes.enumerated() {
            if case .authorizer(let number) = route.authorization {
                guarded.insert(index)
                used.insert(number)
            }
        }
        self.guarded = guarded
        let example = RouteExample(document)
        routes = document.routes.enumerated().map {
            Item(name: $1.key.text, span: $1.span, advice: "add a row for \(example.request(of: $0))")
        }
        var statements: [Item] = []
        var statementIndex: [String: Int] = [:]
        for (index, statement) in ResourcePolicyChange.labelled(document).enumerated() {
            statementIndex["\u{0}/\(index)"] = statements.count
            statements.append(
                Item(
                    name: "api.policy: \(statement.label)", span: statement.span,
                    advice: "add a check that \(statement.label) decides"))
        }
        var claims: [Item] = []
        var claimIndex: [String: Int] = [:]
        for number in used.sorted() {
            let authorizer = document.authorizers[number]
            for statement in authorizer.policy {
                statementIndex["\(authorizer.name)/\(statement.index)"] = statements.count
                statements.append(
                    Item(
                        name: "\(authorizer.name): \(statement.label)", span: statement.span,
                        advice: "add a check that \(statement.label) decides"))
            }
            for (name, span, advice) in Self.checks(of: authorizer) {
                claimIndex["\(authorizer.name)/\(name)"] = claims.count
                claims.append(Item(name: "\(authorizer.name): \(name)", span: span, advice: advice))
            }
        }
        for route in document.routes {
            guard let scope = route.scopes.first else { continue }
            claimIndex["authorizationScopes/\(route.key.text)"] = claims.count
            claims.append(
                Item(
                    name: "\(route.key.text): authorizationScopes", span: scope.span,
                    advice: "add a principal without the scope \(scope.value)"))
        }
        self.statements = statements
        self.statementIndex = statementIndex
        self.claims = claims
        self.claimIndex = claimIndex
    }

    /// What an authorizer demands of a token, by the names of its keys in gateway.json.
    private static func checks(
        of authorizer: AuthorizerDefinition
    ) -> [(name: String, span: SourceSpan, advice: String)] {
        guard let rules = authorizer.jwt else { return [] }
        func preset(_ word: TokenRecipe.Preset) -> String { "add a principal with token: \(word.rawValue)" }
        var out: [(name: String, span: SourceSpan, advice: String)] = [
            ("keys", rules.keys.first?.span ?? rules.span, preset(.wrongKey)),
            ("algorithms", rules.algorithmsSpan, preset(.algNone)),
            ("exp", rules.span, preset(.expired)),
            ("nbf", rules.span, preset(.notYetValid)),
        ]
        if rules.requireExpiration.value {
            out.append(("requireExpiration", rules.requireExpiration.span, preset(.noExp)))
        }
        if rules.issuer.value != nil { out.append(("issuer", rules.issuer.span, preset(.wrongIssuer))) }
        if rules.audience.value != nil { out.append(("audience", rules.audience.span, preset(.wrongAudience))) }
        for issuer in rules.issuers {
            for claim in issuer.additionalClaims
            where !out.contains(where: { $0.name == "additionalClaims \(claim.name)" }) {
                out.append(
                    (
                        "additionalClaims \(claim.name)", issuer.span,
                        "add a principal with claims: { \(claim.name): \(claim.isRequired ? "null" : "other") }"
                    ))
            }
        }
        for claim in rules.requiredClaims where !Self.isImplied(claim.value, rules, authorizer) {
            out.append(
                ("requiredClaims \(claim.value)", claim.span, "add a principal with claims: { \(claim.value): null }"))
        }
        if let age = rules.maxAgeInSeconds {
            out.append(("maxAgeSeconds", age.span, "add a principal with claims: { iat: 0 }"))
        }
        if let type = rules.tokenTypes.first {
            out.append(("tokenTypes", type.span, "add a principal with token: { type: other }"))
        }
        if let scope = rules.scopes.first {
            out.append(("scopes", scope.span, "add a principal without the scope \(scope.value)"))
        }
        if let expression = authorizer.identityValidationExpression {
            out.append(
                ("identityValidationExpression", expression.span, "add a principal whose token does not match it"))
        }
        return out
    }

    /// Whether another check refuses the token without this claim first.
    static func isImplied(_ claim: String, _ rules: JWTRules, _ authorizer: AuthorizerDefinition) -> Bool {
        switch claim {
        case "exp": rules.requireExpiration.value
        case "iss": rules.issuer.value != nil
        case "aud": rules.audience.value != nil && authorizer.type != .jwt
        case "iat": rules.maxAgeInSeconds != nil
        default: false
        }
    }

    // MARK: Observing

    /// Whom a file speaks about; nothing is reached by that.
    package mutating func meet(_ suite: TestSuite) {
        let used = suite.usedPrincipals
        for (index, principal) in suite.principals.enumerated() where principal.isDeclared || used.contains(index) {
            principals.insert(principal.identity)
        }
    }

    /// Counts a step whose demand was stated.
    mutating func observe(_ step: TestPlan.Step, _ run: CheckRunner.StepRun) {
        guard step.isStated, let exchange = run.exchange, let hit = exchange.hit else { return }
        reachedRoutes.insert(hit.route)
        if let principal = step.principal { reachedCells.insert(Cell(route: hit.route, principal: principal.identity)) }
        // No authorizer has such a name.
        if let number = exchange.decisiveResourceStatement, let index = statementIndex["\u{0}/\(number)"] {
            reachedStatements.insert(index)
        }
        guard let authorizer = exchange.route?.authorizer?.definition, let verdict = exchange.authorization?.verdict
        else { return }
        if let identity = verdict.identity, let position = verdict.decision?.matched?.position,
            identity.issuedStatements.indices.contains(position),
            let index = statementIndex["\(authorizer.name)/\(identity.issuedStatements[position])"]
        {
            reachedStatements.insert(index)
        }
        for name in Self.checks(verdict) {
            if let index = claimIndex["\(authorizer.name)/\(name)"] { reachedClaims.insert(index) }
        }
        if case .allowed = verdict, exchange.failure == .unauthorized(.insufficientScope),
            let index = claimIndex["authorizationScopes/\(exchange.route?.definition.key.text ?? "")"]
        {
            reachedClaims.insert(index)
        }
    }

    /// The checks that may have refused the token; only one of them is the authorizer's.
    private static func checks(_ verdict: AuthorizerVerdict) -> [String] {
        switch verdict {
        case .rejected(.identityMismatch): return ["identityValidationExpression"]
        case .unauthorized(let error):
            switch error.code {
            case .badSignature, .keyNotFound, .keyAmbiguous, .keyAlgMismatch: return ["keys"]
            case .algNotAllowed: return ["algorithms"]
            case .expired: return ["exp"]
            case .notYetValid: return ["nbf"]
            case .issMismatch: return ["issuer"]
            case .audMismatch: return ["audience"]
            case .tokenTooOld, .issuedInFuture: return ["maxAgeSeconds"]
            case .insufficientScope: return ["scopes"]
            case .typMismatch: return ["tokenTypes"]
            case .claimMissing, .claimMismatch:
                switch error.claimName {
                case "exp": return ["requireExpiration"]
                case "iss": return ["issuer"]
                case "aud": return ["audience"]
                case let name?: return ["requiredClaims \(name)", "additionalClaims \(name)"]
                case nil: return []
                }
            default: return []
            }
        default: return []
        }
    }

    /// Adds what another run over the same configuration has reached.
    package mutating func merge(_ other: CoverageMap) {
        principals.formUnion(other.principals)
        reachedRoutes.formUnion(other.reachedRoutes)
        reachedCells.formUnion(other.reachedCells)
        reachedStatements.formUnion(other.reachedStatements)
        reachedClaims.formUnion(other.reachedClaims)
    }

    // MARK: Figures

    /// One kind of coverage as a fraction, with what is missing.
    package struct Figure: Sendable {
        package var name: String
        package var reached: Int
        package var total: Int
        package var missing: [Item]

        /// Rounded down, so that 100 means all; nothing to reach is all.
        package var percent: Int { total == 0 ? 100 : reached * 100 / total }
    }

    package var figures: [Figure] {
        [
            figure("routes", routes, reachedRoutes),
            Figure(
                name: "cells", reached: reachedCells.count, total: routes.count * principals.count, missing: []),
            figure("statements", statements, reachedStatements),
            figure("claims", claims, reachedClaims),
        ]
    }

    private func figure(_ name: String, _ items: [Item], _ reached: Set<Int>) -> Figure {
        Figure(
            name: name, reached: reached.count, total: items.count,
            missing: items.indices.filter { !reached.contains($0) }.map { items[$0] })
    }

    /// The goals that are not reached.
    package func shortfalls(of goals: CoverageGoals) -> [(figure: Figure, goal: Int)] {
        figures.compactMap { figure in
            guard let goal = goals[figure.name], figure.percent < goal else { return nil }
            return (figure, goal)
        }
    }
}
