import Documents
import Functions
import HTTP
import Testing

@Suite("Events of proxy integrations")
struct ProxyEventTests {
    private static let policy = AuthorizerValues.policy(
        principalID: Example.bytes("u-100"),
        context: [
            ContextMember(name: Example.bytes("s"), value: .string(Example.bytes("v"))),
            ContextMember(name: Example.bytes("n"), value: .number(Example.bytes("1"))),
            ContextMember(name: Example.bytes("b"), value: .bool(true)),
        ], integrationLatency: 12)

    private static func claims(_ json: String) throws -> [JWTClaim] {
        try JSONParser.parse(Example.bytes(json)).root.members.map {
            JWTClaim(name: $0.key.utf8 ?? [], value: $0.value)
        }
    }

    @Test("A context cannot speak for the principal or the latency")
    func contextReserved() throws {
        let values = AuthorizerValues.policy(
            principalID: nil,
            context: [
                ContextMember(name: Example.bytes("principalId"), value: .string(Example.bytes("root"))),
                ContextMember(name: Example.bytes("integrationLatency"), value: .number(Example.bytes("0"))),
                ContextMember(name: Example.bytes("k\u{0}\""), value: .string(Example.bytes("a\r\nb"))),
            ], integrationLatency: 5)
        let json = ProxyEvent.rest(Example.rest(), authorizer: values, body: [], binary: BinaryMediaTypes())
        #expect(
            try Example.at("requestContext/authorizer", in: json)
                == #"{"integrationLatency":5,"k\u0000\"":"a\r\nb"}"#)
    }

    @Test("A REST proxy event, byte for byte")
    func rest() throws {
        var request = Example.rest([("Content-Type", "application/json")], path: "/ships/42")
        request.method = Example.bytes("POST")
        let json = ProxyEvent.rest(
            request, authorizer: Self.policy, body: Example.bytes("{\"a\": \"\u{E9}\"}"), binary: BinaryMediaTypes())
        let expected = try Example.golden("rest-proxy")
        #expect(Example.text(json) == expected)
    }

    @Test("A REST proxy event whose body is octets, byte for byte")
    func restBinary() throws {
        var request = Example.rest([("Content-Type", "image/png")], path: "/ships/42")
        request.method = Example.bytes("PUT")
        let json = ProxyEvent.rest(
            request, authorizer: .none, body: [0x89, 0x50, 0x4E, 0x47, 0xFF], binary: BinaryMediaTypes(["image/*"]))
        #expect(Example.text(json) == (try Example.golden("rest-proxy-binary")))
    }

