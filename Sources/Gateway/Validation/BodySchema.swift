import Authorizers
import Documents

/// A JSON Schema of draft 4, compiled: what API Gateway documents for its models.
///
/// Every keyword that draft 4 judges by is judged, `format` excepted, which only tells; a schema with any other keyword
/// is refused when it is compiled, because ignoring it would let through what its author shut out. The time that a body
/// can cost is bounded: whatever cannot be decided within the budget does not fit.
final class BodySchema: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case null, boolean, integer, number, string, array, object
    }

    /// What members without a rule of their own are.
    enum Rest: Sendable {
        case allowed
        case refused
        case schema(Int)
    }

    /// A member that asks for others.
    enum Dependency: Sendable {
        case names([[UInt8]])
        case schema(Int)
    }

    /// One schema; others are named by their place in ``nodes``.
    struct Node: Sendable {
        var reference: Int?
        var kinds: [Kind] = []
        /// Their canonical forms.
        var allowed: [[UInt8]]?
        var minimum: Double?
        var maximum: Double?
        var minimumIsExclusive = false
        var maximumIsExclusive = false
        var multipleOf: Double?
        var lengths = 0...Int.max
        var pattern: ValidationExpression?
        var properties: [[UInt8]: Int] = [:]
        var patternProperties: [(ValidationExpression, Int)] = []
        var additionalProperties = Rest.allowed
        var required: [[UInt8]] = []
        var memberCounts = 0...Int.max
        var dependencies: [(name: [UInt8], needs: Dependency)] = []
        /// Of every element, where `tuple` is empty.
        var items: Int?
        var tuple: [Int] = []
        var additionalItems = Rest.allowed
        var elementCounts = 0...Int.max
        var isUnique = false
        var allOf: [Int] = []
        var anyOf: [Int] = []
        var oneOf: [Int] = []
        var not: Int?
    }

    let nodes: [Node]
    let root: Int

    init(nodes: [Node], root: Int) {
        self.nodes = nodes
        self.root = root
    }

    /// What is wrong with a value, for its sender; empty when it fits. Without any value of it.
    func problems(in value: JSONValue) -> [String] {
        var check = BodyCheck(nodes: nodes, bodyBytes: value.document.bytes.count)
        let fits = check.fits(value, root)
        if check.isExhausted { return ["the body asks for more work than a model may cost"] }
        return fits ? [] : check.problems.isEmpty ? ["the body does not fit its model"] : check.problems
    }
}
