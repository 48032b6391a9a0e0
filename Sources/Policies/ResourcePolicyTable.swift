/// How an authorizer's (or IAM) policy and the API's resource policy combine (API Gateway Developer Guide,
/// authorization flow, tables A and B). An implicit deny of one of them means that it is silent.
package enum ResourcePolicyTable {
    package enum Accounts: Sendable, Hashable, CaseIterable {
        /// Table A: caller and API in one account, and every Lambda authorizer.
        case same
        /// Table B: both policies must allow.
        case cross
    }

    package static func combine(
        identity: PolicyOutcome, resource: PolicyOutcome, accounts: Accounts = .same
    ) -> PolicyOutcome {
        switch (identity, resource) {
        case (.explicitDeny, _), (_, .explicitDeny): .explicitDeny
        case (.implicitDeny, .implicitDeny): .implicitDeny
        case (.allow, .allow): .allow
        case (.allow, .implicitDeny), (.implicitDeny, .allow): accounts == .same ? .allow : .implicitDeny
        }
    }
}
