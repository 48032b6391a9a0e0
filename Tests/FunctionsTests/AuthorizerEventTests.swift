import Documents
import Functions
import HTTP
import Testing

@Suite("Events of authorizers")
struct AuthorizerEventTests {
    @Test("A TOKEN event has three members, and a token cannot add a fourth")
    func tokenEscapes() throws {
        let json = TokenAuthorizerEvent.json(
            token: Example.bytes("a\",\"methodArn\":\"*\"\u{1}"), methodARN: Example.bytes("arn:x"))
        #expect(
            Example.text(json)
                == #"{"type":"TOKEN","authorizationToken":"a\",\"methodArn\":\"*\"\u0001","methodArn":"arn:x"}"#)
        #expect(try Example.keys("", in: json) == ["type", "authorizationToken", "methodArn"])
    }

    @Test("Bytes that are no UTF-8 still make a JSON event")
    func badUTF8() throws {
        let json = TokenAuthorizerEvent.json(token: [0x61, 0xFF, 0xC0], methodARN: [])
        #expect(try Example.at("authorizationToken", in: json) == "\"a\u{FFFD}\u{FFFD}\"")
        let query = Example.rest(query: "%FF=1&%FE=2&%EF%BF%BD=3")
        let event = AuthorizerEvent.rest(query)
        #expect(try Example.at("queryStringParameters", in: event) == "{\"\u{FFFD}\":\"3\"}")
    }

    @Test("Authorizer events never carry a body", arguments: [0, 1, 2])
    func noBody(format: Int) throws {
        var request = format == 0 ? Example.rest() : Example.http()
        request.fields.append(name: Example.bytes("content-type"), value: Example.bytes("text/plain"))
        let json =
            switch format {
            case 0: AuthorizerEvent.rest(request)
            case 1: AuthorizerEvent.http1(request, identitySource: [])
            default: AuthorizerEvent.http2(request, identitySource: [])
            }
        let keys = try Example.keys("", in: json)
        #expect(!keys.contains("body") && !keys.contains("isBase64Encoded"))
        #expect(try Example.at("requestContext/authorizer", in: json) == nil)
    }

    @Test("A TOKEN event, byte for byte")
    func token() throws {
        let json = TokenAuthorizerEvent.json(
            token: Example.bytes("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"), methodARN: Example.rest().methodARN)
        #expect(Example.text(json) == (try Example.golden("rest-token")))
    }

    @Test("A REST REQUEST event, byte for byte")
    func rest() throws {
        var request = Example.rest(
            [("accept", "*/*"), ("X-M", "1"), ("x-m", "2"), ("user-AGENT", "conf/1"), ("X-Amzn-Trace-Id", "forged")],
            path: "/ships/42", query: "a=1&a=2&b=x+y%2B")
        request.pathParameters = [NamedValue("id", "42")]
        request.stageVariables = [NamedValue("color", "blue")]
        let expected = try Example.golden("rest-request")
        #expect(Example.text(AuthorizerEvent.rest(request)) == expected)
    }

    @Test("A REST REQUEST event shows empty maps as objects, and an API key where one is asked for")
    func restEmpty() throws {
        var request = Example.rest()
        request.apiKey = NamedValue("id1", "key1")
        let json = AuthorizerEvent.rest(request)
        for name in [
            "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables",
        ] {
            #expect(try Example.at(name, in: json) == "{}", "\(name)")
        }
        #expect(try Example.at("requestContext/identity/apiKey", in: json) == "\"key1\"")
        #expect(try Example.at("requestContext/identity/apiKeyId", in: json) == "\"id1\"")
        #expect(try Example.at("requestContext/identity/userAgent", in: json) == "null")
    }

    @Test("An HTTP event 1.0, byte for byte")
    func http1() throws {
        var request = Example.http([("X-Tenant", "hv"), ("Cookie", "a=1; b=2")], query: "tenant=q1")
        request.pathParameters = [NamedValue("id", "4%202")]
        let expected = try Example.golden("http-request-1.0")
        let identity = [Example.bytes("hv"), Example.bytes("q1")]
        #expect(Example.text(AuthorizerEvent.http1(request, identitySource: identity)) == expected)
    }

    @Test("An HTTP event 2.0, byte for byte")
    func http2() throws {
        var request = Example.http(
            [("X-Tenant", "hv"), ("Cookie", "a=1; b=2"), ("cookie", ";; c=3 ;"), ("User-Agent", "conf/9")],
            query: "tenant=q1&p=1&p=2")
        request.pathParameters = [NamedValue("id", "42")]
        request.stageVariables = [NamedValue("color", "blue")]
        let expected = try Example.golden("http-request-2.0")
        let identity = [Example.bytes("hv"), Example.bytes("q1")]
        #expect(Example.text(AuthorizerEvent.http2(request, identitySource: identity)) == expected)
    }

    @Test("Without identity sources an HTTP event names none")
    func noIdentity() throws {
        let request = Example.http()
        let first = AuthorizerEvent.http1(request, identitySource: [])
        #expect(try Example.at("identitySource", in: first) == "null")
        #expect(try Example.at("authorizationToken", in: first) == "null")
        let second = AuthorizerEvent.http2(request, identitySource: [])
        #expect(try Example.at("identitySource", in: second) == "null")
        #expect(
            try Example.keys("", in: second) == [
                "version", "type", "routeArn", "identitySource", "routeKey", "rawPath", "rawQueryString", "headers",
                "requestContext",
            ])
    }
}
