import Documents
import Routes
import Testing

/// A slip made in a good configuration: `new` replaces `old`; `«` and `»` stand around what must be underlined.
struct Mistake: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var code: String
    var isHTTP = false
    var severity = Diagnostic.Severity.error

    init(_ old: String, _ new: String, _ code: String, http: Bool = false, _ severity: Diagnostic.Severity = .error) {
        self.old = old
        self.new = new
        self.code = code
        isHTTP = http
        self.severity = severity
    }

    var testDescription: String { "\(code): \(new)" }
}

struct ConfigurationMistakeTests {
    static let structure: [Mistake] = [
        Mistake("\"authorizer\": \"session\",", "«\"authoriser\"»: \"session\",", "GH2104"),
        Mistake("\"authorizationType\": \"NONE\"", "\"authorizationType\": «\"none\"»", "GH2103"),
        Mistake("\"version\": 1", "\"version\": «2»", "GH2102"),
        Mistake("\"version\": 1", "\"version\": «\"1\"»", "GH2101"),
        Mistake("\"version\": 1,", "", "GH2106"),
        Mistake("\"headerBytes\": 10240", "\"headerBytes\": «10»", "GH2102"),
        Mistake("\"headerBytes\": 10240", "\"headerBytes\": «99999999999999999999»", "GH2101"),
        Mistake("\"headerBytes\": 10240", "\"headerBytes\": «1.5»", "GH2101"),
        Mistake("\"headerBytes\": 10240", "«\"headersBytes\"»: 10240", "GH2104"),
        Mistake("\"limits\": { \"headerBytes\": 10240 }", "«\"headerBytes\"»: 10240", "GH2105"),
        Mistake("\"limits\": { \"headerBytes\": 10240 }", "\"limits\": «[10240]»", "GH2101"),
        Mistake("\"debug\": true", "\"debug\": «\"true\"»", "GH2101"),
        Mistake("\"clockSkewSeconds\": 5", "«\"clockSkew\"»: 5", "GH2104"),
        Mistake("\"authorizerResultTtlInSeconds\": 60", "\"authorizerResultTtlInSeconds\": «3601»", "GH2102"),
        Mistake("\"authorizerResultTtlInSeconds\": 60", "«\"audience\"»: [\"api\"]", "GH2105"),
        Mistake("\"type\": \"TOKEN\",", "\"type\": «\"TOKENS\"»,", "GH2103"),
        Mistake("\"type\": \"MOCK\"", "\"type\": «\"MOC\"»", "GH2103"),
        Mistake(
            "\"effect\": \"Allow\", \"resources\": [\"POST", "\"effect\": «\"allow\"», \"resources\": [\"POST", "GH2103"
        ),
        Mistake("\"$default\": {} }", "\"$default\": {}, «\"my stage\"»: {} }", "GH2112", http: true),
        Mistake("\"accountId\": \"123456789012\"", "\"accountId\": «\"1234\"»", "GH2103"),
        Mistake("\"region\": \"eu-west-1\"", "\"region\": «\"eu:west\"»", "GH2112"),
        Mistake("\"name\": \"fleet\"", "\"name\": «\"\"»", "GH2107"),
        Mistake("\"keys\": [\"hs\"]", "\"keys\": «[]»", "GH2107"),
        Mistake(
            "\"integration\": { \"type\": \"MOCK\",",
            "\"integration\": { «\"httpMethod\"»: \"GET\", \"type\": \"MOCK\",", "GH2109"),
        Mistake(
            "\"kid\": \"1\", \"secret\"", "\"kid\": \"1\", «\"publicKeyFile\"»: \"public.pem\", \"secret\"", "GH2109"),
        Mistake("\"integration\": { \"type\": \"MOCK\",", "«\"integration\"»: {", "GH2106"),
        Mistake("\"listen\": \"127.0.0.1:8080\"", "\"listen\": \"127.0.0.1:8080\", «\"tls\"»: {}", "GH2110"),
        Mistake("\"debug\": true", "«\"decisionMode\"»: \"observe\"", "GH2110"),
        Mistake("\"type\": \"TOKEN\",", "\"type\": \"TOKEN\", «\"emulateAwsTtl\"»: true,", "GH2110"),
        Mistake(
            "\"integration\": { \"type\": \"MOCK\", \"response\": { \"statusCode\": 200, \"body\": \"ok\" } }",
            "\"integration\": «{» \"type\": \"AWS_PROXY\" }", "GH2106"),
        Mistake(
            "\"version\": 1,",
            "\"version\": 1, \"record\": { \"redact\": { \"claims\": { \"drop\": [«\"exp\"»] } } },", "GH2411"),
        Mistake(
            "\"version\": 1,", "\"version\": 1, \"record\": { \"redact\": { \"bodyPointers\": [«\"a/b\"»] } },",
            "GH2412"),
        Mistake(
            "\"version\": 1,", "\"version\": 1, \"record\": { \"redact\": { \"headers\": [«\"X Y\"»] } },", "GH2404"),
        Mistake(
            "\"authorizationType\": \"NONE\",", "\"authorizationType\": \"NONE\", \"authorizationScopes\": «[\"a\"]»,",
            "GH2109"),
        Mistake("\"identitySource\": \"m", "\"authorizerUri\": «\"http://x/\"», \"identitySource\": \"m", "GH2109"),
        Mistake(
            "\"type\": \"REQUEST\", \"identitySource\"", "\"type\": «\"TOKEN\"», \"identitySource\"", "GH2108",
            http: true),
        Mistake("{path}\",", "{path}\", «\"httpMethod\"»: \"GET\",", "GH2108", http: true),
        Mistake("{path}\",", "{path}\", «\"integrationMethod\"»: \"GET\",", "GH2108"),
        Mistake(
            "[ { \"url\": \"http://127.0.0.1:3000\" } ]",
            "[ { \"url\": \"http://127.0.0.1:3000\" }, «{» \"url\": \"http://127.0.0.1:3001\" } ]", "GH2110", http: true
        ),
        Mistake("\"on\": [\"connect\"]", "\"on\": [\"connect\", «\"504\"»]", "GH2103", http: true),
        Mistake(
            "\"integration\": { \"type\": \"MOCK\"", "\"webSocket\": «true», \"integration\": { \"type\": \"MOCK\"",
            "GH2428"),
        Mistake(
            "\"integration\": \"one\"",
            "\"webSocket\": «true», \"integration\": { \"type\": \"HTTP_PROXY\", \"lane\": \"classic\", "
                + "\"uri\": \"http://127.0.0.1:1/\" }", "GH2428", http: true),
        Mistake(
            "\"integration\": \"one\"",
            "\"webSocket\": «true», \"integration\": { \"type\": \"HTTP_PROXY\", \"integrationMethod\": \"POST\", "
                + "\"uri\": \"http://127.0.0.1:1/\" }", "GH2428", http: true),
        Mistake(
            "\"integration\": \"one\"",
            "\"webSocket\": «true», \"integration\": { \"type\": \"AWS_PROXY\", \"uri\": \"http://127.0.0.1:1/f\" }",
            "GH2428", http: true),
        Mistake("\"retry\": {", "\"lane\": «\"slow\"», \"retry\": {", "GH2103", http: true),
        Mistake(
            "\"statusCode\": 200, \"body\": \"ok\" }", "\"statusCode\": 200, \"body\": \"ok\" }, «\"lane\"»: \"fast\"",
            "GH2109"),
        Mistake(
            "{ \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }",
            "{ \"type\": \"jwks\", \"jwksUri\": «\"http://keys.example/set\"» }", "GH4313", http: true),
        Mistake(
            "{ \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }",
            "{ \"type\": \"jwks\", \"issuer\": «\"ftp://keys.example\"» }", "GH4312", http: true),
        Mistake(
            "\"version\": 1,", "\"version\": 1, \"revocations\": { \"file\": «\"\"» },", "GH2107"),
        Mistake("\"statusCode\": 200", "\"statusCode\": «42»", "GH2102"),
        Mistake("\"level\": 3", "«\"le vel\"»: 3", "GH2112"),
        Mistake("\"debug\": true", "\"debug\": true, «\"debug\"»: false", "GH1013"),
        Mistake("\"version\": 1,", "\"version\": 1,«,»", "GH1006"),
        Mistake("\"debug\": true", "\"debug\": «True»", "GH1004"),
    ]

