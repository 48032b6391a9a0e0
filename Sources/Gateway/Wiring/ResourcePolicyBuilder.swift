import Documents
import HTTP
import Policies
import Routes

/// Makes a ``ResourcePolicy`` of what stands in gateway.json, or says what is wrong with it.
struct ResourcePolicyBuilder {
    private let document: GatewayDocument
    private let definition: ResourcePolicyDefinition
    private let arn: MethodARN.Prefix
    private(set) var diagnostics: [Diagnostic] = []

    init(_ definition: ResourcePolicyDefinition, document: GatewayDocument, arn: MethodARN.Prefix) {
        self.definition = definition
        self.document = document
        self.arn = arn
    }

    mutating func build() -> ResourcePolicy? {
        let root = definition.document
        let parsed: PolicyDocument
        do throws(PolicyError) {
            parsed = try PolicyParser.parse(root, principals: .accepted)
        } catch {
            report(
                "the resource policy is malformed: \(error.message)\(error.detail.map { " (\"\($0)\")" } ?? "")",
                at: error.range, pointer: error.pointer, help: error.help)
            return nil
        }
        let values = statementValues(root)
        guard values.count == parsed.statements.count else { return nil }
        var statements: [PolicyStatement] = []
        statements.reserveCapacity(values.count)
        for (statement, value) in zip(parsed.statements, values) { statements.append(expand(statement, value)) }
        if !diagnostics.isEmpty { return nil }
        do throws(PolicyError) {
            let expanded = try PolicyDocument(version: parsed.version, id: parsed.id, statements: statements)
            let policy = ResourcePolicy(
                definition: definition, document: expanded, source: document.source, ranges: values.map(\.range))
            warnOfWayAround(policy)
            return policy
        } catch {
            report("the resource policy is malformed: \(error.message)", at: error.range, pointer: error.pointer)
            return nil
        }
    }

    private func statementValues(_ root: JSONValue) -> [JSONValue] {
        guard let list = root["Statement"] else { return [] }
        return list.kind == .array ? Array(list.elements) : [list]
    }

    /// Writes short resources out, and refuses what no request can ever match: a Deny that is never met is worse than
    /// none, because somebody relies on it.
    private mutating func expand(_ statement: PolicyStatement, _ value: JSONValue) -> PolicyStatement {
        var expanded = statement
        if statement.principal == nil {
            report(
                "a statement of a resource policy needs Principal", at: value.range, help: "add \"Principal\": \"*\"")
        }
        let list = value[statement.negatesResources ? "NotResource" : "Resource"]
        let places = list.map { $0.kind == .array ? Array($0.elements) : [$0] } ?? []
        for (index, resource) in statement.resources.enumerated() {
            let range = places.indices.contains(index) ? places[index].range : value.range
            guard let full = full(resource) else {
                report(
                    "\"\(resource)\" is no resource of a resource policy", at: range,
                    help: "write execute-api:/STAGE/METHOD/path, an ARN, or *")
                continue
            }
            expanded.resources[index] = full
            if !canMatch(full, isShort: full != resource) {
                report(
                    "\"\(resource)\" can never match a request", at: range,
                    help: "write the path in its normal form, with * for path parameters")
            }
        }
        return expanded
    }

    private func full(_ resource: String) -> String? {
        if resource.utf8.allSatisfy({ $0 == UInt8(ascii: "*") }) { return resource }
        guard resource.hasPrefix("arn:") || resource.hasPrefix("execute-api:/") else { return nil }
        return arn.expand(resource)
    }

    /// Of short resources the path is looked at too: they can only mean this API.
    private func canMatch(_ resource: String, isShort: Bool) -> Bool {
        guard isShort else { return true }
        let parts = resource.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        // Up to the method a star may stand for the rest: `execute-api:/*`.
        guard parts.count == 4 else { return parts.last?.last == UInt8(ascii: "*") }
        if resource.contains("${") { return true }
        if parts[3].contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) { return false }
        let isWild: (UInt8) -> Bool = { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        let example = parts[3].map { isWild($0) ? UInt8(ascii: "a") : $0 }
        var options = document.api.profile == .aws ? PathOptions.aws : .strict
        if document.server.encodedSlash == .keep { options.encodedSlash = .keep }
        do throws(PathRefusal) {
            return try NormalPath.normalize([UInt8(ascii: "/")] + example, options: options).isUnchanged
        } catch {
            return false
        }
    }

    // MARK: The way around an authorizer

    /// With a Lambda authorizer an Allow of either policy is enough (table A): whoever has a token that its policy is
    /// silent about comes in by this one.
    private mutating func warnOfWayAround(_ policy: ResourcePolicy) {
        let allows = policy.document.statements.indices.filter { policy.document.statements[$0].effect == .allow }
        let bare = allows.map { index in
            var statement = policy.document.statements[index]
            statement.conditions = []
            return statement
        }
        guard !bare.isEmpty, let open = Self.document(bare, policy.document.version) else { return }
        var told: Set<Int> = []
        for route in document.routes {
            guard case .authorizer(let index) = route.authorization, document.authorizers.indices.contains(index),
                document.authorizers[index].type != .jwt, let example = example(of: route.key)
            else { continue }
            let decision = PolicyEvaluator.decide(PolicyRequest(invoking: example), by: open)
            guard decision.outcome == .allow, let matched = decision.matched?.statement,
                told.insert(matched).inserted
            else { continue }
            let place = allows[matched]
            let authorizer = document.authorizers[index].name
            diagnostics.append(
                Diagnostic(
                    code: "GH3327", severity: .warning,
                    message: "statement \(policy.label(place)) lets callers in about whom \"\(authorizer)\" is silent",
                    source: document.source, range: policy.span(ofStatement: place).range,
                    help: "let the authorizer's policy deny aloud what it does not allow, or use Deny here",
                    note: "\"\(route.key.text)\" is admitted when either policy allows it and neither denies it"))
        }
    }

    private static func document(
        _ statements: [PolicyStatement], _ version: PolicyDocument.Version?
    ) -> PolicyDocument? {
        do throws(PolicyError) {
            return try PolicyDocument(version: version, statements: statements)
        } catch {
            return nil
        }
    }

    /// A request that the route takes.
    private func example(of key: RouteKey) -> MethodARN? {
        guard case .pattern(let verb, let pattern) = key.kind else { return nil }
        var path: [UInt8] = []
        for segment in pattern.segments {
            path.append(UInt8(ascii: "/"))
            if case .literal(let bytes) = segment { path += bytes } else { path.append(UInt8(ascii: "a")) }
        }
        return arn.arn(method: Array((verb == .any ? "GET" : verb.rawValue).utf8), path: path)
    }

    // MARK: Reports

    /// `range` lies in the policy's own text.
    private mutating func report(
        _ message: String, at range: Range<Int>?, pointer: String? = nil, help: String? = nil
    ) {
        var note: String?
        var place = definition.span.range
        if definition.isInline {
            place = range ?? place
        } else if let range {
            let position = SourceText(name: "api.policy", bytes: definition.document.document.bytes)
                .position(at: range.lowerBound)
            note = "line \(position.line), column \(position.column) of its text"
            if let pointer, !pointer.isEmpty { note = "\(note ?? ""): \(pointer)" }
        }
        diagnostics.append(
            Diagnostic(
                code: "GH3326", message: message, source: document.source, range: place, help: help, note: note))
    }
}
