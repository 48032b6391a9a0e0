import Documents

/// A policy document in the form decisions are made from: flat arrays of plain values, so that judging a statement
/// touches no reference count and allocates nothing. Immutable after it is built.
final class CompiledPolicy: Sendable {
    /// One resource pattern, classified once.
    struct Resource: Sendable {
        enum Kind: UInt8, Sendable {
            /// A lone `*`.
            case everything
            /// `head` is all that may follow the shared prefix.
            case literal
            /// `head`, then anything within the last component.
            case prefix
            /// `head`, which reaches into the last component, then the tokens.
            case tail
            /// Wildcards in the first five components: compared one by one.
            case components
            /// Holds variables; `first` is an index into `templates`.
            case template
            /// Fewer than six components: no ARN matches.
            case never
        }

        var kind: Kind
        /// In `bytes`, without the shared prefix.
        var head: Range<Int> = 0..<0
        /// In `tokens`.
        var tail: Range<Int> = 0..<0
        var template = 0
    }

    struct Statement: Sendable {
        var isDeny: Bool
        /// The statement covers execute-api:Invoke, by its Action or NotAction.
        var coversInvoke: Bool
        var negatesActions: Bool
        var negatesResources: Bool
        var coversAnonymous: Bool
        /// Ranges into `actions`, `resources`, `conditions`.
        var actions: Range<Int>
        var resources: Range<Int>
        var conditions: Range<Int>
    }

    let statements: [Statement]
    let resources: [Resource]
    /// Literal text that every `literal`, `prefix` and `tail` pattern begins with; compared once per decision.
    let sharedPrefix: [UInt8]
    let bytes: [UInt8]
    let tokens: [UInt16]
    /// Lower-cased action patterns.
    let actions: [[UInt16]]
    let templates: [PolicyTemplate]
    let conditions: [Condition]
    let source: [PolicyStatement]
    /// What each statement is called: its Sid, or its place.
    let names: [[UInt8]]
    let needsContext: Bool
    /// Version 2012-10-17: `${...}` is a variable.
    let variables: Bool

    init(_ source: [PolicyStatement], variables: Bool) throws(PolicyError) {
        var builder = Builder(variables: variables)
        for (index, statement) in source.enumerated() {
            do {
                try builder.add(statement)
            } catch {
                var placed = error
                placed.path = [.member("Statement"), .index(index)] + error.path
                throw placed
            }
        }
        statements = builder.statements
        actions = builder.actions
        templates = builder.templates
        conditions = builder.conditions
        sharedPrefix = builder.sharedPrefix
        (resources, bytes, tokens) = builder.lay(skipping: sharedPrefix.count)
        self.source = source
        names = source.enumerated().map { place, statement in
            Array((statement.sid.flatMap { $0.isEmpty ? nil : $0 } ?? String(place)).utf8)
        }
        self.variables = variables
        needsContext = !builder.conditions.isEmpty || !builder.templates.isEmpty
    }

    /// Collects the patterns first: how they are laid out depends on what all of them share.
    private struct Builder {
        enum Draft {
            case ready(Resource)
            /// Literal text, then tokens that begin with a wildcard (or none).
            case headed([UInt8], [UInt16])
            case components([UInt16])
        }

        let variables: Bool
        var statements: [Statement] = []
        var drafts: [Draft] = []
        var actions: [[UInt16]] = []
        var templates: [PolicyTemplate] = []
        var conditions: [Condition] = []

        init(variables: Bool) { self.variables = variables }

        mutating func add(_ statement: PolicyStatement) throws(PolicyError) {
            let actionName = statement.negatesActions ? "NotAction" : "Action"
            let firstAction = actions.count
            guard !statement.actions.isEmpty else {
                throw PolicyError(code: .actionValue, path: [.member(actionName)])
            }
            for (index, action) in statement.actions.enumerated() {
                guard action == "*" || action.utf8.contains(UInt8(ascii: ":")) else {
                    throw PolicyError(
                        code: .actionValue, path: [.member(actionName), .index(index)], detail: action,
                        help: "write it with its service, as in execute-api:Invoke")
                }
                actions.append(Wildcard.tokens(action.utf8.map(CaseFold.ascii)))
            }
            let resourceName = statement.negatesResources ? "NotResource" : "Resource"
            let firstResource = drafts.count
            guard !statement.resources.isEmpty else {
                throw PolicyError(code: .resourceValue, path: [.member(resourceName)])
            }
            for (index, resource) in statement.resources.enumerated() {
                guard let draft = draft(of: resource) else {
                    throw PolicyError(
                        code: .resourceValue, path: [.member(resourceName), .index(index)], detail: resource,
                        help: "write \"*\" or arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH")
                }
                drafts.append(draft)
            }
            let firstCondition = conditions.count
            try add(statement.conditions)
            let invoke = actions[firstAction...].contains { Wildcard.matches($0, PolicyRequest.foldedInvoke) }
            statements.append(
                Statement(
                    isDeny: statement.effect == .deny, coversInvoke: invoke != statement.negatesActions,
                    negatesActions: statement.negatesActions, negatesResources: statement.negatesResources,
                    coversAnonymous: statement.principal?.coversAnonymous ?? true,
                    actions: firstAction..<actions.count, resources: firstResource..<drafts.count,
                    conditions: firstCondition..<conditions.count))
        }

