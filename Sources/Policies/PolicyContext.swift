/// Where a request's condition keys come from.
///
/// It is asked only when a statement that otherwise matches has conditions or variables, so a type that looks values up
/// on demand costs nothing elsewhere. A class or a struct of at most three words is held without an allocation.
package protocol PolicyContext: Sendable {
    /// The values of a key, nil when the request does not have it.
    func values(of key: ConditionKey) -> ConditionValues?
}

/// A request without any condition key.
package struct EmptyPolicyContext: PolicyContext {
    package init() {}

    package func values(of key: ConditionKey) -> ConditionValues? { nil }
}

/// Condition keys from a list: for tests, the batch command and recorded requests.
package struct PolicyContextTable: PolicyContext {
    private let table: [ConditionKey: ConditionValues]

    /// A name given twice, in whatever case, keeps its last values.
    package init(_ pairs: [(String, ConditionValues)]) {
        var table: [ConditionKey: ConditionValues] = [:]
        for (name, values) in pairs { table[ConditionKey(name)] = values }
        self.table = table
    }

    package func values(of key: ConditionKey) -> ConditionValues? { table[key] }
}
