import Authorizers
package import Documents
package import HTTP
package import Routes

/// Why one request was answered as it was: route, identity, token, signature, claims, cache, policy statement by
/// statement, decision; each with its place in gateway.json.
///
/// Made from a finished ``Exchange`` when somebody looks, never on the way of a request: what the decision did not keep
/// is worked out again. It may name claims and what a refused token says, so it is for the owner's terminal only;
/// ``ExplanationLine`` is the form for logs.
package struct Explanation: Sendable {
    package enum Outcome: String, Sendable, Hashable {
        case allow = "ALLOW"
        case deny = "DENY"
        /// Nothing was decided: no route takes the request, or it was refused before.
        case none = "----"
    }

    /// What became of a step or a statement.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case satisfied
        /// Of a statement: it does not cover the request.
        case failed
        /// The Deny statement that settled it.
        case decisiveDeny
        /// Not issued for this principal, or not asked for.
        case notApplicable
        /// An earlier step had failed.
        case notReached
    }

    /// The steps of every request, in order, numbered from 1.
    package enum Stage: Int, Sendable, Hashable, CaseIterable {
        case route = 1
        case identity
        case token
        case signature
        case claims
        case cache
        case policy
        case decision

        package var name: String {
            switch self {
            case .route: "route"
            case .identity: "identity"
            case .token: "token"
            case .signature: "signature"
            case .claims: "claims"
            case .cache: "cache"
            case .policy: "policy"
            case .decision: "decision"
            }
        }
    }

    /// One configured statement and its part in the decision.
    package struct Statement: Sendable {
        package var status: Status
        /// `Allow` or `Deny`.
        package var effect: String
        package var label: String
        package var text: String
        package var span: SourceSpan
        /// The statement that the decision rests on.
        package var isDecisive: Bool
    }

    /// A further line of a step, such as a probable cause.
    package struct Note: Sendable {
        package var text: String
        package var span: SourceSpan?
    }

    package struct Step: Sendable {
        package var stage: Stage
        package var status: Status
        package var text: String
        package var span: SourceSpan?
        package var notes: [Note] = []
        /// Every configured statement, issued or not; of the step `policy` only.
        package var statements: [Statement] = []
    }

    /// What the client gets.
    package struct Answer: Sendable {
        /// 0 when the backend will say it.
        package var status: UInt16
        package var body: [UInt8]
        /// `forwarded to http://…`, or why the client is told no more.
        package var note: String?
    }

    package let outcome: Outcome
    /// A stable word: `allowed`, or ``GatewayFailure/reason``.
    package let reason: String
    package let method: String
    /// The path in normal form, or as it was sent when it has none.
    package let path: String
    package let stageName: String
    /// `principalId` of a verified token.
    package let principal: String?
    /// 0 when it was not measured.
    package let nanoseconds: UInt64
    /// All eight, in order.
    package let steps: [Step]
    package let answer: Answer
    /// What would make the gateway say yes; nil when it did.
    package let remedy: String?
    /// Claims that the remedy names and that a test token could carry; empty where no single value would do.
    package let remedyClaims: [PrincipalDefinition.Claim]
    /// Name of the test principal who was spoken as.
    package var speaker: String?
    /// A command that was tried and is answered with yes.
    package var attempt: String?

    /// - Parameter conversations: what functions were asked for this request, if anybody kept it.
    package init(of exchange: Exchange, conversations: [FunctionConversation] = []) {
        var builder = ExplanationBuilder(exchange, conversations)
        builder.build()
        outcome = builder.outcome
        reason = exchange.failure?.reason ?? "allowed"
        method = String(decoding: exchange.head.methodBytes, as: UTF8.self)
        path = String(decoding: exchange.shownPath, as: UTF8.self)
        stageName = exchange.snapshot.stage.name
        principal = exchange.identity.map { String(decoding: $0.principalID, as: UTF8.self) }
        nanoseconds = exchange.totalNanoseconds
        steps = builder.steps
        answer = builder.answer
        remedy = builder.remedy
        remedyClaims = builder.remedyClaims
    }

    /// Explains a request that never became one: its head was refused.
    package init(
        refusal: RequestRefusal, method: String, path: String, snapshot: GatewaySnapshot
    ) {
        outcome = .none
        reason = refusal.code.rawValue
        self.method = method
        self.path = path
        stageName = snapshot.stage.name
        principal = nil
        nanoseconds = 0
        steps = Stage.allCases.map { stage in
            stage == .route
                ? Step(stage: .route, status: .failed, text: RefusalText.sentence(refusal.code), span: nil)
                : Step(stage: stage, status: .notReached, text: "", span: nil)
        }
        let response = FailureMapping.response(to: .refused(refusal), apiType: snapshot.apiType)
        answer = Answer(status: response.status, body: response.body, note: nil)
        remedy = RefusalText.remedy(refusal.code)
        remedyClaims = []
    }

    package subscript(_ stage: Stage) -> Step { steps[stage.rawValue - 1] }
}

extension Explanation {
    /// The first step that failed, with the line of the configuration that it rests on.
    package struct Cause: Sendable {
        package var stage: Stage
        package var span: SourceSpan?
    }

    /// Nil when nothing failed.
    package var cause: Cause? {
        guard let step = steps.first(where: { $0.status == .failed || $0.status == .decisiveDeny }) else { return nil }
        let statement = step.statements.first(where: \.isDecisive)
        let noted = step.notes.lazy.compactMap(\.span).first
        return Cause(stage: step.stage, span: step.span ?? statement?.span ?? noted ?? self[.decision].span)
    }

    /// `2026-11-21T12:00:00Z`, the form of moments in explanations.
    package static func moment(_ seconds: Double) -> String { ExplanationTime.moment(seconds) }
}
