package import Documents

/// One comparison of a claim inside a statement's `when`.
package struct WhenCondition: Sendable {
    package var claim: ClaimPath
    package var test: WhenTest
    /// The operator and its value.
    package var span: SourceSpan
}

/// What a claim must satisfy. A missing claim satisfies only `exists: false` and the `not…` forms.
package enum WhenTest: Sendable, Hashable {
    case equals(ScalarValue)
    case notEquals(ScalarValue)
    case isIn([ScalarValue])
    case isNotIn([ScalarValue])
    /// The claim is a list that holds the value, or a text of words separated by spaces that does.
    case contains(ScalarValue)
    case exists(Bool)
    /// `*` stands for any characters, `?` for one.
    case matches(String)
    /// Numbers or decimal strings on both sides; otherwise not met.
    case atLeast(ScalarValue)
    case atMost(ScalarValue)

    /// The operator's name in gateway.json.
    package var name: String {
        switch self {
        case .equals: "equals"
        case .notEquals: "notEquals"
        case .isIn: "in"
        case .isNotIn: "notIn"
        case .contains: "contains"
        case .exists: "exists"
        case .matches: "matches"
        case .atLeast: "atLeast"
        case .atMost: "atMost"
        }
    }

    package static let names = [
        "equals", "notEquals", "in", "notIn", "contains", "exists", "matches", "atLeast", "atMost",
    ]
}
