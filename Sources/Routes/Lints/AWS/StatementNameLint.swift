internal import Documents

/// A statement's name that IAM does not take.
struct StatementNameLint: Lint {
    static let rule = LintRule(
        "GH3514", .warning, "statement name that IAM refuses",
        why: "Explanations call a statement by its sid, so two of one name cannot be told apart, and IAM takes letters "
            + "and digits only.",
        example: "\"sid\": \"read-fleet\"",
        remedy: "Give each statement of a policy a name of its own, of letters and digits.",
        aws: LintRule.AWSRule("a Sid holds A-Z a-z 0-9 and is unique in its policy", verified: true))

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            let list = context.member(authorizer.name, of: "authorizers")?.value["policy"]
            var seen: Set<String> = []
            for statement in list?.elements.map({ $0 }) ?? [] {
                guard let value = statement["sid"], let sid = context.text(value) else { continue }
                if !sid.utf8.allSatisfy(Self.isAllowed) || sid.isEmpty {
                    report(value.range, "\"\(sid)\" is no name for a statement", in: context)
                } else if !seen.insert(sid).inserted {
                    report(value.range, "another statement is called \"\(sid)\"", in: context)
                }
            }
        }
    }

    private func report(_ range: Range<Int>, _ message: String, in context: LintContext) {
        context.report(
            Self.rule, range, message, help: "use letters and digits, and each name once",
            note: "explanations call statements by their sid")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
