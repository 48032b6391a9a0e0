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
        guard exchange.snapshot.apiType == .http, case .unauthorized(let code) = failure, let route = exchange.route,
            route.isJWT
        else { return }
        fields.append(contentsOf: name)
        if code != .tokenMissing {
            let scopes = quoted(route.definition.scopes.map(\.value).joined(separator: " "))
            let error = code == .insufficientScope ? "insufficient_scope" : "invalid_token"
            let text = " scope=\"\(scopes)\" error=\"\(error)\" error_description=\"\(description(code))\""
            fields.append(contentsOf: text.utf8)
        }
        fields.append(contentsOf: lineEnd)
    }

    /// Scopes come from the configuration: one must end neither the attribute nor the line (RFC 9110 §5.6.4).
    private static func quoted(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { byte -> [UInt8] in
                switch byte {
                case 0x22, 0x5C: [0x5C, byte]
                case 0x20...0x7E, 0x80...: [byte]
                default: []
                }
            }, as: UTF8.self)
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
