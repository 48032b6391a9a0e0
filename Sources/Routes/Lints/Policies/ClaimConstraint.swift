/// What the conditions of one alternative leave of one claim's values.
struct ClaimConstraint {
    enum Outcome {
        case possible
        /// The condition that cannot be met together with what came before it, and why.
        case impossible(WhenCondition, reason: String)
    }

    private let conditions: [WhenCondition]
    private let isPresent: Bool
    private let issuer: String?

    /// `conditions` are those of one claim, in source order.
    init(_ conditions: [WhenCondition], known: KnownClaims) {
        self.conditions = conditions
        let name = conditions.first?.claim.text ?? ""
        isPresent = known.present.contains(name)
        issuer = name == "iss" ? known.issuer : nil
    }

    func judge() -> Outcome {
        if let absence = conditions.first(where: { $0.test == .exists(false) }) {
            if isPresent { return .impossible(absence, reason: "tokens without this claim are refused before") }
            if let other = conditions.first(where: { Self.needsClaim($0.test) }) {
                return .impossible(other, reason: "the claim must be absent, too")
            }
        }
        return judgeValues() ?? judgeBounds() ?? .possible
    }

    /// A missing claim satisfies only the forms that speak of absence.
    static func needsClaim(_ test: WhenTest) -> Bool {
        switch test {
        case .exists(let wanted): wanted
        case .notEquals, .isNotIn: false
        case .equals, .isIn, .contains, .matches, .atLeast, .atMost: true
        }
    }

    // MARK: Values

    private func judgeValues() -> Outcome? {
        var left: [ScalarValue]? = issuer.map { [.string($0)] }
        for condition in conditions {
            switch condition.test {
            case .equals(let value): left = Self.common(left, [value])
            case .isIn(let values): left = Self.common(left, values)
            default: continue
            }
            if left?.isEmpty == true {
                return .impossible(
                    condition, reason: issuer == nil ? "no value is left" : "every token has the issuer of \"jwt\"")
            }
        }
        guard let values = left else { return nil }
        for condition in conditions where !values.contains(where: { Self.mayMeet($0, condition.test) }) {
            return .impossible(condition, reason: "none of the allowed values meets it")
        }
        // Each condition alone leaves something; is there a value that meets all?
        if let last = conditions.last,
            !values.contains(where: { value in conditions.allSatisfy { Self.mayMeet(value, $0.test) } })
        {
            return .impossible(last, reason: "no value meets all conditions of the claim")
        }
        return nil
    }

    private static func common(_ known: [ScalarValue]?, _ values: [ScalarValue]) -> [ScalarValue] {
        guard let known else { return values }
        return known.filter { one in values.contains { equal(one, $0) } }
    }

    /// As at run time: text equals text by octets, numbers equal numbers by value.
    private static func equal(_ one: ScalarValue, _ other: ScalarValue) -> Bool {
        switch (one, other) {
        case (.string(let one), .string(let other)): one.utf8.elementsEqual(other.utf8)
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): Double(one) == Double(other)
        default: false
        }
    }

    /// Numbers that are written differently may still be equal, and two that are equal here may differ in a digit that a
    /// binary number does not hold: only what is written alike is surely equal.
    private static func isSurelyEqual(_ one: ScalarValue, _ other: ScalarValue) -> Bool {
        if case .number(let one) = one, case .number(let other) = other { return one == other }
        return equal(one, other)
    }

    /// False only when the value surely does not meet the test.
    private static func mayMeet(_ value: ScalarValue, _ test: WhenTest) -> Bool {
        switch test {
        case .equals(let other): return equal(value, other)
        case .notEquals(let other): return !isSurelyEqual(value, other)
        case .isIn(let others): return others.contains { equal(value, $0) }
        case .isNotIn(let others): return !others.contains { isSurelyEqual(value, $0) }
        case .exists(let wanted): return wanted
        case .atLeast(let bound): return compare(value, bound) { $0 >= $1 }
        case .atMost(let bound): return compare(value, bound) { $0 <= $1 }
        case .matches(let pattern):
            guard case .string(let text) = value else { return false }
            return ResourceGlob(pattern).matches(text.utf8)
        case .contains(let word):
            guard case .string(let text) = value, case .string(let wanted) = word else { return false }
            return text.utf8.split(separator: 0x20).contains { $0.elementsEqual(wanted.utf8) }
        }
    }

    private static func compare(_ value: ScalarValue, _ bound: ScalarValue, _ holds: (Double, Double) -> Bool) -> Bool {
        guard value.isNumeric else { return false }
        guard let left = number(value), let right = number(bound) else { return true }
        return holds(left, right)
    }

    // MARK: Bounds

    private func judgeBounds() -> Outcome? {
        var least: Double?
        var most: Double?
        for condition in conditions {
            switch condition.test {
            case .atLeast(let bound): least = Swift.max(least ?? -.infinity, Self.number(bound) ?? -.infinity)
            case .atMost(let bound): most = Swift.min(most ?? .infinity, Self.number(bound) ?? .infinity)
            default: continue
            }
            if let least, let most, least > most {
                return .impossible(
                    condition, reason: "no number is at least \(Self.text(least)) and at most \(Self.text(most))")
            }
        }
        return nil
    }

    private static func number(_ value: ScalarValue) -> Double? {
        switch value {
        case .number(let text), .string(let text): Double(text)
        case .bool: nil
        }
    }

    private static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
