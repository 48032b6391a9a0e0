import Functions
import HTTP
import Testing

@Suite("Answers of proxy integrations")
struct ProxyAnswerTests {
    static func parse(
        _ text: String, error: Bool = false, _ format: ProxyAnswerFormat = .rest, binary: Bool = false
    ) -> ProxyAnswer {
        ProxyAnswer.parse(Example.bytes(text), functionError: error, format: format, acceptsBinary: binary)
    }

    static func code(_ answer: ProxyAnswer) -> FunctionProblem.Code? {
        if case .malformed(let problem) = answer { problem.code } else { nil }
    }

    /// Status, lines and body in one text, so that a difference shows itself.
    static func shown(_ answer: ProxyAnswer) -> String {
        switch answer {
        case .malformed(let problem): return "malformed: \(problem.sentence)"
        case .response(let response):
            var text = "\(response.status)"
            for line in response.fields {
                text += " | \(Example.text(Array(response.fields.name(of: line)))): "
                text += Example.text(Array(response.fields.value(of: line)))
            }
            return text + " | " + Example.text(response.body)
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let code: FunctionProblem.Code
        let text: String
        let formats: [ProxyAnswerFormat]
        var testDescription: String { "\(code): \(text.prefix(70))" }
        init(_ code: FunctionProblem.Code, _ text: String, _ formats: [ProxyAnswerFormat] = [.rest, .http1, .http2]) {
            self.code = code
            self.text = text
            self.formats = formats
        }
    }

    static let malformed = [
        Bad(.notJSON, ""), Bad(.notJSON, "<oops"), Bad(.notJSON, #"{"statusCode":200"#),
        Bad(.notJSON, #"{"statusCode":200,"statusCode":201}"#),
        Bad(.notAnObject, "null", [.rest, .http1]), Bad(.notAnObject, #""hi""#, [.rest, .http1]),
        Bad(.notAnObject, "3", [.rest, .http1]), Bad(.notAnObject, "[]", [.rest, .http1]),
        Bad(.empty, "{}", [.rest]), Bad(.statusCode, "{}", [.http1]),
        Bad(.statusCode, #"{"headers":{"x-a":"1"}}"#, [.http1]),
        Bad(.unknownMember, #"{"statusCode":200,"wrongValue":1}"#, [.rest]),
        Bad(.unknownMember, #"{"statusCode":200,"cookies":[]}"#, [.rest]),
        Bad(.unknownMember, #"{"errorMessage":"x"}"#, [.rest]),
        Bad(.functionError, #"{"errorMessage":"x"}"#, [.http2]),
        Bad(.statusCode, #"{"statusCode":"test"}"#), Bad(.statusCode, #"{"statusCode":true}"#),
        Bad(.statusCode, #"{"statusCode":[200]}"#), Bad(.statusCode, #"{"statusCode":{}}"#),
        Bad(.statusCode, #"{"statusCode":""}"#), Bad(.statusCode, #"{"statusCode":" 200"}"#),
        Bad(.statusCode, #"{"statusCode":"0200"}"#), Bad(.statusCode, #"{"statusCode":"+20"}"#),
        Bad(.statusCode, #"{"statusCode":200.5}"#), Bad(.statusCode, #"{"statusCode":2e2}"#),
        Bad(.statusCode, #"{"statusCode":-200}"#), Bad(.statusCode, #"{"statusCode":0}"#),
        Bad(.statusCode, #"{"statusCode":99}"#), Bad(.statusCode, #"{"statusCode":101}"#),
        Bad(.statusCode, #"{"statusCode":199}"#), Bad(.statusCode, #"{"statusCode":600}"#),
        Bad(.statusCode, #"{"statusCode":99999999999999999999}"#),
        Bad(.statusCode, #"{"statusCode":null}"#, [.http1, .http2]),
        Bad(.headers, #"{"statusCode":200,"headers":"x"}"#), Bad(.headers, #"{"statusCode":200,"headers":[]}"#),
        Bad(.headers, #"{"statusCode":200,"headers":{"a":["x"]}}"#),
        Bad(.headers, #"{"statusCode":200,"headers":{"a":{"b":1}}}"#),
        Bad(.headerName, #"{"statusCode":200,"headers":{"":"x"}}"#),
        Bad(.headerName, #"{"statusCode":200,"headers":{"a b":"x"}}"#),
        Bad(.headerName, #"{"statusCode":200,"headers":{"a:":"x"}}"#),
        Bad(.headerName, #"{"statusCode":200,"headers":{"a\r\nSet-Cookie":"x"}}"#),
        Bad(.headerName, #"{"statusCode":200,"headers":{"caf\u00e9":"x"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"a":"x\r\nSet-Cookie: admin=1"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"a":"x\n"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"a":"\u0000"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"a":"\u007f"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"Content-Type":"text/html\r\n\r\n<script>"}}"#),
        Bad(.headerValue, #"{"statusCode":200,"headers":{"Content-Length":"1\r\nx: y"}}"#),
        Bad(.multiValueHeaders, #"{"statusCode":200,"multiValueHeaders":{"a":"x"}}"#, [.rest, .http1]),
        Bad(.multiValueHeaders, #"{"statusCode":200,"multiValueHeaders":[]}"#, [.rest, .http1]),
        Bad(.multiValueHeaders, #"{"statusCode":200,"multiValueHeaders":{"a":[["x"]]}}"#, [.rest, .http1]),
        Bad(.headerValue, #"{"statusCode":200,"multiValueHeaders":{"a":["x","y\n"]}}"#, [.rest, .http1]),
        Bad(.cookies, #"{"statusCode":200,"cookies":{"a":"b"}}"#, [.http2]),
        Bad(.cookies, #"{"statusCode":200,"cookies":"a=b"}"#, [.http2]),
        Bad(.cookies, #"{"statusCode":200,"cookies":[1]}"#, [.http2]),
        Bad(.headerValue, #"{"statusCode":200,"cookies":["a=b\r\nx: y"]}"#, [.http2]),
        Bad(.body, #"{"statusCode":200,"body":1}"#), Bad(.body, #"{"statusCode":200,"body":{"a":1}}"#),
        Bad(.body, #"{"statusCode":200,"body":[]}"#), Bad(.body, #"{"statusCode":200,"body":true}"#),
        Bad(.isBase64Encoded, #"{"statusCode":200,"isBase64Encoded":"true","body":"QQ=="}"#),
        Bad(.isBase64Encoded, #"{"statusCode":200,"isBase64Encoded":1}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"not base64"}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"QQ="}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"QR=="}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"A"}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"Q=Q="}"#),
        Bad(.undecodableBody, #"{"statusCode":200,"isBase64Encoded":true,"body":"QQ==\n"}"#),
    ]

    @Test("Every malformed answer is refused with its reason", arguments: malformed)
    func refuses(bad: Bad) {
        for format in bad.formats {
            #expect(Self.code(Self.parse(bad.text, format, binary: true)) == bad.code, "\(format)")
        }
    }

    @Test(
        "A function's error is never an answer",
        arguments: [
            #"{"statusCode":200,"body":"x"}"#, #"{"errorMessage":"boom"}"#, "", "null",
        ])
    func functionErrors(text: String) {
        for format in [ProxyAnswerFormat.rest, .http1, .http2] {
            #expect(Self.code(Self.parse(text, error: true, format)) == .functionError)
        }
    }

    @Test("Answers beyond a bound are refused")
    func bounds() {
        let large = ProxyAnswer.parse(
            [UInt8](repeating: 0x20, count: 6_291_557), functionError: false, format: .http2, acceptsBinary: false)
        #expect(Self.code(large) == .tooLarge)
        let long = String(repeating: "a", count: 70_000)
        #expect(Self.code(Self.parse("{\"statusCode\":200,\"headers\":{\"a\":\"\(long)\"}}")) == .headersTooLarge)
        let many = (0..<600).map { "\"h\($0)\":\"\"" }.joined(separator: ",")
        #expect(Self.code(Self.parse("{\"statusCode\":200,\"headers\":{\(many)}}")) == .headersTooLarge)
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(Self.code(Self.parse(deep, .http2)) == .notJSON)
    }

    @Test(
        "Framing, connection and the gateway's own identifiers are not the function's to say",
        arguments: [
            "Transfer-Encoding", "Keep-Alive", "TE", "Trailer", "Upgrade", "Proxy-Authenticate", "x-amz-apigw-id",
            "apigw-requestid", "X-Amzn-Trace-Id",
        ])
    func dropped(name: String) {
        let text = "{\"statusCode\":200,\"headers\":{\"\(name)\":\"chunked\"}}"
        #expect(Self.shown(Self.parse(text)) == "200 | Content-Type: application/json | ")
        #expect(Self.shown(Self.parse(text, .http1)) == "200 | ")
        #expect(Self.shown(Self.parse(text, .http2)) == "200 | ")
    }

    @Test(
        "REST APIs rename what they do not let through",
        arguments: [
            "Connection", "Content-Length", "Date", "Server", "WWW-Authenticate", "x-amzn-RequestId",
        ])
    func remapped(name: String) {
        let text = "{\"statusCode\":200,\"headers\":{\"\(name)\":\"v\"}}"
        #expect(
            Self.shown(Self.parse(text)) == "200 | x-amzn-Remapped-\(name): v | Content-Type: application/json | ")
    }

    @Test("HTTP APIs drop the framing, and nothing of the rest")
    func httpHeaders() {
        let text =
            #"{"statusCode":401,"headers":{"Content-Length":"9","Date":"d","Server":"s","WWW-Authenticate":"Basic"}}"#
        #expect(Self.shown(Self.parse(text, .http2)) == "401 | Server: s | WWW-Authenticate: Basic | ")
    }

    @Test(
        "What REST APIs make of answers",
        arguments: [
            (#"{"statusCode":200}"#, "200 | Content-Type: application/json | "),
            (#"{"statusCode":"201"}"#, "201 | Content-Type: application/json | "),
            (#"{"statusCode":200.0}"#, "200 | Content-Type: application/json | "),
            (#"{"statusCode":null}"#, "200 | Content-Type: application/json | "),
            (#"{"headers":{"x-a":"1"}}"#, "200 | x-a: 1 | Content-Type: application/json | "),
            (
                #"{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":"b"}"#,
                "200 | Content-Type: application/json | b"
            ),
            (
                #"{"statusCode":200,"headers":{"t":"value","b":true,"n":1.50,"gone":null}}"#,
                "200 | t: value | b: true | n: 1.50 | Content-Type: application/json | "
            ),
            (
                #"{"statusCode":200,"headers":{"test-multi":"value-solo"},"multiValueHeaders":{"tesT-Multi":["value-multi"]}}"#,
                "200 | tesT-Multi: value-multi | tesT-Multi: value-solo | Content-Type: application/json | "
            ),
            (
                #"{"statusCode":200,"headers":{"X-A":"1","x-a":"2"}}"#,
                "200 | X-A: 2 | Content-Type: application/json | "
            ),
            (
                #"{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1","b=2"]}}"#,
                "200 | Set-Cookie: a=1 | Set-Cookie: b=2 | Content-Type: application/json | "
            ),
            (
                #"{"statusCode":200,"multiValueHeaders":{"content-type":["a/b","c/d"]},"headers":{"Content-Type":"e/f"}}"#,
                "200 | content-type: e/f | "
            ),
            (
                #"{"statusCode":202,"headers":{"Content-Type":"text/html; charset=utf-8"},"body":"<p>\u00e9"}"#,
                "202 | Content-Type: text/html; charset=utf-8 | <p>\u{E9}"
            ),
            (
                #"{"statusCode":200,"isBase64Encoded":true,"body":"dGVzdC1kYXRh"}"#,
                "200 | Content-Type: application/json | dGVzdC1kYXRh"
            ),
            (#"{"statusCode":204,"body":"b"}"#, "204 | Content-Type: application/json | "),
            (#"{"statusCode":304,"body":"b"}"#, "304 | Content-Type: application/json | "),
        ])
    func rest(text: String, expected: String) {
        #expect(Self.shown(Self.parse(text)) == expected)
    }

    @Test("Base 64 is decoded where the client takes bytes, and always on HTTP APIs")
    func base64() {
        let text =
            #"{"statusCode":200,"isBase64Encoded":true,"headers":{"Content-Type":"image/png"},"body":"iVBORwD/"}"#
        for answer in [Self.parse(text, binary: true), Self.parse(text, .http1), Self.parse(text, .http2)] {
            guard case .response(let response) = answer else {
                Issue.record("malformed")
                continue
            }
            #expect(response.body == [0x89, 0x50, 0x4E, 0x47, 0x00, 0xFF])
        }
    }

    @Test(
        "What HTTP APIs with payload format 1.0 make of answers",
        arguments: [
            (#"{"statusCode":200,"wrongValue":1}"#, "200 | "), (#"{"statusCode":"201"}"#, "201 | "),
            (#"{"statusCode":200,"cookies":["a=b"],"body":"b"}"#, "200 | Content-Type: text/plain; charset=utf-8 | b"),
            (
                #"{"statusCode":200,"multiValueHeaders":{"X-M":["1",2]},"body":"b"}"#,
                "200 | X-M: 1 | X-M: 2 | Content-Type: text/plain; charset=utf-8 | b"
            ),
        ])
    func http1(text: String, expected: String) {
        #expect(Self.shown(Self.parse(text, .http1)) == expected)
    }

    @Test(
        "What HTTP APIs with payload format 2.0 make of answers",
        arguments: [
            (#"{"hello":"world"}"#, #"200 | content-type: application/json | {"hello":"world"}"#),
            (#" {"hello": "world"} "#, #"200 | content-type: application/json | {"hello": "world"}"#),
            (#""hello \u00e9\n""#, "200 | content-type: application/json | hello \u{E9}\n"),
            (#""""#, "200 | content-type: application/json | "), ("3", "200 | content-type: application/json | 3"),
            ("null", "200 | content-type: application/json | null"),
            ("{}", "200 | content-type: application/json | {}"),
            (#"["hello",3,true]"#, #"200 | content-type: application/json | ["hello",3,true]"#),
            (#"{"headers":{"a":"b"}}"#, #"200 | content-type: application/json | {"headers":{"a":"b"}}"#),
            (#""errorMessage""#, "200 | content-type: application/json | errorMessage"),
            (#"{"statusCode":200,"errorMessage":"x","multiValueHeaders":{"a":"b"}}"#, "200 | "),
            (
                #"{"statusCode":201,"headers":{"X-A":"1","Content-Type":"text/plain"},"cookies":["c1=v1","c2=v2; HttpOnly"],"body":"made"}"#,
                "201 | X-A: 1 | Content-Type: text/plain | set-cookie: c1=v1 | set-cookie: c2=v2; HttpOnly | made"
            ),
        ])
    func http2(text: String, expected: String) {
        #expect(Self.shown(Self.parse(text, .http2)) == expected)
    }
}
