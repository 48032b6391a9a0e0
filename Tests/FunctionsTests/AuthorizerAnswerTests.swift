import Documents
import Functions
import Policies
import Testing

@Suite("Answers of authorizers")
struct AuthorizerAnswerTests {
    private static let allow =
        #"{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]}"#

    private static func parse(
        _ text: String, error: Bool = false, _ format: AuthorizerAnswerFormat = .restPolicy
    ) -> AuthorizerAnswer {
        AuthorizerAnswer.parse(Example.bytes(text), functionError: error, format: format)
    }

    private static func problem(_ answer: AuthorizerAnswer) -> FunctionProblem? {
        if case .failed(let problem) = answer { problem } else { nil }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let code: FunctionProblem.Code
        var testDescription: String { "\(code): \(text.prefix(60))" }
        init(_ code: FunctionProblem.Code, _ text: String) {
            self.text = text.replacing("POLICY", with: AuthorizerAnswerTests.allow)
            self.code = code
        }
    }

    static let malformed = [
        Bad(.notJSON, ""), Bad(.notJSON, "   "), Bad(.notJSON, #"{"principalId": "#), Bad(.notJSON, "<oops"),
        Bad(.notJSON, #"{"principalId":"u","policyDocument":POLICY} trailing"#),
        Bad(.notJSON, #"{"policyDocument":POLICY,"policyDocument":POLICY}"#),
        Bad(.notJSON, #"{"policyDocument":POLICY,"context":{"a":"\ud800"}}"#),
        Bad(.notJSON, "{\"policyDocument\":POLICY,\"context\":{\"a\":\"\n\"}}"),
        Bad(.notJSON, #"{"policyDocument":POLICY,"context":{"a":NaN}}"#),
        Bad(.notAnObject, "null"), Bad(.notAnObject, #""Unauthorized""#), Bad(.notAnObject, "true"),
        Bad(.notAnObject, "1"), Bad(.notAnObject, "[]"), Bad(.notAnObject, "[POLICY]"),
        Bad(.policyDocumentMissing, "{}"), Bad(.policyDocumentMissing, #"{"principalId":"u"}"#),
        Bad(.policyDocumentMissing, #"{"policyDocument":null}"#),
        Bad(.policyDocumentMissing, #"{"policydocument":POLICY}"#),
        Bad(.policyDocumentMissing, #"{"statusCode":401,"headers":{},"body":"no"}"#),
        Bad(.policyDocumentMissing, #"{"isAuthorized":true}"#),
        Bad(.policyDocumentMissing, #"{"errorMessage":"Unauthorized"}"#),
        Bad(.policyDocument, #"{"policyDocument":"*"}"#), Bad(.policyDocument, #"{"policyDocument":[]}"#),
        Bad(.policyDocument, #"{"policyDocument":{"Version":"2012-10-17"}}"#),
        Bad(.policyDocument, #"{"policyDocument":{"Version":"2013","Statement":[]}}"#),
        Bad(.policyDocument, #"{"policyDocument":{"Statement":[{"Action":"*","Effect":"allow","Resource":"*"}]}}"#),
        Bad(
            .policyDocument,
            #"{"policyDocument":{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*","Condition":null}]}}"#),
        Bad(
            .policyDocument,
            #"{"policyDocument":{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*","Principal":"*"}]}}"#),
        Bad(.principalID, #"{"principalId":5,"policyDocument":POLICY}"#),
        Bad(.principalID, #"{"principalId":{},"policyDocument":POLICY}"#),
        Bad(.context, #"{"policyDocument":POLICY,"context":"x"}"#),
        Bad(.context, #"{"policyDocument":POLICY,"context":["x"]}"#),
        Bad(.contextValue, #"{"policyDocument":POLICY,"context":{"a":{"b":1}}}"#),
        Bad(.contextValue, #"{"policyDocument":POLICY,"context":{"a":[]}}"#),
        Bad(.usageIdentifierKey, #"{"policyDocument":POLICY,"usageIdentifierKey":7}"#),
    ]

    @Test("Every wrong shape of a policy answer fails", arguments: malformed)
    func fails(bad: Bad) {
        #expect(Self.problem(Self.parse(bad.text))?.code == bad.code)
        #expect(Self.problem(Self.parse(bad.text, .httpPolicy1))?.code == bad.code)
        if bad.code != .contextValue { #expect(Self.problem(Self.parse(bad.text, .httpPolicy2))?.code == bad.code) }
    }

    static let malformedSimple = [
        Bad(.notJSON, "{"), Bad(.notAnObject, "true"), Bad(.notAnObject, "null"), Bad(.isAuthorized, "{}"),
        Bad(.isAuthorized, #"{"isAuthorized":"true"}"#), Bad(.isAuthorized, #"{"isAuthorized":1}"#),
        Bad(.isAuthorized, #"{"isAuthorized":null}"#), Bad(.isAuthorized, #"{"isAuthorized":[true]}"#),
        Bad(.isAuthorized, #"{"IsAuthorized":true}"#), Bad(.isAuthorized, #"{"policyDocument":POLICY}"#),
        Bad(.notJSON, #"{"isAuthorized":true,"isAuthorized":false}"#),
        Bad(.context, #"{"isAuthorized":true,"context":1}"#), Bad(.context, #"{"isAuthorized":false,"context":[]}"#),
    ]

    @Test("Every wrong shape of a simple answer fails", arguments: malformedSimple)
    func failsSimple(bad: Bad) {
        #expect(Self.problem(Self.parse(bad.text, .httpSimple))?.code == bad.code)
    }

    @Test(
        "Only the error message Unauthorized, to the letter, is a 401",
        arguments: [
            "unauthorized", "Unauthorized ", " Unauthorized", "Unauthorized: token expired", "UNAUTHORIZED", "",
            "Forbidden",
            "Unauthorized\\u0000",
        ])
    func otherErrors(message: String) {
        let answer = Self.parse("{\"errorMessage\":\"\(message)\",\"errorType\":\"Error\"}", error: true)
        #expect(Self.problem(answer)?.code == .functionError)
    }

    @Test(
        "Errors that Lambda reports in other shapes fail",
        arguments: [
            "", "null", "\"Unauthorized\"", "{}", #"{"errorMessage":null}"#, #"{"errorMessage":["Unauthorized"]}"#,
            #"{"errorType":"Unauthorized"}"#, #"{"isAuthorized":true}"#, "{\"errorMessage\":\"Unauthorized\"",
        ])
    func shapelessErrors(text: String) {
        for format in [AuthorizerAnswerFormat.restPolicy, .httpPolicy1, .httpPolicy2, .httpSimple] {
            #expect(Self.problem(Self.parse(text, error: true, format))?.code == .functionError)
        }
    }

    @Test("An allow inside an error is no allow")
    func errorWithPolicy() {
        let answer = Self.parse("{\"policyDocument\":\(Self.allow)}", error: true)
        #expect(Self.problem(answer)?.code == .functionError)
    }

    @Test("An answer beyond Lambda's limit fails before it is read")
    func tooLarge() {
        let bytes = [UInt8](repeating: 0x20, count: 6_291_557)
        let answer = AuthorizerAnswer.parse(bytes, functionError: false, format: .httpSimple)
        #expect(Self.problem(answer)?.code == .tooLarge)
    }

    @Test("Ill-formed UTF-8 fails")
    func badUTF8() {
        let bytes = Example.bytes("{\"isAuthorized\":true,\"context\":{\"a\":\"") + [0xFF] + Example.bytes("\"}}")
        let answer = AuthorizerAnswer.parse(bytes, functionError: false, format: .httpSimple)
        #expect(Self.problem(answer)?.code == .notJSON)
    }

    @Test("The name claims is reserved in a context of payload format 1.0")
    func claims() {
        let text = #"{"policyDocument":POLICY,"context":{"claims":"x"}}"#.replacing("POLICY", with: Self.allow)
        #expect(Self.problem(Self.parse(text, .httpPolicy1))?.code == .contextReserved)
        #expect(Self.problem(Self.parse(text)) == nil)
    }

    @Test(
        "Sentences name the place, never a value, and stay on one line",
        arguments: [
            (
                #"{"policyDocument":{"Statement":[{"Action":"*","Effect":"SECRET","Resource":"*"}]}}"#,
                "policyDocument/Statement/0/Effect: Effect must be exactly \"Allow\" or \"Deny\""
            ),
            (
                #"{"policyDocument":POLICY,"context":{"a\r\nb\u001b\"\u00e9":["SECRET"]}}"#,
                "context member \"a??b????\" is a list; only strings, numbers and booleans are allowed"
            ),
            (#"{"principalId":["SECRET"]}"#, "policyDocument is missing"),
            (#"{"isAuthorized":true}"#, "policyDocument is missing; isAuthorized is for HTTP APIs"),
            (#"{"PolicyDocument":{}}"#, "policyDocument is missing; names are case-sensitive"),
            (
                "\"Unauthorized\"",
                "an authorizer must answer an object, not a string; to refuse, raise an error with the message Unauthorized"
            ),
            ("{\"a\":1,}", "the answer is not valid JSON: trailing comma, at byte 6"),
        ])
    func sentences(text: String, sentence: String) {
        let answer = Self.parse(text.replacing("POLICY", with: Self.allow))
        #expect(Self.problem(answer)?.sentence == sentence)
        #expect(Self.problem(answer)?.sentence.contains("SECRET") == false)
        #expect(Self.problem(answer)?.sentence.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } == true)
    }

    @Test("What a function says of its error is kept apart from the sentence")
    func detail() {
        let problem = Self.problem(
            Self.parse(#"{"errorMessage":"bob@example.com","errorType":"Value\nError"}"#, error: true))
        #expect(problem?.sentence == "the function raised an error of type \"Value?Error\"")
        #expect(problem?.detail == "bob@example.com")
        let near = Self.problem(Self.parse(#"{"errorMessage":"unauthorized!"}"#, error: true))
        #expect(near?.sentence.hasSuffix("only a message of exactly Unauthorized becomes a 401") == true)
    }

    @Test(
        "Unauthorized, to the letter",
        arguments: [
            AuthorizerAnswerFormat.restPolicy, .httpPolicy1, .httpPolicy2, .httpSimple,
        ])
    func unauthorized(format: AuthorizerAnswerFormat) {
        let answer = Self.parse(#"{"errorMessage":"Unauthorized","errorType":"Error","trace":[]}"#, error: true, format)
        #expect(answer == .unauthorized)
    }

    @Test("A complete policy answer")
    func policy() throws {
        let text = #"""
            {"principalId":"user|a1","policyDocument":POLICY,"usageIdentifierKey":"key1","unknown":[1],
             "context":{"s":"v\u0000\r\n","n":1.50,"b":true,"gone":null,"caf\u00e9":""}}
            """#.replacing("POLICY", with: Self.allow)
        guard case .policy(let answer) = Self.parse(text) else {
            Issue.record("not a policy")
            return
        }
        #expect(answer.principalID == Example.bytes("user|a1"))
        #expect(answer.usageIdentifierKey == Example.bytes("key1"))
        #expect(Example.text(answer.policy.json).contains("execute-api:Invoke"))
        #expect(answer.context.map(\.name) == ["s", "n", "b", "caf\u{E9}"].map { Example.bytes($0) })
        #expect(answer.context.map(\.value.text) == ["v\0\r\n", "1.50", "true", ""].map { Example.bytes($0) })
        #expect(answer.context[1].value == .number(Example.bytes("1.50")))
    }

    @Test(
        "A principal may be empty, null or missing",
        arguments: [
            (#""principalId":"","#, ""), (#""principalId":null,"#, nil), ("", nil),
        ] as [(String, String?)])
    func principal(member: String, expected: String?) {
        guard case .policy(let answer) = Self.parse("{\(member)\"policyDocument\":\(Self.allow)}") else {
            Issue.record("not a policy")
            return
        }
        #expect(answer.principalID == expected.map { Example.bytes($0) })
    }

    @Test("Payload format 2.0 keeps lists, objects and nulls of a context")
    func nested() {
        let context = #"{"arr":[1, "x"],"map":{"k":"v"},"none":null,"s":"t"}"#
        let expected: [ContextValue] = [
            .json(Example.bytes(#"[1, "x"]"#)), .json(Example.bytes(#"{"k":"v"}"#)), .json(Example.bytes("null")),
            .string(Example.bytes("t")),
        ]
        guard
            case .policy(let answer) = Self.parse(
                "{\"policyDocument\":\(Self.allow),\"context\":\(context)}", .httpPolicy2)
        else {
            Issue.record("not a policy")
            return
        }
        #expect(answer.context.map(\.value) == expected)
        guard
            case .simple(true, let members) = Self.parse("{\"isAuthorized\":true,\"context\":\(context)}", .httpSimple)
        else {
            Issue.record("not authorized")
            return
        }
        #expect(members.map(\.value) == expected)
    }

    @Test("Simple answers", arguments: [true, false])
    func simple(isAuthorized: Bool) {
        let answer = Self.parse("{\"isAuthorized\":\(isAuthorized),\"other\":1,\"context\":null}", .httpSimple)
        #expect(answer == .simple(isAuthorized: isAuthorized, context: []))
    }
}
