package import Authorizers
package import Documents
import EventLoop
import Functions
import HTTP
import Policies
package import Routes
import Synchronization
import Tokens
import Upstream

/// Makes a snapshot of a checked document: prepares keys, compiles policies, resolves backends.
package struct GatewayBuilder {
    /// Either a snapshot, or what only the modules for keys and policies can find wrong.
    package enum Result: Sendable {
        case snapshot(GatewaySnapshot, warnings: [Diagnostic])
        case refused([Diagnostic])
    }

    let document: GatewayDocument
    /// The stage that is being compiled.
    var stage: StageDefinition
    private let fetcher: any KeyFetcher
    /// The snapshot in force, when this one is to take its place.
    private let previous: GatewaySnapshot?
    private let revocations: RevocationBox?
    let results = AuthorizerResultCache()
    private let limits: LimitTable
    /// Those of the former configuration that are still named, and new ones.
    private var logFiles: [String: LogFile] = [:]
    private var watches: [KeyWatch] = []
    private var resourcePolicy: ResourcePolicy?
    var schemas: [String: BodySchema] = [:]
    private var diagnostics: [Diagnostic] = []

    private init(
        document: GatewayDocument, stage: StageDefinition, fetcher: any KeyFetcher, previous: GatewaySnapshot?
    ) {
        self.document = document
        self.stage = stage
        self.fetcher = fetcher
        self.previous = previous
        // The same list goes on: were its file unreadable just now, an empty one would let the revoked back in.
        let isSame = document.revocations?.path == previous?.document.revocations?.path
        limits = LimitTable(document, replacing: previous?.limits)
        for file in previous?.logFiles ?? [] { logFiles[file.path] = file }
        revocations = document.revocations.map { _ in (isSame ? previous?.revocations : nil) ?? RevocationBox() }
    }

    /// Compiles `document` for `stageName`, or for its default stage. Without a fetcher, keys from the network are never
    /// there. Of the snapshot that is being replaced, fetched keys and the list of revoked tokens go on where the
    /// configuration still says the same of them; results of authorizer functions never do.
    package static func build(
        _ document: GatewayDocument, stageName: String? = nil, fetcher: any KeyFetcher = NoKeyFetcher(),
        replacing previous: GatewaySnapshot? = nil
    ) -> Result {
        let name = stageName ?? document.api.defaultStage
        guard let stage = document.stage(named: name), stage.isUsable else {
            let names = document.stages.filter(\.isUsable).map(\.name).joined(separator: ", ")
            return .refused([
                Diagnostic(
                    code: "GH2190", message: "no usable stage is called \"\(name)\"", source: document.source,
                    help: "choose one of: \(names)")
            ])
        }
        var builder = GatewayBuilder(document: document, stage: stage, fetcher: fetcher, previous: previous)
        return builder.build()
    }

    // Numbers of policies and snapshots never repeat: a worker's cache may still hold tokens of an older snapshot.
    private static let counter = Atomic<UInt64>(1)

    static func nextNumber() -> UInt64 { counter.add(1, ordering: .relaxed).oldValue }

    private mutating func build() -> Result {
        let slots = makeKeySlots()
        makeResourcePolicy()
        makeSchemas()
        let generation = Self.nextNumber()
        let chosen = stage
        var stages: [GatewaySnapshot] = []
        // Where the chosen stage is named by paths, so are all others that say so; each has its own policies and cache
        // keys.
        if chosen.isServedByPath {
            for other in document.stages where other.isServedByPath && other.name != chosen.name {
                stage = other
                if let made = makeSnapshot(slots, generation) { stages.append(made) }
            }
            stage = chosen
            if let made = makeSnapshot(slots, generation) { stages.append(made) }
        }
        let made = makeSnapshot(slots, generation, stagesInPath: stages)
        // A stage whose parts could not be made must never be left out quietly.
        guard let made, !diagnostics.contains(where: { $0.severity == .error }) else { return .refused(diagnostics) }
        return .snapshot(made, warnings: diagnostics)
    }

    private mutating func makeSnapshot(
        _ slots: [String: KeySlot], _ generation: UInt64, stagesInPath: [GatewaySnapshot] = []
    ) -> GatewaySnapshot? {
        let api = document.api
        let arn = MethodARN.Prefix(region: api.region, account: api.accountId, api: api.apiId, stage: stage.name)
        var authorizers: [RouteAuthorizer?] = []
        for definition in document.authorizers { authorizers.append(makeAuthorizer(definition, slots, arn)) }
        var integrations: [CompiledIntegration?] = []
        for definition in document.integrations { integrations.append(makeIntegration(definition)) }
        var routes: [CompiledRoute] = []
        for definition in document.routes {
            var authorizer: RouteAuthorizer?
            if case .authorizer(let index) = definition.authorization {
                guard let made = authorizers[index] else { continue }
                authorizer = made
            }
            guard let integration = integrations[definition.integration] else { continue }
            guard let validator = makeValidator(definition.validation) else { continue }
            routes.append(
                CompiledRoute(
                    definition: definition, authorizer: authorizer, integration: integration, validator: validator,
                    throttle: limits.bucket(stage: stage.name, route: definition.key.text)))
        }
        // Nor may a route.
        if routes.count != document.routes.count { return nil }
        return GatewaySnapshot(
            document: document, stage: stage, routes: routes, arn: arn, reservedHeaders: reservedHeaders(),
            generation: generation, keyWatches: watches, revocations: revocations, authorizerResults: results,
            limits: limits, accessLog: makeAccessLog(), resourcePolicy: resourcePolicy, stagesInPath: stagesInPath)
    }

    /// Opens nothing: that is for whoever serves.
    private mutating func makeAccessLog() -> StageAccessLog? {
        guard let definition = stage.accessLog else { return nil }
        guard let path = definition.path else { return StageAccessLog(format: definition.format, file: nil) }
        let file = logFiles[path] ?? LogFile(path: path)
        logFiles[path] = file
        return StageAccessLog(format: definition.format, file: file)
    }

    /// The configured names, and every header that tells a backend who calls: no client may send them, on any route.
    /// Names that the protocol knows (Authorization, Cookie…) stay free elsewhere; the integration that maps them drops
    /// the client's own.
    private func reservedHeaders() -> ReservedFields {
        var reserved = ReservedFields()
        for pattern in document.server.reservedHeaders {
            reserved.insert(pattern.name + (pattern.isPrefix ? [UInt8(ascii: "*")] : []))
        }
        for integration in document.integrations {
            guard case .httpProxy(let proxy) = integration.kind else { continue }
            for mapping in proxy.requestParameters where mapping.speaksForIdentity {
                guard case .header(let name) = mapping.destination else { continue }
                if FieldSyntax.id(of: name) == .other { reserved.insert(name) }
            }
        }
        return reserved
    }

    // MARK: Keys

    private mutating func makeKeySlots() -> [String: KeySlot] {
        var slots: [String: KeySlot] = [:]
        for key in document.keys {
            if case .remoteKeySet(let remote) = key.material {
                // Keys that are here already stay: their issuer may be out of reach just now.
                let slot =
                    previous?.remoteSlot(of: key)
                    ?? KeySlot(name: key.name, settings: KeyCacheState.Settings(remote), fetcher: fetcher)
                slots[key.name] = slot
                watches.append(KeyWatch(slot: slot, source: .remote(remote.location)))
                continue
            }
            let set: KeySet
            do throws(KeyError) {
                set = try KeyMaterial.keySet(of: key)
            } catch {
                report(
                    "GH4320", "key \"\(key.name)\" cannot be used: \(error.description)", key.span,
                    help: "replace the key; allowWeak on a secret is for local tests only")
                continue
            }
            let slot = KeySlot(name: key.name, keys: set)
            slots[key.name] = slot
            if let file = key.file { watches.append(KeyWatch(slot: slot, source: .file(file, key))) }
            for problem in set.skipped + set.weaknesses {
                report(
                    "GH4321", "a key of \"\(key.name)\" is left out: \(problem.description)", key.span,
                    severity: .warning)
            }
            if !set.hasUsableKey { report("GH4320", "key \"\(key.name)\" holds no usable key", key.span) }
        }
        return slots
    }

    // MARK: Authorizers

    /// One for all stages: its short resources name their stage themselves.
    private mutating func makeResourcePolicy() {
        guard let definition = document.api.policy else { return }
        let api = document.api
        let arn = MethodARN.Prefix(region: api.region, account: api.accountId, api: api.apiId, stage: stage.name)
        var builder = ResourcePolicyBuilder(definition, document: document, arn: arn)
        resourcePolicy = builder.build()
        diagnostics += builder.diagnostics
    }

    private mutating func makeAuthorizer(
        _ definition: AuthorizerDefinition, _ slots: [String: KeySlot], _ arn: MethodARN.Prefix
    ) -> RouteAuthorizer? {
        var expression: ValidationExpression?
        if let written = definition.identityValidationExpression {
            do throws(ValidationExpression.Problem) {
                expression = try ValidationExpression(written.value)
            } catch {
                report("GH3324", "the expression cannot be used: \(error.message)", written.span)
                return nil
            }
        }
        guard let rules = definition.jwt else { return makeFunctionAuthorizer(definition, expression) }
        let named = rules.keys.compactMap { slots[$0.value] }
        guard named.count == rules.keys.count, let tokenRules = tokenRules(rules, definition) else { return nil }
        var issuers: [TokenIssuer] = []
        for entry in rules.issuers {
            let own = entry.keys.compactMap { slots[$0.value] }
            guard own.count == entry.keys.count else { return nil }
            var narrowed = tokenRules
            narrowed.issuers = [Array(entry.issuer.value.utf8)]
            narrowed.audiences = entry.audiences.value.map { Array($0.utf8) }
            narrowed.additionalClaims = entry.additionalClaims.map {
                TokenRules.AdditionalClaim(name: $0.name, isRequired: $0.isRequired, value: $0.expectedValue)
            }
            issuers.append(TokenIssuer(verifier: TokenVerifier(rules: narrowed), ring: KeyRing(slots: own)))
        }
        do throws(PolicyError) {
            let authorizer = try DeclarativeAuthorizer(
                definition: definition, rules: rules, verifier: TokenVerifier(rules: tokenRules),
                ring: KeyRing(slots: named), revocations: revocations, policyID: PolicyID(Self.nextNumber()), arn: arn,
                expression: expression, issuers: issuers)
            return .declarative(authorizer)
        } catch {
            report(
                "GH3320", "the policy of authorizer \"\(definition.name)\" is malformed: \(error.message)",
                definition.span, help: error.help)
            return nil
        }
    }

    private mutating func tokenRules(_ rules: JWTRules, _ definition: AuthorizerDefinition) -> TokenRules? {
        let named = rules.algorithms.compactMap { SignatureAlgorithm(name: $0) }
        guard named.count == rules.algorithms.count, let algorithms = AlgorithmList(named) else {
            report("GH3321", "one of the algorithms is unknown", rules.algorithmsSpan)
            return nil
        }
        var made = TokenRules(
            algorithms: algorithms, issuers: rules.issuer.value.map { [$0] }, audiences: rules.audience.value)
        made.requiredClaims = rules.requiredClaims.map { Array($0.value.utf8) }
        // As JWT authorizers judge: no token from the future, and on HTTP APIs `client_id` in place of an absent `aud`.
        made.clientIDStandsForAudience = definition.type == .jwt && document.api.type == .http
        made.refusesFutureIssue = definition.type == .jwt
        made.requireExpiration = rules.requireExpiration.value
        made.maxAge = rules.maxAgeInSeconds?.value
        made.clockSkew = rules.clockSkewInSeconds.value
        made.maxTokenBytes = rules.maxTokenBytes
        made.tokenTypes = rules.tokenTypes.map { Array($0.value.utf8) }
        made.scopes = rules.scopes.map { Array($0.value.utf8) }
        made.withoutKid = rules.withoutKeyId == .try ? .try : .single
        return made
    }

    mutating func report(
        _ code: String, _ message: String, _ span: SourceSpan?, severity: Diagnostic.Severity = .error,
        help: String? = nil, note: String? = nil
    ) {
        let problem = Diagnostic(
            code: code, severity: severity, message: message, source: document.source, range: span?.range,
            help: help, note: note)
        // Every stage that is compiled would say it again.
        let isKnown = diagnostics.contains {
            $0.code == code && $0.message == message && $0.range == problem.range
        }
        if !isKnown { diagnostics.append(problem) }
    }
}

extension GatewaySnapshot {
    /// The slot of a fetched key of the same name and settings.
    fileprivate func remoteSlot(of key: KeyDefinition) -> KeySlot? {
        guard let known = document.key(named: key.name), known.material == key.material else { return nil }
        return keyWatches.first { watch in
            if case .remote = watch.source { watch.slot.name == key.name } else { false }
        }?.slot
    }
}
