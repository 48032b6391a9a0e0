import Documents
import Testing

@testable import Tokens

@Suite struct BatchVerifierTests {
    private func verifier() throws -> BatchVerifier {
        let keys = try Issuer.named("HS256").generated.keySet
        return BatchVerifier { name in name == "main" ? keys : nil }
    }

    @Test(
        "A line that is not a question is not judged",
        arguments: [
            "", "x", "{}", "[]", #"{"id":"1","token":"a"}"#, #"{"id":"1","token":"a","keys":"main","now":"x"}"#,
            #"{"id":"1","token":1,"keys":"main","now":1}"#, #"{"id":"1","token":"a","keys":"main","now":1e300}"#,
        ])
    func notAQuestion(_ line: String) throws {
        let answer = try verifier().answer(Array(line.utf8))
        #expect(!answer.wasJudged)
        let root = try JSONParser.parse(answer.line).root
        #expect(root["outcome"]?.string == "reject")
        #expect(root["code"]?.string == "internal")
    }

    @Test(
        "Names of key sets that could lead elsewhere are never looked up",
        arguments: ["../main", "/main", ".main", "", "ma in", "main\\u0000"])
    func names(_ name: String) throws {
        let answer = try verifier().answer(Array(#"{"id":1,"token":"a.b.c","keys":"\#(name)","now":1}"#.utf8))
        #expect(answer.wasJudged)
        #expect(
            String(decoding: answer.line, as: UTF8.self) == #"{"id":1,"outcome":"reject","code":"keys_unavailable"}"#)
    }

    @Test("Answers carry id, code and, for a good token, its claims on one line")
    func answers() throws {
        let issuer = try Issuer.named("HS256")
        let token = String(decoding: try issuer.token("{\"exp\":1760000600,\n\"big\":9007199254740993}"), as: UTF8.self)
        let batch = try verifier()
        func answer(_ now: String, _ config: String) -> String {
            let line = #"{"id":"r\u0031","token":"\#(token)","keys":"main","now":\#(now),"config":\#(config)}"#
            return String(decoding: batch.answer(Array(line.utf8)).line, as: UTF8.self)
        }
        #expect(
            answer("1760000600", #"{"algs":["HS256"]}"#) == #"{"id":"r\u0031","outcome":"reject","code":"expired"}"#)
        #expect(answer("1", "{}").contains("alg_not_allowed"))
        #expect(answer("1", #"{"algs":["XX"]}"#).contains("alg_not_allowed"))
        #expect(answer("1", #"{"algs":["HS256"],"iss":"i"}"#).contains("claim_missing"))
        #expect(answer("1", #"{"algs":["HS256"],"maxTokenBytes":9}"#).contains("token_too_large"))
        #expect(
            answer("1760000599.5", #"{"algs":["HS256"]}"#)
                == #"{"id":"r\u0031","outcome":"accept","code":"ok","claims":{"exp":1760000600, "big":9007199254740993}}"#
        )
    }
}
