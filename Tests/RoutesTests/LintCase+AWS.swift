import Documents

extension LintCase {
    private static let session = "\"session\": {"
    private static let post = "\"POST /ships\": { \"integration\": \"fleet\" }"
    private static let variables = "\"stageVariables\": {"

    /// Further authorizers; the last one with marks around its name.
    private static func authorizers(_ count: Int, marked: Bool) -> Edit {
        let entries = (1...count).map { number in
            let name = marked && number == count ? "«\"a\(number)\"»" : "\"a\(number)\""
            return """
                \(name): { "type": "TOKEN", "identitySource": "method.request.header.X",
                "authorizerUri": "http://127.0.0.1:9/2015-03-31/functions/f/invocations" }
                """
        }
        return Edit(
            "{ \"rank\": { \"in\": [\"captain\"] } } }\n      ]\n    }",
            "{ \"rank\": { \"in\": [\"captain\"] } } }\n      ]\n    }, \(entries.joined(separator: ", "))")
    }

    private static func routes(_ count: Int, marked: Bool) -> Edit {
        let entries = (1...count).map { number in
            let name = marked && number == count ? "«\"GET /r\(number)\"»" : "\"GET /r\(number)\""
            return "\(name): { \"integration\": \"fleet\" }"
        }
        return Edit(post, "\(post), \(entries.joined(separator: ", "))")
    }

    private static func scopes(_ count: Int, marked: Bool) -> Edit {
        let list = (1...count).map { marked && $0 == 11 ? "«\"s\($0)\"»" : "\"s\($0)\"" }.joined(separator: ", ")
        return Edit(
            "\"ANY /admin\": { \"authorizer\": \"jwt\",",
            "\"ANY /admin\": { \"authorizer\": \"jwt\", \"authorizationScopes\": [\(list)],")
    }

    private static func cors(_ text: String) -> [Edit] {
        [Edit("\"version\": 1,", "\"version\": 1, \"cors\": \(text),")]
    }

