extension DocumentTables {
    package static let key = DocumentSection(
        "keys.NAME", "a key",
        [
            DocumentKey("type", .choice(["secret", "pem", "jwks"]), "What it is", required: true),
            DocumentKey(
                "alg", .choice(algorithms), "The only algorithm it is for", onlyFor: ["secret", "pem"]),
            DocumentKey("kid", .string, "Its name in tokens", onlyFor: ["secret", "pem"]),
            DocumentKey("secret", .string, "The secret itself", secret: true, onlyFor: ["secret"]),
            DocumentKey("secretFile", .string, "File with the secret", onlyFor: ["secret"]),
            DocumentKey(
                "encoding", .choice(["raw", "base64", "base64url", "hex"]), "How the secret is written",
                default: "\"raw\"", onlyFor: ["secret"]),
            DocumentKey(
                "allowWeak", .boolean, "Accept a secret shorter than its hash", default: "false", onlyFor: ["secret"]),
            DocumentKey("publicKey", .string, "PEM text of a public key", onlyFor: ["pem"]),
            DocumentKey("publicKeyFile", .string, "PEM file of a public key", onlyFor: ["pem"]),
            DocumentKey("certificateFile", .string, "PEM file of a certificate", onlyFor: ["pem"]),
            DocumentKey("jwks", .anything, "A JWK Set, as object or as text", onlyFor: ["jwks"]),
            DocumentKey("jwksFile", .string, "File with a JWK Set", onlyFor: ["jwks"]),
            DocumentKey("jwksUri", .string, "URL of a JWK Set", onlyFor: ["jwks"]),
            DocumentKey(
                "issuer", .string, "URL whose discovery document names the JWK Set",
                onlyFor: ["jwks"]),
            DocumentKey(
                "refreshSeconds", .integer(1...86400), "Age at which the set is fetched again", default: "600",
                onlyFor: ["jwks"]),
            DocumentKey(
                "cooldownSeconds", .integer(0...86400), "Least time between two fetches", default: "30",
                onlyFor: ["jwks"]),
            DocumentKey(
                "maxStaleSeconds", .integer(seconds), "How long the last good set may be used", default: "86400",
                onlyFor: ["jwks"]),
        ])

