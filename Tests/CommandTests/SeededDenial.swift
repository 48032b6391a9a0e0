import Foundation
import Tokens

/// One request that must be refused, with the step and the line that must be named for it.
struct SeededDenial: Sendable {
    var name: String
    /// `rest` or `http`: the configuration in fixtures/denials.
    var api: String
    var words: [String]
    var step: String
    /// What stands behind `// @` at the line; nil where no line of the configuration is to blame.
    var mark: String?
    var status: Int
    var revocations: String?

    init(
        _ name: String, _ api: String, _ words: [String], _ step: String, _ mark: String?, _ status: Int,
        revocations: String? = nil
    ) {
        self.name = name
        self.api = api
        self.words = words
        self.step = step
        self.mark = mark
        self.status = status
        self.revocations = revocations
    }
}

extension SeededDenial {
    static let main = "test-vector-not-a-secret-0123456789abcdef"
    static let old = "another-test-vector-fedcba9876543210-xyz"
    static let now = 1_795_262_400

    /// A token that the REST API's session accepts, with changes; a claim set to nil is left out.
    private static func token(
        _ changes: [String: String?] = [:], header: String = #"{"alg":"HS256","kid":"2026"}"#, secret: String = main,
        algorithm: HMACAlgorithm = .hs256
    ) -> String {
        var claims = [
            "iss": "\"https://login.example\"", "aud": "\"ships\"", "sub": "\"u-1\"", "email": "\"a@ships.example\"",
            "rank": "\"captain\"", "exp": "\(now + 3600)", "iat": "\(now - 60)",
        ]
        for (name, value) in changes { claims[name] = value }
        let payload = claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return sign(header, "{\(payload)}", secret, algorithm)
    }

    private static func sign(
        _ header: String, _ payload: String, _ secret: String, _ algorithm: HMACAlgorithm = .hs256
    ) -> String {
        do {
            let signer = try TokenSigner(
                key: SigningKey(secret: Array(secret.utf8)), algorithm: .hmac(algorithm))
            let token = try signer.sign(header: Array(header.utf8), payload: Array(payload.utf8))
            return String(decoding: token, as: UTF8.self)
        } catch {
            return "\(error)"
        }
    }

    private static func rest(
        _ name: String, _ request: String, _ token: String?, _ step: String, _ mark: String?, _ status: Int,
        revocations: String? = nil
    ) -> SeededDenial {
        make("rest", name, request, token, [], step, mark, status, revocations)
    }

    private static func rest(
        _ name: String, _ request: String, _ token: String?, _ more: [String], _ step: String, _ mark: String?,
        _ status: Int
    ) -> SeededDenial {
        make("rest", name, request, token, more, step, mark, status)
    }

    private static func http(
        _ name: String, _ request: String, _ token: String?, _ step: String, _ mark: String?, _ status: Int
    ) -> SeededDenial {
        make("http", name, request, token, [], step, mark, status)
    }

    private static func http(
        _ name: String, _ request: String, _ token: String?, _ more: [String], _ step: String, _ mark: String?,
        _ status: Int
    ) -> SeededDenial {
        make("http", name, request, token, more, step, mark, status)
    }

    private static func make(
        _ api: String, _ name: String, _ request: String, _ token: String?, _ more: [String], _ step: String,
        _ mark: String?, _ status: Int, _ revocations: String? = nil
    ) -> SeededDenial {
        let words = request.split(separator: " ").map(String.init) + (token.map { ["--token", $0] } ?? []) + more
        return SeededDenial(name, api, words, step, mark, status, revocations: revocations)
    }

    private static let unsigned = "eyJhbGciOiJub25lIn0.e30."

    static let all: [SeededDenial] = routes + identities + tokens + signatures + claims + policies + functions + httpAPI

    private static let routes: [SeededDenial] = [
        rest("a misspelt path", "GET /ship", nil, "route", "ships", 403),
        rest("a wrong method", "PATCH /ships", nil, "route", "ships", 403),
        rest("a path that is nowhere", "GET /nowhere/at/all", nil, "route", nil, 403),
        rest("a path above the root", "GET /../ships", nil, "route", nil, 400),
        rest("an encoded slash", "GET /ships%2F42", nil, "route", nil, 400),
        rest("an encoded control character", "GET /ships/%00", nil, "route", nil, 400),
    ]

    private static let identities: [SeededDenial] = [
        rest("no token", "GET /ships", nil, "identity", "source", 401),
        rest("two tokens", "GET /ships", token(), ["-H", "Authorization: Bearer x"], "identity", "source", 401),
        rest(
            "an expression that does not match", "GET /typed", nil, ["-H", "Authorization: x"], "identity",
            "expression", 401),
        rest("a function's source that is missing", "GET /function/a", nil, "identity", "caller", 401),
    ]