    static let references: [Mistake] = [
        Mistake("\"authorizer\": \"session\"", "\"authorizer\": «\"sesion\"»", "GH2201"),
        Mistake("\"defaultAuthorizer\": \"session\"", "\"defaultAuthorizer\": «\"nobody\"»", "GH2201"),
        Mistake(
            "\"GET /ships\": { \"integration\": \"fleet\" }", "\"GET /ships\": { \"integration\": «\"fleed\"» }",
            "GH2202"),
        Mistake("\"keys\": [\"hs\"]", "\"keys\": [\"hs\", «\"hs2\"»]", "GH2203"),
        Mistake("upstream:backend", "upstream:backends", "GH2204", http: true),
        Mistake("\"defaultStage\": \"dev\"", "\"defaultStage\": «\"prod\"»", "GH2205"),
        Mistake("\"uri\": \"${stageVariables.url}{path}\"", "\"uri\": «\"${stageVariables.uri}{path}\"»", "GH2206"),
        Mistake(
            "\"GET /ships/{id}\": {", "\"GET /ships/{name}\": { \"integration\": \"fleet\" }, «\"GET /ships/{id}\"»: {",
            "GH2302"),
        Mistake("\"authorizer\": \"jwt\", \"integration\": \"one\"", "\"integration\": \"one\"", "GH2303", http: true),
        Mistake(
            "\"authorizationType\": \"NONE\"", "\"authorizationType\": \"NONE\", «\"authorizer\"»: \"session\"",
            "GH2109"),
        Mistake("\"POST /ships\"", "\"«/ships»\"", "GH2301"),
        Mistake("\"GET /ships\":", "\"«get» /ships\":", "GH2301"),
        Mistake("\"GET /ships\":", "\"«FETCH» /ships\":", "GH2301"),
        Mistake("\"GET /ships/{id}\"", "\"GET /ships/«id}»\"", "GH2301"),
        Mistake("\"POST /ships\"", "\"POST /ships«/»\"", "GH2301"),
        Mistake("\"GET /health\"", "\"GET /{a+}«/health»\"", "GH2301"),
        Mistake("\"GET /health\"", "\"«$default»\"", "GH2108"),
        Mistake(
            "\"GET /health\": {", "\"GET /ships/{name}/crew\": { \"integration\": \"fleet\" }, \"GET /health\": {",
            "GH2305", .warning),
        Mistake("\"127.0.0.1:8080\"", "«\"127.0.0.1\"»", "GH2401"),
        Mistake("\"127.0.0.1:8080\"", "«\"300.0.0.1:8080\"»", "GH2401"),
        Mistake("\"[::1]:18080\"", "«\"::1:18080\"»", "GH2401", http: true),
        Mistake("\"10.0.0.0/8\"", "«\"10.0.0.0/33\"»", "GH2402", http: true),
        Mistake("\"10.0.0.0/8\"", "«\"10.0.0.1/8\"»", "GH2403", http: true, .warning),
        Mistake("\"X-Claim-*\"", "«\"X Claim\"»", "GH2404", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "«\"127.0.0.1:3001/v1/{id}\"»", "GH2405", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "«\"http://{id}/\"»", "GH2405", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "\"http://127.0.0.1:3001/v1/«{id+}»\"", "GH2405", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "\"http://127.0.0.1:3001/v1«#»/{id}\"", "GH2405", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "«\"http://127.0.0.1:3001/v1/{ids}\"»", "GH2409", http: true),
        Mistake("\"http://127.0.0.1:3000\"", "«\"http://127.0.0.1:3000/v1\"»", "GH2406", http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "«\"http://127.0.0.1:3001/v1?a=b{path}\"»", "GH2405", http: true),
        Mistake("\"${stageVariables.url}{path}\"", "«\"${stageVariables.url}/{id}\"»", "GH2409"),
        Mistake("integration.request.header.X-Rank", "overwrite:header.x-rank", "GH2407"),
        Mistake("\"context.authorizer.rank\"", "«\"$context.authorizer.rank\"»", "GH2407"),
        Mistake("\"context.authorizer.rank\"", "«\"captain\"»", "GH2407"),
        Mistake("\"context.authorizer.rank\"", "«\"context.requestID\"»", "GH2407"),
        Mistake("\"context.authorizer.rank\"", "«\"'a\\r\\nb'\"»", "GH2404"),
        Mistake("\"overwrite:header.x-user\"", "«\"overwrite:header.authorization\"»", "GH2408", http: true),
        Mistake("\"overwrite:header.x-user\"", "«\"integration.request.header.x-user\"»", "GH2407", http: true),
        Mistake("integration.request.header.X-Rank", "integration.request.header.Content-Length", "GH2408", .warning),
        Mistake("\"${env:SECRET}\"", "\"«${env:SECRETS}»\"", "GH2501"),
        Mistake("\"publicKeyFile\": \"public.pem\"", "\"publicKeyFile\": «\"pubic.pem\"»", "GH2502", http: true),
        Mistake("\"${env:SECRET}\"", "\"«${file:nowhere}»\"", "GH2502"),
        Mistake("\"${env:SECRET}\"", "\"«${credential:nobody}»\"", "GH2503"),
        Mistake("\"${env:SECRET}\"", "\"«${evn:SECRET}»\"", "GH2504"),
        Mistake("\"${env:SECRET}\"", "\"«${env:SECRET»\"", "GH2504"),
        Mistake("\"${env:SECRET}\"", "\"«${SECRET}»\"", "GH2504"),
        Mistake("\"${env:SECRET}\"", "\"«${file:binary}»\"", "GH2505"),
    ]

