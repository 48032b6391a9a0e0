import Documents
import TestSupport

/// Makes configurations along the schema: which keys there are, their types, ranges and words come from there; texts
/// with a form of their own come from samples, and names lead to entries that exist.
struct ConfigurationMaker {
    struct NoSample: Error {
        var path: String
    }

    let evaluator: SchemaEvaluator
    var dice: Dice
    let api: String
    private var names: [String: [String]] = [:]
    /// Kinds of the authorizers: those that verify tokens themselves may demand scopes.
    private var verifying: Set<String> = []
    private var counter = 0
    /// The type of the authorizer that is being made.
    private var authorizerType = ""

    init(evaluator: SchemaEvaluator, seed: Int) {
        self.evaluator = evaluator
        dice = Dice(seed)
        api = seed % 2 == 0 ? "REST" : "HTTP"
    }

    static let secret = String(repeating: "0123456789abcdef", count: 8)

    static let environment = FakeEnvironment(
        variables: ["SECRET": secret],
        files: [
            "key.txt": Array(secret.utf8), "public.pem": Array(FakeEnvironment.publicKey.utf8),
            "cert.pem": Array(FakeEnvironment.certificate.utf8), "set.json": Array("{\"keys\":[]}".utf8),
        ])

    // MARK: The document

    mutating func make() throws -> Draft {
        var members: [(name: String, value: Draft)] = [("version", .raw("1"))]
        names["stages"] = api == "HTTP" ? ["$default"] : ["dev"]
        if dice.chance(30) { names["stages", default: []].append("prod") }
        for map in ["keys", "upstreams", "authorizers", "integrations"] {
            let count = map == "upstreams" ? dice.roll(2) : 1 + dice.roll(3)
            names[map] = (0..<count).map { "\(map.prefix(3))-\($0)" }
        }
        members.append(("stages", try map("stages", "stages.NAME")))
        for name in ["keys", "upstreams", "authorizers", "integrations"] where names[name] != [] {
            members.append((name, try map(name, "\(name).NAME")))
        }
        members.append(("api", try section("api")))
        if dice.chance(30) { members.append(("cors", try section("cors"))) }
        names["models"] = api == "REST" && dice.chance(50) ? ["Ship"] : []
        if names["models"] != [] { members.append(("models", try map("models", "models.NAME"))) }
        if api == "REST", dice.chance(40) {
            names["gatewayResponses"] = [dice.pick(["UNAUTHORIZED", "DEFAULT_4XX", "THROTTLED"])]
            members.append(("gatewayResponses", try map("gatewayResponses", "gatewayResponses.TYPE")))
        }
        for (name, percent) in [("server", 70), ("tokenCache", 30), ("revocations", 20)] where dice.chance(percent) {
            members.append((name, try section(name)))
        }
        if api == "REST", dice.chance(40) {
            names["apiKeys"] = ["caller-0", "caller-1"]
            names["usagePlans"] = ["plan-0"]
            members.append(("usage", try section("usage")))
            for name in ["apiKeys", "usagePlans"] { members.append((name, try map(name, "\(name).NAME"))) }
        }
        if dice.chance(20) { members.append(("$schema", .text("./gateway.schema.json"))) }
        members.append(("routes", try routes()))
        return .object(section: "", members)
    }

    private mutating func map(_ name: String, _ definition: String) throws -> Draft {
        .object(section: nil, try (names[name] ?? []).map { ($0, try section(definition, entry: $0)) })
    }

    private mutating func routes() throws -> Draft {
        var keys = ["GET /ships", "POST /ships", "ANY /files/{proxy+}", "DELETE /ships/{id}", "GET /", "PUT /a%20b/c"]
        if api == "HTTP" { keys += ["$default", "GET /with/slash/"] }
        let chosen = keys.filter { _ in dice.chance(50) }
        return .object(
            section: nil, try (chosen.isEmpty ? ["GET /one"] : chosen).map { ($0, try section("routes.KEY")) })
    }

    // MARK: Sections

