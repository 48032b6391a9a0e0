import Authorizers
import Gateway
import Routes
import Tokens

/// The token that a request showed to its route's authorizer.
struct PresentedToken {
    /// The identity source that held it, as gateway.json writes it.
    let source: String
    let bytes: ArraySlice<UInt8>

    /// Nil when the authorizer is none that reads tokens itself, or found none.
    init?(_ exchange: Exchange) {
        guard let authorizer = exchange.route?.authorizer?.declarative,
            let source = authorizer.definition.identitySources.first
        else { return nil }
        guard let token = DeclarativeAuthorizer.token(in: authorizer.findings(in: exchange.identityRequest)) else {
            return nil
        }
        self.source = IdentitySourceName.of(source.value)
        bytes = token
    }

    /// Whether its signature was found good, whatever its claims were worth.
    func isVerified(in exchange: Exchange) -> Bool {
        switch exchange.authorization?.verdict {
        case .allowed(let identity, _)?, .denied(let identity, _)?: identity.token != nil
        case .unauthorized(let error)?: error.code.isBehindSignature
        case .rejected?, .refusedByFunction?, .failed?, nil: false
        }
    }
}

/// Identity sources by name, the same for REST and HTTP APIs.
enum IdentitySourceName {
    static func of(_ source: IdentitySource) -> String {
        switch source {
        case .header(let name): "header \(text(name))"
        case .multiValueHeader(let name): "headers \(text(name))"
        case .queryString(let name): "query \(text(name))"
        case .multiValueQueryString(let name): "queries \(text(name))"
        case .stageVariable(let name): "stage variable \(name)"
        case .context(let variable): "context \(variable)"
        }
    }

    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