    static let semantics: [Mistake] = [
        Mistake("\"method.request.header.Authorization\"", "\"«$request.header.Authorization»\"", "GH3102"),
        Mistake("\"method.request.header.Authorization\"", "\"«method.request.path.token»\"", "GH3102"),
        Mistake("\"method.request.header.Authorization\"", "\"«context.identity.sourceIp»\"", "GH3102"),
        Mistake(
            "\"method.request.header.Authorization\"", "\"method.request.header.A, «method.request.header.B»\"",
            "GH3102"),
        Mistake("\"identitySource\": \"method.request.header.Authorization\",", "", "GH3103"),
        Mistake("\"audience\": \"api\"", "\"audience\": «null»", "GH3104", http: true, .warning),
        Mistake(
            "\"issuer\": \"https://login.example\", \"audience\": \"api\"", "\"audience\": \"api\"", "GH2106",
            http: true),
        Mistake("\"issuer\": \"https://login.example\"", "\"issuer\": «\"\"»", "GH2107"),
        Mistake("[\"GET/ships\", ", "[«\"GET /ships\"», ", "GH3105"),
        Mistake("[\"GET/ships\", ", "[«\"/ships\"», ", "GH3105"),
        Mistake("[\"GET/ships\", ", "[«\"get/ships\"», ", "GH3105"),
        Mistake("[\"GET/ships\", ", "[«\"GET/fleet/*\"», ", "GH3201"),
        Mistake("[\"GET/ships\", ", "[«\"DELETE/ships\"», ", "GH3201"),
        Mistake("[\"GET/ships\", ", "[«\"GET/ships/{id}\"», ", "GH3201"),
        Mistake("[\"GET/ships\", ", "[«\"GET/ships/../ships\"», ", "GH3201"),
        Mistake("[\"GET/ships\", ", "[«\"GET//ships\"», ", "GH3201"),
        Mistake("[\"GET/ships\", ", "[«\"GET/%73hips\"», ", "GH3201"),
        Mistake("{ \"in\": [\"captain\"] }", "{ «\"isIn\"»: [\"captain\"] }", "GH3106"),
        Mistake("{ \"in\": [\"captain\"] }", "{ \"in\": «\"captain\"» }", "GH3107"),
        Mistake("{ \"in\": [\"captain\"] }", "«\"captain\"»", "GH3107"),
        Mistake("{ \"in\": [\"captain\"] }", "{ \"atLeast\": «\"high\"» }", "GH3107"),
        Mistake("{ \"in\": [\"captain\"] }", "{ \"exists\": «\"yes\"» }", "GH3107"),
        Mistake("{ \"in\": [\"captain\"] }", "«{}»", "GH2107"),
        Mistake("{ \"rank\": { \"in\": [\"captain\"] } }", "«[]»", "GH2107"),
        Mistake("{ \"rank\": { \"in\": [\"captain\"] } }", "«{}»", "GH2107"),
        Mistake("\"level\": 3", "\"level\": «{ \"a\": 1 }»", "GH3108"),
        Mistake("\"level\": 3", "\"level\": «null»", "GH3108"),
        Mistake("\"$claims.rank\"", "«\"$claim.rank\"»", "GH3112"),
        Mistake("\"$claims.rank\"", "«\"rank $claims.rank\"»", "GH3112"),
        Mistake(
            "[ { \"effect\": \"Allow\", \"resources\": [\"*/admin\", \"GET/one/*\"] } ]", "«[]»", "GH3109", http: true,
            .warning),
        Mistake(
            "\"policy\": [ { \"effect\": \"Allow\", \"resources\": [\"*/admin\", \"GET/one/*\"] } ]",
            "\"principalId\": \"x\"", "GH2106",
            http: true),
        Mistake("\"http://127.0.0.1:3001/v1/{id}\"", "«\"http://10.0.0.1:3001/v1/{id}\"»", "GH3115", http: true, .note),
        Mistake(
            "\"secret\": \"${env:SECRET}\"", "\"secret\": «\"q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa\"»", "GH4301", .warning),
        Mistake(
            "\"secret\": \"${env:SECRET}\"", "\"secret\": «\"${env:NONE:-q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa}\"»",
            "GH4302", .note),
        Mistake("\"secret\": \"${env:SECRET}\"", "\"secretFile\": «\"short.txt\"»", "GH4303"),
        Mistake(
            "\"secret\": \"${env:SECRET}\"", "\"allowWeak\": true, \"secretFile\": «\"short.txt\"»", "GH4303", .warning),
        Mistake("\"secret\": \"${env:SECRET}\"", "\"encoding\": \"base64\", \"secretFile\": «\"short.txt\"»", "GH4304"),
        Mistake("\"publicKeyFile\": \"public.pem\"", "\"publicKeyFile\": «\"cert.pem\"»", "GH4305", http: true),
        Mistake("\"publicKeyFile\": \"public.pem\"", "\"publicKeyFile\": «\"private.pem\"»", "GH4310", http: true),
        Mistake(
            "{ \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }",
            "{ \"type\": \"jwks\", \"jwksFile\": «\"broken.json\"» }", "GH4309", http: true),
        Mistake(
            "{ \"type\": \"pem\", \"kid\": \"r1\", \"publicKeyFile\": \"public.pem\" }",
            "{ \"type\": \"jwks\", \"jwks\": «{ \"kty\": \"RSA\" }» }", "GH4309", http: true),
        Mistake(", \"publicKeyFile\": \"public.pem\"", "", "GH4311", http: true),
        Mistake("\"name\": \"fleet\"", "\"policy\": «[]»", "GH2101"),
        Mistake("\"name\": \"fleet\"", "\"policy\": «\"{\"»", "GH3113"),
        Mistake("\"name\": \"fleet\"", "\"policy\": \"«${file:none.json}»\"", "GH2502"),
        Mistake("\"name\": \"fleet\"", "\"policy\": { \"Statement\": [«\"${env:PORT}\"»] }", "GH3113"),
        Mistake("\"name\": \"fleet\"", "\"policy\": { \"Id\": «\"a${file:x}\"» }", "GH3113"),
        Mistake("\"name\": \"cases\"", "«\"policy\"»: {}", "GH2108", http: true),
        Mistake(
            "\"name\": \"fleet\"", "\"policy\": «{ \"Id\": \"\(String(repeating: "x", count: 8192))\" }»", "GH3114",
            .warning),
        Mistake("\"algorithms\": [\"HS256\"]", "\"algorithms\": [\"RS256\"]", "GH4308"),
    ]

