import Documents
import Testing

@testable import Policies

@Suite("Explanations")
struct PolicyTraceTests {
    private func trace(
        _ text: String, _ context: [(String, ConditionValues)] = [], resource: String = petARN
    ) throws -> PolicyTrace {
        let document = try PolicyParser.parse(Array(text.utf8))
        return PolicyEvaluator.trace(
            PolicyRequest(resource: Array(resource.utf8), context: PolicyContextTable(context)), by: [document])
    }

    @Test("Every statement says why it did not match, in order")
    func reasons() throws {
        let text = """
            {"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"s3:Get*","Resource":"*"},
            {"Effect":"Allow","NotAction":["iam:*","execute-api:*"],"Resource":"*"},
            {"Sid":"Near","Effect":"Allow","Action":"*","Resource":["\(apiARN)/prod/POST/*","\(apiARN)/prod/GET/pets/4","arn:aws:s3:::x"]},
            {"Effect":"Allow","Action":"*","NotResource":["arn:aws:s3:::x","\(apiARN)/*"]},
            {"Effect":"Allow","Action":"*","Resource":"\(apiARN)/prod/GET/${aws:username}"},
            {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true},"IpAddress":{"aws:SourceIp":["10.0.0.0/8"]}}},
            {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:Referer":"${x}"}}},
            {"Sid":"Yes","Effect":"Allow","Action":"*","Resource":"*"}]}
            """
        let trace = try trace(text, [("aws:SecureTransport", .text("true")), ("aws:SourceIp", .text("11.0.0.1"))])
        #expect(trace.decision.outcome == .allow)
        #expect(trace.statements.map(\.name) == ["0", "1", "Near", "3", "4", "5", "6", "Yes"])
        #expect(trace.statements.map(\.matches) == [false, false, false, false, false, false, false, true])
        #expect(trace.statements[0].reason == .action(patterns: ["s3:Get*"]))
        #expect(trace.statements[1].reason == .excludedAction(pattern: "execute-api:*"))
        #expect(
            trace.statements[2].reason
                == .resource(
                    NearestPattern(
                        pattern: apiARN + "/prod/GET/pets/4", matchedBytes: petARN.utf8.count - 1, rest: "2",
                        unresolved: [])))
        #expect(trace.statements[3].reason == .excludedResource(pattern: apiARN + "/*"))
        #expect(
            trace.statements[4].reason
                == .resource(
                    NearestPattern(
                        pattern: apiARN + "/prod/GET/${aws:username}", matchedBytes: 0, rest: petARN,
                        unresolved: ["aws:username"])))
        #expect(
            trace.statements[5].reason
                == .condition(
                    ConditionFailure(
                        operatorName: "IpAddress", key: "aws:SourceIp", expected: ["10.0.0.0/8"], actual: ["11.0.0.1"],
                        unresolved: [])))
        #expect(
            trace.statements[6].reason
                == .condition(
                    ConditionFailure(
                        operatorName: "StringEquals", key: "aws:Referer", expected: ["${x}"], actual: nil,
                        unresolved: ["x"])))
        #expect(trace.statements[7].reason == .matched)
        let rendered = trace.render()
        #expect(rendered.hasPrefix("allow by Yes\n"))
        #expect(
            rendered.contains(
                "condition IpAddress on aws:SourceIp is not met: wants \"10.0.0.0/8\", request has \"11.0.0.1\""))
        #expect(rendered.split(separator: "\n").count == 9)
    }

    @Test("A path with line ends cannot forge lines of an explanation")
    func control() throws {
        let text = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"\(apiARN)/prod/GET/a\"}]}"
        let rendered = try trace(text, resource: apiARN + "/prod/GET/x\nallow by Forged\u{1B}[2J").render()
        #expect(rendered.split(separator: "\n").count == 2)
        #expect(!rendered.contains("\u{1B}"))
    }

    @Test("A trace is valid JSON with the decision and every statement")
    func json() throws {
        let trace = try trace("{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}")
        var writer = JSONWriter()
        trace.write(to: &writer)
        let root = try JSONParser.parse(writer.bytes).root
        #expect(root["decision"]?.string == "explicitDeny")
        #expect(root["statements"]?.count == 1)
    }
}

@Suite("Batch lines")
struct PolicyBatchTests {
    @Test(
        "What cannot be read is invalid, and its id comes back when there is one",
        arguments: [
            ("", "{\"id\":null,\"decision\":\"invalid\",\"statement\":null}"),
            ("{\"id\":\"a\"}", "{\"id\":\"a\",\"decision\":\"invalid\",\"statement\":null}"),
            ("{\"id\":\"a\",\"policies\":[", "{\"id\":\"a\",\"decision\":\"invalid\",\"statement\":null}"),
            (
                "{\"id\":7,\"policies\":[{\"Statement\":[],\"Statement\":[]}],\"request\":{\"action\":\"a:b\",\"resource\":\"\"}}",
                "{\"id\":7,\"decision\":\"invalid\",\"statement\":null}"
            ),
            (
                "{\"id\":\"a\",\"policies\":[null],\"request\":{\"action\":\"a:b\",\"resource\":\"\"}}",
                "{\"id\":\"a\",\"decision\":\"invalid\",\"statement\":null}"
            ),
            (
                "{\"id\":\"a\",\"policies\":[],\"request\":{\"action\":\"a:b\",\"resource\":\"\",\"context\":{\"k\":{}}}}",
                "{\"id\":\"a\",\"decision\":\"invalid\",\"statement\":null}"
            ),
        ])
    func invalid(_ line: String, _ expected: String) {
        #expect(String(decoding: PolicyBatch.answer(Array(line.utf8)), as: UTF8.self) == expected)
    }

    @Test("A line is answered with its decision and the statement's name")
    func answers() {
        let none = "{\"id\":\"n\",\"policies\":[],\"request\":{\"action\":\"execute-api:Invoke\",\"resource\":\"x\"}}"
        #expect(
            String(decoding: PolicyBatch.answer(Array(none.utf8)), as: UTF8.self)
                == "{\"id\":\"n\",\"decision\":\"implicitDeny\",\"statement\":null}")
        let line =
            "{\"id\":\"y\",\"apiType\":\"REST\",\"policies\":[{\"Statement\":[\(statement("Allow", condition: "{\"Bool\":{\"k\":true}}"))]}],"
            + "\"request\":{\"action\":\"execute-api:Invoke\",\"resource\":\"\(petARN)\",\"context\":{\"K\":true,\"z\":[\"a\",1]}}}"
        #expect(
            String(decoding: PolicyBatch.answer(Array(line.utf8)), as: UTF8.self)
                == "{\"id\":\"y\",\"decision\":\"allow\",\"statement\":\"0\"}")
    }
}
