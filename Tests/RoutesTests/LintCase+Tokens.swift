import Documents

extension LintCase {
    private static let skew = "\"clockSkewSeconds\": 5"
    private static let ttl = "\"authorizerResultTtlInSeconds\": 60"
    private static let key = "\"rs\": { \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }"
    private static let set = "\"rs\": { \"type\": \"jwks\", \"jwksFile\": \"set.json\" }"
    private static let authorizer = """
        "jwt": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
        """
    private static let secret =
        "\"hs\": { \"type\": \"secret\", \"alg\": \"HS256\", \"kid\": \"1\", \"secret\": \"${env:SECRET}\" }"

    /// An HTTP API's own kind of authorizer beside the other.
    static func native(_ members: String) -> Edit {
        Edit(
            authorizer,
            "\"native\": { \"type\": \"JWT\", \"identitySource\": [\"$request.header.Authorization\"], \(members) }, "
                + authorizer)
    }

    private static func environment(secret: String) -> FakeEnvironment {
        var changed = FakeEnvironment.standard
        changed.variables["SECRET"] = secret
        return changed
    }

    private static let open: FakeEnvironment = {
        var changed = FakeEnvironment.standard
        changed.open = ["secret.txt"]
        return changed
    }()

    static let tokens: [LintCase] = [
        LintCase(
            "GH3401", [Edit(skew, "\"maxAgeSeconds\": «2592001»")],
            misses: [[Edit(skew, "\"maxAgeSeconds\": 2592000")], []]),
        LintCase(
            "GH3401", [Edit(skew, "\"requireExpiration\": «false»")],
            misses: [
                [Edit(skew, "\"requireExpiration\": false, \"maxAgeSeconds\": 86400")],
                [Edit(skew, "\"requireExpiration\": true")],
            ]),
        LintCase(
            "GH3402", [Edit(skew, "\"clockSkewSeconds\": «301»")],
            misses: [
                [Edit(skew, "\"clockSkewSeconds\": 300")],
                [Edit(skew, "\"clockSkewSeconds\": 0, \"maxAgeSeconds\": 60")],
            ]),
        LintCase(
            "GH3402", [Edit(skew, "\"maxAgeSeconds\": 60, \"clockSkewSeconds\": «60»")],
            misses: [[Edit(skew, "\"maxAgeSeconds\": 60, \"clockSkewSeconds\": 59")], []]),
        LintCase(
            "GH3403", .warning, .http,
            [
                Edit(key, set),
                Edit("\"keys\": [\"rs\"],", "\"keys\": [\"rs\"], \"algorithms\": «[\"RS256\", \"HS256\"]»,"),
            ],
            misses: [
                [
                    Edit(key, set),
                    Edit("\"keys\": [\"rs\"],", "\"keys\": [\"rs\"], \"algorithms\": [\"RS256\", \"ES256\"],"),
                ],
                // Each key says what it is for.
                [
                    Edit(
                        key,
                        "\"rs\": { \"type\": \"pem\", \"alg\": \"RS256\", \"publicKeyFile\": \"public.pem\" }, \(secret)"
                    ),
                    Edit("\"keys\": [\"rs\"],", "\"keys\": [\"rs\", \"hs\"], \"algorithms\": [\"RS256\", \"HS256\"],"),
                ],
            ]),
        LintCase(
            "GH3404", [Edit(ttl, "\"authorizerResultTtlInSeconds\": «900»"), Edit(skew, "\"maxAgeSeconds\": 600")],
            misses: [
                [Edit(ttl, "\"authorizerResultTtlInSeconds\": 600"), Edit(skew, "\"maxAgeSeconds\": 600")],
                [Edit(ttl, "\"authorizerResultTtlInSeconds\": 900")],
            ]),
        LintCase(
            "GH3405", .warning, .function,
            [
                Edit("\"fn\": {", "«\"fn\"»: {"),
                Edit("\"version\": 1,", "\"version\": 1, \"revocations\": { \"file\": \"gone.jsonl\" },"),
            ],
            misses: [
                [],
                [
                    Edit(
                        "\"version\": 1,",
                        "\"version\": 1, \"revocations\": { \"file\": \"gone.jsonl\" }, \"keys\": { \(secret) },"),
                    Edit(
                        "\"authorizerUri\": \"http://127.0.0.1:9001/2015-03-31/functions/f/invocations\"",
                        "\"jwt\": { \"keys\": [\"hs\"], \"issuer\": \"https://a.example\", \"audience\": \"b\" }, "
                            + "\"policy\": [ { \"effect\": \"Allow\", \"resources\": [\"GET/*\"] } ]"),
                ],
            ]),
    ]