    @Test(
        "A mistake gives its code at its place, and no other error",
        arguments: structure + references + semantics + issuers + limits + answers + functions)
    func mistake(_ mistake: Mistake) throws {
        let good = mistake.isHTTP ? GoodConfiguration.http : GoodConfiguration.rest
        let marked = try #require(good.replacing(mistake.old, with: mistake.new), "\(mistake.old) is not there")
        let text = String(marked.filter { $0 != "«" && $0 != "»" })
        let (document, diagnostics) = load(text)
        let found = diagnostics.filter { $0.severity == mistake.severity }
        let shown = DiagnosticPrinter().render(diagnostics)
        #expect(found.map(\.code) == [mistake.code], "\(shown)")
        #expect((document == nil) == (mistake.severity == .error), "\(shown)")
        guard mistake.new.contains("«"), let position = found.first?.position else { return }
        // Counted independently of the loader: lines and characters before the mark.
        let before = marked[..<(marked.firstIndex(of: "«") ?? marked.endIndex)]
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(position.line == lines.count, "\(shown)")
        #expect(position.column == (lines.last?.count ?? 0) + 1, "\(shown)")
        if let start = marked.firstIndex(of: "«"), let end = marked.firstIndex(of: "»") {
            let wanted = marked[start..<end].dropFirst().utf8.count
            #expect(found.first?.range?.count == wanted, "\(shown)")
        }
    }