    /// An object by its definition and by what the API type refuses in it.
    mutating func section(_ name: String, entry: String = "") throws -> Draft {
        let definition = try evaluator.definition("#/$defs/\(name)")
        let own = try? evaluator.definition("#/$defs/\(name) \(api)")
        var allowed = definition["properties"]?.members.map(\.name) ?? []
        allowed.removeAll { own?["properties"]?[$0]?.bool == false }
        var members: [(name: String, value: Draft)] = []
        var required = Set(definition["required"]?.elements.compactMap(\.string) ?? [])
        if allowed.contains("type"), let type = definition["properties"]?["type"] {
            let words = Self.words(own?["properties"]?["type"] ?? type)
            let word = name == "api" ? api : dice.pick(words)
            if name == "authorizers.NAME" { authorizerType = word }
            members.append(("type", .text(word)))
            allowed.removeAll { $0 == "type" }
        }
        try narrow(definition, members, &allowed, &required)
        if name == "routes.KEY", dice.chance(30) {
            members.append(("authorizationType", .text("NONE")))
            allowed.removeAll { $0.hasPrefix("authori") }
        }
        for key in allowed where required.contains(key) || dice.chance(percent(name, key)) {
            guard let schema = definition["properties"]?[key] else { continue }
            if let value = try value(schema, name, key, members) { members.append((key, value)) }
        }
        // A decision about one key may demand others.
        var more = Set<String>()
        try narrow(definition, members, &allowed, &more)
        for key in more.sorted() where !members.contains(where: { $0.name == key }) {
            guard let schema = definition["properties"]?[key] else { continue }
            if let value = try value(schema, name, key, members) { members.append((key, value)) }
        }
        if name == "authorizers.NAME", members.contains(where: { $0.name == "jwt" || $0.name == "jwtConfiguration" }) {
            verifying.insert(entry)
        }
        return .object(section: name, members)
    }

    private func percent(_ section: String, _ key: String) -> Int {
        let hasIssuers = authorizerType == "JWT" && api == "REST"
        switch "\(section).\(key)" {
        // A JWT authorizer of a REST API says these of each issuer, and its algorithms in one of two places.
        case "authorizers.NAME.jwt.issuer" where authorizerType == "JWT",
            "authorizers.NAME.jwt.audience" where authorizerType == "JWT", "authorizers.NAME.jwt.keys" where hasIssuers,
            "authorizers.NAME.jwtConfiguration.defaultAlgorithms",
            "authorizers.NAME.jwtConfiguration.issuers.keys":
            return 0
        case "authorizers.NAME.defaultAlgorithms", "authorizers.NAME.jwtConfiguration.issuers",
            "authorizers.NAME.jwtConfiguration.issuer", "authorizers.NAME.jwtConfiguration.audience":
            return 100
        // Whether a route may be a WebSocket is said by its integration, which may stand elsewhere.
        case "routes.KEY.webSocket": return 0
        // With a list of their own, algorithms would have to suit the keys.
        case "authorizers.NAME.jwt.algorithms", "keys.NAME.encoding", "authorizers.NAME.usageIdentifierKey": return 0
        case "authorizers.NAME.jwt.keys", "authorizers.NAME.jwt.issuer", "authorizers.NAME.jwt.audience":
            return 100
        case "keys.NAME.alg", "api.defaultStage", "api.defaultAuthorizer", "routes.KEY.authorizer":
            return 100
        default: return 40
        }
    }

    /// Follows the conditions that hold so far: what they demand, and of several demands one.
    private mutating func narrow(
        _ definition: JSONValue, _ members: [(name: String, value: Draft)], _ allowed: inout [String],
        _ required: inout Set<String>
    ) throws {
        let partial = try JSONParser.parse(Array(Draft.object(section: nil, members).json.utf8)).root
        for condition in definition["allOf"]?.elements.map({ $0 }) ?? [] {
            var then = condition
            if let test = condition["if"] {
                guard try evaluator.accepts(partial, test), let branch = condition["then"] else { continue }
                then = branch
            }
            required.formUnion(then["required"]?.elements.compactMap(\.string) ?? [])
            allowed.removeAll { then["properties"]?[$0]?.bool == false }
            let choices =
                then["oneOf"]?.elements.compactMap { $0["required"]?.elements.first { _ in true }?.string } ?? []
            if choices.isEmpty || choices.contains(where: { name in members.contains { $0.name == name } }) { continue }
            let chosen = dice.pick(choices)
            required.insert(chosen)
            allowed.removeAll { choices.contains($0) && $0 != chosen }
        }
    }

    private static func words(_ schema: JSONValue) -> [String] {
        if let words = schema["enum"] { return words.elements.compactMap(\.string) }
        return schema["anyOf"]?.elements.flatMap { words($0) } ?? []
    }

