import Functions
import Routes
import Testing

@Suite("Places of functions")
struct FunctionURLTests {
    @Test(
        "Everything else is refused with its reason",
        arguments: [
            ("", .unknownForm), ("auth", .unknownForm), ("lambda:auth", .unknownForm), ("ftp://h/x", .unknownForm),
            ("arn:aws:s3:::bucket", .unknownForm), ("arn:aws", .unknownForm),
            ("function:", .name), ("function:a b", .name), ("function:a/b", .name), ("function:../x", .name),
            ("function:a:b:c", .name), ("function:a:", .name), ("function:${stageVariables.fn}", .name),
            ("function:arn:aws:lambda:eu-west-1:123456789012:function:auth", .name),
            ("arn:aws:lambda:eu-west-1:123456789012:function", .name),
            ("arn:aws:lambda:eu-west-1:12345:function:auth", .name),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:auth", .name),
            ("arn:aws:lambda:eu-west-1:123456789012:function:auth:1:2", .name),
            ("arn:aws:apigateway:eu-west-1:s3:path/x", .unknownForm),
            ("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions//invocations", .name),
            ("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f", .path),
            ("arn:aws:apigateway:eu-west-1:lambda:path/x/2015-03-31/functions/f/invocations", .path),
            ("http://127.0.0.1:9001/", .path), ("http://127.0.0.1:9001/2015-03-31/functions/auth", .path),
            ("http://127.0.0.1:9001/2015-03-31/functions/auth/invocations/", .path),
            ("http://127.0.0.1:9001/2015-03-31/functions/auth/invocations?x=1", .path),
            ("http://127.0.0.1:9001/2015-03-31/functions/a%2Fb/invocations", .name),
            ("http://example.com/2015-03-31/functions/auth/invocations", .notSecure),
            ("https://user@example.com/2015-03-31/functions/auth/invocations", .notURL),
            ("https://", .notURL),
        ] as [(String, FunctionURL.Problem)])
    func refuses(text: String, problem: FunctionURL.Problem) {
        #expect(throws: problem) { try FunctionURL.parse(text) }
    }

    private static let arn = "arn:aws:lambda:eu-west-1:123456789012:function:auth"

    @Test(
        "Names of functions",
        arguments: [
            ("function:auth", "auth", nil, nil), ("function:auth:live", "auth", "live", nil),
            ("function:a_B-1:$LATEST", "a_B-1", "$LATEST", nil), (arn, "auth", nil, arn),
            (arn + ":7", "auth", "7", arn + ":7"),
            ("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\(arn)/invocations", "auth", nil, arn),
            (
                "arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/\(arn):live/invocations", "auth",
                "live",
                arn + ":live"
            ),
        ] as [(String, String, String?, String?)])
    func names(text: String, name: String, qualifier: String?, arn: String?) throws {
        guard case .function(let found) = try FunctionURL.parse(text) else {
            Issue.record("not a name")
            return
        }
        #expect(found.name == name)
        #expect(found.qualifier == qualifier)
        #expect(found.arn == arn)
    }

    @Test(
        "Complete URLs",
        arguments: [
            ("http://127.0.0.1:9001/2015-03-31/functions/auth/invocations", "auth"),
            ("http://localhost:3001/2015-03-31/functions/auth:live/invocations", "auth"),
            ("https://lambda.example.com/base/2015-03-31/functions/auth/invocations", "auth"),
            (
                "https://x.example/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af/invocations",
                "f"
            ),
            ("https://x.example/2015-03-31/functions/123456789012:function:g/invocations", "g"),
        ])
    func urls(text: String, name: String) throws {
        guard case .invoke(let found, let url) = try FunctionURL.parse(text) else {
            Issue.record("not a URL")
            return
        }
        #expect(found.name == name)
        #expect(url.text == text)
        #expect(text.hasSuffix(String(decoding: url.target, as: UTF8.self)))
    }
}
