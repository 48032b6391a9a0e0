import Documents
import TestRandom
import Testing

struct JSONParserTests {
    @Test(
        "Text that is not JSON is refused with the problem's own code",
        arguments: [
            ("", "GH1001"), ("  ", "GH1001"), ("{", "GH1002"), ("[1", "GH1002"), ("\"a", "GH1002"),
            ("[1 2]", "GH1003"), ("{\"a\":1 \"b\":2}", "GH1003"), ("[,]", "GH1004"), ("\u{FEFF}1", "GH1004"),
            ("{\"a\" 1}", "GH1005"), ("{a:1}", "GH1006"), ("\"\\x\"", "GH1007"), ("\"\\u12g4\"", "GH1007"),
            ("\"\u{01}\"", "GH1008"), ("\"\\ud800\"", "GH1010"), ("\"\\udc00\"", "GH1010"),
            ("\"\\ud800\\u0041\"", "GH1010"),
            ("01", "GH1011"), ("1.", "GH1011"), ("-", "GH1011"), ("1e", "GH1011"), ("+1", "GH1004"), (".5", "GH1004"),
            ("tru", "GH1012"), ("True", "GH1004"), ("nulll", "GH1012"), ("NaN", "GH1004"),
            ("{\"a\":1,\"a\":2}", "GH1013"), ("{\"a\":1,\"\\u0061\":2}", "GH1013"), ("1 2", "GH1015"),
            ("[1,]", "GH1016"), ("{\"a\":1,}", "GH1016"), ("// c\n1", "GH1004"), ("[1}", "GH1020"),
        ])
    func refuses(text: String, code: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
        do throws(JSONError) {
            _ = try JSONParser.parse(Array(text.utf8))
        } catch {
            #expect(error.code == code)
        }
    }

    @Test(
        "Ill-formed UTF-8 is refused",
        arguments: [[0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xE2, 0x82]])
    func refusesBadUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError(problem: .invalidUTF8, range: 1..<2)) {
            try JSONParser.parse([0x22] + bytes + [0x22])
        }
    }

    @Test("Names that are equal only by Unicode equivalence are two names")
    func keepsDistinctNames() throws {
        let document = try JSONParser.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(document.root["\u{E9}"]?.int64 == 1)
        #expect(document.root["e\u{301}"]?.int64 == 2)
    }

    @Test("Duplicates are found among many members too")
    func duplicatesAmongMany() {
        let members = (0..<500).map { "\"k\($0)\":1" } + ["\"k77\":2"]
        #expect(throws: JSONError.self) { try JSONParser.parse(Array("{\(members.joined(separator: ","))}".utf8)) }
    }

    @Test("Nesting up to the limit passes, one more does not")
    func depth() throws {
        let deep = { (levels: Int) in
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try JSONParser.parse(deep(64))
        #expect(throws: JSONError.self) { try JSONParser.parse(deep(65)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(deep(1_000_000)) }
    }

    @Test("Values keep their kind, digits, escapes and place")
    func values() throws {
        let text =
            #"{"n":9007199254740993,"d":1.50,"s":"a\n\u00e9\ud83d\ude00","l":[true,false,null],"o":{"x":{}},"z":-9223372036854775808}"#
        let root = try JSONParser.parse(Array(text.utf8)).root
        #expect(root["n"]?.int64 == 9_007_199_254_740_993)
        #expect(root["z"]?.int64 == Int64.min)
        #expect(root["d"]?.numberText == "1.50")
        #expect(root["d"]?.int64 == nil)
        #expect(root["d"]?.double == 1.5)
        #expect(root["s"]?.string == "a\n\u{E9}\u{1F600}")
        #expect(root["l"]?.elements.map(\.kind) == [.bool, .bool, .null])
        #expect(root["o"]?["x"]?.kind == .object)
        #expect(root["absent"] == nil)
        #expect(root["s"].map { String(decoding: $0.text, as: UTF8.self) } == #""a\n\u00e9\ud83d\ude00""#)
        #expect(root.members.map(\.name) == ["n", "d", "s", "l", "o", "z"])
    }

    @Test("A recovering parse reports every mistake of a configuration in one run")
    func recovers() {
        let text = """
            {
              // comments are fine
              "a": 1 "b": tru,
              c: 2,
              "d" 3,
              "e": [1 2, 03,],
              "f": "open
              "g": {"x": 1, "x": 2},
            }
            extra
            """
        let (document, errors) = JSONParser.parse(Array(text.utf8), options: .configuration)
        #expect(
            errors.map(\.code) == [
                "GH1003", "GH1012", "GH1006", "GH1005", "GH1003", "GH1011", "GH1018", "GH1013", "GH1015",
            ])
        #expect(document.root["g"]?.kind == .object)
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        #expect(errors.map { source.position(at: $0.range.lowerBound).line } == [3, 3, 4, 5, 6, 6, 7, 8, 10])
    }

    @Test("A configuration may begin with a byte-order mark, which counts as no column; UTF-16 is named")
    func encodings() {
        let marked = Array("\u{FEFF}{\"a\": tru}".utf8)
        let (document, errors) = JSONParser.parse(marked, options: .configuration)
        #expect(document.root.kind == .object)
        #expect(errors.map(\.code) == ["GH1012"])
        let source = SourceText(name: "gateway.json", bytes: marked)
        #expect(errors.first.map { source.position(at: $0.range.lowerBound).column } == 7)
        #expect(source.line(1) == "{\"a\": tru}")
        for wide: [UInt8] in [[0xFF, 0xFE, 0x7B, 0, 0x7D, 0], [0xFE, 0xFF, 0, 0x7B, 0, 0x7D], [0x7B, 0, 0x7D, 0]] {
            let found = JSONParser.parse(wide, options: .configuration).errors
            #expect(found.map(\.code) == ["GH1009"])
            let source = SourceText(name: "gateway.json", bytes: wide)
            #expect(found.map { Diagnostic($0, in: source).message } == ["gateway.json is UTF-16 text"])
        }
    }

    @Test("Damaged text never traps and never loses the tree's shape", arguments: 0..<40)
    func survivesDamage(seed: UInt64) {
        let base = Array(#"{"a":[1,2,{"b":"c\u0041","d":[[],{}]}],"e":null,"f":-1.5e3,"g":true} // x"#.utf8)
        var generator = SeededRandom(seed: seed)
        for _ in 0..<250 {
            var bytes = base
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(base.randomElement(using: &generator) ?? 0x7B, at: place)
                }
            }
            let (document, _) = JSONParser.parse(bytes, options: .configuration)
            #expect(walk(document.root) <= bytes.count + 1)
        }
    }

    private func walk(_ value: JSONValue) -> Int {
        1 + value.elements.reduce(0) { $0 + walk($1) } + value.members.reduce(0) { $0 + 1 + walk($1.value) }
    }
}
