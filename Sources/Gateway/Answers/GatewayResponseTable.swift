package import Routes

/// The customised answers of one API, by type.
package struct GatewayResponseTable: Sendable {
    private let entries: [GatewayResponseType: GatewayResponseDefinition]

    init(_ definitions: [GatewayResponseDefinition]) {
        entries = Dictionary(definitions.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Its own entry, else that of DEFAULT_4XX or DEFAULT_5XX; nil for AWS's own answer. An entry of its own takes
    /// nothing over from the default, as on AWS, which never changes the answer to requests that are too large.
    package func customisation(of type: GatewayResponseType) -> GatewayResponseDefinition? {
        type == .requestTooLarge ? nil : entries[type] ?? entries[type.fallback]
    }
}
