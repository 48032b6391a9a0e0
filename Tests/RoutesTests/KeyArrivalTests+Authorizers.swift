import Documents
import Routes

extension KeyArrivalTests {
    private static let pem = "{ \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }"

    static let keys: [Arrival] = [
        Arrival(
            "keys.NAME.type", pem, "{ \"type\": \"jwks\", \"jwksFile\": \"set.json\" }", "set {\"keys\":[]}",
            http: true, read: material),
        Arrival("keys.NAME.alg", "\"kid\": \"r1\"", "\"alg\": \"ES512\"", "ES512 [\"ES512\"]", http: true) {
            "\($0.keys[0].algorithm?.value ?? "") \(jwt($0)?.algorithms ?? [])"
        },
        Arrival("keys.NAME.kid", "\"r1\"", "\"r2\"", "r2", http: true) { $0.keys[0].keyId?.value ?? "" },
        Arrival("keys.NAME.secret", "${env:SECRET}", "${credential:session}", "\(text) false", read: secret),
        Arrival(
            "keys.NAME.secretFile", "\"secret\": \"${env:SECRET}\"", "\"secretFile\": \"secret.txt\"", "\(text) false",
            read: secret),
        Arrival(
            "keys.NAME.encoding", "\"secret\": \"${env:SECRET}\"",
            "\"encoding\": \"hex\", \"secret\": \"${env:X:-\(String(repeating: "41", count: 32))}\"",
            "\(String(repeating: "A", count: 32)) false", read: secret),
        Arrival(
            "keys.NAME.allowWeak", "\"secret\": \"${env:SECRET}\"",
            "\"allowWeak\": true, \"secretFile\": \"short.txt\"", "short true", read: secret),
        Arrival(
            "keys.NAME.publicKey", "\"publicKeyFile\": \"public.pem\"", "\"publicKey\": \"${file:public.pem}\\n\"",
            "public true", http: true, read: material),
        Arrival(
            "keys.NAME.publicKeyFile", "\"version\": 1", "\"version\": 1", "public true", http: true, read: material),
        Arrival(
            "keys.NAME.certificateFile", "\"publicKeyFile\": \"public.pem\"", "\"certificateFile\": \"cert.pem\"",
            "certificate true", http: true, read: material),
        Arrival(
            "keys.NAME.jwks", pem, "{ \"type\": \"jwks\", \"jwks\": { \"keys\": [1, /* c */ true,] } }",
            "set {\"keys\":[1,true]}", http: true, read: material),
        Arrival(
            "keys.NAME.jwksUri", pem, "{ \"type\": \"jwks\", \"jwksUri\": \"https://k.example/set?a=1\" }",
            "https://k.example /set?a=1 600 30 86400", http: true, read: remote),
        Arrival(
            "keys.NAME.issuer", pem, "{ \"type\": \"jwks\", \"issuer\": \"http://127.0.0.1:9/i/\" }",
            "http://127.0.0.1:9/i/ http://127.0.0.1:9 /i/.well-known/openid-configuration 600 30 86400", http: true,
            read: remote),
        Arrival(
            "keys.NAME.refreshSeconds", pem,
            "{ \"type\": \"jwks\", \"jwksUri\": \"https://k.example\", \"refreshSeconds\": 7 }",
            "https://k.example / 7 30 86400", http: true, read: remote),
        Arrival(
            "keys.NAME.cooldownSeconds", pem,
            "{ \"type\": \"jwks\", \"jwksUri\": \"https://k.example\", \"cooldownSeconds\": 7 }",
            "https://k.example / 600 7 86400", http: true, read: remote),
        Arrival(
            "keys.NAME.maxStaleSeconds", pem,
            "{ \"type\": \"jwks\", \"jwksUri\": \"https://k.example\", \"maxStaleSeconds\": 7 }",
            "https://k.example / 600 30 7", http: true, read: remote),
        Arrival(
            "keys.NAME.jwksFile", pem, "{ \"type\": \"jwks\", \"jwksFile\": \"set.json\" }", "set {\"keys\":[]}",
            http: true, read: material),
    ]

