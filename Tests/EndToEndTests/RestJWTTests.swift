import Foundation
import TestSupport
import Testing
import Tokens

/// The backend plays the issuers too: `/one` and `/two` publish a discovery document and a key set each.
@Suite("JWT authorizers of REST APIs")
struct RestJWTTests {
    /// Two issuers with keys of their own, which have the same name.
    private struct Issuers {
        let one: GeneratedKey
        let two: GeneratedKey

        init(_ name: String = "ES256") throws {
            let algorithm = try #require(SignatureAlgorithm(name: name))
            one = try JWKGenerator.generate(for: algorithm, keyID: Array("k".utf8))
            two = try JWKGenerator.generate(for: algorithm, keyID: Array("k".utf8))
        }

        /// - Parameter hold: the key set that is held back until the backend is released.
        func script(hold: String = "") -> StubBackend.Script {
            let sets = ["/one/set": one.keySet, "/two/set": two.keySet]
            return { request in
                let authority = request["host"] ?? ""
                for name in ["one", "two"] where request.target == "/\(name)/.well-known/openid-configuration" {
                    let base = "http://\(authority)/\(name)"
                    return .answer(200, body: #"{"issuer":"\#(base)","jwks_uri":"\#(base)/set"}"#)
                }
                if let set = sets[request.target] {
                    let body = String(decoding: set, as: UTF8.self)
                    return request.target == hold ? .held(200, body: body) : .answer(200, body: body)
                }
                return .answer(200, body: "up")
            }
        }
    }

    private static let issuers = """
        "issuers": [
          { "issuer": "${env:BACKEND}/one", "audiences": ["api", "tools"] },
          { "issuer": "${env:BACKEND}/two", "audiences": ["partners"],
            "additionalClaims": [
              { "claimName": "tenant", "format": "SINGLE_STRING", "required": true, "expectedValues": ["blue-harbour"] },
              { "claimName": "team", "expectedValues": ["red-berth"] },
              { "claimName": "acr", "required": true } ] }
        ]
        """

    private static func configuration(
        _ jwt: String = issuers, top: String = "", policy: String = ""
    ) -> String {
        """
        {
          "version": 1,
          "api": { "type": "REST", "defaultStage": "dev"\(policy) },
          "server": { "listen": "${env:LISTEN}" },
          "authorizers": {
            "native": { "type": "JWT", "identitySource": "method.request.header.Authorization",
                        "defaultAlgorithms": ["ES256"], "jwtConfiguration": { \(jwt) } }
          }\(top),
          "routes": {
            "GET /plain": { "authorizer": "native", "integration": {
              "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up", "requestParameters": {
                "integration.request.header.X-Sub": "context.authorizer.claims.sub" } } },
            "GET /scoped": { "authorizer": "native", "authorizationScopes": ["read", "write"], "integration": {
              "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } },
            "GET /function": { "authorizer": "native", "integration": {
              "type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/back/invocations" } }
          }
        }
        """
    }

    private func token(
        _ gate: GatewayHarness, _ issuer: String, _ key: GeneratedKey, audience: String, _ more: String = ""
    ) throws -> String {
        let claims =
            #"{"iss":"http://127.0.0.1:\#(gate.backend.port)/\#(issuer)","aud":"\#(audience)","sub":"u-1","#
            + #""exp":\#(Crew.now + 60)\#(more)}"#
        return try TokenMint(key, keyID: "k").token(claims)
    }

    private static let good = #","tenant":"blue-harbour","acr":"strong-login""#

    private func reach(_ gate: GatewayHarness, _ token: String) async throws {
        try await gate.reach { (try? gate.get("/plain", token: token).status) == 200 }
    }

