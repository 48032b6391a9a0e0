import Testing

@testable import Recordings

/// Bodies that one look finds to have nothing to hide must be those in which a closer look finds nothing.
@Suite("Bodies with nothing to hide")
struct PlainBodyTests {
    private static let json = Array("application/json".utf8)

    private static func written(_ body: String, by messages: MessageRedactor) -> String {
        guard case .kept(let bytes) = messages.body(Array(body.utf8), type: json, encoding: []) else { return "" }
        return RecordSamples.text(bytes)
    }

    @Test("A body is kept to the byte, also a second time, with any escape that means nothing")
    func kept() {
        let messages = RecordSamples.messages()
        for body in [
            #"{"id": 1, "text": "some \"words\"\n and \u00e4"}"#, #"[1, 2.50, "a:b", {"x":{"y":[]}}]"#, #""alone""#,
            #"{"id":"a25f878f-8002-4f22-bf91-a6e025504978"}"#,
        ] {
            #expect(Self.written(body, by: messages) == body)
            #expect(Self.written(body, by: messages) == body)
        }
    }

    @Test("A telling key is found however it is written, and wherever it stands")
    func keys() {
        for key in ["password", "pass-Word", "API_KEY", #"pass\u0077ord"#, "email", "Refresh_Token"] {
            for frame in [
                "{\"%\":\"opaque-value\"}", "{\"a\":\"b\",\"%\" : \"opaque-value\"}",
                "[{\"a\":[{\"%\":\"opaque-value\"}]}]", #"{"a":"\"","%":"opaque-value"}"#,
            ] {
                let body = frame.replacing("%", with: key)
                #expect(!Self.written(body, by: RecordSamples.messages()).contains("opaque-value"), "\(body)")
            }
        }
    }

    @Test("What one caller may not have in a body does not pass because it passed for another")
    func literals() throws {
        let tokens = RecordSamples.tokens()
        for secret in ["opaque-cookie-value", "opaque/cookie/value", "opaque\u{e4}cookie-value"] {
            let body = #"{"note":"it is \#(secret) \"there\""}"#
            #expect(Self.written(body, by: MessageRedactor(tokens: tokens)) == body)
            var messages = MessageRedactor(tokens: tokens)
            messages.learn(.cookie, Array("sid=\(secret)".utf8))
            #expect(!Self.written(body, by: messages).contains(secret))
            let escaped = body.replacing("/", with: #"\/"#).replacing("\u{e4}", with: #"\u00e4"#)
            #expect(!Self.written(escaped, by: messages).contains("opaque"), "\(escaped)")
        }
    }
}
