import Documents
import Foundation
import Routes
import TestSupport
import Testing

/// What is done to a configuration to break it.
enum Breakage: CaseIterable {
    case misspeltKey, otherKind, hugeNumber, unknownWord, missingKey, plannedKey, wrongForm, wrongLevel, otherAPI
    case otherType, emptyList, badName, badRoute
}

@Suite("JSON Schema of gateway.json")
struct SchemaTests {
    static let schema = GatewaySchema.text()

    /// Leaves the configurations of a block in the folder that `GATEHOUSE_SCHEMA_CASES` names, for
    /// scripts/schema-check.py: lines of `{accepted, text}`.
    static func keep(_ name: String, _ cases: [(text: String, accepts: Bool)]) throws {
        guard let folder = ProcessInfo.processInfo.environment["GATEHOUSE_SCHEMA_CASES"] else { return }
        var lines: [UInt8] = []
        for each in cases {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("accepted", each.accepts)
                writer.member("text", each.text)
            }
            lines += writer.bytes + [0x0A]
        }
        try Data(lines).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).jsonl"))
    }

    static func decides(_ text: String) -> (accepts: Bool, printed: String) {
        let (_, diagnostics) = load(text, ConfigurationMaker.environment)
        return (!diagnostics.contains { $0.severity == .error }, DiagnosticPrinter().render(diagnostics))
    }

    @Test(
        "Every built key stands in the schema with its description, default, range and words; no planned one may be used"
    )
    func complete() throws {
        let definitions = try #require(try JSONParser.parse(Self.schema, maximumDepth: 200).root["$defs"])
        var planned: Set<String> = []
        for section in DocumentTables.sections {
            guard
                let found = section.path.isEmpty
                    ? try JSONParser.parse(Self.schema, maximumDepth: 200).root
                    : definitions[section.path]
            else {
                planned.insert(section.path)
                continue
            }
            #expect(found["additionalProperties"]?.bool == false)
            for key in section.keys {
                let property = found["properties"]?[key.name]
                if key.status == .planned {
                    #expect(property == nil || property?["const"] != nil, "\(section.path).\(key.name)")
                    continue
                }
                let text = property?["description"]?.string ?? ""
                #expect(text.hasPrefix(key.summary), "\(section.path).\(key.name)")
                if let value = key.defaultValue {
                    #expect(property?["default"].map { String(decoding: $0.text, as: UTF8.self) } == value)
                }
                if case .integer(let range) = key.type {
                    #expect(property?["minimum"]?.int64 == Int64(range.lowerBound))
                    #expect(property?["maximum"]?.int64 == Int64(range.upperBound))
                }
                if case .choice(let choices) = key.type {
                    let words = property?["anyOf"]?.elements.first { _ in true }?["enum"]?.elements.compactMap(\.string)
                    #expect(words == choices.filter { $0.status == .built }.map(\.name))
                }
                if key.isRequired { #expect(found["required"]?.elements.contains { $0.equals(key.name) } == true) }
            }
        }
        // What is left out are sections below planned keys.
        #expect(planned.isDisjoint(with: ["server", "routes.KEY", "authorizers.NAME.jwt", "keys.NAME"]))
    }

    @Test("1,000 configurations made from the schema: schema and decoder accept all", arguments: 0..<10)
    func accepted(_ block: Int) throws {
        let evaluator = try SchemaEvaluator(Self.schema)
        var cases: [(text: String, accepts: Bool)] = []
        for seed in block * 100..<block * 100 + 100 {
            var maker = ConfigurationMaker(evaluator: evaluator, seed: seed)
            let text = try maker.make().json
            let decided = Self.decides(text)
            cases.append((text, decided.accepts))
            #expect(decided.accepts, "seed \(seed): \(decided.printed.prefix(600))\n\(text)")
            #expect(try evaluator.accepts(JSONParser.parse(Array(text.utf8)).root), "seed \(seed): \(text)")
        }
        try Self.keep("good-\(block)", cases)
    }

    @Test("1,000 broken ones: schema and decoder agree on each", arguments: 0..<10)
    func broken(_ block: Int) throws {
        let evaluator = try SchemaEvaluator(Self.schema)
        var refused = 0
        var cases: [(text: String, accepts: Bool)] = []
        for seed in block * 100..<block * 100 + 100 {
            var maker = ConfigurationMaker(evaluator: evaluator, seed: 5000 + seed)
            let good = try maker.make()
            let kind = Breakage.allCases[seed % Breakage.allCases.count]
            var breaker = ConfigurationBreaker(evaluator: evaluator, dice: maker.dice, api: maker.api)
            let text = try breaker.broken(good, kind).json
            let decided = Self.decides(text)
            let accepts = try evaluator.accepts(JSONParser.parse(Array(text.utf8)).root)
            #expect(
                accepts == decided.accepts,
                "seed \(seed) \(kind): schema \(accepts)\n\(decided.printed.prefix(500))\n\(text)")
            cases.append((text, decided.accepts))
            if !decided.accepts { refused += 1 }
        }
        try Self.keep("broken-\(block)", cases)
        // A breakage that breaks nothing would prove nothing.
        #expect(refused >= 80, "\(refused)")
    }

    @Test(
        "The project's configurations agree, too",
        arguments: [
            "gateway.json", "fixtures/gateway/fleet.jsonc", "fixtures/gateway/fleet-rest.jsonc",
            "fixtures/gateway/fleet-http.jsonc",
        ])
    func own(_ path: String) throws {
        let bytes = try #require(ProjectFile.load(path))
        let root = JSONParser.parse(bytes, options: .configuration).document.root
        #expect(try SchemaEvaluator(Self.schema).accepts(root))
    }
}
