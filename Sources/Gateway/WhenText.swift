import Authorizers
import Routes

/// Conditions of statements in words.
enum WhenText {
    /// Why a condition is not met: `rank "cadet" is not in ["captain", "admiral"]`.
    static func failure(_ failure: WhenEvaluator.Failure) -> String {
        let claim = failure.condition.claim.text
        let test = failure.condition.test
        switch failure.reason {
        case .missing: return "claim \(claim) is missing"
        case .kind:
            if case .matches = test { return "\(claim) is not text, so no pattern matches it" }
            let needs = "numbers or decimal text are needed on both sides"
            return "\(claim) \(value(failure.found)) cannot be compared with \(operand(test)): \(needs)"
        case .value: return outcome(claim, value(failure.found), test, holds: false)
        }
    }

    /// That a condition is met: `rank "15" is at least 10`.
    static func holding(_ holding: WhenEvaluator.Holding) -> String {
        let claim = holding.condition.claim.text
        guard let found = holding.found, found != "null" else { return "claim \(claim) is missing" }
        return outcome(claim, value(found), holding.condition.test, holds: true)
    }

    /// What a condition asks for: `rank in ["captain", "admiral"]`, `rank at least 10`.
    static func demand(_ condition: WhenCondition, negated: Bool = false) -> String {
        let claim = condition.claim.text
        let words = operand(condition.test)
        let not = negated ? "not " : ""
        switch condition.test {
        case .equals: return "\(claim) \(not)\(words)"
        case .notEquals: return "\(claim) \(negated ? "" : "not ")\(words)"
        case .isIn: return "\(claim) \(not)in \(words)"
        case .isNotIn: return "\(claim) \(negated ? "" : "not ")in \(words)"
        case .contains: return "\(claim) \(negated ? "without" : "with") \(words)"
        case .matches: return "\(claim) \(not)like \(words)"
        case .atLeast: return "\(claim) \(negated ? "below" : "at least") \(words)"
        case .atMost: return "\(claim) \(negated ? "above" : "at most") \(words)"
        case .exists(let wanted): return wanted != negated ? "a claim \(claim)" : "no claim \(claim)"
        }
    }

    // MARK: Values

    /// A claim that meets the condition, for a test token; nil when none can be named.
    static func value(meeting condition: WhenCondition) -> PrincipalDefinition.Claim? {
        switch condition.test {
        case .equals(let value), .atLeast(let value), .atMost(let value), .contains(let value):
            claim(condition, value)
        case .isIn(let values): values.first.flatMap { claim(condition, $0) }
        case .exists(true): claim(condition, .string("x"))
        case .matches(let pattern):
            pattern.contains(where: { $0 == "*" || $0 == "?" }) ? nil : claim(condition, .string(pattern))
        case .notEquals, .isNotIn, .exists: nil
        }
    }

    /// A claim that does not meet the condition.
    static func value(escaping condition: WhenCondition) -> PrincipalDefinition.Claim? {
        switch condition.test {
        case .notEquals(let value): claim(condition, value)
        case .isNotIn(let values): values.first.flatMap { claim(condition, $0) }
        case .exists(false): claim(condition, .string("x"))
        default: nil
        }
    }

    /// A path into an object is left to people.
    private static func claim(_ condition: WhenCondition, _ value: ScalarValue) -> PrincipalDefinition.Claim? {
        let name = condition.claim.text
        if name.contains(".") { return nil }
        switch value {
        case .string(let text): return ExplanationBuilder.claim(name, text)
        case .number, .bool: return PrincipalDefinition.Claim(name, Array(value.description.utf8))
        }
    }

    // MARK: Words

    private static func outcome(_ claim: String, _ found: String, _ test: WhenTest, holds: Bool) -> String {
        let words = operand(test)
        let not = holds ? "" : "not "
        switch test {
        case .equals: return "\(claim) \(found) is \(not)\(words)"
        case .notEquals: return "\(claim) \(found) is \(holds ? "not " : "")\(words)"
        case .isIn: return "\(claim) \(found) is \(not)in \(words)"
        case .isNotIn: return "\(claim) \(found) is \(holds ? "not " : "")in \(words)"
        case .contains: return "\(claim) \(found) \(holds ? "holds" : "does not hold") \(words)"
        case .matches: return "\(claim) \(found) is \(not)like \(words)"
        case .atLeast: return "\(claim) \(found) is \(holds ? "at least" : "below") \(words)"
        case .atMost: return "\(claim) \(found) is \(holds ? "at most" : "above") \(words)"
        case .exists: return "claim \(claim) is there"
        }
    }

    private static func operand(_ test: WhenTest) -> String {
        switch test {
        case .equals(let value), .notEquals(let value), .contains(let value), .atLeast(let value), .atMost(let value):
            value.description
        case .isIn(let values), .isNotIn(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .matches(let pattern): "\"\(pattern)\""
        case .exists(let wanted): wanted ? "true" : "false"
        }
    }

    /// A claim's value, cut where it would fill the screen.
    private static func value(_ found: String?) -> String {
        guard let found else { return "(none)" }
        return found.count > 80 ? found.prefix(79) + "…" : found
    }
}