    private static let tokens: [SeededDenial] = [
        rest("a scheme without a token", "GET /ships", nil, ["-H", "Authorization: Bearer"], "token", "rules", 401),
        rest("a text that is no token", "GET /ships", "abc.def", "token", "rules", 401),
        rest("a part that is not base64url", "GET /ships", "e30.e30.!!!", "token", "rules", 401),
        rest("a header that is no JSON", "GET /ships", "e30x.e30.AA", "token", "rules", 401),
        rest("a token without a signature", "GET /ships", unsigned, "token", "algorithms", 401),
        rest(
            "an algorithm that is not listed", "GET /ships", token(header: #"{"alg":"HS384","kid":"2026"}"#), "token",
            "algorithms", 401),
        rest(
            "a token of another type", "GET /typed", token(header: #"{"alg":"HS256","typ":"JWT"}"#), "token", "types",
            401),
        rest(
            "a token that is too large", "GET /ships", token(["x": "\"\(String(repeating: "x", count: 700))\""]),
            "token", "rules", 401),
        rest(
            "an extension that is demanded", "GET /ships",
            token(header: #"{"alg":"HS256","kid":"2026","crit":["exp"],"exp":1}"#), "token", "rules", 401),
    ]

    private static let signatures: [SeededDenial] = [
        rest(
            "a kid that nobody knows", "GET /ships", token(header: #"{"alg":"HS256","kid":"x"}"#), "signature", "keys",
            401),
        rest("a changed payload", "GET /ships", String(token().dropLast(2)) + "AA", "signature", "main", 401),
        rest("an old key", "GET /ships", token(secret: old), "signature", "main", 401),
        rest(
            "a secret that was decoded first", "GET /ships",
            token(header: #"{"alg":"HS256","kid":"text"}"#, secret: "decoded-test-vector-0123456789abcdef-xyz"),
            "signature", "text", 401),
        rest("a secret with its newline", "GET /ships", token(secret: main + "\n"), "signature", "main", 401),
        rest(
            "a key that is for another algorithm", "GET /ships", token(header: #"{"alg":"HS256","kid":"long"}"#),
            "signature", "long", 401),
        rest(
            "two keys and a token that names none", "GET /scoped", token(header: #"{"alg":"HS256"}"#), "signature",
            "both", 401),
        rest("keys that cannot be fetched", "GET /remote", token(header: #"{"alg":"RS256"}"#), "signature", "far", 500),
    ]

    private static let claims: [SeededDenial] = [
        rest("an expired token", "GET /ships", token(["exp": "\(now - 3600)"]), "claims", "rules", 401),
        rest("a token of tomorrow", "GET /ships", token(["nbf": "\(now + 86_400)"]), "claims", "rules", 401),
        rest("a token that is too old", "GET /ships", token(["iat": "\(now - 9000)"]), "claims", "age", 401),
        rest("another issuer", "GET /ships", token(["iss": "\"https://other.example\""]), "claims", "issuer", 401),
        rest("another audience", "GET /ships", token(["aud": "[\"boats\"]"]), "claims", "audience", 401),
        rest("a required claim that is missing", "GET /ships", token(["email": nil]), "claims", "email", 401),
        rest("a principal without a name", "GET /ships", token(["sub": nil]), "claims", "principal", 401),
        rest("an exp that is text", "GET /ships", token(["exp": "\"tomorrow\""]), "claims", "rules", 401),
        rest(
            "a scope that the authorizer wants", "GET /scoped", token(["scope": "\"other\""]), "claims", "reading", 403),
        rest(
            "a revoked token", "GET /ships", token(["jti": "\"stolen\""]), "claims", "revocations", 401,
            revocations: #"{"jti":"stolen"}"#),
    ]

    private static let policies: [SeededDenial] = [
        rest("an explicit Deny", "DELETE /ships/42", token(), "policy", "scuttling", 403),
        rest("an explicit Deny by a condition", "GET /bridge", nil, ["--as", "cadet"], "policy", "cadets", 403),
        rest("an Allow that is not issued", "POST /ships", nil, ["--as", "cadet"], "policy", "command", 403),
        rest("a resource that no Allow covers", "GET /engine", token(), "policy", "last", 403),
    ]

    private static func function(_ path: String, _ more: [String] = []) -> [String] {
        ["GET", "/function/\(path)", "-H", "X-Caller: me"] + more
    }

    private static let functions: [SeededDenial] = [
        SeededDenial(
            "a function that raises Unauthorized", "rest", function("unauthorized"), "decision", "function", 401),
        SeededDenial("a function that fails", "rest", function("error"), "decision", "function", 500),
        SeededDenial("a function that is not there", "rest", function("away"), "decision", "function", 500),
        SeededDenial("a function whose answer is no policy", "rest", function("nonsense"), "decision", "function", 500),
        SeededDenial("a function that denies", "rest", function("deny"), "policy", "function", 403),
        SeededDenial("a function that allows something else", "rest", function("other"), "policy", "function", 403),
        SeededDenial(
            "a kept policy that names only the first path", "rest",
            function("own", ["--then", "GET /function/second"]),
            "policy", "function", 403),
    ]

    private static let httpAPI: [SeededDenial] = [
        http("HTTP: a misspelt path", "GET /shipz", nil, "route", "ships", 404),
        http("HTTP: no token", "GET /partner", nil, "identity", "source", 401),
        http(
            "HTTP: another issuer", "GET /partner", token(["iss": "\"https://other.example\""]), "claims", "issuer", 401
        ),
        http("HTTP: another audience", "GET /partner", token(["aud": "\"boats\""]), "claims", "audience", 401),
        http(
            "HTTP: a token from the future", "GET /partner", token(["iat": "\(now + 600)"]), "claims", "configuration",
            401),
        http("HTTP: a changed signature", "GET /partner", String(token().dropLast(2)) + "AA", "signature", "main", 401),
        http("HTTP: a scope that the route wants", "GET /partner", token(), "decision", "scopes", 403),
        http("HTTP: a condition on a number", "POST /ships", nil, ["--as", "cadet"], "policy", "command", 403),
        http(
            "HTTP: an explicit Deny", "GET /ships/1", nil, ["--as", "captain", "--claim", "banned:=true"], "policy",
            "banned", 403),
        http(
            "HTTP: one of two sources is missing", "GET /function/a", nil, ["-H", "X-Caller: me"], "identity", "caller",
            401),
        http(
            "HTTP: a function that says no", "GET /function/no?tenant=t", nil, ["-H", "X-Caller: me"], "decision",
            "function", 403),
        http(
            "HTTP: a function that answers nonsense", "GET /function/nonsense?tenant=t", nil, ["-H", "X-Caller: me"],
            "decision", "function", 500),
    ]
}
