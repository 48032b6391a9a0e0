package import Authorizers
import EventLoop
import Functions
package import HTTP
package import Policies
package import Routes

/// One configuration, compiled and immutable: route table, authorizers, integrations, answers.
///
/// Workers hold a strong reference and every request keeps the snapshot that it began with, so a reload never tears.
package final class GatewaySnapshot: Sendable {
    package let document: GatewayDocument
    package let stage: StageDefinition
    package let table: RouteTable
    /// In the document's order.
    package let routes: [CompiledRoute]
    package let arn: MethodARN.Prefix
    package let pathOptions: PathOptions
    /// Header names that no client may set on any route: configured ones, and all that carry the caller's identity.
    package let reservedHeaders: ReservedFields
    /// Counts configurations of this process from 1.
    package let generation: UInt64
    /// Keys that may change while the configuration stays.
    package let keyWatches: [KeyWatch]
    /// Revoked tokens; nil when the configuration names no list.
    package let revocations: RevocationBox?
    /// What authorizer functions have said; one for all workers.
    package let authorizerResults: AuthorizerResultCache
    /// The API's resource policy; nil when it has none.
    package let resourcePolicy: ResourcePolicy?
    /// Rates, API keys and plans of all stages.
    package let limits: LimitTable
    /// The access log in a format of AWS; nil when the stage has none.
    let accessLog: StageAccessLog?
    /// The same configuration for every stage that paths may name; empty when paths begin at the resource.
    package let stagesInPath: [GatewaySnapshot]
    /// What the gateway's own answers say in place of AWS's words.
    package let gatewayResponses: GatewayResponseTable
    /// Nil when browsers are told nothing.
    package let cors: CORSPolicy?
    /// Bodies that functions of a REST API get and give as bytes.
    let binaryMediaTypes: BinaryMediaTypes
    /// Whether a decision depends on ``Exchange/uptime``, here or in a stage that paths may name: by a rate, or by a
    /// result that is kept.
    let asksUptime: Bool
    /// The table by folded literals, in which ambiguous paths show themselves; nil when the guard is off.
    let foldedTable: RouteTable?
    /// `,"stage":"…"` of log lines.
    let logText: [UInt8]

    init(
        document: GatewayDocument, stage: StageDefinition, routes: [CompiledRoute], arn: MethodARN.Prefix,
        reservedHeaders: ReservedFields, generation: UInt64, keyWatches: [KeyWatch], revocations: RevocationBox?,
        authorizerResults: AuthorizerResultCache, limits: LimitTable, accessLog: StageAccessLog?,
        resourcePolicy: ResourcePolicy? = nil, stagesInPath: [GatewaySnapshot] = []
    ) {
        self.document = document
        self.stage = stage
        self.routes = routes
        self.arn = arn
        self.reservedHeaders = reservedHeaders
        self.generation = generation
        self.keyWatches = keyWatches
        self.revocations = revocations
        self.authorizerResults = authorizerResults
        self.limits = limits
        self.accessLog = accessLog
        self.resourcePolicy = resourcePolicy
        self.stagesInPath = stagesInPath
        logText = LogText.member("stage", Array(stage.name.utf8))
        apiType = document.api.type
        table = document.makeRouteTable()
        gatewayResponses = GatewayResponseTable(document.gatewayResponses)
        cors = document.cors.map { CORSPolicy($0, document) }
        binaryMediaTypes = BinaryMediaTypes(document.api.binaryMediaTypes)
        var options = document.api.profile == .aws ? PathOptions.aws : .strict
        if document.server.encodedSlash == .keep { options.encodedSlash = .keep }
        pathOptions = options
        let guards = document.server.ambiguousPaths == .reject && document.api.profile == .strict
        let asksItself = routes.contains { route in
            if route.throttle != nil || route.definition.apiKeyRequired { return true }
            if case .function? = route.authorizer { return true }
            return false
        }
        asksUptime = asksItself || stagesInPath.contains { $0.asksUptime }
        foldedTable = guards ? Self.folded(document) : nil
    }

    /// How long an authorizer's function may take: ten seconds on HTTP APIs, on REST the integration's limit.
    package var authorizerTimeoutInMillis: Int { apiType == .http ? 10_000 : 29_000 }

    package let apiType: ApiType

    /// The files of access logs, of this stage and of those that paths may name; each once.
    var logFiles: [LogFile] {
        var found: [LogFile] = []
        for log in ([self] + stagesInPath).compactMap(\.accessLog) {
            if let file = log.file, !found.contains(where: { $0 === file }) { found.append(file) }
        }
        return found
    }

    /// The same routes with their literals folded; of two that become one the guarded one stays.
    private static func folded(_ document: GatewayDocument) -> RouteTable {
        var seen: Set<[UInt8]> = []
        var entries = document.routes.map { route in
            (key: route.key.folded, isGuarded: route.authorization != .none)
        }
        for index in entries.indices.sorted(by: { entries[$0].isGuarded && !entries[$1].isGuarded }) {
            // A shape that is taken keeps its index but must not match: it becomes a pattern nobody asks for.
            if !seen.insert(entries[index].key.shape).inserted { entries[index].key = entries[index].key.unmatchable }
        }
        return RouteTable(
            routes: entries.map { RouteTable.Entry(key: $0.key, isGuarded: $0.isGuarded) }, apiType: document.api.type)
    }
}

extension RouteKey {
    /// The key with its literals in the form of ``NormalPath/fold(_:)``.
    var folded: RouteKey {
        mapLiterals { literal in
            let folded = NormalPath.fold([0x2F] + literal)
            return Array(folded.dropFirst())
        }
    }

    /// A key of the same kind that no path in normal form can match.
    var unmatchable: RouteKey { mapLiterals { _ in [0] }.prefixed }

    private var prefixed: RouteKey {
        guard case .pattern(let verb, var pattern) = kind else { return self }
        pattern.segments.insert(.literal([0]), at: 0)
        var copy = self
        copy.kind = .pattern(verb, pattern)
        return copy
    }

    private func mapLiterals(_ transform: ([UInt8]) -> [UInt8]) -> RouteKey {
        guard case .pattern(let verb, var pattern) = kind else { return self }
        pattern.segments = pattern.segments.map { segment in
            if case .literal(let bytes) = segment { .literal(transform(bytes)) } else { segment }
        }
        var copy = self
        copy.kind = .pattern(verb, pattern)
        return copy
    }
}
