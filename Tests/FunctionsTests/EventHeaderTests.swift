import Functions
import HTTP
import Testing

@Suite("Headers in events")
struct EventHeaderTests {
    private static func rest(_ lines: [(String, String)], hidden: ReservedFields = ReservedFields()) -> [UInt8] {
        var request = Example.rest(lines)
        request.hidden = hidden
        return ProxyEvent.rest(request, authorizer: .none, body: [], binary: BinaryMediaTypes())
    }

    private static func http(_ lines: [(String, String)]) -> [UInt8] {
        ProxyEvent.http2(Example.http(lines), authorizer: .none, body: [])
    }

    static let hiddenREST = [
        "Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate", "Keep-Alive", "Proxy-Authorization",
    ]

    @Test("A REST event hides what belongs to the connection", arguments: hiddenREST)
    func hiddenFromREST(name: String) throws {
        #expect(try Example.at("headers/\(name)", in: Self.rest([(name, "x")])) == nil)
        #expect(try Example.at("multiValueHeaders/\(name)", in: Self.rest([(name, "x")])) == nil)
    }

    static let hiddenHTTP = [
        "connection", "expect", "te", "trailer", "transfer-encoding", "upgrade", "keep-alive", "proxy-authorization",
    ]

    @Test("An HTTP event hides what belongs to the connection", arguments: hiddenHTTP)
    func hiddenFromHTTP(name: String) throws {
        #expect(try Example.at("headers/\(name)", in: Self.http([(name, "x")])) == nil)
    }

    @Test(
        "No client says who called, or overrides the method that was authorized",
        arguments: [
            "X-Forwarded-Host", "Forwarded", "X-Real-IP", "X_Forwarded_For", "X-Forwarded-User",
            "X-HTTP-Method-Override",
            "Proxy", "X-Original-URL",
        ])
    func forged(name: String) throws {
        #expect(!Example.text(Self.rest([(name, "forged")])).contains("forged"))
        #expect(!Example.text(Self.http([(name, "forged")])).contains("forged"))
    }

    @Test(
        "The gateway's own lines replace the client's",
        arguments: [
            "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id", "Host",
        ])
    func replaced(name: String) throws {
        let rest = Self.rest([(name.lowercased(), "forged")])
        #expect(!Example.text(rest).contains("forged"))
        #expect(try Example.at("headers/\(name)", in: rest) != nil)
        let http = Self.http([(name, "forged")])
        #expect(!Example.text(http).contains("forged"))
        #expect(try Example.at("headers/\(name.lowercased())", in: http) != nil)
    }

    @Test("A header that the configuration reserves, and one that Connection names, stay behind")
    func reserved() throws {
        let hidden = ReservedFields(patterns: ["X-Claim-*"])
        let json = Self.rest([("x-claim-role", "admin"), ("Connection", "X-Hop"), ("X-Hop", "1")], hidden: hidden)
        #expect(
            try Example.keys("headers", in: json).sorted() == [
                "Host", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
            ])
    }

    @Test("A signature of version 4 stays behind on REST APIs")
    func signature() throws {
        let lines = [("Authorization", "AWS4-HMAC-SHA256 Credential=x")]
        #expect(try Example.at("headers/Authorization", in: Self.rest(lines)) == nil)
        #expect(try Example.at("headers/authorization", in: Self.http(lines)) != nil)
    }

    @Test("Names that differ in case only are one header")
    func oneName() throws {
        let json = Self.rest([("X-Role", "a"), ("x-ROLE", "b")])
        #expect(try Example.at("headers/X-Role", in: json) == "\"b\"")
        #expect(try Example.at("multiValueHeaders/X-Role", in: json) == #"["a","b"]"#)
        #expect(try Example.at("headers/x-ROLE", in: json) == nil)
        #expect(try Example.at("headers/x-role", in: Self.http([("X-Role", "a"), ("x-ROLE", "b")])) == "\"a,b\"")
    }

    @Test("REST keeps the client's spelling, but of authorization and user-agent")
    func spelling() throws {
        let json = Self.rest([("tEsT-HEADeR", "aValUE"), ("aUTHORIZATION", "t"), ("user-agent", "u")])
        #expect(try Example.at("headers/tEsT-HEADeR", in: json) == "\"aValUE\"")
        #expect(try Example.at("headers/Authorization", in: json) == "\"t\"")
        #expect(try Example.at("headers/User-Agent", in: json) == "\"u\"")
    }

    @Test("What a REST backend may see is shown", arguments: ["Accept-Charset", "Content-Encoding", "Via", "Date"])
    func shown(name: String) throws {
        #expect(try Example.at("headers/\(name)", in: Self.rest([(name, "x")])) == "\"x\"")
    }

    @Test("HTTP events show the content length")
    func contentLength() throws {
        #expect(try Example.at("headers/content-length", in: Self.http([("Content-Length", "3")])) == "\"3\"")
    }
}
