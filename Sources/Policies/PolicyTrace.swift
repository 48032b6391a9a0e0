/// Why each statement did or did not match one request: data for explanations, computed on demand only.
package struct PolicyTrace: Sendable, Hashable {
    package let decision: PolicyDecision
    /// Every statement of every document, in order.
    package let statements: [StatementTrace]
    /// The resource that was asked for, as text.
    package let resource: String
    package let action: String
}

/// One statement's part in a decision.
package struct StatementTrace: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        case matched
        /// The `Principal` names no anonymous caller.
        case principal
        /// No action pattern covers the request.
        case action(patterns: [String])
        /// This `NotAction` pattern covers the request.
        case excludedAction(pattern: String)
        /// No resource pattern covers the request; the one that came furthest.
        case resource(NearestPattern)
        /// This `NotResource` pattern covers the request.
        case excludedResource(pattern: String)
        case condition(ConditionFailure)
    }

    package let index: StatementIndex
    /// Sid, or index through all documents.
    package let name: String
    package let effect: PolicyEffect
    package let reason: Reason

    package var matches: Bool { reason == .matched }
}

/// The resource pattern that could be followed furthest.
package struct NearestPattern: Sendable, Hashable {
    package let pattern: String
    /// Bytes of the resource that it covers.
    package let matchedBytes: Int
    /// Text of the resource from there on.
    package let rest: String
    /// Variables of the pattern that have no value in this request.
    package let unresolved: [String]
}

/// The first condition of a statement that is not met.
package struct ConditionFailure: Sendable, Hashable {
    package let operatorName: String
    package let key: String
    /// Values of the policy.
    package let expected: [String]
    /// Values of the request, nil when it does not have the key.
    package let actual: [String]?
    /// Variables among the policy's values that have no value in this request.
    package let unresolved: [String]
}

extension PolicyEvaluator {
    /// Explains a decision statement by statement. Costs far more than deciding; for explanations and tests only.
    package static func trace(_ request: PolicyRequest, by documents: [PolicyDocument]) -> PolicyTrace {
        var traces: [StatementTrace] = []
        for (number, document) in documents.enumerated() {
            for (index, source) in document.statements.enumerated() {
                let place = StatementIndex(document: number, statement: index, position: traces.count)
                traces.append(
                    StatementTrace(
                        index: place, name: name(of: place, in: documents), effect: source.effect,
                        reason: reason(request, document.compiled, index)))
            }
        }
        return PolicyTrace(
            decision: decide(request, by: documents), statements: traces,
            resource: String(decoding: request.resource, as: UTF8.self),
            action: String(decoding: request.action, as: UTF8.self))
    }

    private static func reason(
        _ request: PolicyRequest, _ policy: CompiledPolicy, _ index: Int
    ) -> StatementTrace.Reason {
        let statement = policy.statements[index]
        let source = policy.source[index]
        if !statement.coversAnonymous { return .principal }
        if !covers(statement, request.action, policy) {
            guard statement.negatesActions else { return .action(patterns: source.actions) }
            let folded = request.action.map(CaseFold.ascii)
            let hit = statement.actions.first { Wildcard.matches(policy.actions[$0], folded) }
            return .excludedAction(
                pattern: source.actions[(hit ?? statement.actions.lowerBound) - statement.actions.lowerBound])
        }
        let shared = policy.sharedPrefix.count
        let follows = request.resource.starts(with: policy.sharedPrefix)
        let hit = statement.resources.first {
            matches(policy.resources[$0], policy, request.resource, shared, follows, request)
        }
        if let hit, statement.negatesResources {
            return .excludedResource(pattern: source.resources[hit - statement.resources.lowerBound])
        }
        if hit == nil, !statement.negatesResources {
            return .resource(nearest(source.resources, request, variables: policy.variables))
        }
        for place in statement.conditions where !policy.conditions[place].holds(in: request.context) {
            let written = source.conditions[place - statement.conditions.lowerBound]
            return .condition(failure(of: policy.conditions[place], written, request))
        }
        return .matched
    }

    private static func nearest(
        _ patterns: [String], _ request: PolicyRequest, variables: Bool
    ) -> NearestPattern {
        var best = NearestPattern(pattern: patterns.first ?? "", matchedBytes: -1, rest: "", unresolved: [])
        for pattern in patterns {
            let template = PolicyTemplate(Array(pattern.utf8), variables: variables)
            let tokens = template.expand(with: request.context)
            let reach = tokens.map { ARNPattern.reach(ARNPattern.completed($0), request.resource) } ?? 0
            if reach > best.matchedBytes {
                best = NearestPattern(
                    pattern: pattern, matchedBytes: reach,
                    rest: String(decoding: request.resource[reach...], as: UTF8.self),
                    unresolved: template.unresolved(in: request.context))
            }
        }
        return best
    }

    private static func failure(
        of condition: Condition, _ written: PolicyCondition, _ request: PolicyRequest
    ) -> ConditionFailure {
        let unresolved = condition.operands.flatMap { operand -> [String] in
            guard case .template(let template) = operand else { return [] }
            return template.unresolved(in: request.context)
        }
        let actual = request.context.values(of: condition.key)?.list.map { String(decoding: $0, as: UTF8.self) }
        return ConditionFailure(
            operatorName: written.operatorName, key: written.key, expected: written.values, actual: actual,
            unresolved: unresolved)
    }
}
