import Foundation
import Gateway
import Routes
import TestSupport
import Testing

@Suite("Rates, API keys, usage plans and quotas")
struct LimitTests {
    static let key = "abcdefghij0123456789"
    static let other = "zyxwvutsrq9876543210"

    /// A REST API with three public routes, an API key and more of what the test is about.
    static func text(
        routes: String = "", top: String = "", stage: String = "", api: String = "", server: String = "",
        demand: String = "\"apiKeyRequired\": true"
    ) -> String {
        """
        { "version": 1,
          "api": { "type": "REST", "defaultStage": "dev"\(api) },
          "server": { "listen": "${env:LISTEN}", "workers": 2\(server) },
          "stages": { "dev": { "stageVariables": {}\(stage) } },
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": { "session": {
            "type": "TOKEN", "identitySource": "method.request.header.Authorization",
            "jwt": { "keys": ["hs"], "issuer": "https://login.example", "audience": ["fleet"] },
            "usageIdentifierKey": "$claims.plan_key",
            "policy": [ { "effect": "Allow", "resources": ["GET/crew"] } ] } },
          "integrations": { "fleet": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}{path}", "requestParameters": {
            "integration.request.header.X-Key-Id": "context.identity.apiKeyId",
            "integration.request.header.X-Key": "context.identity.apiKey" } } },
          "apiKeys": { "one": { "value": "\(key)" },
                       "two": { "value": "\(other)", "enabled": false } },
          "routes": {
            "GET /keyed": { "authorizationType": "NONE", "integration": "fleet", \(demand) },
            "GET /free": { "authorizationType": "NONE", "integration": "fleet" },
            "GET /crew": { "authorizer": "session", "integration": "fleet"\(routes) } }
          \(top) }
        """
    }

    static func plan(_ members: String, top: String = "") -> String {
        ", \"usagePlans\": { \"gold\": { \"apiKeys\": [\"one\"], \(members) } }\(top)"
    }

    static func statuses(_ gate: GatewayHarness, _ target: String, _ count: Int, _ lines: String = "") throws -> [Int] {
        try (0..<count).map { _ in try gate.get(target, lines).status }
    }

    static let sent = "X-API-Key: \(key)\r\n"

    private func expect(
        _ response: RawResponse, _ status: Int, _ body: String, _ errorType: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(response.status == status, sourceLocation: sourceLocation)
        #expect(response.text == body, sourceLocation: sourceLocation)
        #expect(response.values("x-amzn-ErrorType") == [errorType], sourceLocation: sourceLocation)
        #expect(response.values("content-type") == ["application/json"], sourceLocation: sourceLocation)
        for name in ["retry-after", "x-ratelimit-limit", "ratelimit"] {
            #expect(response.values(name).isEmpty, sourceLocation: sourceLocation)
        }
    }

    // MARK: Rates

