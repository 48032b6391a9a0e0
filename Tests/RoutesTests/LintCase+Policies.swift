import Documents

extension LintCase {
    private static let read = "\"resources\": [\"GET/ships\", \"GET/ships/*\"]"
    private static let write = "{ \"sid\": \"Write\", \"effect\": \"Allow\", \"resources\": [\"POST/ships\"],"
    private static let condition = "{ \"in\": [\"captain\"] }"
    private static let when = "\"when\": { \"rank\": { \"in\": [\"captain\"] } }"

    private static func arn(_ text: String) -> Edit {
        Edit(read, "\"resources\": [«\"arn:aws:execute-api:\(text)\"»]")
    }

    private static func ownARN(_ text: String) -> [Edit] {
        [Edit(read, "\"resources\": [\"arn:aws:execute-api:\(text)\"]")]
    }

    static let policies: [LintCase] = [
        LintCase(
            "GH3201", .error, [Edit(read, "\"resources\": [«\"GET/fleet/*\"»]")],
            misses: [[Edit(read, "\"resources\": [\"GET/sh*\"]")], [Edit(read, "\"resources\": [\"*/*\"]")]]),
        LintCase(
            "GH3201", .error, [Edit(write, "{ \"effect\": \"Deny\", \"resources\": [«\"PATCH/ships/*\"»],")],
            misses: [[Edit(write, "{ \"effect\": \"Deny\", \"resources\": [\"P*/ships\"],")], []]),
        LintCase(
            "GH3201", .error, [arn("eu-west-1:123456789012:local1234/dev/PUT/ships")],
            misses: [
                ownARN("eu-west-1:123456789012:local1234/dev/GET/ships"), ownARN("*:*:*/*/GET/ships/*"), ownARN("*"),
            ]),
        LintCase(
            "GH3201", .error, [Edit(read, "\"resources\": [«\"arn:aws:s3:::ships/*\"»]")],
            misses: [ownARN("*:*:local*"), ownARN("eu-west-1:*:local1234/dev/*")]),
        LintCase(
            "GH3201", .error, [arn("eu-west-1:123456789012:local1234")],
            misses: [ownARN("eu-west-1:123456789012:*"), ownARN("eu-west-1:123456789012:local1234/*")]),
        LintCase(
            "GH3201", .warning, [arn("eu-west-1:123456789012:other99/dev/GET/ships")],
            misses: [
                ownARN("eu-west-1:123456789012:local????/dev/GET/ships"),
                ownARN("eu-west-1:123456789012:*/dev/GET/ships"),
            ]),
        LintCase(
            "GH3201", .warning, [arn("eu-west-1:123456789012:local1234/prod/GET/ships")],
            misses: [
                ownARN("eu-west-1:123456789012:local1234/*/GET/ships"),
                ownARN("eu-west-1:123456789012:local1234/d?v/GET/ships"),
            ]),
        LintCase(
            "GH3201", .warning, [arn("us-east-1:123456789012:local1234/dev/GET/ships")],
            misses: [
                ownARN("*:123456789012:local1234/dev/GET/ships"), ownARN("eu-*:123456789012:local1234/dev/GET/ships"),
            ]
        ),
        LintCase(
            "GH3201", .warning, [arn("eu-west-1:999999999999:local1234/dev/GET/ships")],
            misses: [ownARN("eu-west-1:*:local1234/dev/GET/ships"), ownARN("eu-west-1:123456789012:local1234/dev/*")]),
        LintCase(
            "GH3201", .error, [arn("*:*:*/*/ANY/ships")],
            misses: [ownARN("*:*:*/*/*/ships"), ownARN("*:*:*/*/???/ships")]),
        LintCase(
            "GH3202",
            [
                Edit(read, "\"resources\": [«\"GET/ships\"», \"GET/ships/*\"]"),
                Edit(write, "{ \"effect\": \"Deny\", \"resources\": [\"*/ships\"] }, \(write)"),
                Edit("[\"POST/ships\"]", "[«\"POST/ships\"»]"),
            ],
            misses: [
                // Narrower than the Allow.
                [Edit(write, "{ \"effect\": \"Deny\", \"resources\": [\"GET/ships/4?\"] }, \(write)")],
                // Only for some.
                [
                    Edit(
                        write,
                        "{ \"effect\": \"Deny\", \"resources\": [\"*\"], \"when\": { \"rank\": { \"equals\": \"x\" } } }, "
                            + write)
                ],
            ]),
        LintCase(
            "GH3202",
            [
                Edit("[\"POST/ships\"]", "[«\"POST/ships\"»]"),
                Edit("\(when) }", "\(when) }, { \"effect\": \"Deny\", \"resources\": [\"POST/*\"], \(when) }"),
            ],
            misses: [
                [
                    Edit(
                        "\(when) }",
                        "\(when) }, { \"effect\": \"Deny\", \"resources\": [\"POST/*\"], "
                            + "\"when\": { \"rank\": { \"notIn\": [\"captain\"] } } }")
                ], [],
            ]),
        LintCase(
            "GH3205", [Edit(read, "\"resources\": [«\"GET/ships\"», «\"GET/ships/*\"», \"GET/*\"]")],
            misses: [
                [Edit("[\"POST/ships\"]", "[\"*/ships\"]")],
                [
                    Edit(
                        "\"effect\": \"Allow\", \"resources\": [\"POST/ships\"]",
                        "\"effect\": \"Deny\", \"resources\": [\"GET/ships\"]")
                ],
                [Edit(read, "\"resources\": [\"GET/ships\", \"GET/ships?*\"]")],
            ]),
        LintCase(
            "GH3205", [Edit("[\"POST/ships\"]", "[\"POST/ships\", «\"POST/ships\"»]")],
            misses: [[Edit("[\"POST/ships\"]", "[\"POST/ships\", \"POST/*\"]"), Edit("\"POST/ships\", ", "")], []]),
        LintCase(
            "GH3206", [Edit(condition, "{ \"atLeast\": 5, «\"atMost\": 3» }")],
            misses: [
                [Edit(condition, "{ \"atLeast\": 3, \"atMost\": 3 }")],
                [Edit(condition, "{ \"atLeast\": \"9\", \"atMost\": 15 }")],
            ]),
        LintCase(
            "GH3206", [Edit(condition, "{ \"in\": [\"a\", \"b\"], «\"notIn\": [\"b\", \"a\"]» }")],
            misses: [
                [Edit(condition, "{ \"in\": [\"a\", \"b\"], \"notIn\": [\"b\"] }")],
                [Edit(condition, "{ \"in\": [\"a\"], \"notEquals\": \"A\" }")],
                [Edit(condition, "{ \"equals\": \"a*b\", \"matches\": \"a?b\" }")],
                [Edit(condition, "{ \"equals\": 9007199254740993, \"notEquals\": 9007199254740992 }")],
            ]),
        LintCase(
            "GH3206", [Edit(condition, "{ \"equals\": \"9\", «\"atLeast\": 10» }")],
            misses: [
                [Edit(condition, "{ \"equals\": \"15\", \"atLeast\": 10 }")],
                [Edit(condition, "{ \"in\": [9, 15], \"atLeast\": 10 }")],
            ]),
        LintCase(
            "GH3206", [Edit(condition, "{ \"exists\": false, «\"equals\": \"x\"» }")],
            misses: [
                [Edit(condition, "{ \"exists\": false, \"notEquals\": \"x\" }")],
                [Edit(when, "\"when\": [ { \"rank\": { \"exists\": false } }, { \"rank\": { \"equals\": \"x\" } } ]")],
            ]),
        LintCase(
            "GH3206", [Edit(when, "\"when\": { \"sub\": { «\"exists\": false» } }")],
            misses: [
                [Edit(when, "\"when\": { \"rank\": { \"exists\": false } }")],
                [
                    Edit(when, "\"when\": { \"sub\": { \"exists\": false } }"),
                    Edit("\"requiredClaims\": [\"sub\"]", "\"requiredClaims\": []"),
                    Edit("\"principalId\": \"$claims.sub\"", "\"principalId\": \"all\""),
                ],
            ]),
        LintCase(
            "GH3206", [Edit(when, "\"when\": { \"iss\": { «\"equals\": \"https://other.example\"» } }")],
            misses: [
                [Edit(when, "\"when\": { \"iss\": { \"matches\": \"https://*\" } }")],
                [
                    Edit(when, "\"when\": { \"iss\": { \"equals\": \"https://other.example\" } }"),
                    Edit("\"issuer\": \"https://login.example\"", "\"issuer\": null"),
                ],
            ]),
        LintCase(
            "GH3207", [Edit(when, "\"when\": { \"sub\": { «\"exists\": true» } }")],
            misses: [
                [Edit(when, "\"when\": { \"rank\": { \"exists\": true } }")],
                [Edit(when, "\"when\": { \"sub\": { \"equals\": \"u-1\" } }")],
            ]),
        LintCase(
            "GH3208", [Edit(condition, "{ «\"notEquals\": \"guest\"» }")],
            misses: [
                [Edit(condition, "{ \"exists\": true, \"notEquals\": \"guest\" }")],
                [Edit(condition, "{ \"notEquals\": \"guest\" }"), Edit("[\"sub\"]", "[\"sub\", \"rank\"]")],
                [
                    Edit(
                        "\"effect\": \"Allow\", \"resources\": [\"POST", "\"effect\": \"Deny\", \"resources\": [\"POST"),
                    Edit(condition, "{ \"notIn\": [\"captain\"] }"),
                ],
            ]),
        LintCase(
            "GH3209", .note, [Edit(read, "\"resources\": [«\"*\"»]"), Edit("[\"POST/ships\"]", "[\"POST/ships\"]")],
            misses: [
                [Edit(read, "\"resources\": [\"GET/*\"]")], [Edit("[\"POST/ships\"]", "[\"*\"]")],
                [
                    Edit(read, "\"resources\": [\"*\"]"),
                    Edit(write, "{ \"effect\": \"Deny\", \"resources\": [\"POST/ships\"],"),
                ],
            ]),
        LintCase(
            "GH3209", .note, .http, [Edit("[\"*/admin\", \"GET/one/*\"]", "[«\"*/*\"»]")],
            misses: [
                [],
                // One route, as in the README.
                [
                    Edit("[\"*/admin\", \"GET/one/*\"]", "[\"*\"]"),
                    Edit("\"GET /one/{id}\": { \"authorizer\": \"jwt\", \"integration\": \"one\" },", ""),
                ],
            ]),
        LintCase(
            "GH3203", .warning, .function,
            [Edit("\"authorizerResultTtlInSeconds\": 0", "\"authorizerResultTtlInSeconds\": «60»")],
            misses: [
                [],
                [
                    Edit("\"authorizerResultTtlInSeconds\": 0", "\"authorizerResultTtlInSeconds\": 60"),
                    Edit("method.request.header.Authorization", "method.request.header.Authorization, context.path"),
                ],
                [
                    Edit("\"authorizerResultTtlInSeconds\": 0", "\"authorizerResultTtlInSeconds\": 60"),
                    Edit("GET /ships/{id}", "GET /me"),
                ],
            ]),
        LintCase(
            "GH3203", .note, .function,
            [
                Edit("\"type\": \"REQUEST\"", "\"type\": \"TOKEN\""),
                Edit(",\n            \"authorizerResultTtlInSeconds\": 0", ""),
                Edit("\"fn\": {", "«\"fn\"»: {"),
            ],
            misses: [[Edit("\"type\": \"REQUEST\"", "\"type\": \"TOKEN\"")], []]),
        LintCase(
            "GH3221", .warning, .httpFunction,
            [
                Edit(
                    "\"enableSimpleResponses\": true",
                    "\"enableSimpleResponses\": true, \"authorizerResultTtlInSeconds\": «60»")
            ],
            misses: [
                [],
                [
                    Edit(
                        "\"enableSimpleResponses\": true",
                        "\"enableSimpleResponses\": true, \"authorizerResultTtlInSeconds\": 60"),
                    Edit(
                        "[\"$request.header.Authorization\"]",
                        "[\"$request.header.Authorization\", \"$context.routeKey\"]"),
                ],
                [
                    Edit(
                        "\"enableSimpleResponses\": true",
                        "\"enableSimpleResponses\": true, \"authorizerResultTtlInSeconds\": 60"),
                    Edit("\"GET /ships\": { \"integration\": \"mock\" },", ""),
                ],
            ]),
    ]
}
