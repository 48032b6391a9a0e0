package import Documents

/// One statement of an authorizer's `policy`, from which the IAM document of a principal is made.
package struct PolicyStatementDefinition: Sendable {
    package enum Effect: String, Sendable, Hashable, CaseIterable {
        case allow = "Allow"
        case deny = "Deny"
    }

    /// Zero-based place in the policy.
    package var index: Int
    package var span: SourceSpan
    package var sid: String?
    package var effect: Effect
    package var resources: [PolicyResource]
    /// Alternatives, each a list of conditions that must all hold; nil means the statement is always issued.
    package var when: [[WhenCondition]]?

    /// How explanations call the statement.
    package var label: String { sid ?? "#\(index)" }
}

/// A resource of a policy statement as written.
package struct PolicyResource: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        /// `*`: everything of this API and stage.
        case everything
        /// `METHOD/path`, expanded with the ARN of the API and the stage. The path has no leading slash.
        case short(method: String, path: String)
        /// Begins with `arn:`.
        case arn
    }

    package var text: String
    package var form: Form
    package var span: SourceSpan

    package init(text: String, form: Form, span: SourceSpan) {
        self.text = text
        self.form = form
        self.span = span
    }
}
