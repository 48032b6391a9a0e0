internal import Documents

/// A stage variable that AWS does not take.
struct StageVariableLint: Lint {
    static let rule = LintRule(
        "GH3504", .warning, "stage variable that AWS refuses",
        why: "The variable works here, and a deployment of the stage would fail.",
        example: "\"stageVariables\": { \"greeting\": \"good morning\" }",
        remedy: "Keep to letters, digits and - . _ ~ : / ? # & = , in values of at most 512 characters.",
        aws: LintRule.AWSRule(
            "at most 100 variables, names of 64 and values of 512 characters, values of A-Z a-z 0-9 - . _ ~ : / ? # & = ,",
            verified: true))

    func run(_ context: LintContext) {
        for stage in context.root["stages"]?.members.map({ $0 }) ?? [] {
            guard let map = stage.value["stageVariables"], map.kind == .object else { continue }
            for (index, variable) in map.members.enumerated() {
                if index == 100 {
                    report(variable.key.range, "stage \"\(stage.name)\" has \(map.count) variables", in: context)
                }
                if variable.name.utf8.count > 64 {
                    report(variable.key.range, "the name has \(variable.name.utf8.count) characters", in: context)
                }
                guard let text = context.text(variable.value) else { continue }
                if text.utf8.count > 512 {
                    report(variable.value.range, "the value has \(text.utf8.count) characters", in: context)
                } else if !text.utf8.allSatisfy(Self.isAllowed) {
                    report(variable.value.range, "the value holds other characters than AWS takes", in: context)
                }
            }
        }
    }

    private func report(_ range: Range<Int>, _ message: String, in context: LintContext) {
        context.report(
            Self.rule, range, message, help: "keep to letters, digits and - . _ ~ : / ? # & = ,",
            note: "a deployment of the stage would fail")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~:/?#&=,".utf8.contains(byte)
        }
    }
}
