import Documents
package import Routes
package import Tokens

extension WhenEvaluator {
    /// A condition that a principal meets.
    package struct Holding: Sendable {
        package var condition: WhenCondition
        /// The claim's value as JSON text, nil when it is missing; personal data, so only for the owner's terminal.
        package var found: String?
    }

    /// The conditions of the first alternative that holds: why a statement is issued. Empty when the statement asks for
    /// nothing, or is not issued.
    package static func holding(_ when: [[WhenCondition]]?, for claims: ClaimSet) -> [Holding] {
        guard let alternative = when?.first(where: { isIssued([$0], for: claims) }) else { return [] }
        return alternative.map { condition in
            let found = claims.value(at: condition.claim).map { String(decoding: $0.text, as: UTF8.self) }
            return Holding(condition: condition, found: found)
        }
    }
}
