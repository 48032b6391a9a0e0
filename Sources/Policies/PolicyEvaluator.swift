/// Judges requests by policy documents: explicit deny over allow over implicit deny, in whatever order they stand
/// (IAM User Guide, policy evaluation logic). Total: every request has an answer, nothing throws.
package enum PolicyEvaluator {
    package static func decide(_ request: PolicyRequest, by document: PolicyDocument) -> PolicyDecision {
        var allowed: Int?
        if let denied = firstDeny(request, document.compiled, allowed: &allowed) {
            return PolicyDecision(
                outcome: .explicitDeny, matched: StatementIndex(document: 0, statement: denied, position: denied))
        }
        guard let allowed else { return PolicyDecision(outcome: .implicitDeny, matched: nil) }
        return PolicyDecision(
            outcome: .allow, matched: StatementIndex(document: 0, statement: allowed, position: allowed))
    }

    /// Statements of all documents together, as if they stood in one; each document keeps its own version.
    package static func decide(_ request: PolicyRequest, by documents: [PolicyDocument]) -> PolicyDecision {
        var firstAllow: StatementIndex?
        var position = 0
        for (index, document) in documents.enumerated() {
            // An earlier Allow stays the first one: later documents are searched for a Deny only.
            var allowed: Int? = firstAllow == nil ? nil : -1
            if let denied = firstDeny(request, document.compiled, allowed: &allowed) {
                return PolicyDecision(
                    outcome: .explicitDeny,
                    matched: StatementIndex(document: index, statement: denied, position: position + denied))
            }
            if firstAllow == nil, let allowed {
                firstAllow = StatementIndex(document: index, statement: allowed, position: position + allowed)
            }
            position += document.count
        }
        return PolicyDecision(outcome: firstAllow == nil ? .implicitDeny : .allow, matched: firstAllow)
    }

    /// A statement's Sid, or its index through all documents when it has none.
    package static func name(of index: StatementIndex, in documents: [PolicyDocument]) -> String {
        guard documents.indices.contains(index.document),
            documents[index.document].statements.indices.contains(index.statement),
            let sid = documents[index.document].statements[index.statement].sid, !sid.isEmpty
        else { return String(index.position) }
        return sid
    }

    // MARK: One document

    /// The first Deny that matches; on the way the first Allow, unless one is known already.
    private static func firstDeny(_ request: PolicyRequest, _ policy: CompiledPolicy, allowed: inout Int?) -> Int? {
        let value = request.resource
        let isInvoke = request.isInvoke
        // Nearly all patterns of a document begin alike, so that part is compared once.
        let shared = policy.sharedPrefix.count
        let follows = equal(policy.sharedPrefix, 0..<shared, value, 0)
        for index in policy.statements.indices {
            let statement = policy.statements[index]
            if !statement.isDeny, allowed != nil { continue }
            guard isInvoke ? statement.coversInvoke : covers(statement, request.action, policy),
                statement.coversAnonymous
            else { continue }
            var hit = false
            for pattern in statement.resources
            where matches(policy.resources[pattern], policy, value, shared, follows, request) {
                hit = true
                break
            }
            guard hit != statement.negatesResources else { continue }
            if !statement.conditions.isEmpty {
                guard statement.conditions.allSatisfy({ policy.conditions[$0].holds(in: request.context) }) else {
                    continue
                }
            }
            if statement.isDeny { return index }
            allowed = index
        }
        return nil
    }

    static func covers(_ statement: CompiledPolicy.Statement, _ action: [UInt8], _ policy: CompiledPolicy) -> Bool {
        let folded = action.map(CaseFold.ascii)
        return statement.actions.contains { Wildcard.matches(policy.actions[$0], folded) } != statement.negatesActions
    }

    static func matches(
        _ pattern: CompiledPolicy.Resource, _ policy: CompiledPolicy, _ value: [UInt8], _ shared: Int,
        _ follows: Bool, _ request: PolicyRequest
    ) -> Bool {
        switch pattern.kind {
        case .everything: return true
        case .literal:
            return follows && value.count == shared + pattern.head.count
                && equal(policy.bytes, pattern.head, value, shared)
        case .prefix: return follows && equal(policy.bytes, pattern.head, value, shared)
        case .tail:
            guard follows, equal(policy.bytes, pattern.head, value, shared) else { return false }
            return Wildcard.matches(
                policy.tokens, pattern.tail, value, (shared + pattern.head.count)..<value.count)
        case .components: return ARNPattern.matches(policy.tokens, pattern.tail, value)
        case .template:
            guard let tokens = policy.templates[pattern.template].expand(with: request.context) else { return false }
            return ARNPattern.matches(ARNPattern.completed(tokens), value)
        case .never: return false
        }
    }

    /// Whether `value` holds `bytes[range]` at `offset`.
    private static func equal(_ bytes: [UInt8], _ range: Range<Int>, _ value: [UInt8], _ offset: Int) -> Bool {
        guard value.count - offset >= range.count else { return false }
        var index = offset
        for place in range {
            if bytes[place] != value[index] { return false }
            index += 1
        }
        return true
    }
}
