internal import Documents

/// What a lint sees, and how it says what it found.
struct LintContext {
    let document: GatewayDocument
    private let load: LoadContext

    init(document: GatewayDocument, load: LoadContext) {
        self.document = document
        self.load = load
    }

    /// The tree that the document was decoded from, for keys that the model does not hold.
    var root: JSONValue { load.root }
    var environment: any DocumentEnvironment { load.environment }
    /// With errors about, what seems to be missing may only be misspelt.
    var hasErrors: Bool { load.hasErrors }
    /// Every route of the text is in the model.
    var hasAllRoutes: Bool { !document.routes.isEmpty && document.routes.count == root["routes"]?.count }

    /// Says what was found: `message` is one line, `help` an action, `note` the reason. AWS's rule follows the reason.
    func report(
        _ rule: LintRule, _ range: Range<Int>, _ message: String, label: String? = nil, help: String, note: String,
        severity: Diagnostic.Severity? = nil
    ) {
        let reason = rule.aws.map { "\(note); AWS: \($0.sentence)" } ?? note
        load.report(
            rule.code, severity ?? rule.severity, range, message, label: label, help: help, note: reason)
    }

    /// Says at the first entry that is too many that AWS allows fewer of its kind.
    func reportExcess(_ rule: LintRule, _ entries: [SourceSpan], of kind: String, most: Int, help: String) {
        guard entries.count > most else { return }
        report(
            rule, entries[most].range, "this is \(kind) \(most + 1) of \(entries.count)", help: help,
            note: "a deployment would fail")
    }

    // MARK: Places

    /// An entry of a top-level map, such as `keys`, by its name.
    func member(_ name: String, of map: String) -> JSONMember? { root[map]?.member(name) }

    /// The text of a string as it counts, its expressions put in.
    func text(_ value: JSONValue) -> String? { load.text(value) }

    /// A string that stands in the file as it is, without any expression.
    func isLiteral(_ value: JSONValue) -> Bool { value.kind == .string && !load.expand(value).hasExpression }

    /// The value of a member of an authorizer, or the authorizer's name when the member is not written.
    func place(_ member: String, of authorizer: AuthorizerDefinition) -> Range<Int> {
        self.member(authorizer.name, of: "authorizers")?.value[member]?.range ?? authorizer.span.range
    }

    /// The routes that an authorizer guards, in source order.
    func routes(guardedBy index: Int) -> [RouteDefinition] {
        document.routes.filter { $0.authorization == .authorizer(index) }
    }

    func integration(of route: RouteDefinition) -> IntegrationDefinition? {
        document.integrations.indices.contains(route.integration) ? document.integrations[route.integration] : nil
    }

    /// Whether requests of this route go on to a backend or a function.
    func reachesBackend(_ route: RouteDefinition) -> Bool {
        if case .mock? = integration(of: route)?.kind { return false }
        return true
    }
}

extension JSONValue {
    /// The first member of that name with its key.
    func member(_ name: String) -> JSONMember? { members.first { $0.key.equals(name) } }
}
