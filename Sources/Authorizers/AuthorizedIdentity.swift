package import Documents
package import Policies
package import Tokens

/// Who calls, as an authorizer has found: the principal, its context and its policy.
///
/// Immutable and shared: it is what the caches keep.
package final class AuthorizedIdentity: Sendable {
    /// The token that was verified; nil where a function has decided.
    package let token: VerifiedToken?
    package let principalID: [UInt8]
    package let context: AuthorizerContext
    package let policy: PolicyDocument
    /// Places of the issued statements in the configuration's policy, in the document's order.
    package let issuedStatements: [Int]
    /// Names the API key of the caller for usage plans.
    package let usageIdentifierKey: [UInt8]?
    /// Bytes of the function's answer that all this was read from; 0 where no function was asked.
    private let answerBytes: Int

    package init(
        token: VerifiedToken? = nil, principalID: [UInt8], context: AuthorizerContext, policy: PolicyDocument,
        issuedStatements: [Int] = [], usageIdentifierKey: [UInt8]? = nil, answerBytes: Int = 0
    ) {
        self.token = token
        self.principalID = principalID
        self.context = context
        self.policy = policy
        self.issuedStatements = issuedStatements
        self.usageIdentifierKey = usageIdentifierKey
        self.answerBytes = answerBytes
    }

    var estimatedBytes: Int {
        let values = context.members.reduce(0) { $0 + $1.name.utf8.count + $1.value.text.count + 64 }
        // Few statements can be large; what is read takes some times the room of its text.
        return 256 + principalID.count + values + max(policy.count * 512, answerBytes * 4)
    }

    /// A policy that allows everything, for answers that hold none; the answer itself has said yes or no.
    package static let everything: PolicyDocument? = {
        do throws(PolicyError) {
            return try PolicyDocument(statements: [PolicyStatement(effect: .allow, resources: ["*"])])
        } catch {
            return nil
        }
    }()

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
            if let usageIdentifierKey {
                writer.key("usageIdentifierKey")
                writer.string(usageIdentifierKey)
            }
        }
    }
}
