import Documents
import Routes

extension SuiteReader {
    private struct Written {
        var members: [String: DataNode]
        var range: Range<Int>
    }

    /// The principals of a file with everything inherited put in; they may extend the others.
    mutating func principals(_ members: [DataNode.Member], beside others: [TestPrincipal]) -> [TestPrincipal] {
        var written: [String: Written] = [:]
        for member in members {
            guard let parts = self.members(member.value, of: "a principal") else {
                brokenPrincipals.insert(member.key)
                continue
            }
            written[member.key] = Written(members: parts, range: member.keyRange)
        }
        var done = Dictionary(others.map { ($0.name, $0) }) { first, _ in first }
        var out: [TestPrincipal] = []
        for member in members {
            var path: Set<String> = []
            if let made = principal(member.key, written, &done, &path) {
                out.append(made)
            } else {
                brokenPrincipals.insert(member.key)
            }
        }
        return out
    }

    private mutating func principal(
        _ name: String, _ written: [String: Written], _ done: inout [String: TestPrincipal], _ path: inout Set<String>
    ) -> TestPrincipal? {
        if let made = done[name] { return made }
        guard let own = written[name] else { return nil }
        guard path.insert(name).inserted else {
            report(.inheritsItself, own.range, "\"\(name)\" inherits from itself")
            return nil
        }
        guard path.count <= 64 else {
            report(
                .inheritsItself, own.range, "more than 64 principals extend one another up to \"\(name)\"",
                help: "let some of them extend \"\(name)\" at once")
            return nil
        }
        var made = TestPrincipal(name: name, range: own.range, claims: [], token: TokenRecipe(), headers: [])
        if let node = own.members["extends"], let base = text(node, "extends") {
            // Of one that is written and broken everything is said.
            if brokenPrincipals.contains(base) { return nil }
            if written[base] == nil, done[base] == nil {
                reportUnknown(base, node.range, among: (Array(written.keys) + done.keys).sorted())
                return nil
            }
            guard let inherited = principal(base, written, &done, &path) else { return nil }
            made = inherited
            made.name = name
            made.range = own.range
        }
        for claim in map(own.members["claims"], "claims") {
            if let index = made.claims.firstIndex(where: { $0.name.utf8.elementsEqual(claim.key.utf8) }) {
                made.claims[index].value = claim.value
            } else {
                made.claims.append((claim.key, claim.value))
            }
        }
        for header in headers(own.members["headers"]) {
            made.headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
            made.headers.append(header)
        }
        if let node = own.members["token"] { recipe(node, &made.token) }
        done[name] = made
        return made
    }

    /// `expired`, or a map of what is different from an ordinary token.
    private mutating func recipe(_ node: DataNode, _ recipe: inout TokenRecipe) {
        if node.string != nil {
            recipe.preset = preset(node)
            return
        }
        guard let parts = members(node, of: "token") else { return }
        if let node = parts["preset"] { recipe.preset = preset(node) }
        if let node = parts["lifetime"] { recipe.lifetime = duration(node, "lifetime") ?? recipe.lifetime }
        if let node = parts["value"] { recipe.value = text(node, "value") }
        if let node = parts["type"] { recipe.type = text(node, "type") }
        if let node = parts["authorizer"] { recipe.authorizer = text(node, "authorizer") }
    }

    private mutating func preset(_ node: DataNode) -> TokenRecipe.Preset? {
        guard let word = text(node, "token") else { return nil }
        if let preset = TokenRecipe.Preset(rawValue: word) { return preset }
        let known = TokenRecipe.Preset.allCases.map(\.rawValue)
        let near = Suggestion.nearest(to: word, among: known)
        report(
            .notAllowed, node.range, "there is no kind of token called \"\(word)\"",
            label: near.map { "did you mean \"\($0)\"?" }, help: "known: \(known.joined(separator: ", "))")
        return nil
    }

    /// The index of a principal by name.
    mutating func principal(named node: DataNode?) -> Int? {
        guard let node, let name = text(node, "as") else { return nil }
        if let index = principalIndex[name] { return index }
        if brokenPrincipals.contains(name) { return nil }
        reportUnknown(name, node.range, among: principalIndex.keys.sorted())
        return nil
    }

    mutating func reportUnknown(_ name: String, _ range: Range<Int>, among known: [String]) {
        let near = Suggestion.nearest(to: name, among: known)
        report(
            .unknownPrincipal, range, "there is no principal \"\(name)\"",
            label: near.map { "did you mean \"\($0)\"?" },
            help: known.isEmpty ? "add it to \"principals\"" : "known: \(known.joined(separator: ", "))")
    }

    // MARK: Functions

    mutating func function(_ member: DataNode.Member) -> FunctionScript? {
        var script = FunctionScript(
            authorizer: member.key, range: member.keyRange, standard: nil, answers: [:])
        if isAnswer(member.value) {
            script.standard = answer(member.value)
            return script
        }
        for each in map(member.value, member.key) {
            guard let made = answer(each.value) else { continue }
            if each.key == "*" {
                script.standard = made
            } else if principalIndex[each.key] != nil {
                script.answers[each.key] = made
            } else if !brokenPrincipals.contains(each.key) {
                reportUnknown(each.key, each.keyRange, among: principalIndex.keys.sorted() + ["*"])
            }
        }
        return script
    }

    private static let answerKeys = ["principalId", "policyDocument", "isAuthorized", "error"]

    /// Whether this is one answer for all rather than a map of principals.
    private func isAnswer(_ node: DataNode) -> Bool {
        guard let map = node.map else { return true }
        return map.contains { Self.answerKeys.contains($0.key) && principalIndex[$0.key] == nil }
    }

    private mutating func answer(_ node: DataNode) -> FunctionScript.Answer? {
        if let word = node.string {
            switch word {
            case "allow": return .allow
            case "deny": return .deny
            case "Unauthorized": return .unauthorized
            case "timeout": return .timeout
            default:
                report(
                    .notAllowed, node.range, "\"\(word)\" is no answer of a function",
                    help: "write allow, deny, Unauthorized, timeout, { error: text }, or what the function returns")
                return nil
            }
        }
        guard let map = node.map else {
            report(.wrongType, node.range, "a function's answer is a word or a map, not \(node.kindName)")
            return nil
        }
        if map.count == 1, let error = node["error"], let text = error.string { return .error(text) }
        return .payload(node.json)
    }
}