    static let keys: [LintCase] = [
        LintCase(
            "GH4314",
            [
                Edit(
                    secret,
                    "\(secret), «\"twin\"»: { \"type\": \"secret\", \"alg\": \"HS256\", \"secret\": \"${env:SECRET}\" }"
                )
            ],
            misses: [
                [],
                [
                    Edit(
                        secret,
                        "\(secret), \"other\": { \"type\": \"secret\", \"alg\": \"HS256\", \"secret\": \"9Zk2_q8Lw0-xTf4Vb7Ry1Cn6Jd3Hs5Ga\" }"
                    )
                ],
            ]),
        LintCase(
            "GH4315", [Edit("\"secret\": \"${env:SECRET}\"", "\"secret\": «\"${env:SECRET}\"»")],
            misses: [
                // A passphrase of several words.
                [Edit("${env:SECRET}", "correct horse battery staple 1936")],
                [Edit("${env:SECRET}", "8f3b1c9e7a2d4056b8e1f7c3a9d20e45")],
            ], environment: environment(secret: "my-Super-SECRET-key-for-2026-please")),
        LintCase(
            "GH4315", [Edit("\"secret\": \"${env:SECRET}\"", "\"secret\": «\"${env:SECRET}\"»")],
            misses: [
                [Edit("${env:SECRET}", "q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa")],
                [Edit("${env:SECRET}", "Zm9vIGJhciBiYXogcXV4IGNvcmdlIGdyYXVsdA==")],
            ], environment: environment(secret: "abcabcabcabcabcabcabcabcabcabcabcabc")),
        LintCase(
            "GH4315",
            [Edit("\"secret\": \"${env:SECRET}\"", "\"encoding\": \"hex\", \"secret\": «\"${env:SECRET}\"»")],
            misses: [
                [Edit("\"secret\": \"${env:SECRET}\"", "\"secret\": \"q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa\"")],
                [Edit("\"secret\": \"${env:SECRET}\"", "\"secretFile\": \"secret.txt\"")],
            ], environment: environment(secret: (0..<32).map { "0" + String($0 % 10) }.joined())),
        LintCase(
            "GH4316", [Edit("\"secret\": \"${env:SECRET}\"", "\"secretFile\": «\"secret.txt\"»")],
            misses: [[], [Edit("\"secret\": \"${env:SECRET}\"", "\"secret\": \"${credential:session}\"")]],
            environment: open),
        LintCase(
            "GH4316", [Edit("\"secret\": \"${env:SECRET}\"", "\"secret\": «\"${file:secret.txt}\"»")],
            misses: [
                [Edit("\"secret\": \"${env:SECRET}\"", "\"secretFile\": \"binary\"")],
                // Everybody may read a public key.
                [Edit(secret, "\"hs\": { \"type\": \"pem\", \"publicKeyFile\": \"secret.txt\" }")],
            ], environment: open),
        LintCase(
            "GH4317",
            [
                Edit(
                    "\"integration.request.header.X-Rank\"",
                    "«\"integration.request.header.X-Api-Key\"»: \"'3f0c9a77'\", \"integration.request.header.X-Rank\"")
            ],
            misses: [
                [
                    Edit(
                        "\"context.authorizer.rank\"",
                        "\"context.authorizer.rank\", \"integration.request.header.X-Api-Key\": \"'${env:SECRET}'\"")
                ],
                [
                    Edit(
                        "\"context.authorizer.rank\"",
                        "\"context.authorizer.rank\", \"integration.request.header.Authorization\": \"''\"")
                ],
                [
                    Edit(
                        "\"context.authorizer.rank\"",
                        "\"context.authorizer.rank\", \"integration.request.header.X-Source\": \"'gate'\"")
                ],
            ]),
        LintCase(
            "GH4317", [Edit("\"stageVariables\": {", "\"stageVariables\": { «\"apiToken\"»: \"3f0c9a77e1\",")],
            misses: [
                [Edit("\"stageVariables\": {", "\"stageVariables\": { \"apiToken\": \"${env:SECRET}\",")],
                [Edit("\"stageVariables\": {", "\"stageVariables\": { \"tokenIssuer\": \"login-service\",")],
                [Edit("\"stageVariables\": {", "\"stageVariables\": { \"tokenUrl\": \"https://id.example/token\",")],
            ]),
    ]
}