    @Test("Each issuer's tokens are good for its own audiences, keys and claims alone")
    func several() async throws {
        let issuers = try Issuers()
        try await GatewayHarness.run(Self.configuration(), script: issuers.script()) { (gate) async throws in
            try await reach(gate, token(gate, "one", issuers.one, audience: "tools"))
            try await reach(gate, token(gate, "two", issuers.two, audience: "partners", Self.good))
            let refused = [
                // In the name of the other, by the key that each has under the same kid.
                try token(gate, "two", issuers.one, audience: "partners", Self.good),
                try token(gate, "one", issuers.two, audience: "api"),
                // For the other's audience.
                try token(gate, "one", issuers.one, audience: "partners"),
                try token(gate, "two", issuers.two, audience: "api", Self.good),
                // A name that is nearly right.
                try token(gate, "one/", issuers.one, audience: "api"),
                try token(gate, "three", issuers.one, audience: "api"),
                // Further claims: missing, another value, another case, not one string, an optional one that is wrong.
                try token(gate, "two", issuers.two, audience: "partners", #","acr":"strong-login""#),
                try token(
                    gate, "two", issuers.two, audience: "partners", #","tenant":"green-harbour","acr":"strong-login""#),
                try token(
                    gate, "two", issuers.two, audience: "partners", #","tenant":"Blue-harbour","acr":"strong-login""#),
                try token(
                    gate, "two", issuers.two, audience: "partners", #","tenant":["blue-harbour"],"acr":"strong-login""#),
                try token(gate, "two", issuers.two, audience: "partners", #","tenant":"blue-harbour""#),
                try token(gate, "two", issuers.two, audience: "partners", #","tenant":"blue-harbour","acr":2"#),
                try token(gate, "two", issuers.two, audience: "partners", Self.good + #","team":"blue-berth""#),
                // No audience: client_id stands for none here.
                try TokenMint(issuers.one, keyID: "k").token(
                    #"{"iss":"http://127.0.0.1:\#(gate.backend.port)/one","client_id":"api","exp":\#(Crew.now + 60)}"#),
                try token(gate, "one", issuers.one, audience: "api", #","iat":\#(Crew.now + 30)"#),
                "###.%%%.$$$",
            ]
            let before = gate.received.count
            for (index, token) in refused.enumerated() {
                let response = try gate.get("/plain", token: token)
                #expect(response.status == 401, "\(index)")
                #expect(response.text == #"{"message":"Unauthorized"}"#)
                #expect(response.values("x-amzn-errortype") == ["UnauthorizedException"])
                #expect(response.values("www-authenticate").isEmpty)
            }
            #expect(try gate.get("/plain").status == 401)
            // Only key sets were asked for in between.
            #expect(gate.received.dropFirst(before).allSatisfy { $0.target != "/up" })
            let team = try token(gate, "two", issuers.two, audience: "partners", Self.good + #","team":"red-berth""#)
            #expect(try gate.get("/plain", token: team).status == 200)
            #expect(gate.received.last?["x-sub"] == "u-1")
        }
    }

    @Test("Only the listed algorithms count")
    func algorithms() async throws {
        let issuers = try Issuers()
        let text = Self.configuration().replacingOccurrences(of: "[\"ES256\"]", with: "[\"RS256\", \"ES384\"]")
        try await GatewayHarness.run(text, script: issuers.script()) { (gate) async throws in
            try await gate.reach { gate.received.count { $0.target.hasSuffix("/set") } == 2 }
            let token = try token(gate, "one", issuers.one, audience: "api")
            #expect(try gate.get("/plain", token: token).status == 401)
        }
    }

    @Test("Signatures that are slow to check decide as others do, one after the other or many at once")
    func slow() async throws {
        let issuers = try Issuers("ES384")
        let text = Self.configuration().replacingOccurrences(of: "[\"ES256\"]", with: "[\"ES384\"]")
        try await GatewayHarness.run(text, script: issuers.script()) { (gate) async throws in
            try await reach(gate, token(gate, "one", issuers.one, audience: "tools"))
            let good = try token(gate, "one", issuers.one, audience: "tools", #","jti":"second""#)
            let forged = try token(gate, "one", issuers.two, audience: "tools")
            let expired = try TokenMint(issuers.one, keyID: "k").token(
                #"{"iss":"http://127.0.0.1:\#(gate.backend.port)/one","aud":"tools","exp":\#(Crew.now - 60)}"#)
            for _ in 0..<2 {
                #expect(try gate.get("/plain", token: good).status == 200)
                #expect(try gate.get("/plain", token: forged).status == 401)
                #expect(try gate.get("/plain", token: expired).status == 401)
                #expect(try gate.get("/plain", token: good + "x").status == 401)
            }
            let statuses = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for index in 0..<24 {
                    let token =
                        try index % 3 == 0
                        ? forged
                        : token(
                            gate, "one", issuers.one, audience: "tools", #","jti":"t\#(index)""#)
                    group.addTask { (index, try gate.get("/plain", token: token).status) }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1.0] = $1.1 }
            }
            for (index, status) in statuses { #expect(status == (index % 3 == 0 ? 401 : 200), "\(index)") }
            // Who went away before the answer leaves nothing behind that could answer another.
            for _ in 0..<4 {
                let client = try gate.client()
                _ = client.send("GET /plain HTTP/1.1\r\nHost: a\r\nAuthorization: \(forged)\r\n\r\n")
            }
            #expect(try gate.get("/plain", token: good).status == 200)
        }
    }

    @Test("A scope that is missing is an implicit deny in the words of REST APIs")
    func scopes() async throws {
        let issuers = try Issuers()
        try await GatewayHarness.run(Self.configuration(), script: issuers.script()) { (gate) async throws in
            try await reach(gate, token(gate, "one", issuers.one, audience: "api"))
            for more in ["", #","scope":"readwrite""#, #","scp":["admin"]"#] {
                let refused = try gate.get("/scoped", token: token(gate, "one", issuers.one, audience: "api", more))
                #expect(refused.status == 403)
                #expect(refused.text == #"{"Message":"User is not authorized to access this resource"}"#)
                #expect(refused.values("x-amzn-errortype") == ["AccessDeniedException"])
                #expect(refused.values("www-authenticate").isEmpty)
            }
            for more in [#","scope":"admin write""#, #","scp":["read"]"#] {
                #expect(
                    try gate.get("/scoped", token: token(gate, "one", issuers.one, audience: "api", more)).status == 200
                )
            }
        }
    }

    @Test("While one issuer's keys are not there, the other's tokens are good and its own are no verdict")
    func oneIssuerDown() async throws {
        let issuers = try Issuers()
        try await GatewayHarness.run(
            Self.configuration(), script: issuers.script(hold: "/two/set")
        ) { (gate) async throws in
            try await reach(gate, token(gate, "one", issuers.one, audience: "api"))
            // The same kid as the other's key: that key's verdict is a bad signature.
            let shared = try token(gate, "two", issuers.two, audience: "partners", Self.good)
            #expect(try gate.get("/plain", token: shared).status == 401)
            await gate.backend.release()
            try await reach(gate, shared)
        }
    }

    @Test("Keys can be named for all issuers, or for one")
    func namedKeys() async throws {
        let issuers = try Issuers()
        let top = """
            , "keys": { "a": { "type": "jwks", "jwks": \(String(decoding: issuers.one.keySet, as: UTF8.self)) },
                        "b": { "type": "jwks", "jwks": \(String(decoding: issuers.two.keySet, as: UTF8.self)) } }
            """
        let entries = """
            "issuers": [ { "issuer": "${env:BACKEND}/one", "audiences": ["api"], "keys": ["a"] },
                         { "issuer": "${env:BACKEND}/two", "audiences": ["api"] } ]
            """
        let text = Self.configuration(entries, top: top)
            .replacingOccurrences(
                of: "\"defaultAlgorithms\"", with: "\"jwt\": { \"keys\": [\"b\"] }, \"defaultAlgorithms\"")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try gate.get("/plain", token: token(gate, "one", issuers.one, audience: "api")).status == 200)
            #expect(try gate.get("/plain", token: token(gate, "two", issuers.two, audience: "api")).status == 200)
            #expect(try gate.get("/plain", token: token(gate, "one", issuers.two, audience: "api")).status == 401)
            #expect(try gate.get("/plain", token: token(gate, "two", issuers.one, audience: "api")).status == 401)
            // Nobody was asked for keys.
            #expect(gate.received.allSatisfy { $0.target == "/up" })
        }
    }

    @Test("A function sees the claims")
    func claimsInEvent() async throws {
        let issuers = try Issuers()
        try await GatewayHarness.run(Self.configuration(), script: issuers.script()) { (gate) async throws in
            let token = try token(gate, "one", issuers.one, audience: "api")
            try await reach(gate, token)
            _ = try gate.get("/function", token: token)
            let body = Data(gate.received.last?.body ?? [])
            let event = try #require(JSONSerialization.jsonObject(with: body) as? [String: Any])
            let context = event["requestContext"] as? [String: Any]
            let claims = (context?["authorizer"] as? [String: Any])?["claims"] as? [String: String]
            #expect(claims?["sub"] == "u-1" && claims?["aud"] == "api")
        }
    }

    @Test("The resource policy must allow on its own, after the token was found good")
    func resourcePolicy() async throws {
        let issuers = try Issuers()
        for (statement, status, end) in [
            (#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"execute-api:/dev/GET/scoped"}"#, 403, "\"}"),
            (#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#, 403, " with an explicit deny\"}"),
            (#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"execute-api:/dev/GET/plain"}"#, 200, "up"),
        ] {
            let text = Self.configuration(policy: ", \"policy\": { \"Statement\": [\(statement)] }")
            try await GatewayHarness.run(text, script: issuers.script()) { (gate) async throws in
                let token = try token(gate, "one", issuers.one, audience: "api")
                try await gate.reach { (try? gate.get("/plain", token: token).status) == status }
                #expect(try gate.get("/plain").status == 401)
                let response = try gate.get("/plain", token: token)
                #expect(response.status == status)
                #expect(response.text.hasSuffix(end))
            }
        }
    }
}
