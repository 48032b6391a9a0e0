/// The routes of one path, by the shape of the path.
struct SiblingRoutes {
    private let context: LintContext
    private let byShape: [[UInt8]: [RouteDefinition]]

    init(_ context: LintContext) {
        self.context = context
        var found: [[UInt8]: [RouteDefinition]] = [:]
        for route in context.document.routes {
            if let pattern = route.key.pattern { found[pattern.shape, default: []].append(route) }
        }
        byShape = found
    }

    func of(_ pattern: PathPattern) -> [RouteDefinition] { byShape[pattern.shape] ?? [] }

    /// Every public route with the routes of its path, itself among them, in source order.
    var open: [(route: RouteDefinition, siblings: [RouteDefinition])] {
        context.document.routes.compactMap { route in
            guard route.authorization == .none, let pattern = route.key.pattern else { return nil }
            return (route, of(pattern))
        }
    }
}
