import TestSupport

/// The people of the tests and their tokens.
enum Crew {
    static let issuer = "https://login.example"
    /// When the harness's clock starts.
    static let now: Int64 = 1_760_000_000

    static func claims(
        _ subject: String, rank: String, lifetime: Int64 = 600, audience: String = "fleet", extra: String = ""
    ) -> String {
        """
        {"iss":"\(issuer)","aud":"\(audience)","sub":"\(subject)","rank":"\(rank)","iat":\(now - 10),\
        "exp":\(now + lifetime),"email":"\(subject)-canary@fleet.example","name":"Canary of \(subject)"\(extra)}
        """
    }

    static func token(
        _ subject: String, rank: String, lifetime: Int64 = 600, audience: String = "fleet", extra: String = ""
    ) throws -> String {
        try TokenMint.standard().token(
            claims(subject, rank: rank, lifetime: lifetime, audience: audience, extra: extra))
    }

    static func captain() throws -> String { try token("u-200", rank: "captain") }
    static func cadet() throws -> String { try token("u-100", rank: "cadet") }
    /// Neither allowed nor denied by name.
    static func passenger() throws -> String { try token("u-300", rank: "passenger") }
    static func expired() throws -> String { try token("u-200", rank: "captain", lifetime: -1) }

    /// The cadet's token with the captain's payload: what a client can do without the key.
    static func tampered() throws -> String {
        let cadet = try cadet().split(separator: ".")
        let captain = try captain().split(separator: ".")
        let forged = "\(cadet[0]).\(captain[1]).\(cadet[2])"
        SecretLedger.note(forged, as: "token")
        return forged
    }
}

/// A configuration made from the parts that a test cares about: one authorizer, one backend, one guarded route.
struct Configuration {
    var type = "REST"
    /// More members, each beginning with a comma.
    var api = ""
    var server = ""
    var top = ""
    var authorizer = ""
    var integration = ""

    var stageVariables = ""
    var keys = #""hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" }"#
    var jwt = #""keys": ["hs"], "issuer": null, "audience": null"#
    var policy = #"{ "effect": "Allow", "resources": ["*"] }"#
    var uri = "${env:BACKEND}{path}"
    var upstream = ""
    var guarded = "ANY /guarded/{proxy+}"
    var open = "ANY /open/{proxy+}"
    var routes = ""

    static let http = Configuration(type: "HTTP")

    var text: String {
        let isREST = type == "REST"
        let source = isREST ? "\"method.request.header.Authorization\"" : "[\"$request.header.Authorization\"]"
        let upstreams =
            upstream.isEmpty
            ? "" : "\"upstreams\": { \"pool\": { \"targets\": [ { \"url\": \"${env:BACKEND}\" } ]\(upstream) } },"
        let stage = isREST ? "dev" : "$default"
        return """
            {
              "version": 1,
              "api": { "type": "\(type)", "defaultStage": "\(stage)"\(api) },
              "server": { "listen": "${env:LISTEN}"\(server) },
              "stages": { "\(stage)": { "stageVariables": { \(stageVariables) } } },
              "keys": { \(keys) },
              "authorizers": {
                "session": {
                  "type": "\(isREST ? "TOKEN" : "REQUEST")", "identitySource": \(source),
                  "jwt": { \(jwt) }, "policy": [ \(policy) ]\(authorizer)
                }
              },
              \(upstreams)
              "integrations": { "it": { "type": "HTTP_PROXY", "uri": "\(upstream.isEmpty ? uri : "upstream:pool{path}")"\(integration) } },
              "routes": {
                "\(guarded)": { "authorizer": "session", "integration": "it" },
                "\(open)": { "authorizationType": "NONE", "integration": "it" }\(routes)
              }\(top)
            }
            """
    }
}