    @Test("An HTTP proxy event 2.0 with an authorizer's context, byte for byte")
    func http2Lambda() throws {
        var request = Example.http()
        request.routeKey = Example.bytes("GET /ships/{id}")
        request.pathParameters = [NamedValue("id", "42")]
        let members = [
            ContextMember(name: Example.bytes("role"), value: .string(Example.bytes("clerk"))),
            ContextMember(name: Example.bytes("n"), value: .number(Example.bytes("7"))),
            ContextMember(name: Example.bytes("map"), value: .json(Example.bytes(#"{"k":["v"]}"#))),
        ]
        let json = ProxyEvent.http2(request, authorizer: .lambda(context: members), body: [])
        #expect(Example.text(json) == (try Example.golden("http-proxy-2.0-lambda")))
    }

    @Test("A REST proxy event without authorizer or body")
    func restBare() throws {
        let json = ProxyEvent.rest(Example.rest(), authorizer: .none, body: [], binary: BinaryMediaTypes(["*/*"]))
        #expect(try Example.at("requestContext/authorizer", in: json) == nil)
        #expect(try Example.at("body", in: json) == "null")
        #expect(try Example.at("isBase64Encoded", in: json) == "false")
        #expect(try Example.at("version", in: json) == nil)
    }

    @Test("An HTTP proxy event 1.0, byte for byte")
    func http1() throws {
        var request = Example.http([("Content-Type", "text/plain")], query: "x=1&x=2")
        request.method = Example.bytes("POST")
        request.pathParameters = [NamedValue("id", "42")]
        let json = ProxyEvent.http1(request, authorizer: .none, body: Example.bytes("hello"))
        let expected = try Example.golden("http-proxy-1.0")
        #expect(Example.text(json) == expected)
    }

    @Test("An HTTP proxy event 2.0, byte for byte")
    func http2() throws {
        var request = Example.http(
            [("X-M", "1"), ("X-M", "2"), ("Cookie", "a=1; b=2"), ("Content-Type", "application/json")],
            query: "x=1&x=2&y=%20z")
        request.method = Example.bytes("POST")
        request.routeKey = Example.bytes("ANY /ships/{id}")
        request.pathParameters = [NamedValue("id", "42")]
        request.stageVariables = [NamedValue("color", "blue")]
        let claims = try Self.claims(#"{"sub":"u-100","level":5}"#)
        let json = ProxyEvent.http2(
            request, authorizer: .jwt(claims: claims, scopes: [Example.bytes("read")]), body: Example.bytes("{\"a\":1}")
        )
        let expected = try Example.golden("http-proxy-2.0")
        #expect(Example.text(json) == expected)
    }

    @Test("An HTTP proxy event 2.0 leaves out what is empty")
    func http2Bare() throws {
        let json = ProxyEvent.http2(Example.http(), authorizer: .none, body: [])
        #expect(
            try Example.keys("", in: json) == [
                "version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded",
            ])
        #expect(try Example.at("requestContext/authorizer", in: json) == nil)
        #expect(try Example.at("rawQueryString", in: json) == "\"\"")
    }

    @Test(
        "Claims reach functions as text",
        arguments: [
            (#""a b""#, #""a b""#), ("5", #""5""#), ("1586541919", #""1586541919""#), ("true", #""true""#),
            (#"["admin","power user",3]"#, #""[admin power user 3]""#), ("[]", #""[]""#),
            (#"{ "country" : "JP", "x": [1, {"y": null}] }"#, #""{\"country\":\"JP\",\"x\":[1,{\"y\":null}]}""#),
            ("null", nil),
        ] as [(String, String?)])
    func claimText(written: String, shown: String?) throws {
        let claims = try Self.claims("{\"c\":\(written)}")
        let second = ProxyEvent.http2(Example.http(), authorizer: .jwt(claims: claims, scopes: nil), body: [])
        #expect(try Example.at("requestContext/authorizer/jwt/claims/c", in: second) == shown)
        #expect(try Example.at("requestContext/authorizer/jwt/scopes", in: second) == "null")
        let first = ProxyEvent.http1(Example.http(), authorizer: .jwt(claims: claims, scopes: []), body: [])
        #expect(try Example.at("requestContext/authorizer/claims/c", in: first) == shown)
        #expect(try Example.at("requestContext/authorizer/scopes", in: first) == "[]")
    }

    @Test("A context keeps its JSON types under authorizer.lambda")
    func lambdaTypes() throws {
        let members = [
            ContextMember(name: Example.bytes("role"), value: .string(Example.bytes("clerk"))),
            ContextMember(name: Example.bytes("n"), value: .number(Example.bytes("7"))),
            ContextMember(name: Example.bytes("b"), value: .bool(false)),
            ContextMember(name: Example.bytes("map"), value: .json(Example.bytes(#"{"k":"v"}"#))),
        ]
        let json = ProxyEvent.http2(Example.http(), authorizer: .lambda(context: members), body: [])
        #expect(
            try Example.at("requestContext/authorizer", in: json)
                == #"{"lambda":{"role":"clerk","n":7,"b":false,"map":{"k":"v"}}}"#)
        let empty = ProxyEvent.http2(Example.http(), authorizer: .lambda(context: []), body: [])
        #expect(try Example.at("requestContext/authorizer", in: empty) == #"{"lambda":null}"#)
        let policy = ProxyEvent.http2(Example.http(), authorizer: Self.policy, body: [])
        #expect(try Example.at("requestContext/authorizer", in: policy) == #"{"lambda":{"s":"v","n":1,"b":true}}"#)
        let first = ProxyEvent.http1(Example.http(), authorizer: Self.policy, body: [])
        #expect(
            try Example.at("requestContext/authorizer", in: first)
                == #"{"principalId":"u-100","integrationLatency":12,"s":"v","n":"1","b":"true"}"#)
    }

    // MARK: Bodies

    @Test(
        "Bodies of HTTP events that are not listed as text go out in base 64",
        arguments: [
            "application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
            "image/png",
            "application/vnd.api+json", "textual/plain", "",
        ])
    func httpBinary(type: String) throws {
        let request = Example.http(type.isEmpty ? [] : [("Content-Type", type)])
        let json = ProxyEvent.http2(request, authorizer: .none, body: [0x00, 0x01, 0xFF])
        #expect(try Example.at("body", in: json) == "\"AAH/\"")
        #expect(try Example.at("isBase64Encoded", in: json) == "true")
    }

    @Test("A text that is no UTF-8 goes out in base 64, so that nothing of it is lost")
    func httpBrokenText() throws {
        let json = ProxyEvent.http1(
            Example.http([("Content-Type", "text/plain")]), authorizer: .none, body: [0x61, 0xFF])
        #expect(try Example.at("body", in: json) == "\"Yf8=\"")
    }

    @Test(
        "Text types of HTTP events",
        arguments: [
            "text/html; charset=utf-8", "APPLICATION/JSON", "application/xml;x=y", "application/javascript",
        ])
    func httpText(type: String) throws {
        let json = ProxyEvent.http2(
            Example.http([("Content-Type", type)]), authorizer: .none, body: Example.bytes("\u{E9}\n"))
        #expect(try Example.at("body", in: json) == "\"\u{E9}\\n\"")
        #expect(try Example.at("isBase64Encoded", in: json) == "false")
    }

    @Test(
        "binaryMediaTypes decide for REST",
        arguments: [
            ("image/png", "image/jpeg", false), ("image/png", "image/png; q=1", true), ("IMAGE/*", "image/jpeg", true),
            ("image/*", "images/jpeg", false), ("*/*", "", true), ("image/png", "", false),
            ("application/json", "", true),
        ])
    func restBinary(listed: String, type: String, isBinary: Bool) throws {
        let request = Example.rest(type.isEmpty ? [] : [("Content-Type", type)])
        let json = ProxyEvent.rest(
            request, authorizer: .none, body: [0x41], binary: BinaryMediaTypes([listed]))
        #expect(try Example.at("isBase64Encoded", in: json) == "\(isBinary)")
        #expect(try Example.at("body", in: json) == (isBinary ? "\"QQ==\"" : "\"A\""))
    }

    @Test(
        "The first media type of Accept decides",
        arguments: [
            ("image/png", true), ("image/png;q=0.1, text/html", true), ("text/html, image/png", false), ("*/*", false),
            (nil, false),
        ] as [(String?, Bool)])
    func accepts(value: String?, isBinary: Bool) {
        let types = BinaryMediaTypes(["image/png"])
        #expect(types.accepts(value.map { Example.bytes($0)[...] }) == isBinary)
        #expect(!BinaryMediaTypes().accepts(value.map { Example.bytes($0)[...] }))
    }
}
