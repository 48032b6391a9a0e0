package import Documents
package import Policies
package import Tokens

/// What a verified token stands for: the principal, its context and the policy that was issued for it.
///
/// Immutable and shared: it is what the token cache keeps.
package final class AuthorizedIdentity: Sendable {
    package let token: VerifiedToken
    package let principalID: [UInt8]
    package let context: AuthorizerContext
    package let policy: PolicyDocument
    /// Places of the issued statements in the configuration's policy, in the document's order.
    package let issuedStatements: [Int]

    init(
        token: VerifiedToken, principalID: [UInt8], context: AuthorizerContext, policy: PolicyDocument,
        issuedStatements: [Int]
    ) {
        self.token = token
        self.principalID = principalID
        self.context = context
        self.policy = policy
        self.issuedStatements = issuedStatements
    }

    /// Exactly what a Lambda authorizer of a REST API returns for this principal.
    package func writeLambdaResponse(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("principalId")
            writer.string(principalID)
            writer.key("policyDocument")
            policy.write(to: &writer)
            writer.member(
                "context",
                object: { writer in
                    for member in context.members {
                        writer.key(member.name)
                        member.value.write(to: &writer)
                    }
                })
        }
    }
}