    // MARK: Values

    private mutating func value(
        _ schema: JSONValue, _ section: String, _ key: String, _ members: [(name: String, value: Draft)]
    ) throws -> Draft? {
        let path = "\(section).\(key)"
        if path == "routes.KEY.authorizationScopes", !demandsScopes(members) { return nil }
        if let special = try special(path, members) { return special }
        if let value = schema["const"] { return .raw(String(decoding: value.text, as: UTF8.self)) }
        if let reference = schema["$ref"]?.string {
            if reference == "#/$defs/when" { return when() }
            return try self.section(String(reference.dropFirst(8)))
        }
        let words = Self.words(schema)
        if !words.isEmpty { return .text(dice.pick(words)) }
        switch schema["type"]?.string {
        case "boolean": return .raw(dice.chance(50) ? "true" : "false")
        case "integer":
            let low = Int(schema["minimum"]?.int64 ?? 0)
            let high = Int(schema["maximum"]?.int64 ?? 0)
            return .raw("\(dice.chance(20) ? low : dice.chance(20) ? high : low + dice.roll(high - low + 1))")
        case "number": return .raw(dice.pick(["0.2", "50", "1000000"]))
        case "array":
            guard let items = schema["items"] else { return nil }
            let least = Int(schema["minItems"]?.int64 ?? 0)
            let most = Int(schema["maxItems"]?.int64 ?? 3)
            let count = max(least, dice.roll(most + 1))
            return .list(try (0..<count).compactMap { _ in try value(items, section, key, members) })
        case "string":
            if let samples = Self.samples[path] { return .text(dice.pick(samples)) }
            if schema["anyOf"] != nil { throw NoSample(path: path) }
            return .text(dice.pick(["", "text", "Ümlaut \"quoted\"", "$ and more"]))
        default: throw NoSample(path: path)
        }
    }

    /// Scopes stand in tokens that the gateway itself verifies.
    private func demandsScopes(_ members: [(name: String, value: Draft)]) -> Bool {
        guard case .text(let name)? = members.first(where: { $0.name == "authorizer" })?.value else { return false }
        return !members.contains { $0.value.json == "\"NONE\"" } && verifying.contains(name)
    }

