import Documents
import Routes
import Testing

/// What a JWT authorizer demands of tokens must be written down.
@Suite("Issuer and audience of JWT authorizers")
struct JWTConfigurationTests {
    private func codes(_ members: String) -> [String] {
        let text = """
            { "version": 1, "api": { "type": "HTTP" },
              "authorizers": { "j": { "type": "JWT", "identitySource": ["$request.header.Authorization"], \(members) } },
              "routes": { "GET /x": { "authorizer": "j",
                "integration": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:1{path}" } } } }
            """
        return load(text).diagnostics.filter { $0.severity == .error }.map(\.code)
    }

    @Test(
        "A demand that is missing or empty is an error",
        arguments: [
            (#""enableSimpleResponses": false"#, "GH2106"), (#""jwtConfiguration": {}"#, "GH2106"),
            (#""jwtConfiguration": { "issuer": "https://i.example" }"#, "GH2106"),
            (#""jwtConfiguration": { "audience": ["a"] }"#, "GH2106"),
            (#""jwtConfiguration": { "issuer": "", "audience": ["a"] }"#, "GH2107"),
            (#""jwtConfiguration": { "issuer": "https://i.example", "audience": ["a", ""] }"#, "GH2107"),
            (#""jwtConfiguration": { "issuer": "https://i.example", "audience": [] }"#, "GH2107"),
            (
                #""jwtConfiguration": { "issuer": "https://i.example", "audience": ["a"] }, "jwt": { "scopes": [""] }"#,
                "GH2107"
            ),
            (
                #""jwtConfiguration": { "issuer": "https://i.example", "audience": ["a"] }, "jwt": { "tokenTypes": [""] }"#,
                "GH2107"
            ),
            (
                #""jwtConfiguration": { "issuer": "https://i.example", "audience": ["a"] }, "jwt": { "requiredClaims": [""] }"#,
                "GH2107"
            ),
        ])
    func refuses(members: String, code: String) {
        let found = codes(members)
        #expect(found.contains(code), "\(found)")
    }

    @Test("With both it is good")
    func accepts() {
        #expect(codes(#""jwtConfiguration": { "issuer": "https://i.example", "audience": ["a"] }"#).isEmpty)
    }
}
