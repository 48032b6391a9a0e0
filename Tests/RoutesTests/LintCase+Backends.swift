import Documents

extension LintCase {
    private static let uri = "\"http://127.0.0.1:3001/v1/{id}\", \"forwardAuthorization\": true"
    private static let mapping = "\"integration.request.header.X-Rank\": \"context.authorizer.rank\""
    private static let email = Edit(
        "\"rank\": \"$claims.rank\",", "\"rank\": \"$claims.rank\", \"mail\": \"$claims.email\",")

    static let backends: [LintCase] = [
        LintCase(
            "GH2210",
            [Edit("\"hs\": {", "«\"old\"»: { \"type\": \"pem\", \"publicKeyFile\": \"public.pem\" }, \"hs\": {")],
            misses: [
                [],
                [
                    Edit(
                        "\"hs\": {",
                        "\"old\": { \"type\": \"pem\", \"alg\": \"RS256\", \"publicKeyFile\": \"public.pem\" }, \"hs\": {"
                    ),
                    Edit("\"keys\": [\"hs\"], \"algorithms\": [\"HS256\"]", "\"keys\": [\"hs\", \"old\"]"),
                ],
            ]),
        LintCase(
            "GH3115", .note, .http, [Edit(uri, "«\"http://10.0.0.1:3001/v1/{id}\"»")],
            misses: [
                [Edit(uri, "\"http://10.0.0.1:3001/v1/{id}\", \"forwardAuthorization\": false")],
                [Edit(uri, "\"https://10.0.0.1:3001/v1/{id}\"")], [Edit(uri, "\"http://[::1]:3001/v1/{id}\"")],
            ]),
        LintCase(
            "GH3115", .note, .function,
            [
                Edit(
                    "\"http://127.0.0.1:9001/2015-03-31/functions/f/invocations\"",
                    "«\"http://10.0.0.7:9001/2015-03-31/functions/f/invocations\"»")
            ],
            misses: [[], [Edit("http://127.0.0.1:9001", "https://functions.example")]]),
        LintCase(
            "GH3115", .note, .function,
            [
                Edit(
                    "\"mock\": { \"type\": \"MOCK\" }",
                    "\"mock\": { \"type\": \"AWS_PROXY\", "
                        + "\"uri\": «\"http://functions.example/2015-03-31/functions/f/invocations\"» }")
            ],
            misses: [
                [
                    Edit(
                        "\"mock\": { \"type\": \"MOCK\" }",
                        "\"mock\": { \"type\": \"AWS_PROXY\", "
                            + "\"uri\": \"http://[::1]:9/2015-03-31/functions/f/invocations\" }")
                ],
                // Nobody's token.
                [
                    Edit(
                        "\"GET /ships\": {",
                        "\"GET /open\": { \"authorizationType\": \"NONE\", \"integration\": { \"type\": \"AWS_PROXY\", "
                            + "\"uri\": \"http://functions.example/2015-03-31/functions/f/invocations\" } }, \"GET /ships\": {"
                    )
                ],
            ]),
        LintCase(
            "GH3216", .warning, .http,
            [Edit(uri, "«\"http://api.example.org/v1/{id}\"», \"forwardAuthorization\": false")],
            misses: [
                [Edit(uri, "\"https://api.example.org/v1/{id}\", \"forwardAuthorization\": false")],
                // With the token it is GH3115.
                [Edit(uri, "\"http://api.example.org/v1/{id}\"")], [],
            ]),
        LintCase(
            "GH3216", .note, .http, [Edit(uri, "«\"http://backend:3000/v1/{id}\"», \"forwardAuthorization\": false")],
            misses: [[Edit(uri, "\"http://localhost:3000/v1/{id}\", \"forwardAuthorization\": false")], []]),
        LintCase(
            "GH3217", .note, .http, [Edit(uri, "«\"http://127.0.0.1:3001/v1/{id}\"»")],
            misses: [
                [], [Edit(uri, "\"http://127.0.0.1:3001/v1/{id}\", \"forwardAuthorization\": false")],
                [
                    Edit(uri, "\"http://127.0.0.1:3001/v1/{id}\""),
                    Edit("$request.header.Authorization", "$request.header.X-Token"),
                ],
            ]),
        LintCase(
            "GH4210", .note,
            [
                Edit("\"rank\": \"$claims.rank\",", "\"rank\": «\"$claims.email\"»,"),
                Edit(mapping, "«\"integration.request.header.X-Rank\"»: \"context.authorizer.rank\""),
            ],
            misses: [
                [], [Edit("\"$claims.rank\"", "\"$claims.nickname\"")],
                [Edit("\"$claims.rank\"", "\"$claims.ship.name\"")],
                [Edit("\"$claims.rank\"", "\"$claims.email_verified\"")],
            ]),
        LintCase(
            "GH4210", .note,
            [Edit("\"level\": 3", "\"mail\": «\"$claims.user.email\"», \"city\": «\"$claims.address.city\"»")],
            misses: [[Edit("\"level\": 3", "\"ship\": \"$claims.ship.address\"")], []]),
        LintCase(
            "GH4210", .note, [Edit("[\"sub\"]", "[\"sub\", «\"phone_number\"»]")],
            misses: [[Edit("[\"sub\"]", "[\"sub\", \"jti\"]")], [Edit("[\"sub\"]", "[\"sub\", \"scope\"]")]]),
        LintCase(
            "GH4210", .note, [Edit("\"$claims.sub\"", "«\"$claims.email\"»")],
            misses: [[Edit("\"$claims.sub\"", "\"$claims.client_id\"")], []]),
        LintCase(
            "GH4210", .warning,
            [Edit(mapping, "«\"integration.request.querystring.mail\"»: \"context.authorizer.claims.email\"")],
            misses: [
                [Edit(mapping, "\"integration.request.querystring.rank\": \"context.authorizer.rank\"")],
                [Edit(mapping, "\"integration.request.header.X-Mail\": \"context.authorizer.claims.email\"")],
            ]),
    ]
}
