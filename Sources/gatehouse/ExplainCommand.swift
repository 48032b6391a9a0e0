import ArgumentParser
import Documents
import HTTP
import Routes
import Tokens

/// `gatehouse explain CODE`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a code such as GH2104 or bad_signature means.")

    @Argument(help: "A code: GH2104, GH4018, bad_signature, path_above_root.") var code: String

    func run() throws {
        try reporting {
            guard let text = Self.text(code) else {
                throw CommandFailure(
                    "\(DiagnosticPrinter.visible(code)) is not a code of Gatehouse", ExitCodes.usage)
            }
            StandardStreams.write(text + "\n")
        }
    }

    private static func text(_ code: String) -> String? {
        let upper = code.uppercased()
        if let found = DiagnosticCode[upper] {
            return "\(found.code): \(found.title)\n\n\(found.explanation)"
        }
        if let found = gateway.first(where: { $0.code == upper }) {
            return "\(found.code): \(found.title)\n\n\(found.explanation)"
        }
        if let problem = JSONError.Problem(rawValue: upper) {
            return
                "\(upper): \(JSONError(problem: problem, range: 0..<0).message)\n\nThe document is not well-formed JSON."
        }
        if let found = TokenError.Code(name: code) ?? TokenError.Code(name: upper) {
            let sees = TokenError(found).httpStatus == 401 ? "The client is answered 401 and told no more." : ""
            return "\(found.diagnostic) \(found.name): \(found.summary).\n\n\(sees)"
        }
        if let found = RefusalCode(rawValue: code.lowercased()) {
            return "\(found.rawValue): the request is refused with status \(found.status) before it is routed."
        }
        return nil
    }

    /// Codes of what is found when a checked document is compiled.
    private static let gateway: [(code: String, title: String, explanation: String)] = [
        ("GH2190", "no such stage", "Choose a stage that the document defines and whose values could all be read."),
        (
            "GH3320", "policy malformed",
            "A statement's resources do not make an IAM policy document; see the place that is named."
        ),
        ("GH3321", "unknown algorithm", "Write one of the registered names, such as HS256, RS256 or ES256."),
        ("GH3322", "not a header field", "A header of the MOCK response has a name or value that HTTP does not allow."),
        ("GH3323", "no uri for this stage", "A stage variable that the uri needs could not be read."),
        (
            "GH3326", "resource policy malformed",
            "The document in \"policy\" of \"api\" is no resource policy, or names a resource that no request can ever "
                + "match: a Deny that is never met would be worse than none."
        ),
        (
            "GH3327", "way around an authorizer",
            "With a Lambda authorizer, AWS admits what either policy allows and neither denies. A wide Allow in the "
                + "resource policy therefore lets everybody with an accepted token in, even where the authorizer's "
                + "policy says nothing. Deny aloud in one of the two."
        ),
        (
            "GH4320", "key cannot be used",
            "The key is malformed, too weak, or of a kind that tokens are not signed with."
        ),
        ("GH4321", "key left out", "One key of a set cannot be used; tokens that name it are refused."),
    ]
}
