package import Documents

/// The `uri` of an HTTP integration, cut into its parts.
package struct URITemplate: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        case literal([UInt8])
        /// `{path}`: the request's normal path, with the query behind it.
        case requestPath
        /// `{name}`: a path parameter of the mapping (REST) or of the route (HTTP).
        case parameter(name: [UInt8])
        /// `${stageVariables.x}`
        case stageVariable(name: String)
    }

    package var text: String
    package var parts: [Part]
    package var span: SourceSpan

    /// The names in braces except `{path}`.
    package var parameterNames: [[UInt8]] {
        parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    package var usesRequestPath: Bool { parts.contains(.requestPath) }

    package var stageVariableNames: [String] {
        parts.compactMap { if case .stageVariable(let name) = $0 { name } else { nil } }
    }
}

/// A uri with the variables of one stage put in: a known backend and what its path is made of.
package struct ResolvedURI: Sendable, Hashable {
    package enum Base: Sendable, Hashable {
        /// The name of an entry of ``GatewayDocument/upstreams``.
        case upstream(String)
        case origin(UpstreamOrigin)
    }

    package var base: Base
    /// Path and perhaps a literal query. No ``URITemplate/Part/stageVariable(name:)`` is left. Begins with `/` unless
    /// empty or ``URITemplate/Part/requestPath``.
    package var path: [URITemplate.Part]

    package var usesRequestPath: Bool { path.contains(.requestPath) }
}
