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
