import Documents
import Testing

@Suite struct YAMLReaderTests {
    private func read(_ text: String) throws(YAMLError) -> DataNode { try YAMLReader.read(Array(text.utf8)) }

    private func json(_ text: String) throws -> String { String(decoding: try read(text).json, as: UTF8.self) }

    @Test(
        "Refuses what it cannot read, at the place",
        arguments: [
            ("", YAMLError.Problem.empty, 0), ("# only a comment\n", .empty, 0), ("a: [1, 2", .syntax, 8),
            ("a: 1\nb: 2\na: 3\n", .duplicateKey, 10), ("{a: 1, \"a\": 2}", .duplicateKey, 7),
            ("? [a]\n: 1\n", .keyNotText, 2), ("a: *b\n", .unknownAlias, 3),
            ("a: 1\n---\nb: 2\n", .severalDocuments, 5),
            ("a: !!binary aGk=\n", .unknownTag, 3), ("a: !ruby/object {}\n", .unknownTag, 3),
            ("~: 1\n", .keyNotText, 0), ("ä: *x", .unknownAlias, 4),
        ])
    func refusals(text: String, problem: YAMLError.Problem, offset: Int) throws {
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.problem == problem)
        #expect(error?.range.lowerBound == offset)
    }

    @Test("Refuses bytes that are not UTF-8") func encoding() {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.read([0x61, 0x3A, 0x20, 0xFF]) }
        #expect(error?.problem == .invalidUTF8)
        #expect(error?.range == 3..<4)
    }

    @Test("Aliases cannot unfold a small text into a large tree") func bomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let copies = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(copies)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.problem == .tooLarge)
    }

    @Test("Depth is bounded, through aliases too") func depth() throws {
        let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try read(nested) }
        let error = #expect(throws: YAMLError.self) { try read("[\(nested)]") }
        #expect(error?.problem == .tooDeep)
        var text = "a0: &a0 [[[[[[[[[x]]]]]]]]]\n"
        for level in 1...8 { text += "a\(level): &a\(level) [[[[[[[[[*a\(level - 1)]]]]]]]]]\n" }
        let deep = #expect(throws: YAMLError.self) { try read(text) }
        #expect(deep?.problem == .tooDeep)
    }

    @Test(
        "Plain words are read as JSON reads them, quoted ones are text",
        arguments: [
            (
                "[~, null, '', yes, on, 0755, 0x1F, 1.0, -2e3, .5, '401', 401, true, \"true\", !!str 12]",
                #"[null,null,"","yes","on","0755","0x1F",1.0,-2e3,".5","401",401,true,"true","12"]"#
            ),
            ("at: 2026-11-21T12:00:00Z", #"{"at":"2026-11-21T12:00:00Z"}"#),
            ("a:\n  - b: 1\n    c:\n  - d\n", #"{"a":[{"b":1,"c":null},"d"]}"#),
            ("x: &x {k: v}\ny: *x\n", #"{"x":{"k":"v"},"y":{"k":"v"}}"#),
            ("401: deny\ntrue: x", #"{"401":"deny","true":"x"}"#),
            ("t: |\n  one\n  two\n", #"{"t":"one\ntwo\n"}"#),
        ])
    func scalars(text: String, expected: String) throws {
        #expect(try json(text) == expected)
    }

    @Test("Every value knows its place, behind letters of several bytes and a byte-order mark too") func places() throws
    {
        let text = "\u{FEFF}grüße: [äb, \"c d\", {k: 12}]\nlast:\n  - x\n\n"
        let bytes = Array(text.utf8)
        func shown(_ node: DataNode?) -> String { node.map { String(decoding: bytes[$0.range], as: UTF8.self) } ?? "-" }
        let root = try YAMLReader.read(bytes)
        #expect(shown(root["grüße"]) == "[äb, \"c d\", {k: 12}]")
        #expect(root["grüße"]?.list?.map { shown($0) } == ["äb", "\"c d\"", "{k: 12}"])
        #expect(shown(root["grüße"]?.list?[2]["k"]) == "12")
        #expect(shown(root["last"]) == "- x")
        #expect(root.map.map { $0.map { String(decoding: bytes[$0.keyRange], as: UTF8.self) } } == ["grüße", "last"])
    }

    @Test("JSON with comments gives the same tree") func sameTree() throws {
        let yaml = SourceText(name: "a.yaml", bytes: Array("a: [1, x, ~, {b: true}]".utf8))
        let jsonc = SourceText(
            name: "a.jsonc", bytes: Array("{ \"a\": [1, \"x\", null, {\"b\": true},], } // end".utf8))
        let first = DataNode.read(yaml)
        let second = DataNode.read(jsonc)
        #expect(first.node?.json == second.node?.json)
        #expect(first.diagnostics.isEmpty && second.diagnostics.isEmpty)
        let broken = DataNode.read(SourceText(name: "b.yml", bytes: Array("a: [".utf8)))
        #expect(broken.node == nil && broken.diagnostics.map(\.code) == ["GH1101"])
    }
}
