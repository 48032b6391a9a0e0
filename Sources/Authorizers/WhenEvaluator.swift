import Documents
import Policies
package import Routes
package import Tokens

/// Decides whether a declarative statement is issued for a principal's claims.
package enum WhenEvaluator {
    /// Why a condition is not met, as data for the owner.
    package struct Failure: Sendable {
        package enum Reason: Sendable, Hashable {
            case missing
            /// The claim has a value that the test does not accept.
            case value
            /// The test cannot compare a value of this kind: `atLeast` wants numbers or decimal text on both sides.
            case kind
        }

        package var condition: WhenCondition
        package var reason: Reason
        /// The claim's value as JSON text; personal data, so only for the owner's terminal.
        package var found: String?
    }

    /// True when the statement has no conditions, or all conditions of one alternative hold.
    package static func isIssued(_ when: [[WhenCondition]]?, for claims: ClaimSet) -> Bool {
        guard let when else { return true }
        return when.contains { alternative in
            alternative.allSatisfy { failure(of: $0, for: claims) == nil }
        }
    }

    /// The first unmet condition of each alternative; empty when the statement is issued.
    package static func failures(_ when: [[WhenCondition]]?, for claims: ClaimSet) -> [Failure] {
        guard let when, !isIssued(when, for: claims) else { return [] }
        return when.compactMap { alternative in
            for condition in alternative {
                if let reason = failure(of: condition, for: claims) {
                    let found = claims.value(at: condition.claim).map { String(decoding: $0.text, as: UTF8.self) }
                    return Failure(condition: condition, reason: reason, found: found)
                }
            }
            return nil
        }
    }

    static func failure(of condition: WhenCondition, for claims: ClaimSet) -> Failure.Reason? {
        let claim = claims.value(at: condition.claim)
        let isMissing = claim == nil || claim?.isNull == true
        guard let claim, !isMissing else {
            // A missing claim satisfies only the forms that speak of absence.
            switch condition.test {
            case .exists(let wanted): return wanted ? .missing : nil
            case .notEquals, .isNotIn: return nil
            default: return .missing
            }
        }
        switch condition.test {
        case .exists(let wanted): return wanted ? nil : .value
        case .equals(let value): return equals(claim, value) ? nil : .value
        case .notEquals(let value): return equals(claim, value) ? .value : nil
        case .isIn(let values): return values.contains { equals(claim, $0) } ? nil : .value
        case .isNotIn(let values): return values.contains { equals(claim, $0) } ? .value : nil
        case .contains(let value): return contains(claim, value) ? nil : .value
        case .matches(let pattern):
            guard let text = claim.utf8 else { return .kind }
            return TextPattern(pattern).matches(text) ? nil : .value
        case .atLeast(let value): return compare(claim, value) { $0 >= $1 }
        case .atMost(let value): return compare(claim, value) { $0 <= $1 }
        }
    }

    /// Text equals text by octets, numbers equal numbers by value, and nothing equals another kind.
    private static func equals(_ claim: JSONValue, _ value: ScalarValue) -> Bool {
        switch value {
        case .string(let text): return claim.equals(text)
        case .bool(let wanted): return claim.bool == wanted
        case .number:
            guard claim.kind == .number else { return false }
            guard let left = decimal(claim), let right = decimal(value) else { return false }
            return left == right
        }
    }

    private static func contains(_ claim: JSONValue, _ value: ScalarValue) -> Bool {
        if claim.kind == .array { return claim.elements.contains { equals($0, value) } }
        guard let text = claim.utf8, case .string(let word) = value else { return false }
        return text.split(separator: 0x20).contains { $0.elementsEqual(word.utf8) }
    }

    private static func compare(
        _ claim: JSONValue, _ value: ScalarValue, _ holds: (DecimalNumber, DecimalNumber) -> Bool
    ) -> Failure.Reason? {
        guard let left = decimal(claim), let right = decimal(value) else { return .kind }
        return holds(left, right) ? nil : .value
    }

    private static func decimal(_ claim: JSONValue) -> DecimalNumber? {
        switch claim.kind {
        case .number: DecimalNumber(Array(claim.text))
        case .string: claim.utf8.flatMap { DecimalNumber($0) }
        default: nil
        }
    }

    private static func decimal(_ value: ScalarValue) -> DecimalNumber? {
        switch value {
        case .number(let text), .string(let text): DecimalNumber(Array(text.utf8))
        case .bool: nil
        }
    }
}
