import ArgumentParser
import Documents
import Tokens

/// `gatehouse jwks show`
struct JWKSShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show kids, kinds, strengths and thumbprints of keys, and what is wrong with them.",
        discussion: """
            Examples:
              gatehouse jwks show public.json
              gatehouse jwks show - < keys/public.pem
              gatehouse jwks show public.json --json

            The numbers of private keys and secrets are never shown. Exit code 0: every key can be used; 1: one cannot.
            """)

    @Argument(help: "A JWK Set, a JWK or a PEM text; - for standard input.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try reporting {
            let text = try StandardStreams.read(file)
            let reports: [KeyReport]
            do throws(KeyError) {
                reports = try KeyReport.read(text)
            } catch {
                throw CommandFailure("\(file): \(error.description)", ExitCodes.no)
            }
            StandardStreams.write(json ? KeyReportText.json(reports) : KeyReportText.table(reports))
            if reports.contains(where: \.isUnusable) || reports.isEmpty { throw ExitCodes.no }
        }
    }
}

extension KeyReport {
    var isUnusable: Bool { warnings.contains { $0.hasPrefix("unusable") || $0.hasPrefix("weak") } }
}

/// Key reports for people and for programs.
enum KeyReportText {
    static func table(_ reports: [KeyReport]) -> String {
        let kids = reports.map {
            $0.keyID.map { DiagnosticPrinter.visible(String(decoding: $0, as: UTF8.self)) } ?? "-"
        }
        let kinds = reports.map { DiagnosticPrinter.visible($0.kind) }
        let algorithms = reports.map { report in
            report.hasOwnAlgorithm ? report.algorithms.map(\.name).joined(separator: " ") : "any of its kind"
        }
        func width(_ words: [String], _ title: String) -> Int { max(title.count, words.map(\.count).max() ?? 0) }
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let widths = [width(kids, "KID"), width(kinds, "KIND"), width(algorithms, "ALG")]
        var out =
            "\(pad("KID", widths[0]))  \(pad("KIND", widths[1]))  \(pad("ALG", widths[2]))  THUMBPRINT (RFC 7638)\n"
        for (index, report) in reports.enumerated() {
            let print = report.thumbprint.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            let kind = pad(kinds[index], widths[1])
            out += "\(pad(kids[index], widths[0]))  \(kind)  \(pad(algorithms[index], widths[2]))  \(print)\n"
            for warning in report.warnings { out += "  ! \(warning)\n" }
        }
        let usable = reports.count { !$0.isUnusable }
        return out + "\(reports.count) key\(reports.count == 1 ? "" : "s"), \(usable) usable\n"
    }

    static func json(_ reports: [KeyReport]) -> String {
        var writer = JSONWriter(indentation: 2)
        writer.object { writer in
            writer.member(
                "keys",
                array: { writer in
                    for report in reports { write(report, to: &writer) }
                })
        }
        return writer.text + "\n"
    }

    private static func write(_ report: KeyReport, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kid", report.keyID.map { String(decoding: $0, as: UTF8.self) })
            writer.member("kind", report.kind)
            writer.member(
                "algorithms",
                array: { writer in
                    for algorithm in report.algorithms { writer.string(algorithm.name) }
                })
            writer.member("thumbprint", report.thumbprint.map { String(decoding: $0, as: UTF8.self) })
            writer.member("private", report.isPrivate)
            writer.member("usable", !report.isUnusable)
            writer.member(
                "warnings",
                array: { writer in
                    for warning in report.warnings { writer.string(warning) }
                })
        }
    }
}
