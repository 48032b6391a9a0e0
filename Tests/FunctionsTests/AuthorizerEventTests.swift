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

    @Test("A REST REQUEST event, byte for byte")
    func rest() throws {
        var request = Example.rest(
            [("accept", "*/*"), ("X-M", "1"), ("x-m", "2"), ("user-AGENT", "conf/1"), ("X-Amzn-Trace-Id", "forged")],
            path: "/ships/42", query: "a=1&a=2&b=x+y%2B")
        request.pathParameters = [NamedValue("id", "42")]
        request.stageVariables = [NamedValue("color", "blue")]
        let expected = [
            #"{"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/ships/42","#,
            #""resource":"/ships/{id}","path":"/ships/42","httpMethod":"GET","#,
            #""headers":{"Host":"api.example.com:8443","User-Agent":"conf/1","#,
            #""X-Amzn-Trace-Id":"Root=1-55267630-00000000000000000000000a","X-Forwarded-For":"203.0.113.7","#,
            #""X-Forwarded-Port":"443","X-Forwarded-Proto":"https","X-M":"2","accept":"*/*"},"#,
            #""multiValueHeaders":{"Host":["api.example.com:8443"],"User-Agent":["conf/1"],"#,
            #""X-Amzn-Trace-Id":["Root=1-55267630-00000000000000000000000a"],"X-Forwarded-For":["203.0.113.7"],"#,
            #""X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"],"X-M":["1","2"],"accept":["*/*"]},"#,
            #""queryStringParameters":{"a":"2","b":"x y+"},"#,
            #""multiValueQueryStringParameters":{"a":["1","2"],"b":["x y+"]},"#,
            #""pathParameters":{"id":"42"},"stageVariables":{"color":"blue"},"#,
            #""requestContext":{"resourceId":"r1","resourcePath":"/ships/{id}","httpMethod":"GET","#,
            #""extendedRequestId":"JJbxmFxxIAMFfDQ=","requestTime":"09/Apr/2015:12:34:56 +0000","#,
            #""path":"/dev/ships/42","accountId":"123456789012","protocol":"HTTP/1.1","stage":"dev","#,
            #""domainPrefix":"api","requestTimeEpoch":1428582896007,"#,
            #""requestId":"c6af9ac6-7b61-4e16-9a41-93e8deadbeef","#,
            #""identity":{"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,"caller":null,"#,
            #""sourceIp":"203.0.113.7","principalOrgId":null,"accessKey":null,"cognitoAuthenticationType":null,"#,
            #""cognitoAuthenticationProvider":null,"userArn":null,"userAgent":"conf/1","user":null},"#,
            #""domainName":"api.example.com","deploymentId":"dep1","apiId":"a1b2c3d4e5"}}"#,
        ].joined()
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
        let expected = [
            #"{"version":"1.0","type":"REQUEST","#,
            #""methodArn":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/ships/42","#,
            #""identitySource":"hv,q1","authorizationToken":"hv,q1","#,
            #""resource":"/ships/{id}","path":"/ships/42","httpMethod":"GET","#,
            #""headers":{"cookie":"a=1; b=2","host":"api.example.com:8443","#,
            #""x-amzn-trace-id":"Root=1-55267630-00000000000000000000000a","x-forwarded-for":"203.0.113.7","#,
            #""x-forwarded-port":"443","x-forwarded-proto":"https","x-tenant":"hv"},"#,
            #""multiValueHeaders":{"cookie":["a=1; b=2"],"host":["api.example.com:8443"],"#,
            #""x-amzn-trace-id":["Root=1-55267630-00000000000000000000000a"],"x-forwarded-for":["203.0.113.7"],"#,
            #""x-forwarded-port":["443"],"x-forwarded-proto":["https"],"x-tenant":["hv"]},"#,
            #""queryStringParameters":{"tenant":"q1"},"multiValueQueryStringParameters":{"tenant":["q1"]},"#,
            #""pathParameters":{"id":"4 2"},"stageVariables":{},"#,
            #""requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","domainName":"api.example.com","#,
            #""domainPrefix":"api","extendedRequestId":"JJbxmFxxIAMFfDQ=","httpMethod":"GET","#,
            #""identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAmr":null,"#,
            #""cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,"#,
            #""cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":"203.0.113.7","user":null,"#,
            #""userAgent":"","userArn":null},"path":"/ships/42","protocol":"HTTP/1.1","#,
            #""requestId":"JJbxmFxxIAMFfDQ=","requestTime":"09/Apr/2015:12:34:56 +0000","#,
            #""requestTimeEpoch":1428582896007,"resourceId":"GET /ships/{id}","resourcePath":"/ships/{id}","#,
            #""stage":"$default"}}"#,
        ].joined()
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
        let expected = [
            #"{"version":"2.0","type":"REQUEST","#,
            #""routeArn":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/ships/42","#,
            #""identitySource":["hv","q1"],"routeKey":"GET /ships/{id}","rawPath":"/ships/42","#,
            #""rawQueryString":"tenant=q1&p=1&p=2","cookies":["a=1","b=2","c=3"],"#,
            #""headers":{"host":"api.example.com:8443","user-agent":"conf/9","#,
            #""x-amzn-trace-id":"Root=1-55267630-00000000000000000000000a","x-forwarded-for":"203.0.113.7","#,
            #""x-forwarded-port":"443","x-forwarded-proto":"https","x-tenant":"hv"},"#,
            #""queryStringParameters":{"tenant":"q1","p":"1,2"},"#,
            #""requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","domainName":"api.example.com","#,
            #""domainPrefix":"api","http":{"method":"GET","path":"/ships/42","protocol":"HTTP/1.1","#,
            #""sourceIp":"203.0.113.7","userAgent":"conf/9"},"requestId":"JJbxmFxxIAMFfDQ=","#,
            #""routeKey":"GET /ships/{id}","stage":"$default","time":"09/Apr/2015:12:34:56 +0000","#,
            #""timeEpoch":1428582896007},"pathParameters":{"id":"42"},"stageVariables":{"color":"blue"}}"#,
        ].joined()
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