    @Test("There are more than a hundred of these")
    func enough() {
        #expect((Self.structure + Self.references + Self.semantics).count >= 120)
    }

    @Test("Every code that a mistake leads to can be explained")
    func explained() {
        for mistake in Self.structure + Self.references + Self.semantics + Self.issuers + Self.limits {
            #expect(DiagnosticCode[mistake.code] != nil, "\(mistake.code)")
        }
        #expect(Set(DiagnosticCode.all.map(\.code)).count == DiagnosticCode.all.count)
    }

    @Test("Several mistakes come in one run, in the order of the text")
    func several() throws {
        var text = GoodConfiguration.rest
        for (old, new) in [
            ("\"headerBytes\": 10240", "\"headerBytes\": 10"), ("\"authorizer\": \"session\"", "\"authorizer\": \"x\""),
            ("{ \"in\": [\"captain\"] }", "{ \"isIn\": [] }"), (", \"defaultAuthorizer\": \"session\"", ""),
        ] {
            text = try #require(text.replacing(old, with: new))
        }
        let diagnostics = load(text).diagnostics
        #expect(diagnostics.map(\.code) == ["GH2102", "GH3106", "GH2303", "GH2201", "GH2303"])
    }

    @Test("The good documents load without errors or warnings")
    func good() {
        for text in [GoodConfiguration.rest, GoodConfiguration.http] {
            let (document, diagnostics) = load(text)
            #expect(document != nil)
            #expect(diagnostics.isEmpty, "\(DiagnosticPrinter().render(diagnostics))")
        }
    }

