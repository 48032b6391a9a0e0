package import Documents

/// What one lint looks for, and why: the text of `gatehouse explain` and of docs/reference/lints.md.
package struct LintRule: Sendable {
    /// A rule of AWS that a deployment of the same API would break.
    package struct AWSRule: Sendable {
        /// A sentence without a full stop.
        package var text: String
        /// Read in AWS's documentation or seen in its answers; false when it is known from hearsay only.
        package var isVerified: Bool

        init(_ text: String, verified: Bool) {
            self.text = text
            isVerified = verified
        }

        /// As notes and the page say it.
        package var sentence: String { "\(text) (\(isVerified ? "verified" : "not verified"))" }
    }

    /// Stable and append-only: `GH3203`.
    package var code: String
    /// The usual severity; a lint may report some of its findings with another one.
    package var severity: Diagnostic.Severity
    /// Short, for lists.
    package var title: String
    /// Why it matters.
    package var explanation: String
    /// A piece of gateway.json that has the problem.
    package var example: String
    /// What to do.
    package var remedy: String
    /// Set when AWS itself would refuse the setting.
    package var aws: AWSRule?

    init(
        _ code: String, _ severity: Diagnostic.Severity, _ title: String, why explanation: String, example: String,
        remedy: String, aws: AWSRule? = nil
    ) {
        self.code = code
        self.severity = severity
        self.title = title
        self.explanation = explanation
        self.example = example
        self.remedy = remedy
        self.aws = aws
    }

    /// Explanation and AWS's rule as one text.
    package var cause: String { aws.map { "\(explanation) AWS: \($0.sentence)." } ?? explanation }
}
