/// The answer to a ``PolicyRequest``. The names are those of the batch interface.
package enum PolicyOutcome: String, Sendable, Hashable, CaseIterable {
    /// A statement allows and none denies.
    case allow
    /// A Deny statement matches.
    case explicitDeny
    /// Nothing matches; also what a silent document means beside another.
    case implicitDeny
}

/// Which statement of which document.
package struct StatementIndex: Sendable, Hashable {
    /// Index of the document in the list that was asked.
    package let document: Int
    /// Index of the statement in that document.
    package let statement: Int
    /// Index of the statement counted through all documents.
    package let position: Int

    package init(document: Int, statement: Int, position: Int) {
        self.document = document
        self.statement = statement
        self.position = position
    }
}

/// What was decided and by which statement.
package struct PolicyDecision: Sendable, Hashable {
    package let outcome: PolicyOutcome
    /// The first Deny that matches, else the first Allow that matches; nil for an implicit deny.
    package let matched: StatementIndex?

    package init(outcome: PolicyOutcome, matched: StatementIndex?) {
        self.outcome = outcome
        self.matched = matched
    }

    /// The deciding statement's Sid, or its index through all documents when it has none.
    package func statementName(in documents: [PolicyDocument]) -> String? {
        guard let matched else { return nil }
        return PolicyEvaluator.name(of: matched, in: documents)
    }
}
