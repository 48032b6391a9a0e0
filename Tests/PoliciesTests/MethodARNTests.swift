import Policies
import Testing

@Suite("Method ARNs")
struct MethodARNTests {
    private let prefix = MethodARN.Prefix(region: "eu-west-1", account: "123456789012", api: "api1", stage: "prod")

    @Test(
        "What is no method ARN is not parsed",
        arguments: [
            "", "arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET",
            "arn:aws:execute-api:eu-west-1:123456789012:api1",
            "arn:aws:s3:eu-west-1:123456789012:api1/prod/GET/x",
            "xrn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/x",
            "arn:aws:execute-api::123456789012:api1/prod/GET/x",
            "arn:aws:execute-api:eu-west-1:123456789012:api1//GET/x",
        ])
    func refuses(_ text: String) { #expect(MethodARN(parsing: Array(text.utf8)) == nil) }

    @Test("The parts come back, and the path keeps its colons and slashes")
    func parts() throws {
        let text = "arn:aws-cn:execute-api:cn-north-1:1:api1/$default/POST/a:b//c/"
        let arn = try #require(MethodARN(parsing: Array(text.utf8)))
        let parts = [arn.partition, arn.region, arn.account, arn.api, arn.stage, arn.method, arn.path]
        #expect(
            parts.map { String(decoding: $0, as: UTF8.self) } == [
                "aws-cn", "cn-north-1", "1", "api1", "$default", "POST", "a:b//c/",
            ])
    }

    @Test("One leading slash of the path is the separator")
    func builds() {
        let expected = [("", ""), ("/", ""), ("x", "x"), ("/x/", "x/"), ("//x", "/x")]
        for (path, end) in expected {
            let arn = prefix.arn(method: "GET".utf8, path: path.utf8)
            #expect(arn.text == apiARN + "/prod/GET/" + end)
            #expect(MethodARN(parsing: arn.bytes) == arn)
        }
    }

    @Test("Short resources grow to ARNs of this stage or API, others are refused")
    func expands() {
        for bad in ["", "/x", "pets", "GET x", "${x}/y", "execute-api:x", "GET:/x"] {
            #expect(prefix.expand(bad) == nil, "\(bad)")
        }
        let good = [
            ("*", "*"), ("arn:aws:execute-api:*", "arn:aws:execute-api:*"), ("GET/pets/*", apiARN + "/prod/GET/pets/*"),
            ("GET /pets", apiARN + "/prod/GET/pets"), ("*/pets", apiARN + "/prod/*/pets"),
            ("GET/", apiARN + "/prod/GET/"),
            ("execute-api:/beta/GET/x", apiARN + "/beta/GET/x"), ("execute-api:/*", apiARN + "/*"),
        ]
        for (short, full) in good { #expect(prefix.expand(short) == full) }
    }
}
