/// The top-level gateway.json, so that the demo needs no file; a test keeps both equal (`scripts/demo-configuration.sh`).
enum DemoConfiguration {
    static let text = #"""
        // The configuration of `gatehouse demo`: one gate in front of a small fleet API that has no authentication of its own.
        // Start here, break something, and read what the gate says. Every key is explained by `gatehouse validate` when it is wrong.
        {
          "version": 1,

          "api": {
            "name": "fleet",
            "type": "REST",
            "apiId": "demo123456",
            "region": "eu-west-1",
            "accountId": "123456789012",
            "defaultStage": "dev",
            "defaultAuthorizer": "session"
          },

          "server": {
            "listen": "${env:GATEHOUSE_DEMO_LISTEN:-127.0.0.1:8080}",
            "log": { "format": "text" }
          },

          "stages": {
            "dev": { "debug": true, "stageVariables": { "fleetUrl": "${env:GATEHOUSE_DEMO_BACKEND:-http://127.0.0.1:3000}" } }
          },

          "keys": {
            // HS256: whoever verifies can also sign. Keep such a secret out of files; this default is for the demo alone.
            "session-hs256": {
              "type": "secret", "alg": "HS256", "kid": "2026-11",
              "secret": "${env:GATEHOUSE_DEMO_SECRET:-demo-only: thirty-two bytes or more}"
            }
          },

          "authorizers": {
            // What a Lambda authorizer would do: verify the token, answer with a policy and a context.
            "session": {
              "type": "TOKEN",
              "identitySource": "method.request.header.Authorization",
              "jwt": {
                "keys": ["session-hs256"],
                "algorithms": ["HS256"],
                "issuer": "https://login.fleet.example",
                "audience": ["fleet"],
                "requiredClaims": ["sub", "iat"]
              },
              "principalId": "$claims.sub",
              "context": { "nickname": "$claims.nickname", "rank": "$claims.rank" },
              "policy": [
                { "sid": "ReadFleet", "effect": "Allow", "resources": ["GET/ships", "GET/ships/*", "GET/me"] },
                { "sid": "CommandFleet", "effect": "Allow", "resources": ["POST/ships", "DELETE/ships/*"],
                  "when": { "rank": { "in": ["captain", "admiral"] } } },
                { "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/ships/*"],
                  "when": { "rank": { "notIn": ["captain", "admiral"] } } }
              ]
            }
          },

          "integrations": {
            "fleet": {
              "type": "HTTP_PROXY",
              "uri": "${stageVariables.fleetUrl}{path}",
              "requestParameters": {
                // The backend learns who calls from these; copies that a client sends are dropped.
                "integration.request.header.X-Principal": "context.authorizer.principalId",
                "integration.request.header.X-Nickname": "context.authorizer.nickname",
                "integration.request.header.X-Rank": "context.authorizer.rank"
              },
              // The token has done its work at the gate.
              "forwardAuthorization": false
            }
          },

          "routes": {
            "GET /health": {
              "authorizationType": "NONE",
              "integration": {
                "type": "MOCK",
                "response": { "statusCode": 200, "headers": { "Content-Type": "application/json" }, "body": "{\"ok\":true}" }
              }
            },
            // Anyone may ask for a session; the backend issues the token.
            "POST /session": { "authorizationType": "NONE", "integration": "fleet" },
            "GET /me": { "integration": "fleet" },
            "GET /ships": { "integration": "fleet" },
            "GET /ships/{shipId}": { "integration": "fleet" },
            "POST /ships": { "integration": "fleet" },
            "DELETE /ships/{shipId}": { "integration": "fleet" }
          },

          // Whom commands can ask as: gatehouse authorize DELETE /ships/42 --as cadet. Only debug stages should have such a list.
          "principals": {
            "captain": { "claims": { "sub": "u-200", "nickname": "kj", "rank": "captain" } },
            "cadet": { "claims": { "sub": "u-100", "nickname": "spark", "rank": "cadet" } },
            "expired": { "extends": "captain", "token": "expired" }
          }
        }
        """#
}
