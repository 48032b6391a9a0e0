import Authorizers
import HTTP
import Routes
import Tokens

/// `WWW-Authenticate` of JWT authorizers of HTTP APIs; no other authorizer of API Gateway sends it.
///
/// Source: captured answers. The attributes are separated by single spaces, without commas; `scope` is always there once
/// an error is.
enum JWTChallenge {
    private static let name = Array("www-authenticate: Bearer".utf8)
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    static func append(_ failure: GatewayFailure, _ exchange: Exchange, to fields: inout [UInt8]) {
        guard case .unauthorized(let code) = failure, let route = exchange.route,
            route.authorizer?.definition.type == .jwt
        else { return }
        fields.append(contentsOf: name)
        if code != .tokenMissing {
            let scopes = route.definition.scopes.map(\.value).joined(separator: " ")
            let error = code == .insufficientScope ? "insufficient_scope" : "invalid_token"
            let text = " scope=\"\(scopes)\" error=\"\(error)\" error_description=\"\(description(code))\""
            // Scopes come from the configuration; a quote in one must not end the attribute.
            fields.append(contentsOf: FieldValueEncoding.encode(Array(text.utf8)))
        }
        fields.append(contentsOf: lineEnd)
    }

    /// AWS's words where they are known, else its library's.
    private static func description(_ code: TokenError.Code) -> String {
        switch code {
        case .malformedSegments: "token contains an invalid number of segments"
        case .expired: "the token has expired"
        case .audMismatch: "the token does not have a valid audience"
        case .issMismatch: "the token does not have a valid issuer"
        case .notYetValid: "the token is not valid yet"
        case .issuedInFuture: "the token was issued in the future"
        case .algNotAllowed: "signing method is invalid"
        case .badSignature: "signature is invalid"
        case .keyNotFound, .keyAmbiguous, .keyAlgMismatch, .keyUseMismatch, .weakKey:
            "unable to find a signing key that matches"
        case .keysUnavailable: "OIDC discovery endpoint communication error"
        case .insufficientScope: "the token does not have a valid scope"
        default: "the token is invalid"
        }
    }
}