        private mutating func add(_ list: [PolicyCondition]) throws(PolicyError) {
            var seen: Set<[String]> = []
            for condition in list {
                let place: [PolicyError.Step] = [.member("Condition"), .member(condition.operatorName)]
                guard let test = ConditionOperator(condition.operatorName) else {
                    throw PolicyError(
                        code: .conditionOperator, path: place, detail: condition.operatorName,
                        help: ConditionOperator.suggestion(for: condition.operatorName))
                }
                guard seen.insert([condition.operatorName, condition.key]).inserted else {
                    throw PolicyError(code: .conditionTwice, path: place + [.member(condition.key)])
                }
                guard !condition.values.isEmpty else {
                    throw PolicyError(code: .conditionValue, path: place + [.member(condition.key)])
                }
                var operands: [Condition.Operand] = []
                for (index, value) in condition.values.enumerated() {
                    // Refused rather than ignored: a Deny with a typing error must not turn into nothing.
                    guard
                        let operand = Condition.operand(value, for: test.comparison, variables: variables)
                    else {
                        throw PolicyError(
                            code: .conditionValue, path: place + [.member(condition.key), .index(index)],
                            detail: value)
                    }
                    operands.append(operand)
                }
                conditions.append(Condition(test: test, key: ConditionKey(condition.key), operands: operands))
            }
        }

        /// Nil when the text is no resource at all: neither a star nor anything with a colon.
        private mutating func draft(of text: String) -> Draft? {
            let bytes = Array(text.utf8)
            if let draft = plain(bytes) { return draft }
            let template = PolicyTemplate(bytes, variables: variables)
            if template.hasVariables {
                templates.append(template)
                return .ready(Resource(kind: .template, template: templates.count - 1))
            }
            let raw = template.expand(with: EmptyPolicyContext()) ?? []
            if raw == [Wildcard.star] { return .ready(Resource(kind: .everything)) }
            guard raw.contains(ARNPattern.colon) || raw.allSatisfy({ $0 == Wildcard.star }), !raw.isEmpty else {
                return nil
            }
            var tokens: [UInt16] = []
            for token in ARNPattern.completed(raw) where token != Wildcard.star || tokens.last != Wildcard.star {
                tokens.append(token)
            }
            guard tokens.count(where: { $0 == ARNPattern.colon }) >= ARNPattern.separators else {
                return .ready(Resource(kind: .never))
            }
            let head = tokens.prefix { $0 < 256 }
            guard head.count(where: { $0 == ARNPattern.colon }) >= ARNPattern.separators else {
                return .components(tokens)
            }
            return .headed(head.map { UInt8(truncatingIfNeeded: $0) }, Array(tokens[head.count...]))
        }

        /// The common case without detours: five literal components, no `$` anywhere.
        private func plain(_ bytes: [UInt8]) -> Draft? {
            var colons = 0
            var end = bytes.count
            for index in bytes.indices {
                let byte = bytes[index]
                if byte == UInt8(ascii: "$") { return nil }
                if end < bytes.count { continue }
                if byte == UInt8(ascii: ":") { colons += 1 }
                if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") { end = index }
            }
            guard colons >= ARNPattern.separators else { return nil }
            return .headed(Array(bytes[..<end]), Wildcard.tokens(bytes[end...]))
        }

        /// How much all literal heads have in common.
        var sharedPrefix: [UInt8] {
            var shared: [UInt8]?
            var length = 0
            for case .headed(let head, _) in drafts {
                guard let first = shared else {
                    shared = head
                    length = head.count
                    continue
                }
                length = min(length, head.count)
                var common = 0
                while common < length, first[common] == head[common] { common += 1 }
                length = common
            }
            return Array((shared ?? [])[..<length])
        }

        /// Moves the patterns into flat arrays; the first `skipped` bytes of heads are left out.
        func lay(skipping skipped: Int) -> ([Resource], [UInt8], [UInt16]) {
            var bytes: [UInt8] = []
            var tokens: [UInt16] = []
            let resources = drafts.map { draft in
                switch draft {
                case .ready(let resource): return resource
                case .components(let pattern):
                    let start = tokens.count
                    tokens.append(contentsOf: pattern)
                    return Resource(kind: .components, tail: start..<tokens.count)
                case .headed(let head, let rest):
                    let start = bytes.count
                    bytes.append(contentsOf: head[skipped...])
                    let first = tokens.count
                    let kind: Resource.Kind = rest.isEmpty ? .literal : rest == [Wildcard.star] ? .prefix : .tail
                    if kind == .tail { tokens.append(contentsOf: rest) }
                    return Resource(kind: kind, head: start..<bytes.count, tail: first..<tokens.count)
                }
            }
            return (resources, bytes, tokens)
        }
    }
}

extension ConditionOperator {
    /// The operator that was probably meant.
    static func suggestion(for name: String) -> String? {
        let base =
            name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[name.utf8.index(after: $0)...]) } ?? name
        return Suggestion.nearest(to: base, among: names).map { "did you mean \($0)?" }
    }
}
