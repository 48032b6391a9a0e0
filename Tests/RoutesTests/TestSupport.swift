import Documents
import Routes

/// Variables, files and credentials from dictionaries.
struct FakeEnvironment: DocumentEnvironment {
    var variables: [String: String] = [:]
    var files: [String: [UInt8]] = [:]
    var credentials: [String: [UInt8]] = [:]
    /// Files that every user can read; others are private, and what is not among `files` is unknown.
    var open: Set<String> = []

    func variable(_ name: String) -> String? { variables[name] }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        guard let content = files[path] else { throw DocumentReadFailure("no such file") }
        return content
    }

    func isReadableByEverybody(_ path: String) -> Bool? { files[path] == nil ? nil : open.contains(path) }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        guard let content = credentials[name] else { throw DocumentReadFailure("no such credential") }
        return content
    }

    static let publicKey = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"
    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    static let privateKey = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"

    static let standard = FakeEnvironment(
        variables: ["SECRET": "q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa", "PORT": "3000", "DOLLAR": "${env:PORT}"],
        files: [
            "public.pem": Array(publicKey.utf8), "cert.pem": Array(certificate.utf8),
            "private.pem": Array(privateKey.utf8), "secret.txt": Array("q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa\n".utf8),
            "set.json": Array("{\"keys\":[]}".utf8), "binary": [0xFF, 0xFE], "broken.json": Array("{".utf8),
            "short.txt": Array("short\n".utf8),
        ], credentials: ["session": Array("q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa\r\n".utf8)])
}

func load(
    _ text: String, _ environment: FakeEnvironment = .standard, stage: String? = nil
) -> (document: GatewayDocument?, diagnostics: [Diagnostic]) {
    DocumentLoader(environment: environment, stage: stage)
        .load(SourceText(name: "gateway.json", bytes: Array(text.utf8)))
}

extension String {
    /// The text with one passage replaced; the passage must stand in it.
    func replacing(_ old: String, with new: String) -> String? {
        guard let range = firstRange(of: old) else { return nil }
        return replacingCharacters(in: range, new)
    }

    private func replacingCharacters(in range: Range<Index>, _ new: String) -> String {
        self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}

/// Documents that load without a problem.
enum GoodConfiguration {
    static let rest = """
        {
          // A fleet.
          "version": 1,
          "api": { "name": "fleet", "type": "REST", "apiId": "local1234", "region": "eu-west-1",
                   "accountId": "123456789012", "defaultStage": "dev", "defaultAuthorizer": "session" },
          "server": { "listen": "127.0.0.1:8080", "limits": { "headerBytes": 10240 } },
          "stages": { "dev": { "debug": true, "stageVariables": { "url": "http://127.0.0.1:3000" } } },
          "keys": {
            "hs": { "type": "secret", "alg": "HS256", "kid": "1", "secret": "${env:SECRET}" }
          },
          "authorizers": {
            "session": {
              "type": "TOKEN",
              "identitySource": "method.request.header.Authorization",
              "authorizerResultTtlInSeconds": 60,
              "jwt": { "keys": ["hs"], "algorithms": ["HS256"],
                       "issuer": "https://login.example", "audience": ["api"],
                       "requiredClaims": ["sub"], "clockSkewSeconds": 5 },
              "principalId": "$claims.sub",
              "context": { "rank": "$claims.rank", "level": 3 },
              "policy": [
                { "sid": "Read", "effect": "Allow", "resources": ["GET/ships", "GET/ships/*"] },
                { "sid": "Write", "effect": "Allow", "resources": ["POST/ships"],
                  "when": { "rank": { "in": ["captain"] } } }
              ]
            }
          },
          "integrations": {
            "fleet": { "type": "HTTP_PROXY", "uri": "${stageVariables.url}{path}",
                       "requestParameters": {
                         "integration.request.header.X-Rank": "context.authorizer.rank"
                       }, "forwardAuthorization": true }
          },
          "routes": {
            "GET /health": { "authorizationType": "NONE",
                             "integration": { "type": "MOCK", "response": { "statusCode": 200, "body": "ok" } } },
            "GET /ships": { "integration": "fleet" },
            "GET /ships/{id}": { "authorizer": "session", "integration": "fleet" },
            "POST /ships": { "integration": "fleet" },
          }
        }
        """

    static let http = """
        {
          "version": 1,
          "api": { "name": "cases", "type": "HTTP", "defaultStage": "$default" },
          "server": { "listen": ["127.0.0.1:18080", "[::1]:18080", "unix:/run/gatehouse.sock"],
                      "trustedProxies": ["10.0.0.0/8"], "reservedHeaders": ["X-Claim-*"] },
          "stages": { "$default": {} },
          "keys": { "rs": { "type": "pem", "kid": "r1", "publicKeyFile": "public.pem" } },
          "authorizers": {
            "jwt": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
                     "jwt": { "keys": ["rs"], "issuer": "https://login.example", "audience": "api" },
                     "policy": [ { "effect": "Allow", "resources": ["*/admin", "GET/one/*"] } ] }
          },
          "upstreams": { "backend": { "targets": [ { "url": "http://127.0.0.1:3000" } ],
                                      "retry": { "attempts": 2, "on": ["connect"] } } },
          "integrations": {
            "all": { "type": "HTTP_PROXY", "uri": "upstream:backend{path}",
                     "requestParameters": { "overwrite:header.x-user": "$context.authorizer.principalId" },
                     "forwardAuthorization": true },
            "one": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:3001/v1/{id}", "forwardAuthorization": true }
          },
          "routes": {
            "ANY /admin": { "authorizer": "jwt", "integration": "all" },
            "GET /one/{id}": { "authorizer": "jwt", "integration": "one" },
            "$default": { "authorizationType": "NONE", "integration": { "type": "MOCK" } }
          }
        }
        """
}