    private static let jwtRules =
        "\"jwt\": { \"keys\": [\"rs\"], \"issuer\": \"https://login.example\", \"audience\": \"api\" }"
    private static let jwtAuthorizer =
        "\"jwt\": { \"type\": \"REQUEST\", \"identitySource\": [\"$request.header.Authorization\"],"
    /// A JWT authorizer in place of the declarative one, which gets another name.
    private static let issued = """
        "jwt": { "type": "JWT", "identitySource": ["$request.header.Authorization"],
          "jwtConfiguration": { "issuer": "https://i.example/pool", "audience": ["one", "two"] } },
        "other": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
        """

    private static let authorizersBegin = "}\n  },\n  \"authorizers\": {"

    /// A JWT authorizer of a REST API before the good one, and a key for it.
    static func native(_ members: String) -> String {
        """
        },
            "p": { "type": "pem", "publicKeyFile": "public.pem" }
          },
          "authorizers": {
            "native": { "type": "JWT", "identitySource": "method.request.header.Authorization", \(members) },
        """
    }

    private static func issuer(
        _ key: String, _ members: String, _ expected: String,
        read: @escaping @Sendable (JWTIssuerDefinition) -> String
    ) -> Arrival {
        let entry = "\"issuer\": \"https://one.example/\", \"audiences\": [\"a\", \"b\"]\(members)"
        return Arrival(
            "authorizers.NAME.jwtConfiguration.issuers\(key)", authorizersBegin,
            native("\"defaultAlgorithms\": [\"ES384\"], \"jwtConfiguration\": { \"issuers\": [ { \(entry) } ] }"),
            expected
        ) { jwt($0)?.issuers.first.map(read) ?? "" }
    }

    private static func additionalClaim(_ key: String, _ members: String, _ expected: String) -> Arrival {
        issuer(".additionalClaims.\(key)", ", \"additionalClaims\": [ { \"claimName\": \"t\"\(members) } ]", expected) {
            $0.additionalClaims.map { "\($0.name) \($0.isRequired) \($0.expectedValue ?? "nil")" }.joined()
        }
    }

    static let issuers: [Arrival] = [
        Arrival(
            "authorizers.NAME.defaultAlgorithms", authorizersBegin,
            native(
                "\"defaultAlgorithms\": [\"ES512\", \"RS384\"], \"jwtConfiguration\": { \"issuers\": "
                    + "[ { \"issuer\": \"https://one.example\", \"audiences\": [\"a\"] } ] }"), "[\"ES512\", \"RS384\"]"
        ) { "\(jwt($0)?.algorithms ?? [])" },
        Arrival(
            "authorizers.NAME.jwtConfiguration.defaultAlgorithms", authorizersBegin,
            native(
                "\"jwtConfiguration\": { \"defaultAlgorithms\": [\"ES512\"], \"issuers\": "
                    + "[ { \"issuer\": \"https://one.example\", \"audiences\": [\"a\"] } ] }"), "[\"ES512\"]"
        ) { "\(jwt($0)?.algorithms ?? [])" },
        Arrival(
            "authorizers.NAME.jwtConfiguration.issuers", authorizersBegin,
            native(
                "\"defaultAlgorithms\": [\"ES512\"], \"jwtConfiguration\": { \"issuers\": "
                    + "[ { \"issuer\": \"https://one.example\", \"audiences\": [\"a\"] }, "
                    + "{ \"issuer\": \"https://two.example\", \"audiences\": [\"b\"], \"keys\": [\"p\"] } ] }"),
            "https://one.example, issuer of native|p https://one.example/.well-known/openid-configuration"
        ) { document in
            let keys = jwt(document)?.issuers.flatMap { $0.keys.map(\.value) }.joined(separator: "|") ?? ""
            guard case .remoteKeySet(let set)? = document.keys.last?.material, case .issuer(_, let url) = set.location
            else { return keys }
            return "\(keys) \(url)"
        },
        issuer(".issuer", "", "https://one.example/") { $0.issuer.value },
        issuer(".audiences", "", "[\"a\", \"b\"]") { "\($0.audiences.value)" },
        issuer(".keys", ", \"keys\": [\"p\"]", "p") { $0.keys.map(\.value).joined() },
        issuer(".additionalClaims", ", \"additionalClaims\": []", "0") { "\($0.additionalClaims.count)" },
        additionalClaim("claimName", "", "t false nil"),
        additionalClaim("format", ", \"format\": \"SINGLE_STRING\"", "t false nil"),
        additionalClaim("required", ", \"required\": true", "t true nil"),
        additionalClaim("expectedValues", ", \"expectedValues\": [\"x\"]", "t false x"),
    ]

