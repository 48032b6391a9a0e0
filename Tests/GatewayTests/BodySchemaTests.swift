import Gateway
import Routes
import Testing

/// JSON Schema, draft 4, keyword by keyword: what fits and what does not.
@Suite("Models of bodies")
struct BodySchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var schema: String
        var good: [String]
        var bad: [String]
        var testDescription: String { schema }
    }

    static let cases: [Case] = [
        Case(schema: "{}", good: ["null", "1", "\"\"", "[]", "{}"], bad: ["", "{", "1 2"].filter { !$0.isEmpty }),
        Case(schema: #"{"type":"integer"}"#, good: ["1", "-7", "99999999999999999999"], bad: ["1.5", "\"1\"", "1e3"]),
        Case(schema: #"{"type":["string","null"]}"#, good: ["\"\"", "null"], bad: ["1", "{}"]),
        Case(
            schema: #"{"enum":[1,"a",{"b":[1.0]}]}"#, good: ["1.0", "\"a\"", #"{"b":[1]}"#], bad: ["2", "\"A\"", "{}"]),
        Case(
            schema: #"{"minimum":1,"exclusiveMinimum":true,"maximum":3}"#, good: ["1.1", "3", "\"x\""],
            bad: ["1", "3.1"]),
        Case(schema: #"{"maximum":3,"exclusiveMaximum":true}"#, good: ["2.9"], bad: ["3"]),
        Case(schema: #"{"multipleOf":0.1}"#, good: ["0.3", "7", "-0.2"], bad: ["0.35"]),
        Case(schema: #"{"minLength":2,"maxLength":3}"#, good: ["\"äö\"", "\"abc\"", "1"], bad: ["\"ä\"", "\"abcd\""]),
        Case(schema: #"{"pattern":"b+$"}"#, good: ["\"abb\"", "\"b\""], bad: ["\"ba\"", "\"\""]),
        Case(
            schema: #"{"items":{"type":"string"},"minItems":1,"maxItems":2}"#, good: [#"["a"]"#, "{}"],
            bad: ["[]", "[1]", #"["a","b","c"]"#]),
        Case(
            schema: #"{"items":[{"type":"string"}],"additionalItems":false}"#, good: [#"["a"]"#, "[]"],
            bad: ["[1]", #"["a",1]"#]),
        Case(schema: #"{"items":[{}],"additionalItems":{"type":"string"}}"#, good: [#"[1,"a"]"#], bad: ["[1,2]"]),
        Case(
            schema: #"{"uniqueItems":true}"#, good: ["[1,2]", #"["1",1]"#],
            bad: ["[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#]),
        Case(
            schema: #"{"required":["a"],"maxProperties":2,"minProperties":1}"#, good: [#"{"a":null}"#, "[]"],
            bad: ["{}", #"{"b":1}"#, #"{"a":1,"b":2,"c":3}"#]),
        Case(
            schema:
                #"{"properties":{"a":{"type":"string"}},"patternProperties":{"^x-":{"type":"number"}},"additionalProperties":false}"#,
            good: [#"{"a":"","x-1":1}"#], bad: [#"{"a":1}"#, #"{"x-1":""}"#, #"{"b":1}"#]),
        Case(schema: #"{"additionalProperties":{"type":"number"}}"#, good: [#"{"a":1}"#], bad: [#"{"a":""}"#]),
        Case(
            schema: #"{"dependencies":{"a":["b"],"c":{"required":["d"]}}}"#,
            good: ["{}", #"{"a":1,"b":1}"#, #"{"c":1,"d":1}"#],
            bad: [#"{"a":1}"#, #"{"c":1}"#]),
        Case(schema: #"{"allOf":[{"minimum":1},{"maximum":2}]}"#, good: ["1"], bad: ["0", "3"]),
        Case(schema: #"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, good: ["\"\"", "6"], bad: ["4"]),
        Case(schema: #"{"oneOf":[{"minimum":5},{"maximum":6}]}"#, good: ["1", "7"], bad: ["5"]),
        Case(schema: #"{"not":{"type":"string"}}"#, good: ["1"], bad: ["\"\""]),
        Case(
            schema:
                ##"{"definitions":{"n":{"type":"object","properties":{"next":{"$ref":"#/definitions/n"}},"additionalProperties":false}},"$ref":"#/definitions/n"}"##,
            good: [#"{"next":{"next":{}}}"#], bad: [#"{"next":{"next":{"x":1}}}"#]),
        Case(schema: ##"{"$ref":"#"}"##, good: [], bad: ["{}"]),
        Case(
            schema: ##"{"properties":{"a":{"$ref":"https://apigateway.amazonaws.com/restapis/a1b2/models/Other"}}}"##,
            good: [#"{"a":true}"#], bad: [#"{"a":1}"#]),
        // Deeper than is looked: not decided, so it does not fit, whatever is turned around.
        Case(
            schema:
                ##"{"not":{"$ref":"#/definitions/d"},"definitions":{"d":{"items":{"$ref":"#/definitions/d"},"maxItems":1}}}"##,
            good: ["[1,2]"],
            bad: ["[[]]", String(repeating: "[", count: 120) + "1,2" + String(repeating: "]", count: 120)]),
        // Alternatives of alternatives: the work is bounded, and what is not decided does not fit.
        Case(
            schema: ##"{"not":{"anyOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}}"##,
            good: ["1"].filter { _ in false },
            bad: [String(repeating: "[", count: 150) + String(repeating: "]", count: 150)]),
        // Padding does not carry a text past the limits of the library.
        Case(
            schema: #"{"not":{"pattern":"<script"}}"#, good: ["\"\(padding)\""],
            bad: ["\"<script\"", "\"\(padding)<script\""]),
        Case(
            schema: #"{"patternProperties":{"secret":{"type":"number"}}}"#, good: ["{\"\(padding)secret\":1}"],
            bad: ["{\"\(padding)secret\":\"s\"}"]),
        // A pattern that gives up refuses the body, whatever it stands in.
        Case(
            schema: #"{"not":{"pattern":"^(a+)+$"}}"#, good: ["\"b\""],
            bad: ["\"aaa\"", "\"\(exponential)\""]),
        Case(schema: #"{"oneOf":[{"pattern":"^(a+)+$"},{}]}"#, good: ["\"b\""], bad: ["\"\(exponential)\""]),
        Case(schema: #"{"anyOf":[{"pattern":"^(a+)+$"},{}]}"#, good: ["\"b\""], bad: ["\"\(exponential)\""]),
        Case(
            schema: #"{"patternProperties":{"^(a+)+$":{"type":"number"}}}"#, good: ["{\"b\":\"\"}"],
            bad: ["{\"\(exponential)\":\"\"}"]),
        // Each text is cheap alone; a body's texts share one budget. A scan from every place is counted, too.
        Case(
            schema: #"{"items":{"pattern":"^(a|a){12}$"}}"#, good: [#"["aaaaaaaaaaaa"]"#],
            bad: ["[\(Array(repeating: "\"aaaaaaaaaaab\"", count: 5000).joined(separator: ","))]"]),
        Case(
            schema: #"{"pattern":"a*b"}"#, good: ["\"ab\""],
            bad: ["\"\(String(repeating: "a", count: 100_000))\""]),
        // Characters, not bytes; `$` is the end, not the line before it.
        Case(
            schema: #"{"pattern":"^[А-я]{2}$"}"#, good: ["\"Жя\"", #""\u0416я""#], bad: ["\"éé\"", "\"Ж\"", #""Жя\n""#]),
        Case(schema: #"{"pattern":"^.{1,3}$"}"#, good: ["\"日本語\""], bad: ["\"日本語x\""]),
        // A list inside of lists that must all be without repetition is looked at once.
        Case(
            schema: ##"{"uniqueItems":true,"items":{"$ref":"#"}}"##,
            good: [nested("1,2"), #"[[1,{"a":1}],[{"a":1},1]]"#],
            bad: [nested("1,1"), #"[{"a":[1,2]},{"a":[1.0,2]}]"#]),
    ]

    private static let padding = String(repeating: "x", count: 101_000)
    private static let exponential = String(repeating: "a", count: 60) + "!"

    private static func nested(_ text: String) -> String {
        let wide = (10..<20_000).map { ",\($0)" }.joined()
        return String(repeating: "[", count: 60) + text + wide + String(repeating: "]", count: 60)
    }

    @Test("A model takes what draft 4 takes", arguments: cases)
    func judged(_ item: Case) throws {
        let bench = try GateBench(
            .rest,
            members:
                ", \"requestValidator\": { \"validateRequestBody\": true }, \"requestModels\": { \"$default\": \"M\" }",
            top:
                "\"models\": { \"M\": { \"schema\": \(item.schema) }, \"Other\": { \"schema\": { \"type\": \"boolean\" } } },"
        )
        for text in item.good { #expect(try bench.answer("POST", "/x/1", body: text) == nil, "\(text.prefix(80))") }
        for text in item.bad {
            let answer = try bench.answer("POST", "/x/1", body: text)
            #expect(answer?.status == 400, "\(text.prefix(80))")
        }
    }
}
