import Functions
import Routes
import Testing

@Suite("Paths in events")
struct EventPathTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let raw: String
        let includesStage: Bool
        let path: String
        let context: String
        var testDescription: String { raw }
        init(_ raw: String, _ includesStage: Bool, _ path: String, _ context: String) {
            self.raw = raw
            self.includesStage = includesStage
            self.path = path
            self.context = context
        }
    }

    @Test(
        "path and requestContext.path of REST events",
        arguments: [
            Case("", false, "/", "/dev/"),
            Case("/", false, "/", "/dev/"),
            Case("/fn", false, "/fn", "/dev/fn"),
            Case("//fn", false, "/fn", "/dev//fn"),
            Case("/ships//x/", false, "/ships//x/", "/dev/ships//x/"),
            Case("/u/a%2Bb@c", false, "/u/a%2Bb@c", "/dev/u/a%2Bb@c"),
            Case("/dev", true, "/", "/dev"),
            Case("/dev/", true, "/", "/dev/"),
            Case("/dev/fn/1", true, "/fn/1", "/dev/fn/1"),
            Case("/dev//fn", true, "/fn", "/dev//fn"),
            Case("//dev/fn", true, "/fn", "//dev/fn"),
        ])
    func rest(example: Case) throws {
        var request = Example.rest(path: example.raw)
        request.includesStage = example.includesStage
        let json = AuthorizerEvent.rest(request)
        #expect(try Example.at("path", in: json) == "\"\(example.path)\"")
        #expect(try Example.at("requestContext/path", in: json) == "\"\(example.context)\"")
    }

    @Test("rawPath of HTTP events names every stage but $default")
    func http() throws {
        var request = Example.http(path: "//a%20b/")
        #expect(try Example.at("rawPath", in: AuthorizerEvent.http2(request, identitySource: [])) == "\"//a%20b/\"")
        request.stage = Example.bytes("dev")
        #expect(try Example.at("rawPath", in: AuthorizerEvent.http2(request, identitySource: [])) == "\"/dev//a%20b/\"")
        request.includesStage = true
        request.rawPath = Example.bytes("/dev/x")
        let json = AuthorizerEvent.http2(request, identitySource: [])
        #expect(try Example.at("rawPath", in: json) == "\"/dev/x\"")
        #expect(try Example.at("requestContext/http/path", in: json) == "\"/dev/x\"")
    }

    struct Parameters: Sendable, CustomTestStringConvertible {
        let pattern: String
        let path: String
        let expected: [NamedValue]
        var apiType = ApiType.rest
        var testDescription: String { "\(pattern) \(path)" }
    }

    private static let fallback = [NamedValue("from", "normal")]

    @Test(
        "Paths that do not line up with the pattern give the parameters that were decided by",
        arguments: [
            Parameters(pattern: "/a/{b}", path: "/a/./b", expected: fallback),
            Parameters(pattern: "/a/{b}", path: "/a/%2e%2E/a/b", expected: fallback),
            Parameters(pattern: "/a/{b}", path: "/a", expected: fallback),
            Parameters(pattern: "/a/{b}", path: "/a//", expected: fallback),
            Parameters(pattern: "/a/{b}", path: "/a/b/c", expected: fallback),
            Parameters(pattern: "/{p+}", path: "//", expected: fallback),
        ])
    func fallsBack(example: Parameters) throws {
        try check(example)
    }

    @Test(
        "Parameters show what the client wrote",
        arguments: [
            Parameters(pattern: "/{p+}", path: "/ships-value/", expected: [NamedValue("p", "ships-value")]),
            Parameters(
                pattern: "/{p+}", path: "/ships-value/", expected: [NamedValue("p", "ships-value/")], apiType: .http),
            Parameters(pattern: "/{p+}", path: "/ships//x", expected: [NamedValue("p", "ships//x")]),
            Parameters(pattern: "/{p+}", path: "//x//y", expected: [NamedValue("p", "x//y")]),
            Parameters(pattern: "/u/{p+}", path: "/u//a%2Bb", expected: [NamedValue("p", "a%2Bb")]),
            Parameters(
                pattern: "/r/{a}/{b}", path: "//r//p1/p2/", expected: [NamedValue("a", "p1"), NamedValue("b", "p2")]),
            Parameters(pattern: "/fn", path: "/fn", expected: []),
            Parameters(pattern: "/", path: "/", expected: []),
            Parameters(pattern: "/a/{b}", path: "/a/...", expected: [NamedValue("b", "...")]),
        ])
    func reads(example: Parameters) throws {
        try check(example)
    }

    private func check(_ example: Parameters) throws {
        let pattern = try PathPattern(Array(example.pattern.utf8)[...], apiType: example.apiType)
        let found = PathParameters.read(
            pattern, path: Array(example.path.utf8), apiType: example.apiType, fallback: Self.fallback)
        #expect(found == example.expected)
    }

    @Test("REST leaves parameters encoded, HTTP decodes them once")
    func decoding() throws {
        var rest = Example.rest()
        rest.pathParameters = [NamedValue("id", "a%2520%2B")]
        #expect(try Example.at("pathParameters/id", in: AuthorizerEvent.rest(rest)) == "\"a%2520%2B\"")
        var http = Example.http()
        http.pathParameters = rest.pathParameters
        let json = AuthorizerEvent.http2(http, identitySource: [])
        #expect(try Example.at("pathParameters/id", in: json) == "\"a%20+\"")
    }

    @Test("A semicolon splits the query of a REST event only")
    func semicolon() throws {
        let rest = AuthorizerEvent.rest(Example.rest(query: "a=1;b=2&&c&=d"))
        #expect(try Example.at("queryStringParameters", in: rest) == #"{"a":"1","b":"2","c":"","":"d"}"#)
        let http = AuthorizerEvent.http2(Example.http(query: "a=1;b=2"), identitySource: [])
        #expect(try Example.at("queryStringParameters", in: http) == #"{"a":"1;b=2"}"#)
    }

    @Test("Ten thousand parameters are read in one pass")
    func manyParameters() throws {
        let query = (0..<10_000).map { "k\($0)=\($0)" }.joined(separator: "&")
        let json = AuthorizerEvent.rest(Example.rest(query: query))
        #expect(try Example.at("queryStringParameters/k9999", in: json) == "\"9999\"")
    }
}
