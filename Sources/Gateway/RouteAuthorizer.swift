package import Authorizers
package import Routes

/// Whoever decides for a route.
package enum RouteAuthorizer: Sendable {
    /// The gateway verifies a JWT itself.
    case declarative(DeclarativeAuthorizer)
    /// A function is asked at this address.
    case function(FunctionAuthorizer, FunctionAddress)

    package var definition: AuthorizerDefinition {
        switch self {
        case .declarative(let authorizer): authorizer.definition
        case .function(let authorizer, _): authorizer.definition
        }
    }

    package var declarative: DeclarativeAuthorizer? {
        if case .declarative(let authorizer) = self { authorizer } else { nil }
    }
}