    @Test("A resource that no route takes is shown the way to the nearest")
    func wayToNearest() throws {
        let old = "[\"GET/ships\", \"GET/ships/*\"]"
        let text = try #require(GoodConfiguration.rest.replacing(old, with: "[\"GET/fleet/*\"]"))
        let diagnostic = try #require(load(text).diagnostics.first)
        #expect(diagnostic.label == "no route starts with /fleet")
        #expect(diagnostic.help == "nearest route is \"GET /ships/{id}\": write \"GET/ships/*\"")
    }

    @Test("A misspelt authorizer says what would guard the route instead, and can be renamed safely")
    func misspeltAuthorizer() throws {
        let text = try #require(
            GoodConfiguration.rest.replacing("\"authorizer\": \"session\"", with: "\"authoriser\": \"session\""))
        let diagnostic = try #require(load(text).diagnostics.first)
        #expect(
            diagnostic.note?.hasPrefix("without it this route would fall back to defaultAuthorizer \"session\"") == true
        )
        #expect(diagnostic.fix?.replacement == "\"authorizer\"")
        #expect(diagnostic.fix?.isSafe == true)
    }

    @Test("No diagnostic shows a part of a secret without quotes")
    func unquotedSecret() throws {
        let text = "{ \"keys\": { \"k\": { \"type\": \"secret\", \"secret\": correct horse: \"battery\" } } }"
        let (document, diagnostics) = load(text)
        #expect(document == nil)
        let shown = DiagnosticPrinter().render(diagnostics)
        #expect(shown.contains("GH1004") && shown.contains("/keys/k"))
        for word in ["correct", "horse", "battery"] { #expect(!shown.contains(word), "\(shown)") }
    }

    @Test("A problem names its JSON pointer")
    func pointer() throws {
        let text = try #require(
            GoodConfiguration.rest.replacing("\"authorizer\": \"session\"", with: "\"authorizer\": \"x\""))
        #expect(load(text).diagnostics.first?.pointer == "/routes/GET ~1ships~1{id}/authorizer")
    }
}
