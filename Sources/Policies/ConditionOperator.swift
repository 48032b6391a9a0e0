/// A condition operator as written: its comparison, whether it is negated, and how it treats missing keys and lists.
struct ConditionOperator: Sendable, Hashable {
    /// What is compared; negated operators share the comparison of their positive twin.
    enum Comparison: Sendable, Hashable {
        case stringEquals
        case stringEqualsIgnoreCase
        case stringLike
        case numeric(Order)
        case date(Order)
        case bool
        case binaryEquals
        case ipAddress
        /// ArnEquals and ArnLike are the same.
        case arnLike
        case null

        /// Policy variables are replaced only where text is compared.
        var takesVariables: Bool {
            switch self {
            case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arnLike, .bool: true
            case .numeric, .date, .binaryEquals, .ipAddress, .null: false
            }
        }
    }

    enum Order: Sendable, Hashable, CaseIterable {
        case equals
        case lessThan
        case lessThanEquals
        case greaterThan
        case greaterThanEquals

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .equals: left == right
            case .lessThan: left < right
            case .lessThanEquals: left <= right
            case .greaterThan: left > right
            case .greaterThanEquals: left >= right
            }
        }
    }

    /// How a multivalued key is judged.
    enum SetRule: Sendable, Hashable {
        case forAllValues
        case forAnyValue
    }

    let comparison: Comparison
    let isNegated: Bool
    let setRule: SetRule?
    let ifExists: Bool

    /// Reads a name such as `ForAnyValue:StringNotLikeIfExists`; names are case-sensitive. Nil when there is no such
    /// operator; `Null` has no `IfExists` form.
    init?(_ name: String) {
        var rest = Array(name.utf8)[...]
        setRule =
            rest.removePrefix("ForAllValues:") ? .forAllValues : rest.removePrefix("ForAnyValue:") ? .forAnyValue : nil
        ifExists = rest.removeSuffix("IfExists")
        guard let found = ConditionOperator.table[String(decoding: rest, as: UTF8.self)] else { return nil }
        (comparison, isNegated) = found
        if comparison == .null, ifExists { return nil }
    }

    /// All names without prefixes and suffixes, for suggestions.
    static var names: [String] { table.keys.sorted() }

    private static let table: [String: (Comparison, Bool)] = [
        "StringEquals": (.stringEquals, false),
        "StringNotEquals": (.stringEquals, true),
        "StringEqualsIgnoreCase": (.stringEqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase": (.stringEqualsIgnoreCase, true),
        "StringLike": (.stringLike, false),
        "StringNotLike": (.stringLike, true),
        "NumericEquals": (.numeric(.equals), false),
        "NumericNotEquals": (.numeric(.equals), true),
        "NumericLessThan": (.numeric(.lessThan), false),
        "NumericLessThanEquals": (.numeric(.lessThanEquals), false),
        "NumericGreaterThan": (.numeric(.greaterThan), false),
        "NumericGreaterThanEquals": (.numeric(.greaterThanEquals), false),
        "DateEquals": (.date(.equals), false),
        "DateNotEquals": (.date(.equals), true),
        "DateLessThan": (.date(.lessThan), false),
        "DateLessThanEquals": (.date(.lessThanEquals), false),
        "DateGreaterThan": (.date(.greaterThan), false),
        "DateGreaterThanEquals": (.date(.greaterThanEquals), false),
        "Bool": (.bool, false),
        "BinaryEquals": (.binaryEquals, false),
        "IpAddress": (.ipAddress, false),
        "NotIpAddress": (.ipAddress, true),
        "ArnEquals": (.arnLike, false),
        "ArnLike": (.arnLike, false),
        "ArnNotEquals": (.arnLike, true),
        "ArnNotLike": (.arnLike, true),
        "Null": (.null, false),
    ]
}

extension ArraySlice<UInt8> {
    fileprivate mutating func removePrefix(_ text: String) -> Bool {
        guard starts(with: text.utf8) else { return false }
        removeFirst(text.utf8.count)
        return true
    }

    fileprivate mutating func removeSuffix(_ text: String) -> Bool {
        guard count > text.utf8.count, suffix(text.utf8.count).elementsEqual(text.utf8) else { return false }
        removeLast(text.utf8.count)
        return true
    }
}
