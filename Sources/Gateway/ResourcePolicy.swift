import Authorizers
import Documents
package import Policies
package import Routes

/// The resource policy of a REST API, with its short resources written out, and the places of its statements.
///
/// Callers are anonymous to it: nobody here has AWS credentials.
package final class ResourcePolicy: Sendable {
    package let definition: ResourcePolicyDefinition
    package let document: PolicyDocument
    private let source: SourceText
    /// In the statements' order, in ``source``; lines are only counted when somebody asks, for there may be thousands.
    private let ranges: [Range<Int>]

    init(
        definition: ResourcePolicyDefinition, document: PolicyDocument, source: SourceText, ranges: [Range<Int>]
    ) {
        self.definition = definition
        self.document = document
        self.source = source
        self.ranges = ranges
    }

    package func decide(_ resource: MethodARN, _ exchange: Exchange) -> PolicyDecision {
        PolicyEvaluator.decide(request(resource, exchange), by: document)
    }

    func request(_ resource: MethodARN, _ exchange: Exchange) -> PolicyRequest {
        PolicyRequest(invoking: resource, context: RequestPolicyContext(exchange))
    }

    /// The Sid of a statement, or its place as `#2`.
    func label(_ statement: Int) -> String {
        guard document.statements.indices.contains(statement) else { return "?" }
        guard let sid = document.statements[statement].sid, !sid.isEmpty else { return "#\(statement)" }
        return sid
    }

    /// The statement that decided; nil for an implicit deny.
    func label(of decision: PolicyDecision) -> String? { decision.matched.map { label($0.statement) } }

    func span(of decision: PolicyDecision) -> SourceSpan? { decision.matched.map { span(ofStatement: $0.statement) } }

    /// The place of a statement; of the whole policy where it came as a text.
    func span(ofStatement index: Int) -> SourceSpan {
        guard definition.isInline, ranges.indices.contains(index) else { return definition.span }
        return source.span(ranges[index])
    }

    /// Whether the policy refuses under another reading of the path what `decision` has admitted under the first:
    /// by a Deny, or because the Allow that admitted leaves just that resource out.
    func refuses(_ otherReading: MethodARN, though decision: PolicyDecision, _ exchange: Exchange) -> Bool {
        switch decide(otherReading, exchange).outcome {
        case .allow: return false
        case .explicitDeny: return true
        case .implicitDeny:
            guard decision.outcome == .allow, let matched = decision.matched?.statement else { return false }
            return document.statements[matched].negatesResources
        }
    }
}

/// A request that the resource policy does not let in.
package struct ResourceRefusal: Sendable, Hashable {
    /// A Deny statement matches; otherwise no Allow does.
    package var isExplicit: Bool
    /// What was asked for.
    package var resource: MethodARN

    package init(isExplicit: Bool, resource: MethodARN) {
        self.isExplicit = isExplicit
        self.resource = resource
    }
}

/// Which policy had the last word on a request.
struct LastWord {
    var outcome: PolicyOutcome
    /// The deciding statement's Sid or place; nil for an implicit deny.
    var statement: String?
}

extension Exchange {
    /// Nil where no policy was asked.
    var lastWord: LastWord? {
        let identity = authorization?.verdict.identity
        let own = authorization?.verdict.decision
        if let policy = snapshot.resourcePolicy, let decision = resourceDecision, isResourcePolicyLast(own, decision) {
            return LastWord(outcome: decision.outcome, statement: policy.label(of: decision))
        }
        guard let own, let identity else { return nil }
        return LastWord(outcome: own.outcome, statement: own.statementName(in: [identity.policy]))
    }

    /// The Sid or the place of the statement that had the last word; nil where none had.
    package var lastStatement: String? { lastWord?.statement }

    /// The place of the statement of the resource policy that refused the request or helped to let it in; nil where the
    /// authorizer had refused it already.
    package var decisiveResourceStatement: Int? {
        switch failure {
        case .unauthorized, .rejected, .authorizerFailed, .refusedByFunction, .explicitDeny, .implicitDeny: nil
        default: resourceDecision?.matched?.statement
        }
    }

    /// It refused, or it let in whom no authorizer had spoken for.
    private func isResourcePolicyLast(_ own: PolicyDecision?, _ decision: PolicyDecision) -> Bool {
        switch failure {
        case .resourcePolicy: return true
        case .unauthorized, .rejected, .authorizerFailed, .explicitDeny, .implicitDeny: return false
        default: return decision.outcome == .allow && (own == nil || own?.outcome == .implicitDeny)
        }
    }
}
