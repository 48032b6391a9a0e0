/// One compiled test of a `Condition` block: an operator, a key and the values it is compared with.
struct Condition: Sendable {
    /// One value of the policy, read as its operator needs it.
    enum Operand: Sendable, Hashable {
        case text([UInt8])
        /// Lower-cased text.
        case folded([UInt8])
        case pattern([UInt16])
        case arn([UInt16])
        case number(DecimalNumber)
        case instant(PolicyInstant)
        case network(IPNetwork)
        case bytes([UInt8])
        /// `Null`: true asks for a missing key.
        case missing(Bool)
        /// Text with variables; becomes one of the first four when the request is known.
        case template(PolicyTemplate)
    }

    let test: ConditionOperator
    let key: ConditionKey
    let operands: [Operand]

    /// Reads a policy value; nil when the operator can never use it (`10.0.0.0/33`, `tomorrow`).
    static func operand(_ text: String, for comparison: ConditionOperator.Comparison, variables: Bool) -> Operand? {
        let bytes = Array(text.utf8)
        switch comparison {
        case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arnLike:
            let template = PolicyTemplate(bytes, variables: variables)
            if template.hasVariables { return .template(template) }
            return literal(template.expand(with: EmptyPolicyContext()) ?? [], comparison)
        case .bool:
            let template = PolicyTemplate(bytes, variables: variables)
            if template.hasVariables { return .template(template) }
            return boolean(bytes).map { .folded(Array(($0 ? "true" : "false").utf8)) }
        case .numeric: return DecimalNumber(bytes).map(Operand.number)
        case .date: return PolicyInstant(bytes).map(Operand.instant)
        case .ipAddress: return IPNetwork(bytes).map(Operand.network)
        case .binaryEquals: return BinaryValue.decode(bytes).map(Operand.bytes)
        case .null: return boolean(bytes).map(Operand.missing)
        }
    }

    /// IAM User Guide: a missing key makes positive operators false and negated ones true; `IfExists` makes both true.
    func holds(in context: any PolicyContext) -> Bool {
        let values = context.values(of: key)
        if test.comparison == .null {
            return operands.contains { $0 == .missing(values == nil) }
        }
        guard let values else {
            if test.ifExists { return true }
            switch test.setRule {
            case .forAllValues: return true
            case .forAnyValue: return false
            case nil: return test.isNegated
            }
        }
        let expected = operands.compactMap { resolved($0, in: context) }
        // Each request value is judged by itself: several policy values are alternatives, a negated operator wants none.
        func fits(_ value: [UInt8]) -> Bool {
            expected.contains { Condition.compare(value, $0, test.comparison) } != test.isNegated
        }
        return test.setRule == .forAllValues ? values.list.allSatisfy(fits) : values.list.contains(where: fits)
    }

    /// A template's operand in this context, nil when a variable has no value: then it equals nothing.
    func resolved(_ operand: Operand, in context: any PolicyContext) -> Operand? {
        guard case .template(let template) = operand else { return operand }
        return template.expand(with: context).map { Condition.literal($0, test.comparison) }
    }

    var needsVariables: Bool {
        operands.contains {
            if case .template = $0 { return true }
            return false
        }
    }

    private static func literal(_ tokens: [UInt16], _ comparison: ConditionOperator.Comparison) -> Operand {
        switch comparison {
        case .stringLike: .pattern(squeezed(tokens))
        case .arnLike: .arn(tokens)
        case .stringEquals: .text(PolicyTemplate.literal(tokens))
        default: .folded(CaseFold.lowercase(PolicyTemplate.literal(tokens)))
        }
    }

    private static func squeezed(_ tokens: [UInt16]) -> [UInt16] {
        var out: [UInt16] = []
        out.reserveCapacity(tokens.count)
        for token in tokens where token != Wildcard.star || out.last != Wildcard.star { out.append(token) }
        return out
    }

    private static func compare(
        _ value: [UInt8], _ operand: Operand, _ comparison: ConditionOperator.Comparison
    ) -> Bool {
        switch operand {
        case .text(let text): return text == value
        case .folded(let text): return text == CaseFold.lowercase(value)
        case .pattern(let tokens): return Wildcard.matches(tokens, value)
        case .arn(let tokens): return ARNPattern.matches(tokens, value)
        case .number(let number):
            guard case .numeric(let order) = comparison, let other = DecimalNumber(value) else { return false }
            return order.holds(other, number)
        case .instant(let instant):
            guard case .date(let order) = comparison, let other = PolicyInstant(value) else { return false }
            return order.holds(other, instant)
        case .network(let network): return network.contains(value)
        case .bytes(let bytes): return BinaryValue.decode(value) == bytes
        case .missing, .template: return false
        }
    }

    private static func boolean(_ text: [UInt8]) -> Bool? {
        if CaseFold.equalASCII(text, "true".utf8) { return true }
        return CaseFold.equalASCII(text, "false".utf8) ? false : nil
    }
}
