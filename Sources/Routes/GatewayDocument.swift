package import Documents

/// A gateway.json that has been read and found right.
package struct GatewayDocument: Sendable {
    package var source: SourceText
    package var api: ApiDefinition
    package var server: ServerDefinition
    /// At least one; in source order.
    package var stages: [StageDefinition]
    package var keys: [KeyDefinition]
    package var authorizers: [AuthorizerDefinition]
    package var upstreams: [UpstreamDefinition]
    /// The named ones in source order, then those written at routes.
    package var integrations: [IntegrationDefinition]
    /// In source order.
    package var routes: [RouteDefinition]
    package var tokenCache: TokenCacheDefinition
    /// Nil when the document names no list of revoked tokens.
    package var revocations: RevocationsDefinition?
    /// For commands and tests; the gateway itself knows nobody by these names. In source order.
    package var principals: [PrincipalDefinition] = []
    package var record: RecordDefinition
    /// In source order.
    package var apiKeys: [ApiKeyDefinition] = []
    /// In source order. Without any, every enabled key is good for every stage.
    package var usagePlans: [UsagePlanDefinition] = []
    /// Nil when the counts of quotas end with the process.
    package var usage: UsageDefinition?
    /// Nil when browsers are told nothing.
    package var cors: CORSDefinition?
    /// In source order, each type once.
    package var gatewayResponses: [GatewayResponseDefinition] = []
    /// In source order.
    package var models: [ModelDefinition] = []
    /// Functions that are run here, in source order.
    package var functions: [FunctionDefinition] = []

    package func stage(named name: String) -> StageDefinition? { stages.first { $0.name == name } }
    package func principal(named name: String) -> PrincipalDefinition? { principals.first { $0.name == name } }
    package func key(named name: String) -> KeyDefinition? { keys.first { $0.name == name } }
    package func upstream(named name: String) -> UpstreamDefinition? { upstreams.first { $0.name == name } }
    package func function(named name: String) -> FunctionDefinition? { functions.first { $0.name == name } }
    package func authorizer(named name: String) -> AuthorizerDefinition? { authorizers.first { $0.name == name } }

    /// The table that requests are matched with; build it once.
    package func makeRouteTable() -> RouteTable {
        RouteTable(
            routes: routes.map { RouteTable.Entry(key: $0.key, isGuarded: $0.authorization != .none) },
            apiType: api.type)
    }
}

/// `revocations`: where the list of revoked tokens stands.
package struct RevocationsDefinition: Sendable, Hashable {
    /// As the surroundings resolve it. The file need not exist: then nothing is revoked.
    package var path: String
    package var span: SourceSpan
}

/// `tokenCache`: verified tokens, per worker.
package struct TokenCacheDefinition: Sendable, Hashable {
    /// 0 turns the cache off.
    package var entries: Int
    package var bytes: Int
    package var ttlInSeconds: Int
}