    static let aws: [LintCase] = [
        LintCase("GH3501", [authorizers(10, marked: true)], misses: [[authorizers(9, marked: false)], []]),
        LintCase(
            "GH3502", [Edit("{path}\",", "{path}\", \"timeoutInMillis\": «29001»,")],
            misses: [
                [Edit("{path}\",", "{path}\", \"timeoutInMillis\": 29000,")],
                [Edit("\"headerBytes\": 10240", "\"headerBytes\": 10240, \"integrationTimeoutInMillis\": 60000")],
            ]),
        LintCase(
            "GH3502", .warning, .http, [Edit("{path}\",", "{path}\", \"timeoutInMillis\": «30001»,")],
            misses: [[Edit("{path}\",", "{path}\", \"timeoutInMillis\": 30000,")], []]),
        LintCase("GH3503", .note, [routes(297, marked: true)], misses: [[routes(296, marked: false)], []]),
        LintCase(
            "GH3504", [Edit(variables, "\(variables) \"greeting\": «\"good morning\"»,")],
            misses: [[Edit(variables, "\(variables) \"list\": \"a=1&b=2,c#~_./?:-\",")], []]),
        LintCase(
            "GH3504", [Edit(variables, "\(variables) \"long\": «\"\(String(repeating: "x", count: 513))\"»,")],
            misses: [[Edit(variables, "\(variables) \"long\": \"\(String(repeating: "x", count: 512))\",")], []]),
        LintCase(
            "GH3504", [Edit(variables, "\(variables) «\"\(String(repeating: "n", count: 65))\"»: \"1\",")],
            misses: [[Edit(variables, "\(variables) \"\(String(repeating: "n", count: 64))\": \"1\",")], []]),
        LintCase(
            "GH3505", [Edit(post, "\(post), «\"GET /~mine\"»: { \"integration\": \"fleet\" }")],
            misses: [[Edit(post, "\(post), \"GET /a_b-c.d,e:f\": { \"integration\": \"fleet\" }")], []]),
        LintCase(
            "GH3506", .warning, .http, [scopes(11, marked: true)], misses: [[scopes(10, marked: false)], []]),
        LintCase(
            "GH3506", .warning, .http,
            [
                native(
                    "\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": ["
                        + (1...51).map { $0 == 51 ? "«\"a\($0)\"»" : "\"a\($0)\"" }.joined(separator: ", ") + "] }")
            ],
            misses: [
                [
                    native(
                        "\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": ["
                            + (1...50).map { "\"a\($0)\"" }.joined(separator: ", ") + "] }")
                ], [],
            ]),
        LintCase(
            "GH3507", cors("{ \"allowOrigins\": [«\"*\"»], \"allowCredentials\": true }"),
            misses: [
                cors("{ \"allowOrigins\": [\"*\"], \"allowCredentials\": false }"),
                cors("{ \"allowOrigins\": [\"https://app.example\"], \"allowCredentials\": true }"),
            ]),
        LintCase(
            "GH3508", .warning, .function,
            [
                Edit("\"identitySource\": \"method.request.header.Authorization\",", ""),
                Edit("\"authorizerResultTtlInSeconds\": 0", "\"authorizerResultTtlInSeconds\": «10»"),
            ],
            misses: [
                [Edit("\"identitySource\": \"method.request.header.Authorization\",", "")],
                [Edit("\"authorizerResultTtlInSeconds\": 0", "\"authorizerResultTtlInSeconds\": 10")],
            ]),
        LintCase(
            "GH3509", .warning, .http,
            [
                native("\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": [\"a\"] }"),
                Edit(
                    "[\"$request.header.Authorization\"]",
                    "[\"$request.header.Authorization\", \"«$request.querystring.t»\"]"),
            ],
            misses: [
                [native("\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": [\"a\"] }")],
                // A REQUEST authorizer may have several.
                [
                    Edit(
                        "[\"$request.header.Authorization\"]",
                        "[\"$request.header.Authorization\", \"$request.querystring.t\"]")
                ],
            ]),
        LintCase(
            "GH3510", .note, .http,
            [
                native(
                    "\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": [\"a\"] }, "
                        + "\"jwt\": { \"algorithms\": [\"RS256\", «\"ES256\"»] }")
            ],
            misses: [
                [
                    native(
                        "\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": [\"a\"] }, "
                            + "\"jwt\": { \"algorithms\": [\"RS256\", \"RS512\"] }")
                ], [],
            ]),
        LintCase(
            "GH3511", .warning, .httpFunction,
            [Edit("\"fn\": {", "«\"fn\"»: {"), Edit("\"authorizerPayloadFormatVersion\": \"2.0\", ", "")],
            misses: [
                [],
                [
                    Edit(
                        "\"authorizerPayloadFormatVersion\": \"2.0\", \"enableSimpleResponses\": true",
                        "\"authorizerPayloadFormatVersion\": \"1.0\"")
                ],
            ]),
        LintCase(
            "GH3512", .warning, .httpFunction,
            [
                Edit("\"authorizerPayloadFormatVersion\": \"2.0\"", "\"authorizerPayloadFormatVersion\": \"1.0\""),
                Edit("\"enableSimpleResponses\": true", "\"enableSimpleResponses\": «true»"),
            ],
            misses: [
                [], [Edit("\"2.0\", \"enableSimpleResponses\": true", "\"1.0\", \"enableSimpleResponses\": false")],
            ]),
        LintCase(
            "GH3513", [Edit("\"GET/ships/*\"]", "«\"GET/ships/\(String(repeating: "x", count: 445))*\"»]")],
            misses: [[Edit("\"GET/ships/*\"]", "\"GET/ships/\(String(repeating: "x", count: 444))*\"]")], []]),
        LintCase(
            "GH3514", [Edit("\"sid\": \"Read\"", "\"sid\": «\"read-fleet\"»")],
            misses: [[Edit("\"sid\": \"Read\"", "\"sid\": \"Read2\"")], [Edit("\"sid\": \"Read\", ", "")]]),
        LintCase(
            "GH3514", [Edit("\"sid\": \"Write\"", "\"sid\": «\"Read\"»")],
            misses: [[Edit("\"sid\": \"Write\"", "\"sid\": \"READ\"")], []]),
    ]
}