extension LintCase {
    private static let pem = "\"rs\": { \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }"

    static let moreKeys: [LintCase] = [
        LintCase(
            "GH4318", .warning, .http,
            [
                Edit(
                    pem, "\(pem), \"new\": { \"type\": \"pem\", \"kid\": «\"r1\"», \"publicKeyFile\": \"public.pem\" }"),
                Edit("\"keys\": [\"rs\"]", "\"keys\": [\"rs\", \"new\"]"),
            ],
            misses: [
                [
                    Edit(
                        pem,
                        "\(pem), \"new\": { \"type\": \"pem\", \"kid\": \"r2\", \"publicKeyFile\": \"public.pem\" }"),
                    Edit("\"keys\": [\"rs\"]", "\"keys\": [\"rs\", \"new\"]"),
                ],
                // Of different authorizers.
                [
                    Edit(
                        pem,
                        "\(pem), \"new\": { \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }")
                ],
            ]),
        LintCase(
            "GH4319", .warning, .http,
            [
                Edit(
                    pem,
                    "\"rs\": { \"type\": \"jwks\", \"jwks\": { \"keys\": [ { \"kty\": \"oct\", «\"k\"»: \"3f0c9a77\" } ] } }"
                )
            ],
            misses: [
                [
                    Edit(
                        pem,
                        "\"rs\": { \"type\": \"jwks\", \"jwks\": { \"keys\": [ { \"kty\": \"EC\", \"x\": \"3f0c9a77\" } ] } }"
                    )
                ],
                [
                    Edit(
                        pem,
                        "\"rs\": { \"type\": \"jwks\", \"jwks\": { \"keys\": [ { \"kty\": \"oct\", \"k\": \"${env:SECRET}\" } ] } }"
                    )
                ],
            ]),
        LintCase(
            "GH4319", .warning, .http,
            [
                Edit(
                    pem,
                    "\"rs\": { \"type\": \"jwks\", \"jwks\": { \"keys\": [ { \"kty\": \"OKP\", \"x\": \"a\", «\"d\"»: \"3f0c9a77\" } ] } }"
                )
            ],
            misses: [[Edit(pem, "\"rs\": { \"type\": \"jwks\", \"jwksFile\": \"set.json\" }")], []]),
    ]

    static let server: [LintCase] = [
        LintCase(
            "GH3224", .warning, .http, [Edit("[\"10.0.0.0/8\"]", "[\"10.0.0.0/8\", «\"0.0.0.0/0\"», «\"::/0\"»]")],
            misses: [[Edit("[\"10.0.0.0/8\"]", "[\"0.0.0.0/1\"]")], [Edit("[\"10.0.0.0/8\"]", "[]")]]),
        LintCase(
            "GH3225",
            [
                Edit(
                    "\"limits\":",
                    "\"pathNormalization\": { \"encodedSlash\": «\"keep\"», \"ambiguous\": «\"allow\"» }, "
                        + "\"headerNames\": «\"pass\"», \"limits\":")
            ],
            misses: [
                [],
                [
                    Edit(
                        "\"limits\":",
                        "\"pathNormalization\": { \"encodedSlash\": \"reject\", \"ambiguous\": \"reject\" }, "
                            + "\"headerNames\": \"drop\", \"limits\":")
                ],
            ]),
        LintCase(
            "GH3222", .note,
            [Edit("\"POST /ships\": {", "«\"OPTIONS /ships\"»: { \"integration\": \"fleet\" }, \"POST /ships\": {")],
            misses: [
                [],
                [
                    Edit(
                        "\"POST /ships\": {",
                        "\"OPTIONS /ships\": { \"authorizationType\": \"NONE\", \"integration\": { \"type\": \"MOCK\" } }, "
                            + "\"POST /ships\": {")
                ],
            ]),
    ]
}
