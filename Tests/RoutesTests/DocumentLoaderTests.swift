import Documents
import Routes
import Testing

struct DocumentLoaderTests {
    @Test(
        "What is no configuration at all is refused",
        arguments: ["", "{", "[]", "null", "{}", "\"x\"", "{\"version\":1}"])
    func refuses(text: String) {
        let (document, diagnostics) = load(text)
        #expect(document == nil)
        #expect(diagnostics.contains { $0.severity == .error })
    }

    @Test("Random damage never traps and always says where", arguments: [UInt64(1), 2, 3, 4])
    func damage(seed: UInt64) {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let texts = [Array(GoodConfiguration.rest.utf8), Array(GoodConfiguration.http.utf8)]
        let pieces = [
            "{", "}", "[", "]", "\"", ",", ":", "null", "-1", "${", "$default", "{a+}", "\\u0000", "/", "*", "1e999",
        ]
        for round in 0..<400 {
            var bytes = texts[round & 1]
            for _ in 0..<(1 + random(4)) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes[place] = UInt8(random(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(30)))
                case 2: bytes.insert(contentsOf: Array(pieces[random(pieces.count)].utf8), at: place)
                default:
                    let other = random(bytes.count)
                    bytes.insert(contentsOf: bytes[other..<min(bytes.count, other + random(60))], at: place)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            let source = SourceText(name: "gateway.json", bytes: bytes)
            let (document, diagnostics) = DocumentLoader(environment: FakeEnvironment.standard).load(source)
            #expect((document == nil) == diagnostics.contains { $0.severity == .error })
            for diagnostic in diagnostics {
                if let range = diagnostic.range { #expect(range.upperBound <= bytes.count + 1) }
            }
            _ = DiagnosticPrinter().render(diagnostics)
        }
    }

    @Test("Deep, wide and repetitive documents stay within bounds")
    func wide() {
        let deep = String(repeating: "{\"a\":", count: 100_000)
        #expect(load(deep).document == nil)
        let many = (0..<5000).map { "\"GET /r\($0)\": {}" }.joined(separator: ",")
        let (document, diagnostics) = load("{\"version\":1,\"api\":{\"type\":\"REST\"},\"routes\":{\(many)}}")
        #expect(document == nil)
        #expect(diagnostics.count < 400)
        #expect(diagnostics.last?.code == "GH2099")
    }

    // MARK: Expressions

    @Test(
        "Expressions are put in once",
        arguments: [
            ("${env:PORT}", "3000"), ("a${env:PORT}b${env:PORT}c", "a3000b3000c"), ("${env:NONE:-x}", "x"),
            ("${env:NONE:-}", ""), ("${env:PORT:-x}", "3000"), ("$${env:PORT}", "${env:PORT}"), ("$", "$"),
            ("a$b", "a$b"),
            ("$$", "$$"), ("${file:secret.txt}", "q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa"),
            ("${credential:session}", "q7Yx0dVt2LkP9sWm4RzB6nHc8JfG1uEa"),
            // What comes in is not read again.
            ("${env:DOLLAR}", "${env:PORT}"), ("${stageVariables.x}", "${stageVariables.x}"),
            ("${context.x}${env:PORT}", "${context.x}3000"),
        ])
    func expands(written: String, expected: String) throws {
        let text = try #require(GoodConfiguration.rest.replacing("\"body\": \"ok\"", with: "\"body\": \"\(written)\""))
        let document = try #require(load(text).document)
        let bodies = document.integrations.compactMap { integration -> String? in
            guard case .mock(let response) = integration.kind else { return nil }
            return String(decoding: response.body, as: UTF8.self)
        }
        #expect(bodies == [expected])
    }

    @Test("An unset variable of a stage that is not served is a warning, and leaves the stage unusable")
    func otherStage() throws {
        let stages = "\"prod\": { \"stageVariables\": { \"url\": \"${env:NONE}\" } }, \"dev\": {"
        let text = try #require(GoodConfiguration.rest.replacing("\"dev\": {", with: stages))
        let (document, diagnostics) = load(text)
        #expect(diagnostics.map(\.code) == ["GH2501"])
        #expect(diagnostics.first?.severity == .warning)
        #expect(document?.stage(named: "prod")?.isUsable == false)
        #expect(document?.stage(named: "dev")?.isUsable == true)
        #expect(load(text, stage: "prod").document == nil)
    }

    @Test("The API type and the kinds may come from the environment")
    func typeFromEnvironment() throws {
        var text = try #require(GoodConfiguration.http.replacing("\"HTTP\"", with: "\"${env:NONE:-HTTP}\""))
        text = try #require(text.replacing("\"REQUEST\"", with: "\"${env:NONE:-REQUEST}\""))
        let (document, diagnostics) = load(text)
        #expect(document?.api.type == .http, "\(DiagnosticPrinter().render(diagnostics))")
    }

    @Test("A secret does not show in any text of the model")
    func secretText() throws {
        let document = try #require(load(GoodConfiguration.rest).document)
        var dumped = ""
        dump(document.keys, to: &dumped)
        #expect(!dumped.contains("q7Yx0dVt2LkP9sWm"))
        #expect(!"\(document.keys)".contains("q7Yx0dVt2LkP9sWm"))
        #expect(!String(reflecting: document.keys).contains("113, 55, 89"))
    }

    @Test(
        "A secret must be as long as its hash, to the byte",
        arguments: [
            ("HS256", 31, false), ("HS256", 32, true), ("HS384", 47, false), ("HS384", 48, true),
            ("HS512", 63, false), ("HS512", 64, true),
        ])
    func secretLength(algorithm: String, count: Int, isEnough: Bool) throws {
        let text = GoodConfiguration.rest.split(separator: "HS256").joined(separator: algorithm)
        var environment = FakeEnvironment.standard
        environment.variables["SECRET"] = String(repeating: "x", count: count)
        let (document, diagnostics) = load(text, environment)
        #expect((document != nil) == isEnough)
        let errors = diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.code) == (isEnough ? [] : ["GH4303"]))
    }

    @Test(
        "A resource is unreachable when no request of any route has its method and path",
        arguments: [
            ("GET/ships", true), ("GET/ships/", true), ("GET/ships/x", true), ("GET/ships/?", true), ("GET/*", true),
            ("*/ships", true), ("*/*", true), ("G?T/ships", true), ("GET/sh*ps", true), ("GET/ships/*/", true),
            ("GET/*/x", true), ("GET/ships/x/y", false), ("GET/ships/*/crew", false), ("GET/ship", false),
            ("PUT/ships", false), ("POST/ships/*", true), ("POST/ships/x", false), ("D*/ships", false),
            ("GET/Ships", false), ("GET/?", false), ("GET/", false), ("GET/shipsx*", false),
        ])
    func reachable(resource: String, isReachable: Bool) throws {
        let text = try #require(GoodConfiguration.rest.replacing("\"GET/ships\"", with: "\"\(resource)\""))
        let errors = load(text).diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.code) == (isReachable ? [] : ["GH3201"]))
    }

    // MARK: Small readers

    @Test(
        "Addresses to listen on",
        arguments: [
            ("127.0.0.1:80", true), ("[::1]:80", true), ("[::ffff:1.2.3.4]:0", true), ("localhost:80", true),
            ("unix:/x", true), ("unix:", false), (":80", false), ("127.0.0.1", false), ("127.0.0.1:", false),
            ("127.0.0.1:65536", false), ("127.0.0.1:-1", false), ("127.1:80", false), ("01.2.3.4:80", false),
            ("[::1]", false), ("[::1:80", false), ("[]:80", false), ("a b:80", false), ("[1:2]:80", false),
            ("[:::]:1", false), ("[1::2::3]:1", false), ("[12345::]:1", false), ("[+1::]:1", false),
            ("[::-1]:1", false),
        ])
    func listenAddress(text: String, isValid: Bool) {
        #expect((ListenAddress(text) != nil) == isValid)
    }

    @Test(
        "Blocks of addresses",
        arguments: [
            ("10.0.0.0/8", [10, 255, 0, 1], true), ("10.0.0.0/8", [11, 0, 0, 0], false),
            ("0.0.0.0/0", [1, 2, 3, 4], true),
            ("192.0.2.1", [192, 0, 2, 1], true), ("192.0.2.1", [192, 0, 2, 2], false),
            ("192.0.2.128/25", [192, 0, 2, 127], false), ("192.0.2.128/25", [192, 0, 2, 129], true),
            ("10.0.0.0/8", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1], true),
            ("::/0", [1, 2, 3, 4], false), ("::ffff:10.0.0.0/104", [10, 9, 9, 9], true),
        ] as [(String, [UInt8], Bool)])
    func block(text: String, address: [UInt8], isInside: Bool) throws {
        #expect(try #require(AddressBlock(text)).contains(address) == isInside)
    }

    @Test(
        "Identity sources of both types",
        arguments: [
            ("method.request.header.X-A", ApiType.rest, true), ("$request.header.X-A", .http, true),
            ("method.request.header.X-A", .http, false), ("$request.header.X-A", .rest, false),
            ("method.request.multivalueheader.X", .rest, true), ("$request.multivalueheader.X", .http, false),
            ("stageVariables.a", .rest, true), ("$stageVariables.a", .http, true), ("stageVariables.a", .http, false),
            ("context.httpMethod", .rest, true), ("$context.routeKey", .http, true), ("context.nothing", .rest, false),
            ("context.authorizer.principalId", .rest, false), ("method.request.path.x", .rest, false),
            ("method.request.header.", .rest, false), ("", .rest, false), ("$", .http, false),
        ])
    func identitySource(text: String, type: ApiType, isValid: Bool) {
        #expect((IdentitySource(text, apiType: type) != nil) == isValid)
    }

    @Test(
        "A uri gives a backend and the parts of its path",
        arguments: [
            ("http://h:81{path}", "http://h:81 [requestPath]"), ("http://h/{path}", "http://h [requestPath]"),
            ("https://h/v1{path}", "https://h [/v1][requestPath]"), ("http://h", "http://h "),
            ("http://h/a/{id}/b", "http://h [/a/][{id}][/b]"), ("http://h?x=1", "http://h [/?x=1]"),
            ("upstream:backend/v1/{id}", "upstream:backend [/v1/][{id}]"), ("upstream:backend", "upstream:backend "),
            ("http://H.Example:80/x", "http://h.example [/x]"), ("http://[::1]:3000/x", "http://[::1]:3000 [/x]"),
        ])
    func uri(text: String, expected: String) throws {
        let good = GoodConfiguration.http
        let config = try #require(good.replacing("http://127.0.0.1:3001/v1/{id}", with: text))
        let document = try #require(load(config).document)
        guard case .httpProxy(let proxy) = document.integrations[1].kind, let uri = proxy.resolved["$default"] else {
            Issue.record("no uri")
            return
        }
        let base =
            switch uri.base {
            case .upstream(let name): "upstream:\(name)"
            case .origin(let origin): "\(origin)"
            }
        let parts = uri.path.map { part in
            switch part {
            case .literal(let bytes): "[\(String(decoding: bytes, as: UTF8.self))]"
            case .requestPath: "[requestPath]"
            case .parameter(let name): "[{\(String(decoding: name, as: UTF8.self))}]"
            case .stageVariable(let name): "[$\(name)]"
            }
        }
        #expect("\(base) \(parts.joined())" == expected)
    }

    @Test(
        "A user name, a strange host or another scheme is no backend",
        arguments: [
            "http://user@h/", "http://h:0/", "http://h:99999/", "ftp://h/", "http:///x", "http://[::1/", "upstream:/x",
            "HTTP://h/", "http://h\\\\x", "http://{host}/", "http://h:{port}/",
        ])
    func badURI(text: String) throws {
        let config = try #require(GoodConfiguration.http.replacing("http://127.0.0.1:3001/v1/{id}", with: text))
        let (document, diagnostics) = load(config)
        #expect(document == nil)
        #expect(diagnostics.contains { $0.code == "GH2405" })
    }

    @Test(
        "AWS's documented mappings are read",
        arguments: [
            ("append:header.x-add", "$request.querystring.a"),
            ("append:header.x-multi", "${request.path.id}-${context.routeKey}"),
            ("append:header.x-name", "$request.body.user.name"), ("append:header.x-sv", "$stageVariables.color"),
            ("overwrite:header.x-over", "fixed"), ("overwrite:path", "/new/$request.path.id"),
            ("overwrite:querystring.q2", "$request.path"), ("remove:header.x-gone", "''"),
            ("remove:querystring.drop", "''"),
            ("append:header.x-price", "5$"), ("append:header.x-sub", "$context.authorizer.claims.sub"),
        ])
    func mappings(key: String, value: String) throws {
        let good = "\"overwrite:header.x-user\": \"$context.authorizer.principalId\""
        let config = try #require(GoodConfiguration.http.replacing(good, with: "\"\(key)\": \"\(value)\""))
        #expect(load(config).document != nil)
    }
}
