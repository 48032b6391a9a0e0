/// The name of a condition key, prepared once when a document is compiled.
package struct ConditionKey: Sendable, Hashable {
    /// As the policy writes it.
    package let name: String
    /// Key names ignore case; two keys are the same when these are.
    package let lowercased: [UInt8]
    /// Set when this is one of the keys that API Gateway fills, so that a context can answer with a `switch`.
    package let known: KnownConditionKey?

    package init(_ name: String) {
        self.name = name
        lowercased = CaseFold.lowercase(Array(name.utf8))
        known = KnownConditionKey(rawValue: String(decoding: lowercased, as: UTF8.self))
    }

    package static func == (left: ConditionKey, right: ConditionKey) -> Bool { left.lowercased == right.lowercased }

    package func hash(into hasher: inout Hasher) { hasher.combine(lowercased) }
}

/// The condition keys that API Gateway fills for callers without AWS credentials.
package enum KnownConditionKey: String, Sendable, Hashable, CaseIterable {
    case currentTime = "aws:currenttime"
    case epochTime = "aws:epochtime"
    case secureTransport = "aws:securetransport"
    case sourceIP = "aws:sourceip"
    case sourceARN = "aws:sourcearn"
    case referer = "aws:referer"
    case userAgent = "aws:useragent"
    case sourceVPC = "aws:sourcevpc"
    case sourceVPCE = "aws:sourcevpce"
    case vpcSourceIP = "aws:vpcsourceip"
}

/// What a request holds for one condition key. Booleans are the texts `true` and `false`, numbers their digits.
package enum ConditionValues: Sendable, Hashable {
    case one([UInt8])
    /// A multivalued key; may be empty, which is still present.
    case many([[UInt8]])

    package static func text(_ value: String) -> ConditionValues { .one(Array(value.utf8)) }

    var list: [[UInt8]] {
        switch self {
        case .one(let value): [value]
        case .many(let values): values
        }
    }

    /// The value a policy variable stands for; several values stand for none.
    var single: [UInt8]? {
        switch self {
        case .one(let value): value
        case .many(let values): values.count == 1 ? values[0] : nil
        }
    }
}
