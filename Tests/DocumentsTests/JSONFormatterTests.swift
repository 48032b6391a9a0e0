import Documents
import Testing

struct JSONFormatterTests {
    private static func format(_ text: String) throws -> String {
        String(decoding: try JSONFormatter.format(Array(text.utf8)), as: UTF8.self)
    }

    @Test(
        "A text that is not JSON is refused", arguments: ["", "{", "{ \"a\": }", "{ a: 1 }", "[1 2]", "/* open", "1 2"])
    func refused(_ text: String) {
        #expect(throws: JSONFormatter.Refusal.self) { try Self.format(text) }
    }

    @Test(
        "The layout",
        arguments: [
            ("{}", "{}\n"), ("[ ]", "[]\n"), ("1", "1\n"), ("{\"a\":1}", "{ \"a\": 1 }\n"),
            ("{ \"a\" :1 , \"b\":[ 1,2 ], }", "{ \"a\": 1, \"b\": [1, 2] }\n"),
            ("{\n\"a\":1,\"b\":{\"c\":2}}", "{\n  \"a\": 1, \"b\": { \"c\": 2 }\n}\n"),
            ("{\n\"a\":{\n\"b\":1},\"c\":2,\"d\":3}", "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"c\": 2, \"d\": 3\n}\n"),
            ("{\"a\":{\n\"b\":1}}", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n"),
            ("{\n\n\"a\": 1,\n\n\n\n\"b\": 2\n\n}", "{\n  \"a\": 1,\n\n  \"b\": 2\n}\n"),
            (
                "{ // head\n\"a\": 1 // one\n, // two\n\"b\": 2 }",
                "{\n  // head\n  \"a\": 1, // one\n  // two\n  \"b\": 2\n}\n"
            ),
            (
                "{\n\"a\": 1, /* of a */\n/* of b */ \"b\": 2 // end\n}",
                "{\n  \"a\": 1, /* of a */\n  /* of b */ \"b\": 2 // end\n}\n"
            ),
            (
                "{\n\"a\": /* in */ 1, /* of b */ \"b\": 2\n// last\n}",
                "{\n  /* in */ \"a\": 1,\n  /* of b */ \"b\": 2\n  // last\n}\n"
            ),
            ("// one\n\n// two\n{}\n\n// three", "// one\n\n// two\n{}\n\n// three\n"),
            ("[1, // a\n2]", "[\n  1, // a\n  2\n]\n"),
        ])
    func layout(_ text: String, _ expected: String) throws {
        #expect(try Self.format(text) == expected)
        #expect(try Self.format(expected) == expected)
    }

    @Test("A line end of the file stays what it is, and a byte-order mark goes")
    func lineEnds() throws {
        #expect(try Self.format("{\r\n\"a\":1 // x\r\n}\r\n") == "{\r\n  \"a\": 1 // x\r\n}\r\n")
        #expect(try Self.format("\u{FEFF}{\"a\":1}") == "{ \"a\": 1 }\n")
    }

    @Test("A container that does not fit into 120 columns gets lines")
    func width() throws {
        for count in 100...125 {
            let text = "{ \"a\": \"\(String(repeating: "ü", count: count))\" }"
            let isShort = text.unicodeScalars.count <= 120
            #expect(try Self.format(text).contains("\n  ") == !isShort)
        }
    }

    @Test("Numbers and strings keep their bytes")
    func bytes() throws {
        let text = "[1.50, 1E3, -0, \"\\u00e9\\/\", \"é\", \"//no\", \"/*no*/\"]\n"
        #expect(try Self.format(text) == text)
    }

    @Test("Whatever is made up: values and comments stay, and formatting twice changes nothing", arguments: 0..<400)
    func random(_ seed: Int) throws {
        var maker = DocumentMaker(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let text = maker.document()
        let bytes = Array(text.utf8)
        let once = try JSONFormatter.format(bytes)
        #expect(JSONFormatter.isSame(bytes, once), "\(text)")
        let twice = try JSONFormatter.format(once)
        #expect(once == twice, "\(text)\n---\n\(String(decoding: once, as: UTF8.self))")
        // A value or a comment less is noticed.
        #expect(!JSONFormatter.isSame(bytes, Array((text + "// more").utf8)))
    }
}

/// Writes JSON with comments in every place where one may stand.
private struct DocumentMaker {
    var state: UInt64
    var count = 0

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func document() -> String { gap() + value(4) + gap() }

    mutating func gap() -> String {
        var out = ""
        for _ in 0..<next(3) {
            count += 1
            switch next(7) {
            case 0: out += "// c\(count) \n"
            case 1: out += "/* c\(count) */"
            case 2: out += "\n"
            case 3: out += "\n\n\n"
            case 4: out += "/* c\(count)\n  more */ "
            default: out += " "
            }
        }
        return out
    }

    mutating func value(_ depth: Int) -> String {
        let kind = next(depth > 0 ? 8 : 4)
        switch kind {
        case 0: return "\"s\(next(100))\""
        case 1: return "\(next(1000))"
        case 2: return "true"
        case 3: return "\"\(String(repeating: "long ", count: next(20)))\""
        case 4, 5:
            let items = (0..<next(4)).map { _ in gap() + value(depth - 1) + gap() }
            return "[" + items.joined(separator: ",") + (items.isEmpty || next(3) > 0 ? "" : ",") + gap() + "]"
        default:
            let items = (0..<next(4)).map { "\(gap())\"k\($0)\"\(gap()):\(gap())\(value(depth - 1))\(gap())" }
            return "{" + items.joined(separator: ",") + (items.isEmpty || next(3) > 0 ? "" : ",") + gap() + "}"
        }
    }
}