    static let algorithms: [DocumentChoice] = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
        "ES256K", "EdDSA", "Ed25519", "Ed448",
    ]

    package static let authorizer = DocumentSection(
        "authorizers.NAME", "an authorizer",
        [
            DocumentKey(
                "type",
                .choice([
                    DocumentChoice("TOKEN", api: .rest), "REQUEST", "JWT",
                    DocumentChoice("COGNITO_USER_POOLS", status: .planned, api: .rest),
                ]), "AWS's kind of authorizer", required: true),
            DocumentKey("identitySource", stringOrList, "Where the caller's identity is found"),
            DocumentKey(
                "identityValidationExpression", .string, "Regular expression that the whole value must match",
                onlyFor: ["TOKEN", "COGNITO_USER_POOLS"]),
            DocumentKey(
                "authorizerResultTtlInSeconds", .integer(0...3600),
                "How long a result is kept; 300 on REST and 0 on HTTP when absent",
                onlyFor: ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"]),
            DocumentKey(
                "emulateAwsTtl", .boolean, "Serve kept results past the token's exp, as AWS does", default: "false",
                status: .planned),
            DocumentKey(
                "jwt", .section(jwt), "Which tokens are accepted", onlyFor: ["TOKEN", "REQUEST", "JWT"]),
            DocumentKey(
                "principalId", .string, "The principal's name", default: "\"$claims.sub\"",
                onlyFor: ["TOKEN", "REQUEST"]),
            DocumentKey(
                "usageIdentifierKey", .string, "Claim with the caller's API key, where apiKeySource is AUTHORIZER",
                api: .rest,
                onlyFor: ["TOKEN", "REQUEST"]),
            DocumentKey(
                "context", .map(of: .anything, names: .identifier), "Values for integrations and backends",
                onlyFor: ["TOKEN", "REQUEST"]),
            DocumentKey(
                "policy", .list(of: .section(policyStatement)), "Statements from which the principal's policy is made",
                onlyFor: ["TOKEN", "REQUEST"]),
            DocumentKey(
                "authorizerUri", .string, "The function that decides", onlyFor: ["TOKEN", "REQUEST"]),
            DocumentKey(
                "authorizerPayloadFormatVersion", .choice(["1.0", "2.0"]), "Form of the function's event",
                onlyFor: ["REQUEST"]),
            DocumentKey(
                "enableSimpleResponses", .boolean, "The function answers with isAuthorized",
                api: .http, onlyFor: ["REQUEST"]),
            DocumentKey(
                "jwtConfiguration", .section(jwtConfiguration), "Whose tokens are accepted",
                onlyFor: ["JWT"]),
            DocumentKey(
                "defaultAlgorithms", .list(of: .choice(issuerAlgorithms), minimum: 1),
                "Algorithms of every issuer; here or in jwtConfiguration", api: .rest, onlyFor: ["JWT"]),
        ])

    package static let jwt = DocumentSection(
        "authorizers.NAME.jwt", "\"jwt\"",
        [
            DocumentKey("keys", .list(of: .string, minimum: 1), "Names of the keys; needed unless the type is JWT"),
            DocumentKey(
                "algorithms", .list(of: .choice(algorithms), minimum: 1),
                "Allowed algorithms; those of the keys, or RS256 PS256 ES256 EdDSA when absent"),
            DocumentKey("issuer", .either([.string, .null]), "Required iss; null leaves it unchecked"),
            DocumentKey(
                "audience", .either([.string, .list(of: .string, minimum: 1), .null]),
                "Accepted aud values; null leaves it unchecked"),
            DocumentKey("requiredClaims", .list(of: .string), "Claims that must be there", default: "[]"),
            DocumentKey("requireExpiration", .boolean, "Tokens without exp are refused", default: "true"),
            DocumentKey("maxAgeSeconds", .integer(1...31_536_000), "Oldest iat accepted"),
            DocumentKey("clockSkewSeconds", .integer(0...3600), "Tolerance for exp, nbf and iat", default: "0"),
            DocumentKey("maxTokenBytes", .integer(64...1_048_576), "Longest token", default: "16384"),
            DocumentKey("tokenTypes", .list(of: .string), "Accepted typ values; empty means any", default: "[]"),
            DocumentKey("scopes", .list(of: .string), "One of these scopes is demanded", default: "[]"),
            DocumentKey(
                "withoutKid", .choice(["single", "try"]), "Tokens that name no key", default: "\"single\""),
        ])

    package static let jwtConfiguration = DocumentSection(
        "authorizers.NAME.jwtConfiguration", "\"jwtConfiguration\"",
        [
            DocumentKey("issuer", .string, "Required iss", api: .http),
            DocumentKey("audience", .list(of: .string, minimum: 1), "Accepted aud values", api: .http),
            DocumentKey(
                "issuers", .list(of: .section(jwtIssuer), minimum: 1), "Accepted issuers", api: .rest),
            DocumentKey(
                "defaultAlgorithms", .list(of: .choice(issuerAlgorithms), minimum: 1), "Algorithms of every issuer",
                api: .rest),
        ])

    /// What JWT authorizers of REST APIs may verify with.
    static let issuerAlgorithms: [DocumentChoice] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]

    package static let jwtIssuer = DocumentSection(
        "authorizers.NAME.jwtConfiguration.issuers", "an issuer",
        [
            DocumentKey("issuer", .string, "Required iss", required: true),
            DocumentKey("audiences", .list(of: .string, minimum: 1), "Accepted aud values", required: true),
            DocumentKey(
                "keys", .list(of: .string, minimum: 1),
                "Names of its keys; those of jwt.keys, or of its discovery document, when absent"),
            DocumentKey("additionalClaims", .list(of: .section(additionalClaim)), "Further demands"),
        ])

    package static let additionalClaim = DocumentSection(
        "authorizers.NAME.jwtConfiguration.issuers.additionalClaims", "an additional claim",
        [
            DocumentKey("claimName", .string, "Name of the claim", required: true),
            DocumentKey("format", .choice(["SINGLE_STRING"]), "Form of the claim", default: "\"SINGLE_STRING\""),
            DocumentKey("required", .boolean, "Must be there", default: "false"),
            DocumentKey(
                "expectedValues", .list(of: .string, minimum: 1), "The one value it must have when it is there"),
        ])

    package static let policyStatement = DocumentSection(
        "authorizers.NAME.policy", "a policy statement",
        [
            DocumentKey("sid", .string, "Its name in explanations"),
            DocumentKey("effect", .choice(["Allow", "Deny"]), "What it does", required: true),
            DocumentKey(
                "resources", .list(of: .string, minimum: 1), "METHOD/path, an ARN or *, with * and ?", required: true),
            DocumentKey("when", .anything, "Claims that must hold for the statement to be issued"),
        ])
}