    private static func rule(
        _ key: String, _ json: String, _ expected: String, read: @escaping @Sendable (JWTRules) -> String
    ) -> Arrival {
        Arrival("authorizers.NAME.jwt.\(key)", "\"clockSkewSeconds\": 5", json, expected) { jwt($0).map(read) ?? "" }
    }

    static let authorizers: [Arrival] = [
        Arrival("authorizers.NAME.type", "\"version\": 1", "\"version\": 1", "REQUEST", http: true) {
            $0.authorizers[0].type.rawValue
        },
        Arrival(
            "authorizers.NAME.identitySource", "[\"$request.header.Authorization\"]",
            "[\"$request.querystring.t\", \"$context.routeKey\"]",
            "queryString(name: [116]) context(Routes.ContextVariable.routeKey)", http: true
        ) {
            $0.authorizers[0].identitySources.map { "\($0.value)" }.joined(separator: " ")
        },
        Arrival("authorizers.NAME.authorizerResultTtlInSeconds", "\"version\": 1", "\"version\": 1", "60") {
            "\($0.authorizers[0].resultTtlInSeconds)"
        },
        Arrival("authorizers.NAME.jwt", "\"version\": 1", "\"version\": 1", "[\"hs\"] [\"HS256\"]") {
            "\(jwt($0)?.keys.map(\.value) ?? []) \(jwt($0)?.algorithms ?? [])"
        },
        Arrival(
            "authorizers.NAME.identityValidationExpression", "\"type\": \"TOKEN\",",
            "\"type\": \"TOKEN\", \"identityValidationExpression\": \"Bearer .+\",", "Bearer .+"
        ) { $0.authorizers[0].identityValidationExpression?.value ?? "" },
        Arrival(
            "authorizers.NAME.authorizerUri", jwtRules, "\"authorizerUri\": \"http://127.0.0.1:9/f\"",
            "http://127.0.0.1:9/f false", http: true
        ) {
            "\($0.authorizers[0].functionUri?.value ?? "") \($0.authorizers[0].jwt != nil)"
        },
        Arrival(
            "authorizers.NAME.authorizerPayloadFormatVersion", jwtRules,
            "\"authorizerUri\": \"http://127.0.0.1:9/f\", \"authorizerPayloadFormatVersion\": \"1.0\"", "1.0",
            http: true
        ) { $0.authorizers[0].payloadFormat.rawValue },
        Arrival(
            "authorizers.NAME.enableSimpleResponses", jwtRules,
            "\"authorizerUri\": \"http://127.0.0.1:9/f\", \"enableSimpleResponses\": true", "true", http: true
        ) { "\($0.authorizers[0].simpleResponses)" },
        Arrival(
            "authorizers.NAME.jwtConfiguration", jwtAuthorizer, issued,
            "issuer of jwt [\"RS256\", \"RS384\", \"RS512\"]",
            http: true
        ) { "\(jwt($0)?.keys[0].value ?? "") \(jwt($0)?.algorithms ?? [])" },
        Arrival(
            "authorizers.NAME.jwtConfiguration.issuer", jwtAuthorizer, issued, "https://i.example/pool", http: true
        ) { jwt($0)?.issuer.value ?? "" },
        Arrival("authorizers.NAME.jwtConfiguration.audience", jwtAuthorizer, issued, "[\"one\", \"two\"]", http: true) {
            "\(jwt($0)?.audience.value ?? [])"
        },
        Arrival("authorizers.NAME.principalId", "$claims.sub", "$claims.user.id", "[\"user\", \"id\"]") {
            if case .claim(let claim) = $0.authorizers[0].principalId.value { "\(claim.parts)" } else { "" }
        },
        Arrival("authorizers.NAME.context", "\"version\": 1", "\"version\": 1", "rank level 3") {
            let context = $0.authorizers[0].context
            guard case .literal(let level) = context[1].mapping else { return "" }
            return context.map(\.name).joined(separator: " ") + " \(level)"
        },
        Arrival("authorizers.NAME.policy", "\"version\": 1", "\"version\": 1", "Read@22 Write@23") {
            $0.authorizers[0].policy.map { "\($0.label)@\($0.span.line)" }.joined(separator: " ")
        },
        Arrival("authorizers.NAME.policy.sid", "\"Read\"", "\"Look\"", "Look") {
            $0.authorizers[0].policy[0].sid ?? ""
        },
        Arrival("authorizers.NAME.policy.effect", "\"effect\": \"Allow\"", "\"effect\": \"Deny\"", "deny") {
            "\($0.authorizers[0].policy[0].effect)"
        },
        Arrival(
            "authorizers.NAME.policy.resources", "\"GET/ships/*\"", "\"*\", \"arn:aws:execute-api:*\"",
            "GET ships|everything|arn"
        ) {
            $0.authorizers[0].policy[0].resources.map { resource in
                if case .short(let method, let path) = resource.form { "\(method) \(path)" } else { "\(resource.form)" }
            }.joined(separator: "|")
        },
        Arrival(
            "authorizers.NAME.policy.when", "{ \"rank\": { \"in\": [\"captain\"] } }",
            "[ { \"a.b\": { \"atLeast\": \"9\", \"exists\": true } }, { \"c\": { \"notEquals\": 1.50 } } ]",
            "a.b.atLeast&a.b.exists|c.notEquals"
        ) {
            ($0.authorizers[0].policy[1].when ?? []).map { group in
                group.map { "\($0.claim).\($0.test.name)" }.joined(separator: "&")
            }.joined(separator: "|")
        },
        rule("keys", "\"clockSkewSeconds\": 5", "[\"hs\"]") { "\($0.keys.map(\.value))" },
        rule("algorithms", "\"clockSkewSeconds\": 5", "[\"HS256\"]") { "\($0.algorithms)" },
        rule("issuer", "\"clockSkewSeconds\": 5", "https://login.example 17") {
            "\($0.issuer.value ?? "nil") \($0.issuer.span.line)"
        },
        rule("audience", "\"clockSkewSeconds\": 5", "[\"api\"]") { "\($0.audience.value ?? [])" },
        rule("requiredClaims", "\"clockSkewSeconds\": 5", "[\"sub\"] 18") {
            "\($0.requiredClaims.map(\.value)) \($0.requiredClaims[0].span.line)"
        },
        rule("requireExpiration", "\"requireExpiration\": false", "false") { "\($0.requireExpiration.value)" },
        rule("maxAgeSeconds", "\"maxAgeSeconds\": 86400", "86400") { "\($0.maxAgeInSeconds?.value ?? 0)" },
        rule("clockSkewSeconds", "\"clockSkewSeconds\": 7", "7") { "\($0.clockSkewInSeconds.value)" },
        rule("maxTokenBytes", "\"maxTokenBytes\": 1000", "1000") { "\($0.maxTokenBytes)" },
        rule("tokenTypes", "\"tokenTypes\": [\"at+jwt\"]", "[\"at+jwt\"]") { "\($0.tokenTypes.map(\.value))" },
        rule("scopes", "\"scopes\": [\"read\"]", "[\"read\"]") { "\($0.scopes.map(\.value))" },
        rule("withoutKid", "\"withoutKid\": \"try\"", "try") { $0.withoutKeyId.rawValue },
    ]

