/// Whether a statement grants or refuses. Exact case, as IAM demands.
package enum PolicyEffect: String, Sendable, Hashable {
    case allow = "Allow"
    case deny = "Deny"
}

/// One statement as it is written. ``PolicyDocument`` compiles it.
package struct PolicyStatement: Sendable, Hashable {
    package var sid: String?
    package var effect: PolicyEffect
    package var actions: [String]
    /// The list is a `NotAction`: the statement covers every other action.
    package var negatesActions: Bool
    package var resources: [String]
    /// The list is a `NotResource`: the statement covers every other resource.
    package var negatesResources: Bool
    package var conditions: [PolicyCondition]
    /// Resource policies only.
    package var principal: PolicyPrincipal?

    package init(
        sid: String? = nil, effect: PolicyEffect, actions: [String] = ["execute-api:Invoke"],
        negatesActions: Bool = false, resources: [String], negatesResources: Bool = false,
        conditions: [PolicyCondition] = [], principal: PolicyPrincipal? = nil
    ) {
        self.sid = sid
        self.effect = effect
        self.actions = actions
        self.negatesActions = negatesActions
        self.resources = resources
        self.negatesResources = negatesResources
        self.conditions = conditions
        self.principal = principal
    }
}

/// One operator and key of a `Condition` block with its values: `{"IpAddress": {"aws:SourceIp": [...]}}`.
package struct PolicyCondition: Sendable, Hashable {
    package var operatorName: String
    package var key: String
    /// Alternatives; for negated operators none of them may apply.
    package var values: [String]

    package init(operatorName: String, key: String, values: [String]) {
        self.operatorName = operatorName
        self.key = key
        self.values = values
    }
}

/// The `Principal` or `NotPrincipal` of a resource policy, judged for a caller without AWS credentials.
package struct PolicyPrincipal: Sendable, Hashable {
    /// `NotPrincipal`.
    package var isNegated: Bool
    /// Names everybody: `"*"` or `{"AWS": "*"}`.
    package var includesEveryone: Bool
    /// The value as written.
    package var json: [UInt8]

    package static let everyone = PolicyPrincipal(isNegated: false, includesEveryone: true, json: Array("\"*\"".utf8))

    /// Whether the statement speaks about anonymous callers.
    var coversAnonymous: Bool { isNegated != includesEveryone }
}