    @Test("A route's rate answers 429 beyond its burst, lets through again what flows back, and leaves others alone")
    func route() async throws {
        let text = Self.text(demand: "\"throttlingRateLimit\": 0.2, \"throttlingBurstLimit\": 2")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 2) == [200, 200])
            expect(
                try gate.get("/keyed"), 429, #"{"message":"Too Many Requests"}"#, "TooManyRequestsException")
            #expect(gate.received.count == 2)
            #expect(try Self.statuses(gate, "/free", 3) == [200, 200, 200])
            gate.clock.advance(seconds: 5)
            #expect(try Self.statuses(gate, "/keyed", 2) == [200, 429])
            gate.clock.advance(seconds: 3600)
            #expect(try Self.statuses(gate, "/keyed", 3) == [200, 200, 429])
            let line = gate.log.waitForLines(1).first { $0.contains("\"throttled\"") } ?? ""
            #expect(line.contains("\"decision\":\"deny\",\"reason\":\"throttled\""))
        }
    }

    @Test("An HTTP API answers 429, too")
    func http() async throws {
        let text = """
            { "version": 1, "api": { "type": "HTTP" }, "server": { "listen": "${env:LISTEN}" },
              "routes": { "GET /a": { "authorizationType": "NONE", "throttlingBurstLimit": 1, "throttlingRateLimit": 0.1,
                                      "integration": { "type": "MOCK", "response": { "body": "a" } } } } }
            """
        // MOCK is for both types here.
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try gate.get("/a").status == 200)
            let refused = try gate.get("/a")
            #expect(refused.status == 429)
            #expect(refused.text == #"{"message":"Too Many Requests"}"#)
            #expect(refused.values("x-amzn-ErrorType").isEmpty)
        }
    }

    @Test("A stage's rate is for each route that says nothing itself, and each has a bucket of its own")
    func stage() async throws {
        let text = Self.text(
            stage: ", \"throttlingRateLimit\": 0.1, \"throttlingBurstLimit\": 1",
            demand: "\"throttlingBurstLimit\": 3")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try Self.statuses(gate, "/free", 2) == [200, 429])
            #expect(try Self.statuses(gate, "/keyed", 4) == [200, 200, 200, 429])
            #expect(try gate.get("/crew", token: Crew.captain()).status == 200)
            #expect(try gate.get("/crew", token: Crew.captain()).status == 429)
        }
    }

    @Test("Who is refused before uses up nothing")
    func unauthorized() async throws {
        let text = Self.text(routes: ", \"throttlingRateLimit\": 0.1, \"throttlingBurstLimit\": 1")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try Self.statuses(gate, "/crew", 3) == [401, 401, 401])
            #expect(try gate.get("/crew", token: Crew.expired()).status == 401)
            #expect(try gate.get("/crew", token: Crew.captain()).status == 200)
            #expect(try gate.get("/crew", token: Crew.captain()).status == 429)
        }
    }

    // MARK: API keys

    @Test(
        "Without one good key the answer is 403 Forbidden and the backend hears nothing",
        arguments: [
            ("", "api_key_missing"), ("X-API-Key: \r\n", "api_key_unknown"),
            ("X-API-Key: \(key)x\r\n", "api_key_unknown"), ("X-API-Key: \(key.uppercased())\r\n", "api_key_unknown"),
            ("X-API-Key: \(other)\r\n", "api_key_disabled"),
            ("X-API-Key: \(key)\r\nx-api-key: \(key)\r\n", "api_key_several"),
            ("Authorization: \(key)\r\n", "api_key_missing"),
        ])
    func refused(_ lines: String, _ reason: String) async throws {
        try await GatewayHarness.run(Self.text()) { (gate) async throws in
            expect(try gate.get("/keyed", lines), 403, #"{"message":"Forbidden"}"#, "ForbiddenException")
            #expect(try gate.get("/keyed?x-api-key=\(Self.key)&apiKey=\(Self.key)", lines).status == 403)
            #expect(gate.received.isEmpty)
            let line = gate.log.waitForLines(1).first ?? ""
            #expect(line.contains("\"reason\":\"\(reason)\""), "\(line)")
            #expect(!line.contains(Self.key) && !line.contains(Self.other))
        }
    }

    @Test("A good key passes, whatever the case of its header's name, and mappings know it; nobody else can set them")
    func accepted() async throws {
        try await GatewayHarness.run(Self.text()) { (gate) async throws in
            for name in ["X-API-Key", "x-api-key", "X-Api-Key"] {
                #expect(try gate.get("/keyed", "\(name): \(Self.key)\r\nX-Key-Id: forged\r\n").status == 200)
            }
            #expect(gate.received.allSatisfy { $0.values("x-key-id") == ["one"] && $0.values("x-key") == [Self.key] })
            // A route that asks for no key has none, even when one is sent.
            #expect(try gate.get("/free", "\(Self.sent)X-Key-Id: forged\r\n").status == 200)
            #expect(gate.received.last?.values("x-key-id") == [])
        }
    }

    @Test("With AUTHORIZER the key is what the authorizer says, and the header counts for nothing")
    func authorizer() async throws {
        let text = Self.text(
            routes: ", \"apiKeyRequired\": true", api: ", \"apiKeySource\": \"AUTHORIZER\"",
            demand: "\"throttlingRateLimit\": 1")
        try await GatewayHarness.run(text) { (gate) async throws in
            func status(_ extra: String) throws -> Int {
                try gate.get("/crew", token: Crew.token("u-200", rank: "captain", extra: extra), Self.sent).status
            }
            #expect(try status("") == 403)
            #expect(try status(",\"plan_key\":\"nothing of ours here\"") == 403)
            #expect(try status(",\"plan_key\":\"\(Self.other)\"") == 403)
            #expect(try status(",\"plan_key\":\"\(Self.key)\"") == 200)
            #expect(gate.received.count == 1)
        }
    }

    // MARK: Plans

    @Test("With plans a key needs one for the stage")
    func stages() async throws {
        for (stage, status) in [("dev", 200), ("prod", 403)] {
            let text = Self.text(
                top: Self.plan("\"apiStages\": [{ \"stage\": \"\(stage)\" }]"),
                stage: " }, \"prod\": { \"debug\": false"
            )
            try await GatewayHarness.run(text) { (gate) async throws in
                #expect(try gate.get("/keyed", Self.sent).status == status)
            }
        }
    }

    @Test("A plan's rate is for each key over all routes, and a method's own takes its place")
    func planRates() async throws {
        let throttle = "\"throttle\": { \"rateLimit\": 0.1, \"burstLimit\": 2 }"
        try await GatewayHarness.run(Self.text(top: Self.plan(throttle))) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 3, Self.sent) == [200, 200, 429])
            // What asks for no key is not counted.
            #expect(try Self.statuses(gate, "/free", 2, Self.sent) == [200, 200])
            #expect(gate.log.waitForLines(3).contains { $0.contains("throttled_by_plan") })
        }
        let own = "\"apiStages\": [{ \"stage\": \"dev\", \"throttle\": { \"GET /keyed\": { \"rateLimit\": 3 } } }]"
        try await GatewayHarness.run(Self.text(top: Self.plan("\(throttle), \(own)"))) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 4, Self.sent) == [200, 200, 200, 429])
        }
    }

    @Test("A spent quota answers 429 Limit Exceeded until the period is over, and refused calls do not count")
    func quota() async throws {
        let text = Self.text(
            top: Self.plan("\"quota\": { \"limit\": 2, \"period\": \"DAY\" }"),
            demand: "\"apiKeyRequired\": true, \"throttlingRateLimit\": 0.1, \"throttlingBurstLimit\": 1")
        try await GatewayHarness.run(text) { (gate) async throws in
            // The second is refused by the route's rate, and costs the plan nothing.
            #expect(try Self.statuses(gate, "/keyed", 2, Self.sent) == [200, 429])
            gate.clock.advance(seconds: 10)
            #expect(try gate.get("/keyed", Self.sent).status == 200)
            gate.clock.advance(seconds: 10)
            expect(
                try gate.get("/keyed", Self.sent), 429, #"{"message":"Limit Exceeded"}"#, "LimitExceededException")
            gate.clock.advance(seconds: 86_400)
            #expect(try gate.get("/keyed", Self.sent).status == 200)
            #expect(gate.received.count == 3)
        }
    }

    // MARK: Reload

    @Test("A reload keeps buckets and counts whose definition stays, and what was used stays used")
    func reload() async throws {
        func text(_ burst: Int, _ limit: Int) -> String {
            Self.text(
                top: Self.plan("\"quota\": { \"limit\": \(limit), \"period\": \"DAY\" }"),
                stage: ", \"throttlingRateLimit\": 0.001, \"throttlingBurstLimit\": \(burst)")
        }
        try await GatewayHarness.run(text(2, 2)) { (gate) async throws in
            #expect(try Self.statuses(gate, "/free", 3) == [200, 200, 429])
            #expect(try gate.get("/keyed", Self.sent).status == 200)
            try await gate.reload(text(2, 3))
            #expect(try gate.get("/free").status == 429)
            // One more token of two, and one more of the quota of three.
            #expect(try Self.statuses(gate, "/keyed", 2, Self.sent) == [200, 429])
            // Another bucket is full; the quota goes on.
            try await gate.reload(text(9, 3))
            #expect(try Self.statuses(gate, "/free", 1) == [200])
            let last = try (0..<2).map { _ in try gate.get("/keyed", Self.sent).text }
            #expect(last == ["ok", #"{"message":"Limit Exceeded"}"#])
        }
    }

    @Test("A reload that changes a plan's quota gives nobody a full bucket")
    func reloadedQuota() async throws {
        func text(_ limit: Int) -> String {
            Self.text(
                top: Self.plan(
                    "\"quota\": { \"limit\": \(limit), \"period\": \"DAY\" }, \"throttle\": { \"rateLimit\": 0.001, \"burstLimit\": 1 }"
                ))
        }
        try await GatewayHarness.run(text(100)) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 2, Self.sent) == [200, 429])
            try await gate.reload(text(101))
            #expect(try gate.get("/keyed", Self.sent).status == 429)
        }
    }

    // MARK: The file

    /// A file name that nothing has.
    private static func place() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("usage-\(UUID().uuidString)")
    }

    private static func counting(in file: URL, limit: Int = 3) -> String {
        text(
            top: plan(
                "\"quota\": { \"limit\": \(limit), \"period\": \"DAY\" }",
                top: ", \"usage\": { \"file\": \"\(file.path)\" }"))
    }

    @Test("What is used survives a restart, and a file that was cut opens with what it still says")
    func restart() async throws {
        let file = Self.place()
        defer { try? FileManager.default.removeItem(at: file) }
        try await GatewayHarness.run(Self.counting(in: file)) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 2, Self.sent) == [200, 200])
        }
        let whole = try Data(contentsOf: file)
        #expect(String(decoding: whole, as: UTF8.self).contains(" gold one DAY "))
        #expect(!String(decoding: whole, as: UTF8.self).contains(Self.key))
        try await GatewayHarness.run(Self.counting(in: file)) { (gate) async throws in
            #expect(try Self.statuses(gate, "/keyed", 2, Self.sent) == [200, 429])
            #expect(gate.service.usageRepair == nil)
        }
        try Data(whole.dropLast(5)).write(to: file)
        try await GatewayHarness.run(Self.counting(in: file)) { (gate) async throws in
            #expect(gate.service.usageRepair?.hasSuffix("1 damaged line was left out; 0 counts were read") == true)
            #expect(try Self.statuses(gate, "/keyed", 4, Self.sent) == [200, 200, 200, 429])
        }
    }

    @Test("A file that is something else, or that another gateway counts in, is refused and left alone")
    func foreign() async throws {
        let file = Self.place()
        defer { try? FileManager.default.removeItem(at: file) }
        for (text, reason) in [
            ("{}", "it exists and is no usage file"),
            ("gatehouse usage 2\n", "a later version of gatehouse has written it"),
        ] {
            try Data(text.utf8).write(to: file)
            let error = await #expect(throws: GatewayService.StartError.self) {
                try await GatewayHarness.run(Self.counting(in: file)) { _ in }
            }
            #expect(error?.reason == reason)
            #expect(error?.attempt == "count quotas in")
            #expect(try Data(contentsOf: file) == Data(text.utf8))
        }
        try FileManager.default.removeItem(at: file)
        try await GatewayHarness.run(Self.counting(in: file)) { (gate) async throws in
            let error = await #expect(throws: GatewayService.StartError.self) {
                try await GatewayHarness.run(Self.counting(in: file)) { _ in }
            }
            #expect(error?.reason == "another gateway counts in it")
        }
        let missing = URL(fileURLWithPath: file.path + "-missing/usage")
        let error = await #expect(throws: GatewayService.StartError.self) {
            try await GatewayHarness.run(Self.counting(in: missing)) { _ in }
        }
        #expect(error?.reason == "No such file or directory")
    }
}
