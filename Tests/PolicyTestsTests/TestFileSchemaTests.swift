import Documents
import Foundation
import PolicyTests
import TestSupport
import Testing

@Suite struct TestFileSchemaTests {
    /// Whether the schema takes a test file in YAML.
    static func accepts(_ text: String) throws -> Bool {
        let (node, problems) = DataNode.read(SourceText(name: "a.gatetest.yaml", bytes: Array(text.utf8)))
        guard let node, problems.isEmpty else { return false }
        let document = try JSONParser.parse(node.json)
        return try SchemaEvaluator(TestFileSchema.text()).accepts(document.root)
    }

    /// What only the program can see: names, rows against columns, expectations of nothing, words of functions.
    private static let beyond: Set<String> = ["GH7005", "GH7006", "GH7008", "GH7010", "GH7011"]

    @Test("What the reader refuses in one value the schema refuses too", arguments: SuiteReaderTests.mistakes.indices)
    func mistakes(index: Int) throws {
        let mistake = SuiteReaderTests.mistakes[index]
        if Self.beyond.contains(mistake.code) { return }
        let isBeyond = ["functions: { f: maybe }", "\"a b\": x", "- rows: { GET /: allow }"].contains {
            mistake.text.contains($0)
        }
        var text = mistake.text
        // The mistake alone is to be found, not that nothing is tested.
        if !["matrix", "cases", "sequences"].contains(where: { text.contains($0) }) {
            text += "\ncases: [{ name: a, request: GET /, expect: { status: 404 } }]"
        }
        let (root, _) = DataNode.read(SourceText(name: "a.yaml", bytes: Array(mistake.text.utf8)))
        if root == nil { return }
        #expect(try Self.accepts(text) == isBeyond, "\(text)")
    }

    @Test("The project's own test files hold") func own() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for name in ["ships", "tokens"] {
            let file = root.appendingPathComponent("tests/\(name).gatetest.yaml")
            #expect(try Self.accepts(String(contentsOf: file, encoding: .utf8)))
        }
    }

    @Test("Every key that the reader knows is described") func keys() throws {
        let schema = try JSONParser.parse(TestFileSchema.text()).root
        for (place, names) in SuiteReader.keys {
            let name = place.hasPrefix("a ") ? String(place.dropFirst(2)) : place
            let object = place == "the file" ? schema : try #require(schema["$defs"]?[name])
            let properties = try #require(object["properties"])
            #expect(properties.members.map { String($0.name) } == names)
            for member in properties.members {
                let description = member.value["description"]?.string ?? ""
                #expect(!description.isEmpty, "\(place).\(String(member.name))")
            }
            #expect(object["additionalProperties"]?.bool == false)
        }
    }
}