    static let routes: [Arrival] = [
        Arrival("integrations.NAME.type", "\"version\": 1", "\"version\": 1", "ok") { proxy($0) == nil ? "" : "ok" },
        Arrival("integrations.NAME.uri", "\"version\": 1", "\"version\": 1", "origin http://127.0.0.1:3000 true") {
            guard let uri = proxy($0)?.resolved["dev"], case .origin(let origin) = uri.base else { return "" }
            return "origin \(origin) \(uri.usesRequestPath)"
        },
        Arrival("integrations.NAME.httpMethod", "{path}\",", "{path}\", \"httpMethod\": \"POST\",", "POST") {
            String(decoding: proxy($0)?.method ?? [], as: UTF8.self)
        },
        Arrival(
            "integrations.NAME.integrationMethod", "{path}\",", "{path}\", \"integrationMethod\": \"PUT\",", "PUT",
            http: true
        ) {
            String(decoding: proxy($0)?.method ?? [], as: UTF8.self)
        },
        Arrival(
            "integrations.NAME.requestParameters", "$context.authorizer.principalId",
            "a-${request.path.id}-$context.routeKey", "overwrite 4", http: true
        ) {
            let mapping = proxy($0)?.requestParameters.first
            return "\(mapping.map { "\($0.operation)" } ?? "") \(mapping?.source.count ?? 0)"
        },
        Arrival(
            "integrations.NAME.payloadFormatVersion",
            "\"type\": \"HTTP_PROXY\", \"uri\": \"http://127.0.0.1:3001/v1/{id}\", \"forwardAuthorization\": true",
            "\"type\": \"AWS_PROXY\", \"uri\": \"http://127.0.0.1:9/f\", \"payloadFormatVersion\": \"1.0\"",
            "1.0 http://127.0.0.1:9/f", http: true
        ) {
            guard case .awsProxy(let proxy) = $0.integrations[1].kind else { return "" }
            return "\(proxy.payloadFormat.rawValue) \(proxy.uri.value)"
        },
        Arrival("integrations.NAME.timeoutInMillis", "{path}\",", "{path}\", \"timeoutInMillis\": 250,", "250") {
            "\(proxy($0)?.timeoutInMillis ?? 0)"
        },
        Arrival(
            "integrations.NAME.forwardAuthorization", "\"forwardAuthorization\": true",
            "\"forwardAuthorization\": false", "false"
        ) {
            "\(proxy($0)?.forwardAuthorization ?? true)"
        },
        Arrival(
            "integrations.NAME.lane", "\"forwardAuthorization\": true",
            "\"forwardAuthorization\": true, \"lane\": \"classic\"", "classic"
        ) {
            proxy($0)?.lane?.rawValue ?? "none"
        },
        Arrival("integrations.NAME.response", "\"statusCode\": 200, \"body\": \"ok\"", "", "200 0") {
            "\(mock($0)?.statusCode ?? 0) \(mock($0)?.body.count ?? -1)"
        },
        Arrival("integrations.NAME.response.statusCode", "\"statusCode\": 200", "\"statusCode\": 418", "418") {
            "\(mock($0)?.statusCode ?? 0)"
        },
        Arrival("integrations.NAME.response.headers", "\"body\": \"ok\"", "\"headers\": { \"X-A\": \"b\" }", "X-A=b") {
            mock($0)?.headers.map { "\($0.name)=\($0.value)" }.joined() ?? ""
        },
        Arrival("integrations.NAME.response.body", "\"ok\"", "\"fine\"", "fine") {
            String(decoding: mock($0)?.body ?? [], as: UTF8.self)
        },
        Arrival("routes.KEY.authorizationType", "\"version\": 1", "\"version\": 1", "none@35") {
            "\($0.routes[0].authorization)@\($0.routes[0].authorizationSpan.line)"
        },
        Arrival("routes.KEY.authorizer", "\"version\": 1", "\"version\": 1", "authorizer(0)@38") {
            "\($0.routes[2].authorization)@\($0.routes[2].authorizationSpan.line)"
        },
        Arrival(
            "routes.KEY.authorizationScopes", "\"GET /ships\": {",
            "\"GET /ships\": { \"authorizationScopes\": [\"read\"],",
            "[\"read\"]"
        ) { "\($0.routes[1].scopes.map(\.value))" },
        Arrival(
            "routes.KEY.webSocket", "\"GET /ships\": {", "\"GET /ships\": { \"webSocket\": true,", "false true"
        ) { "\($0.routes[0].webSocket) \($0.routes[1].webSocket)" },
        Arrival("routes.KEY.integration", "\"version\": 1", "\"version\": 1", "fleet 1") {
            "\($0.integrations[$0.routes[1].integration].name ?? "") \($0.routes[0].integration)"
        },
    ]
}
