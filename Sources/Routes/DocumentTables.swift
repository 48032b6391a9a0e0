/// The format of gateway.json as data. A part becomes usable by losing its `status: .planned` here, and nowhere else.
///
/// Names are AWS's where AWS has one. Durations end in `InMillis` or `Seconds`, sizes in `Bytes`.
package enum DocumentTables {
    static let millis = 1...86_400_000
    static let seconds = 0...31_536_000
    static let count = 0...1_000_000_000
    static let bytes = 0...1_099_511_627_776
    static let stringMap = DocumentType.map(of: .string, names: .anything)
    static let lane = DocumentType.choice(LaneName.allCases.map { DocumentChoice($0.rawValue) })
    static let stringOrList = DocumentType.either([.string, .list(of: .string, minimum: 1)])

    /// Balancing over several targets of one upstream.
    package static let severalTargets = DocumentStatus.planned

    package static let root = DocumentSection(
        "", "gateway.json",
        [
            DocumentKey("$schema", .string, "The JSON Schema that editors check with"),
            DocumentKey("version", .integer(1...1), "Version of this format", required: true),
            DocumentKey("api", .section(api), "What the gateway calls itself", required: true),
            DocumentKey("server", .section(server), "Listeners, limits and log"),
            DocumentKey("stages", .map(of: .section(stage), names: .stage), "Stages and their variables"),
            DocumentKey("keys", .map(of: .section(key), names: .identifier), "Keys that signatures are checked with"),
            DocumentKey(
                "authorizers", .map(of: .section(authorizer), names: .identifier), "Who decides, and by which rules"),
            DocumentKey(
                "upstreams", .map(of: .section(upstream), names: .identifier),
                "Backends with pool, patience and retries"
            ),
            DocumentKey(
                "functions", .map(of: .section(function), names: .identifier), "Functions that are run here"),
            DocumentKey(
                "integrations", .map(of: .section(integration), names: .identifier), "What is behind the routes"),
            DocumentKey(
                "routes", .map(of: .section(route), names: .anything), "Routes by METHOD /path or $default",
                required: true),
            DocumentKey("tokenCache", .section(tokenCache), "Cache of verified tokens, one for each worker"),
            DocumentKey("revocations", .section(revocations), "List of revoked tokens"),
            DocumentKey("cors", .section(cors), "Answers to browsers"),
            DocumentKey(
                "gatewayResponses", .map(of: .section(gatewayResponse), names: .identifier),
                "Answers that the gateway gives itself, by type", api: .rest),
            DocumentKey(
                "models", .map(of: .section(model), names: .identifier),
                "JSON schemas that request bodies are checked with", api: .rest),
            DocumentKey("record", .section(record), "What recordings hold, and what they leave out"),
            DocumentKey(
                "apiKeys", .map(of: .section(apiKey), names: .identifier), "API keys of callers", api: .rest),
            DocumentKey(
                "usagePlans", .map(of: .section(usagePlan), names: .identifier),
                "How fast and how often API keys may call", api: .rest),
            DocumentKey("usage", .section(usage), "Where the counts of quotas are kept", api: .rest),
            DocumentKey(
                "principals", .map(of: .section(principal), names: .identifier), "Test principals of debug stages"),
        ])

    package static let api = DocumentSection(
        "api", "\"api\"",
        [
            DocumentKey("name", .string, "Name of the API", default: "\"api\""),
            DocumentKey(
                "type", .choice(["REST", "HTTP"]), "Picks AWS's answers and event formats", required: true),
            DocumentKey("apiId", .string, "Used in ARNs", default: "\"local1234\""),
            DocumentKey("region", .string, "Used in ARNs", default: "\"us-east-1\""),
            DocumentKey("accountId", .string, "Used in ARNs: twelve digits", default: "\"123456789012\""),
            DocumentKey("defaultStage", .string, "Stage of requests whose path names none"),
            DocumentKey("defaultAuthorizer", .string, "Authorizer of the routes that name none"),
            DocumentKey(
                "profile", .choice(["strict", "aws"]), "aws relaxes refusals that API Gateway does not make",
                default: "\"strict\""),
            DocumentKey(
                "binaryMediaTypes", .list(of: .string), "Content types passed on as octets", api: .rest),
            DocumentKey(
                "apiKeySource", .choice(["HEADER", "AUTHORIZER"]),
                "API keys come in X-API-Key, or as the authorizer's usageIdentifierKey", default: "\"HEADER\"",
                api: .rest),
            DocumentKey(
                "policy", .either([.foreign, .string]),
                "Resource policy: the IAM document, or its JSON text, such as ${file:policy.json}", api: .rest),
        ])

    package static let stage = DocumentSection(
        "stages.NAME", "a stage",
        [
            DocumentKey("debug", .boolean, "Adds headers that explain decisions", default: "false"),
            DocumentKey(
                "decisionMode", .choice(["enforce", "observe"]),
                "observe decides and logs, but lets everything through",
                status: .planned),
            DocumentKey(
                "throttlingRateLimit", .number(rates), "Requests a second for each route that says nothing itself"),
            DocumentKey(
                "throttlingBurstLimit", .integer(count), "Requests at once; the rate, rounded up, when absent"),
            DocumentKey(
                "stageVariables", .map(of: .string, names: .variable), "Values for ${stageVariables.NAME}"),
            DocumentKey(
                "includeStageInPath", .boolean, "The first path segment names the stage", default: "false"),
            DocumentKey("accessLogSettings", .section(accessLogSettings), "Access log in a format of AWS"),
        ])

    package static let tokenCache = DocumentSection(
        "tokenCache", "\"tokenCache\"",
        [
            DocumentKey("entries", .integer(0...10_000_000), "Most tokens kept; 0 turns it off", default: "10000"),
            DocumentKey("bytes", .integer(bytes), "Most memory used", default: "33554432"),
            DocumentKey("ttlSeconds", .integer(1...86400), "Longest time a token is kept", default: "60"),
        ])

    package static let revocations = DocumentSection(
        "revocations", "\"revocations\"",
        [DocumentKey("file", .string, "JSON lines with jti, sub and issuedBefore, kid or iss", required: true)])

    package static let principal = DocumentSection(
        "principals.NAME", "a principal",
        [
            DocumentKey("extends", .string, "Principal whose claims this one starts from"),
            DocumentKey("claims", .map(of: .anything, names: .anything), "Claims of the token, by name"),
            DocumentKey(
                "token",
                .either([
                    .choice(PrincipalDefinition.Preset.allCases.map { DocumentChoice($0.rawValue) }),
                    .section(principalToken),
                ]),
                "How the token is made or spoilt"),
        ])

    package static let principalToken = DocumentSection(
        "principals.NAME.token", "a principal's \"token\"",
        [DocumentKey("lifetime", .string, "Time to exp: 90s, 30m, 1h or 7d", default: "\"1h\"")])

    package static let cors = DocumentSection(
        "cors", "\"cors\"",
        [
            DocumentKey(
                "allowOrigins", .list(of: .string, minimum: 1), "Origins that may call", required: true),
            DocumentKey("allowMethods", .list(of: .string), "Methods that may be used"),
            DocumentKey("allowHeaders", .list(of: .string), "Headers that may be sent"),
            DocumentKey("exposeHeaders", .list(of: .string), "Headers that scripts may read", api: .http),
            DocumentKey("allowCredentials", .boolean, "Cookies and authorization may be sent", default: "false"),
            DocumentKey("maxAge", .integer(-1...86400), "Seconds a browser may keep the answer"),
        ])

    package static let gatewayResponse = DocumentSection(
        "gatewayResponses.TYPE", "a gateway response",
        [
            DocumentKey("statusCode", .either([.integer(200...599), .string]), "Status of the answer"),
            DocumentKey("responseParameters", stringMap, "Headers by gatewayresponse.header.NAME"),
            DocumentKey("responseTemplates", stringMap, "Bodies by content type"),
        ])

    package static let model = DocumentSection(
        "models.NAME", "a model",
        [
            DocumentKey(
                "schema", .either([.foreign, .string]),
                "JSON Schema, draft 4: an object, or its JSON text, such as ${file:ship.json}", required: true)
        ])

    package static let function = DocumentSection(
        "functions.NAME", "a function",
        [
            DocumentKey("runtime", .string, "python3, python3.N, nodejs, nodejsN.x, provided or provided.al2023"),
            DocumentKey(
                "command", .list(of: .string, minimum: 1),
                "A program that speaks the Lambda Runtime API, with its arguments, instead of a runtime"),
            DocumentKey("handler", .string, "FILE.FUNCTION; what it means to provided runtimes is up to them"),
            DocumentKey("codeUri", .string, "Folder of the code, in which processes start", default: "\".\""),
            DocumentKey("timeoutInSeconds", .integer(1...900), "Longest time of a call", default: "3"),
            DocumentKey(
                "concurrency", .integer(1...1000), "Processes at once; each does one invocation at a time", default: "1"
            ),
            DocumentKey(
                "provisionedConcurrency", .integer(0...1000), "Processes that are started before anybody asks",
                default: "0"),
            DocumentKey(
                "environment", stringMap,
                "Variables of the processes, beside those that Lambda sets; nothing else but PATH is passed on"),
        ])

    package static let record = DocumentSection(
        "record", "\"record\"",
        [
            DocumentKey("redact", .section(redact), "What is taken out before anything is written"),
            DocumentKey(
                "maxBodyBytes", .integer(0...16_777_216), "Longest body kept; longer ones are left out whole",
                default: "65536"),
            DocumentKey(
                "maxFileBytes", .integer(bytes), "Size at which a new file is begun; 0 means never",
                default: "1073741824"),
            DocumentKey(
                "maxFileSeconds", .integer(seconds), "Age at which a new file is begun; 0 means never", default: "0"),
        ])

    package static let redact = DocumentSection(
        "record.redact", "\"record.redact\"",
        [
            DocumentKey(
                "headers", .list(of: .string), "Header names whose values are hashed, beside the built-in ones"),
            DocumentKey("claims", .section(redactClaims), "Claims that are changed or left out"),
            DocumentKey(
                "query", .list(of: .string),
                "Query and form parameters whose values are hashed, beside the built-in ones"),
            DocumentKey("bodyPointers", .list(of: .string), "JSON pointers to values in bodies that are hashed"),
        ])

    package static let redactClaims = DocumentSection(
        "record.redact.claims", "\"record.redact.claims\"",
        [
            DocumentKey("pseudonymise", .list(of: .string), "Claims that become pseudonyms, beside the built-in ones"),
            DocumentKey("drop", .list(of: .string), "Claims that are left out"),
        ])
}
