import TestSupport
import Testing

@Suite("Configurations with mistakes")
struct SeededMistakeTests {
    static let names = [
        "duplicate-key", "missing-comma", "misspelt-key", "not-built", "out-of-range", "unknown-authorizer",
        "unknown-key", "unset-variable", "wrong-choice", "wrong-type",
    ]

    @Test("serve refuses to start with 78 and says where the mistake is", arguments: names)
    func refused(_ name: String) async throws {
        // The first line of each file: // GH2104 at 18:20
        let text = try Fixture.text("mistakes/\(name).jsonc")
        let words = try #require(text.split(separator: "\n").first).split(separator: " ")
        let (code, place) = (words[1], words[3])
        let path = "fixtures/mistakes/\(name).jsonc"
        let outcome = try await Threads.run { try Program.run(["serve", "--config", path]) }
        #expect(outcome.status == 78)
        #expect(outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n")
        let errors = lines.indices.filter { lines[$0].hasPrefix("error[") }
        #expect(errors.count == 1, "\(outcome.errors)")
        let first = try #require(errors.first)
        #expect(lines[first].hasPrefix("error[\(code)]: "))
        #expect(lines[first + 1].drop { $0 == " " } == "--> \(path):\(place)")
        #expect(outcome.errors.contains("not started"))
        // The secret that stands in the file is not shown with the line.
        #expect(!outcome.errors.contains("thirty-two bytes or more"))
    }

    @Test("Thirty mistakes give thirty diagnostics in one run, each at its line")
    func thirty() async throws {
        let path = "fixtures/gateway/thirty-mistakes.jsonc"
        let outcome = try await Threads.run { try Program.run(["serve", "--config", path]) }
        #expect(outcome.status == 78)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("error[") } == 30)
        #expect(outcome.errors.contains("30 errors"))
        let numbered = try Fixture.text("gateway/thirty-mistakes.jsonc").split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .enumerated().filter { $0.element.contains(" // ") }.map { $0.offset + 1 }
        let places = Set(
            lines.filter { $0.drop { $0 == " " }.hasPrefix("--> ") }.compactMap { Int($0.split(separator: ":")[1]) })
        #expect(numbered.count == 30)
        #expect(places == Set(numbered))
    }
}

@Suite("The configuration of the demo")
struct DemoConfigurationTests {
    @Test("The text that is compiled in is the top-level gateway.json")
    func equal() throws {
        let file = String(decoding: try Fixture.file("gateway.json"), as: UTF8.self)
        let source = String(decoding: try Fixture.file("Sources/gatehouse/Demo/DemoConfiguration.swift"), as: UTF8.self)
        let opening = try #require(source.firstRange(of: "#\"\"\"\n"))
        let closing = try #require(source.firstRange(of: "\n        \"\"\"#"))
        let literal = source[opening.upperBound..<closing.lowerBound]
        let lines = literal.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("        ") ? line.dropFirst(8) : line
        }
        #expect(lines.joined(separator: "\n") + "\n" == file)
    }
}
