import Documents
import Gateway
import HTTP
package import Routes

/// A first test file for a configuration: a row for every route with every cell open, but for what follows from the
/// configuration alone. To fill it in is the review.
package enum MatrixDraft {
    /// - Parameter configuration: how the test file names gateway.json, from its own folder.
    package static func yaml(for document: GatewayDocument, configuration: String, clock: String) -> String {
        let first = yaml(for: document, configuration: configuration, clock: clock, open: [])
        // A resource policy may refuse whoever calls from here before any token is looked at.
        if document.api.policy == nil { return first }
        let wrong = wrongCells(of: first, document)
        return wrong.isEmpty ? first : yaml(for: document, configuration: configuration, clock: clock, open: wrong)
    }

    /// A cell by its row and column.
    private struct Place: Hashable {
        var row: Int
        var column: Int
    }

    /// What a draft says and the gate does not do.
    private static func wrongCells(of text: String, _ document: GatewayDocument) -> Set<Place> {
        let source = SourceText(name: "draft.gatetest.yaml", bytes: Array(text.utf8))
        do throws(TestGate.Refusal) {
            let gate = try TestGate(document, stageName: nil)
            guard let suite = SuiteReader.read(source).suite, let snapshot = gate.snapshot(),
                let plan = TestPlan.make(suite, for: snapshot, keyring: gate.keyring).plan
            else { return [] }
            let runner = CheckRunner(plan, on: snapshot)
            let wrong = plan.checks.filter { !runner.passes($0, snapshots: PolicySnapshots()) }
            return Set(wrong.compactMap { $0.place.map { Place(row: $0.row, column: $0.column) } })
        } catch {
            return []
        }
    }

    private static func yaml(
        for document: GatewayDocument, configuration: String, clock: String, open: Set<Place>
    ) -> String {
        let guardians = document.authorizers.indices.filter { index in
            document.routes.contains { $0.authorization == .authorizer(index) }
        }
        let hasTokens = guardians.contains { document.authorizers[$0].jwt != nil }
        let hasFunctions = guardians.contains { document.authorizers[$0].functionUri != nil }
        var columns: [String] = []
        var out = """
            # Who may call what. A cell is allow, deny (403, nothing allows it), deny! (403 by an explicit Deny), a status,
            # or ~ for "not decided yet": filling in the cells is the review. Run it with: gatehouse test
            version: 1
            config: \(quoted(configuration))
            clock: \(clock)          # frozen; tokens are minted against it

            principals:

            """
        func add(_ name: String, _ text: String) {
            columns.append(name)
            out += "  \(name):" + String(repeating: " ", count: max(1, 12 - name.count)) + "\(text)\n"
        }
        add("anonymous", "{ token: missing }")
        if hasTokens {
            // Every check of tokens that all authorizers make has its bad token, so that no mutant of it lives.
            for preset in always { add(preset, "{ extends: caller, token: \(preset) }") }
            for preset in presets(document, guardians) { add(preset, "{ extends: caller, token: \(preset) }") }
        }
        let claims = claimNames(document, guardians)
        let shown =
            claims.isEmpty ? "sub: caller" : "sub: caller, " + claims.map { "\(quoted($0)): ~" }.joined(separator: ", ")
        let remark = claims.isEmpty ? "" : "   # the policy reads these claims: give them values, add callers"
        add("caller", "{ claims: { \(shown) } }\(remark)")
        if hasFunctions {
            out +=
                "\n# What the authorizer's function answers to whom: allow, deny, Unauthorized, { error: text }, or its own\n"
            out += "# answer. Without an entry it is asked at its address.\nfunctions: {}\n"
        }
        out +=
            "\nmatrix:\n  - name: \(quoted(document.api.name))\n    columns: [\(columns.joined(separator: ", "))]\n    rows:\n"
        let example = RouteExample(document)
        let rows = document.routes.enumerated().map { (request: example.request(of: $0), route: $1) }
        let width = rows.map { quoted($0.request).count }.max() ?? 0
        for (row, (request, route)) in rows.enumerated() {
            let key = quoted(request)
            let cells = columns.enumerated().map { column, name in
                open.contains(Place(row: row, column: column)) ? "~" : cell(name, route, document)
            }.joined(separator: ", ")
            let remark = route.authorization == .none ? "   # public" : ""
            out += "      \(key):" + String(repeating: " ", count: width - key.count + 1) + "[\(cells)]\(remark)\n"
        }
        return out
    }

    private static let always = ["expired", "notYetValid", "wrongKey", "algNone"]

    /// Bad tokens that only some configurations ask about.
    private static func presets(_ document: GatewayDocument, _ guardians: [Int]) -> [String] {
        let rules = guardians.compactMap { document.authorizers[$0].jwt }
        var out: [String] = []
        if rules.contains(where: { $0.issuer.value != nil }) { out.append("wrongIssuer") }
        if rules.contains(where: { $0.audience.value != nil }) { out.append("wrongAudience") }
        if rules.contains(where: \.requireExpiration.value) { out.append("noExp") }
        return out
    }

    /// What the policies read, so that a reader sees at once what tells callers apart.
    private static func claimNames(_ document: GatewayDocument, _ guardians: [Int]) -> [String] {
        var names: [String] = []
        for index in guardians {
            for statement in document.authorizers[index].policy {
                for condition in (statement.when ?? []).flatMap({ $0 }) where !names.contains(condition.claim.text) {
                    names.append(condition.claim.text)
                }
            }
        }
        return names
    }

    /// Only a refusal can be derived: a missing or bad token on a guarded route is a 401 whatever the policy says. Whether
    /// anybody may be let in is the reviewer's to say.
    private static func cell(_ column: String, _ route: RouteDefinition, _ document: GatewayDocument) -> String {
        guard case .authorizer(let index) = route.authorization else { return "~" }
        let authorizer = document.authorizers[index]
        // Other places for a token are not known to hold one, or none.
        guard let source = authorizer.identitySources.first?.value else { return "~" }
        switch source {
        case .header, .multiValueHeader, .queryString, .multiValueQueryString: break
        case .stageVariable, .context: return "~"
        }
        if column == "anonymous" { return "401" }
        guard let rules = authorizer.jwt else { return "~" }
        if always.contains(column) { return "401" }
        switch column {
        case "wrongIssuer": return rules.issuer.value == nil ? "~" : "401"
        case "wrongAudience": return rules.audience.value == nil ? "~" : "401"
        case "noExp": return rules.requireExpiration.value ? "401" : "~"
        default: return "~"
        }
    }

    /// As YAML reads it: bare when that is safe.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "/_.-% ".utf8.contains(byte)
                }
            }
        let word = text.lowercased()
        let first = text.utf8.first ?? 0
        let isLetter = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7A
        if isPlain, isLetter || text.hasPrefix("../"), !text.hasSuffix(" "), word != "null", word != "true",
            word != "false"
        {
            return text
        }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
