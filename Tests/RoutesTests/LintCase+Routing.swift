import Documents

extension LintCase {
    private static let post = "\"POST /ships\": { \"integration\": \"fleet\" }"
    private static let none = "\"authorizationType\": \"NONE\""
    private static let get = "\"GET /ships\": { \"integration\": \"fleet\" },"

    private static func added(_ route: String) -> [Edit] { [Edit(post, "\(post), \(route)")] }

    static let routing: [LintCase] = [
        LintCase(
            "GH2305", added("«\"GET /ships/{ship}/crew\"»: { \"integration\": \"fleet\" }"),
            misses: [
                added("\"GET /ships/{id}/crew\": { \"integration\": \"fleet\" }"),
                added("\"GET /docks/{ship}\": { \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3204",
            [Edit("\"version\": 1,", "\"version\": 1, «\"cors\"»: { \"allowOrigins\": [\"https://app.example\"] },")],
            misses: [
                [],
                [
                    Edit(
                        "\"version\": 1,",
                        "\"version\": 1, \"cors\": { \"allowOrigins\": [\"*\"] }, \"gatewayResponses\": { \"DEFAULT_4XX\": { "
                            + "\"responseParameters\": { \"gatewayresponse.header.Access-Control-Allow-Origin\": \"'*'\" } } },"
                    )
                ],
            ]),
        LintCase(
            "GH3204", .warning, .function,
            [Edit("\"version\": 1,", "\"version\": 1, «\"cors\"»: { \"allowOrigins\": [\"*\"] },")],
            misses: [[Edit("\"version\": 1,", "\"version\": 1, \"gatewayResponses\": {},")], []]),
        LintCase(
            "GH3210",
            added(
                "\"DELETE /ships/{id}\": { \"authorizationType\": «\"NONE\"», \"integration\": \"fleet\" }"),
            misses: [
                // Reading is guarded, handing in is not: a letter box.
                added("\"POST /ships/{id}\": { \(none), \"integration\": \"fleet\" }"),
                added("\"DELETE /docks/{id}\": { \(none), \"integration\": \"fleet\" }"),
                added("\"DELETE /ships/{id}\": { \(none), \"integration\": { \"type\": \"MOCK\" } }"),
            ]),
        LintCase(
            "GH3210",
            added("\"ANY /ships\": { \"authorizationType\": «\"NONE\"», \"integration\": \"fleet\" }"),
            misses: [
                added("\"ANY /ships\": { \"integration\": \"fleet\" }"),
                added("\"ANY /docks\": { \(none), \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3211", added("\"HEAD /ships\": { \"authorizationType\": «\"NONE\"», \"integration\": \"fleet\" }"),
            misses: [
                added("\"HEAD /ships\": { \"integration\": \"fleet\" }"),
                added("\"HEAD /health\": { \(none), \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3212",
            added(
                "\"ANY /docks\": { \"integration\": \"fleet\" }, "
                    + "\"OPTIONS /docks\": { \"authorizationType\": «\"NONE\"», \"integration\": \"fleet\" }"),
            misses: [
                added(
                    "\"ANY /docks\": { \"integration\": \"fleet\" }, "
                        + "\"OPTIONS /docks\": { \(none), \"integration\": { \"type\": \"MOCK\" } }"),
                added("\"OPTIONS /ships\": { \(none), \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3213", added("«\"ANY /{proxy+}\"»: { \(none), \"integration\": \"fleet\" }"),
            misses: [
                // Pages for everybody beside a guarded API.
                added("\"GET /{proxy+}\": { \(none), \"integration\": \"fleet\" }"),
                added("\"ANY /{proxy+}\": { \"integration\": \"fleet\" }"),
                added("\"ANY /public/{proxy+}\": { \(none), \"integration\": \"fleet\" }"),
                added("\"ANY /{proxy+}\": { \(none), \"integration\": { \"type\": \"MOCK\" } }"),
            ]),
        LintCase(
            "GH3213", added("«\"ANY /{page}\"»: { \(none), \"integration\": \"fleet\" }"),
            misses: [
                added("\"GET /{page}\": { \(none), \"integration\": \"fleet\" }"),
                added("\"ANY /{page}/index\": { \(none), \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3213", .warning, .http,
            [
                Edit(
                    "\"$default\": { \"authorizationType\": \"NONE\", \"integration\": { \"type\": \"MOCK\" } }",
                    "«\"$default\"»: { \"authorizationType\": \"NONE\", \"integration\": \"all\" }")
            ],
            misses: [
                [],
                [
                    Edit(
                        "\"$default\": { \"authorizationType\": \"NONE\", \"integration\": { \"type\": \"MOCK\" } }",
                        "\"$default\": { \"authorizer\": \"jwt\", \"integration\": \"all\" }")
                ],
            ]),
        LintCase(
            "GH3214",
            added(
                ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
                    .map { "\"\($0) /docks\": { \"integration\": \"fleet\" }" }.joined(separator: ", ")
                    + ", «\"ANY /docks\"»: { \"integration\": \"fleet\" }"),
            misses: [
                added(
                    ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST"]
                        .map { "\"\($0) /docks\": { \"integration\": \"fleet\" }" }.joined(separator: ", ")
                        + ", \"ANY /docks\": { \"integration\": \"fleet\" }"),
                added("\"ANY /ships\": { \"integration\": \"fleet\" }"),
            ]),
        LintCase(
            "GH3214", .warning, .http,
            [
                Edit("\"$default\": { \"auth", "«\"$default\"»: { \"auth"),
                Edit(
                    "\"ANY /admin\": {",
                    "\"ANY /\": { \"authorizer\": \"jwt\", \"integration\": \"all\" }, "
                        + "\"ANY /{proxy+}\": { \"authorizer\": \"jwt\", \"integration\": \"all\" }, \"ANY /admin\": {"),
            ],
            misses: [
                [
                    Edit(
                        "\"ANY /admin\": {",
                        "\"ANY /{proxy+}\": { \"authorizer\": \"jwt\", \"integration\": \"all\" }, \"ANY /admin\": {")
                ],
                [
                    Edit(
                        "\"ANY /admin\": {",
                        "\"ANY /\": { \"authorizer\": \"jwt\", \"integration\": \"all\" }, \"ANY /admin\": {")
                ],
            ]),
        LintCase(
            "GH3218", [Edit("\"debug\": true", "\"debug\": true, \"decisionMode\": «\"observe\"»")],
            misses: [[Edit("\"debug\": true", "\"debug\": true, \"decisionMode\": \"enforce\"")], []]),
        LintCase(
            "GH3219", [Edit("127.0.0.1:8080", "0.0.0.0:8080"), Edit("\"debug\": true", "\"debug\": «true»")],
            misses: [
                [Edit("127.0.0.1:8080", "0.0.0.0:8080"), Edit("\"debug\": true", "\"debug\": false")],
                [Edit("127.0.0.1:8080", "localhost:8080")],
            ]),
    ]
}
