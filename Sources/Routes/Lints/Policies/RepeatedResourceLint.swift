internal import Documents

/// A resource that another statement of the same effect covers already.
struct RepeatedResourceLint: Lint {
    static let rule = LintRule(
        "GH3205", .warning, "resource is covered already",
        why: "Another statement with the same effect, issued at least as often, covers everything that this resource "
            + "does. Whoever removes or narrows this one later will wonder why nothing changes.",
        example: "\"resources\": [\"GET/*\", \"GET/ships\"]",
        remedy: "Remove the narrower resource, or the broader one if it says more than was meant.")

    /// Pairs are compared; beyond this many the policy was made by a program.
    private static let most = 1000

    private struct Entry {
        var resource: PolicyResource
        var statement: PolicyStatementDefinition
    }

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            for effect in PolicyStatementDefinition.Effect.allCases {
                let entries = authorizer.policy.filter { $0.effect == effect }.flatMap { statement in
                    statement.resources.map { Entry(resource: $0, statement: statement) }
                }
                if entries.count <= Self.most { compare(entries, in: context) }
            }
        }
    }

    private func compare(_ entries: [Entry], in context: LintContext) {
        for (index, entry) in entries.enumerated() {
            let broader = entries.indices.first { other in
                guard other != index, covers(entries[other], entry) else { return false }
                // Of two that cover each other the first stays.
                return other < index || !covers(entry, entries[other])
            }
            guard let broader else { continue }
            let other = entries[broader]
            let isSame = other.resource.text.utf8.elementsEqual(entry.resource.text.utf8)
            context.report(
                Self.rule, entry.resource.span.range, "this resource changes nothing",
                label:
                    "\(isSame ? "stands" : "\"\(other.resource.text)\" covers it") in line \(other.resource.span.line)",
                help: "remove it, or narrow the other one",
                note: "statement \(other.statement.label) has the same effect on everything that this one covers")
        }
    }

    private func covers(_ broader: Entry, _ narrower: Entry) -> Bool {
        broader.statement.isIssued(whenever: narrower.statement) && broader.resource.includes(narrower.resource)
    }
}
