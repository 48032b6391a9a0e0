import Foundation
import Gateway
import HTTP
import Routes
import Testing

/// docs/explanation/differences-from-aws.md is made from the checks here; `GATEHOUSE_WRITE_DOCS=1 swift test --filter
/// DifferencePage` writes it anew.
@Suite("The page of differences from AWS")
struct DifferencePageTests {
    private static let opening = """
        # Differences from AWS

        Made by `DifferencePageTests` from checks that run with every test; a test fails when this page is out of date, or when a sentence about Gatehouse is not true.

        Gatehouse answers as API Gateway does wherever its answer is known and safe. This page lists where it does not, and how well each answer is known.
        """

    private static let groups: [(Difference.Kind, String, String)] = [
        (.deliberate, "On purpose", "Another behaviour would be unsafe, wrong or of no use."),
        (.missing, "Not there", "Refused by name where a configuration asks for it, never ignored."),
        (.unknown, "Not known", "AWS's behaviour is not documented, or only believed; each is a change of one line."),
    ]

    private static let evidence = """
        ## Every answer of the gateway itself

        Status and body are what a client gets when nothing is customised. **captured**: somebody published a real answer with these bytes. **documented**: AWS's documentation says so. **believed**: from experience, or inferred. REST APIs add `x-amzn-RequestId`, `x-amz-apigw-id` and `x-amzn-ErrorType`, and `X-Amzn-Trace-Id` once an integration was called; HTTP APIs add `apigw-requestid`.
        """

    private static func row(_ row: AnswerRow) throws -> String {
        let bench = try GateBench(row.api)
        var exchange = try bench.exchange("GET", "/x/1")
        exchange.failure = row.failure
        let answer = GatewayAnswer.make(row.failure, exchange)
        let type =
            FailureMapping.response(to: row.failure, apiType: row.api).errorType.map { "`\($0)`" } ?? "-"
        let body = String(decoding: answer.body, as: UTF8.self)
        let note = row.note.isEmpty ? "" : ": \(row.note)"
        return
            "| \(row.api.rawValue) | \(row.situation) | \(answer.status) | `\(body)` | \(answer.body.count) | \(type) "
            + "| \(row.evidence.rawValue)\(note) |"
    }

    private static func page() throws -> String {
        var lines = [opening]
        for (kind, title, text) in groups {
            lines += ["", "## \(title)", "", text, "", "| AWS | Gatehouse | why |", "|---|---|---|"]
            lines += Difference.all.filter { $0.kind == kind }.map { "| \($0.aws) | \($0.here) | \($0.why) |" }
        }
        lines += [
            "", evidence, "", "| API | situation | status | body | bytes | error type | known |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += try AnswerRow.all.map { try row($0) }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("What is said of Gatehouse is true", arguments: Difference.all)
    func holds(_ difference: Difference) throws {
        #expect(try difference.holds())
    }

    @Test("The page says what the checks say")
    func page() throws {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
        { folder.deleteLastPathComponent() }
        let file = folder.appendingPathComponent("docs/explanation/differences-from-aws.md")
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(try Self.page().utf8).write(to: file)
        }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == (try Self.page()))
    }

    @Test("No two rows speak of the same case, and every answer is JSON")
    func rows() throws {
        #expect(Set(AnswerRow.all.map { "\($0.api) \($0.failure)" }).count == AnswerRow.all.count)
        for row in AnswerRow.all {
            let response = FailureMapping.response(to: row.failure, apiType: row.api)
            #expect(response.messageString == Array("null".utf8) || response.message != nil || row.situation.isEmpty)
        }
    }
}