    private mutating func special(_ path: String, _ members: [(name: String, value: Draft)]) throws -> Draft? {
        let type = members.first { $0.name == "type" }.map { $0.value.json } ?? ""
        switch path {
        case "api.defaultStage": return .text(dice.pick(names["stages"] ?? []))
        case "api.policy":
            return dice.pick([
                .object(section: nil, [("Version", .text("2012-10-17")), ("Statement", .list([]))]),
                .text("{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
            ])
        case "authorizers.NAME.jwtConfiguration.issuers":
            return .list([try section("authorizers.NAME.jwtConfiguration.issuers")])
        case "authorizers.NAME.jwtConfiguration.issuers.additionalClaims":
            return .list([try section("authorizers.NAME.jwtConfiguration.issuers.additionalClaims")])
        case "api.defaultAuthorizer": return .text(dice.pick(names["authorizers"] ?? []))
        case "routes.KEY.authorizer": return .text(dice.pick(names["authorizers"] ?? []))
        case "routes.KEY.authorizationType": return .text(dice.pick(api == "HTTP" ? ["CUSTOM", "JWT"] : ["CUSTOM"]))
        case "routes.KEY.authorizationScopes": return .list([.text("read"), .text("write")])
        case "routes.KEY.integration":
            return dice.chance(60) ? .text(dice.pick(names["integrations"] ?? [])) : try section("integrations.NAME")
        case "authorizers.NAME.jwt.keys": return .list([.text(dice.pick(names["keys"] ?? []))])
        case "authorizers.NAME.identitySource":
            let header = api == "REST" ? "method.request.header.Authorization" : "$request.header.authorization"
            return dice.chance(50) ? .text(header) : .list([.text(header)])
        case "authorizers.NAME.jwt.issuer", "authorizers.NAME.jwt.audience":
            return dice.pick([.raw("null"), .text("https://login.example")])
        case "authorizers.NAME.context":
            return .object(
                section: nil,
                [("rank", .text("$claims.rank")), ("level", .raw("1.5")), ("on", .raw("true")), ("text", .text(""))])
        case "keys.NAME.alg":
            return .text(dice.pick(type == "\"secret\"" ? ["HS256", "HS384", "HS512"] : ["RS256", "ES256", "EdDSA"]))
        case "keys.NAME.jwks": return dice.pick([.object(section: nil, [("keys", .list([]))]), .text("{\"keys\":[]}")])
        case "server.listen":
            counter += 1
            let address = "127.0.0.1:\(8000 + counter)"
            return dice.pick([
                .text(address), .list([.text(address), .text("unix:/run/g.sock")]),
                .object(section: "server.listen", [("address", .text(address))]),
            ])
        case "apiKeys.NAME.value":
            counter += 1
            return .text("abcdefghij0123456789-\(counter)")
        case "usagePlans.NAME.apiKeys": return .list((names["apiKeys"] ?? []).map { .text($0) })
        case "usagePlans.NAME.apiStages": return .list([try section("usagePlans.NAME.apiStages")])
        case "usagePlans.NAME.apiStages.stage": return .text(dice.pick(names["stages"] ?? []))
        // Keyed by routes, which are made later.
        case "usagePlans.NAME.apiStages.throttle": return .object(section: nil, [])
        case "usagePlans.NAME.quota.offset": return .raw("0")
        case "stages.NAME.stageVariables": return .object(section: nil, [("url_1", .text("http://127.0.0.1:1"))])
        case "integrations.NAME.requestParameters": return parameters()
        case "functions.NAME.environment":
            return .object(section: nil, [("TABLE_1", .text(dice.pick(["", "${env:SECRET}"])))])
        case "models.NAME.schema":
            return dice.pick([
                .object(section: nil, [("type", .text("object"))]), .text("{\"type\":\"object\"}"),
            ])
        case "gatewayResponses.TYPE.statusCode": return dice.pick([.raw("418"), .text("503")])
        case "gatewayResponses.TYPE.responseParameters":
            return .object(section: nil, [("gatewayresponse.header.X-A", .text(dice.pick(["'a'", "context.stage"])))])
        case "gatewayResponses.TYPE.responseTemplates":
            return .object(section: nil, [("application/json", .text("{\"a\":$context.error.messageString}"))])
        case "integrations.NAME.responseParameters":
            let changes: Draft = .object(
                section: nil,
                [("append:header.x", .text("$response.header.y")), ("overwrite:statuscode", .text("201"))])
            return .object(section: nil, [("200", changes)])
        case "integrations.NAME.integrationResponses":
            return .object(
                section: nil, [("200", try section("integrations.NAME.integrationResponses.STATUS"))])
        case "integrations.NAME.integrationResponses.STATUS.responseParameters":
            return .object(
                section: nil, [("method.response.header.X-A", .text("integration.response.body.a[0].b"))])
        case "routes.KEY.requestParameters":
            return .object(section: nil, [("method.request.querystring.q", .raw(dice.pick(["true", "false"])))])
        case "routes.KEY.requestModels":
            return (names["models"] ?? []).isEmpty
                ? .object(section: nil, []) : .object(section: nil, [("$default", .text("Ship"))])
        case "integrations.NAME.response.headers": return .object(section: nil, [("X-Answer", .text("a b"))])
        case "integrations.NAME.uri":
            let upstreams = (names["upstreams"] ?? []).map { "upstream:\($0){path}" }
            return .text(
                dice.pick(["http://127.0.0.1:3000{path}", "https://backend.example:8443/a/b?c=d"] + upstreams))
        default: return nil
        }
    }

    private mutating func parameters() -> Draft {
        let all: [(name: String, value: Draft)] =
            api == "REST"
            ? [
                ("integration.request.header.X-User", .text("context.authorizer.principalId")),
                ("integration.request.querystring.q", .text("method.request.querystring.q")),
                ("integration.request.path.id", .text("method.request.path.id")),
                ("integration.request.header.X-Text", .text("'text'")),
            ]
            : [
                ("overwrite:header.X-User", .text("$context.authorizer.principalId")),
                ("append:querystring.q", .text("a ${request.querystring.q} b")), ("remove:header.X-Old", .text("''")),
                ("overwrite:path", .text("/fixed$request.path")),
            ]
        return .object(section: nil, all.filter { _ in dice.chance(50) })
    }

    private mutating func when() -> Draft {
        func object(_ members: [(name: String, value: Draft)]) -> Draft { .object(section: nil, members) }
        let tests: [(name: String, value: Draft)] = [
            ("equals", .text("captain")), ("notEquals", .raw("3")), ("in", .list([.text("a"), .raw("1")])),
            ("notIn", .list([.raw("true")])), ("contains", .text("x")), ("exists", .raw("false")),
            ("matches", .text("a*")), ("atLeast", .raw("10")), ("atMost", .text("-1.5")),
        ]
        let condition = object([("rank", object([dice.pick(tests)])), ("address.city", object([dice.pick(tests)]))])
        return dice.chance(70) ? condition : .list([condition, object([("a", object([dice.pick(tests)]))])])
    }

    private static let samples: [String: [String]] = [
        "record.redact.headers": ["X-Ticket", "x"], "record.redact.claims.pseudonymise": ["team", "expiry"],
        "record.redact.claims.drop": ["team", ""], "record.redact.bodyPointers": ["", "/a/b", "/~0~1"],
        "api.name": ["fleet"], "api.apiId": ["a1-b2"], "api.region": ["eu-west-1"], "api.accountId": ["000000000000"],
        "server.trustedProxies": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1"],
        "server.admin.listen": ["127.0.0.1:9999", "[::1]:80", "localhost:1", "unix:/run/admin.sock"],
        "server.reservedHeaders": ["X-User", "X-Claim-*", "x_y.z"],
        "keys.NAME.kid": ["2026-11", "ü"], "keys.NAME.secret": ["${env:SECRET}"], "keys.NAME.secretFile": ["key.txt"],
        "keys.NAME.publicKey": [FakeEnvironment.publicKey, "${file:public.pem}"],
        "keys.NAME.publicKeyFile": ["public.pem"], "keys.NAME.certificateFile": ["cert.pem"],
        "keys.NAME.jwksFile": ["set.json"],
        "keys.NAME.jwksUri": ["https://login.example/jwks.json?a=b", "http://127.0.0.1:9000/jwks", "http://localhost"],
        "keys.NAME.issuer": ["https://login.example", "https://login.example:8443/tenant/", "http://[::1]:90/x"],
        "authorizers.NAME.principalId": ["$claims.sub", "$claims.address.city", "somebody"],
        "authorizers.NAME.jwtConfiguration.issuer": ["https://login.example"],
        "authorizers.NAME.jwtConfiguration.audience": ["api"],
        "authorizers.NAME.jwtConfiguration.issuers.issuer": ["https://login.example/tenant", "http://localhost:90"],
        "authorizers.NAME.jwtConfiguration.issuers.audiences": ["api", "web"],
        "authorizers.NAME.jwtConfiguration.issuers.additionalClaims.claimName": ["department"],
        "authorizers.NAME.jwt.requiredClaims": ["sub", "iat"], "authorizers.NAME.jwt.tokenTypes": ["JWT", "at+jwt"],
        "authorizers.NAME.jwt.scopes": ["read"], "authorizers.NAME.policy.resources": ["*", "arn:aws:execute-api:*"],
        "authorizers.NAME.authorizerUri": ["http://127.0.0.1:9001/2015-03-31/functions/f/invocations"],
        "upstreams.NAME.targets.url": ["http://127.0.0.1:3000", "https://b_1.example/", "http://[::1]:8080"],
        "integrations.NAME.httpMethod": ["GET", "ANY"], "integrations.NAME.integrationMethod": ["POST"],
        "revocations.file": ["revoked.jsonl"], "usage.file": ["gatehouse.usage"],
        "stages.NAME.accessLogSettings.format": ["CLF", "XML", "$context.requestId $context.authorizer.x"],
        "stages.NAME.accessLogSettings.file": ["access.log"],
        "authorizers.NAME.usageIdentifierKey": ["$claims.key"],
        "functions.NAME.runtime": ["python3", "python3.12", "nodejs", "nodejs22.x", "provided", "provided.al2023"],
        "functions.NAME.handler": ["verify.handler", "folder/verify.sub.handler"],
        "functions.NAME.codeUri": [".", "functions/verify"], "functions.NAME.command": ["./run", "--fast"],
        "api.binaryMediaTypes": ["image/png", "*/*", "application/*"],
        "cors.allowOrigins": ["*", "https://*", "http://localhost:5173"], "cors.allowMethods": ["GET", "*"],
        "cors.allowHeaders": ["*", "X-A"], "cors.exposeHeaders": ["X-B"],
        "integrations.NAME.integrationResponses.STATUS.selectionPattern": ["2..", ""],
    ]
}
