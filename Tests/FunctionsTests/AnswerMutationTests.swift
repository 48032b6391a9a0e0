import Documents
import Functions
import HTTP
import TestRandom
import Testing

/// Answers come from code that others write: no bytes may trap, and none may end a header line.
@Suite("Mutated answers")
struct AnswerMutationTests {
    private static let seeds = [
        #"{"statusCode":200,"headers":{"X-A":"1","Date":"d"},"multiValueHeaders":{"x-a":["2"]},"body":"QQ==","isBase64Encoded":true}"#,
        #"{"statusCode":"201","headers":{"Content-Type":"text/plain"},"cookies":["a=b"],"body":"x"}"#,
        #"{"principalId":"u","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}]},"context":{"a":"b"}}"#,
        #"{"isAuthorized":true,"context":{"a":[1,{"b":null}]}}"#, #"{"errorMessage":"Unauthorized","errorType":"E"}"#,
    ].map { Array($0.utf8) }

    private static let pieces = [
        "\r\n", "\\r\\n", "\\u000a", "\\u0000", "\"", "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "\\ud800",
        "\u{E9}",
    ].map { Array($0.utf8) }

    private static func mutate(_ seed: [UInt8], _ generator: inout SeededRandom) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch UInt8.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: place)
            }
        }
        return bytes
    }

    @Test("No mutation traps, ends a line, or makes an allow out of an error", arguments: 0..<8)
    func mutations(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        for _ in 0..<1500 {
            let bytes = Self.mutate(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &generator)], &generator)
            for format in [ProxyAnswerFormat.rest, .http1, .http2] {
                for error in [false, true] {
                    let answer = ProxyAnswer.parse(bytes, functionError: error, format: format, acceptsBinary: true)
                    switch answer {
                    case .response(let response):
                        #expect(!error)
                        #expect((200...599).contains(response.status))
                        for line in response.fields {
                            #expect(FieldSyntax.isName(Array(response.fields.name(of: line))))
                            #expect(FieldSyntax.isValue(Array(response.fields.value(of: line))))
                        }
                    case .malformed(let problem): Self.check(problem)
                    }
                }
            }
            for format in [AuthorizerAnswerFormat.restPolicy, .httpPolicy1, .httpPolicy2, .httpSimple] {
                switch AuthorizerAnswer.parse(bytes, functionError: true, format: format) {
                case .policy, .simple: Issue.record("an error was read as an answer: \(bytes)")
                case .unauthorized: break
                case .failed(let problem): Self.check(problem)
                }
                guard case .policy(let policy) = AuthorizerAnswer.parse(bytes, functionError: false, format: format)
                else { continue }
                let values = AuthorizerValues.policy(
                    principalID: policy.principalID, context: policy.context, integrationLatency: 1)
                let event = ProxyEvent.rest(Example.rest(), authorizer: values, body: bytes, binary: BinaryMediaTypes())
                #expect((try? JSONParser.parse(event)) != nil)
            }
        }
    }

    private static func check(_ problem: FunctionProblem) {
        #expect(problem.sentence.utf8.count < 400)
        #expect(problem.sentence.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
}
