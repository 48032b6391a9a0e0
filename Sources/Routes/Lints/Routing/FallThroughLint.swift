internal import Documents

/// A broad public route that takes what guarded routes leave over.
struct FallThroughLint: Lint {
    static let rule = LintRule(
        "GH3213", .warning, "public route takes what guarded ones leave over",
        why:
            "A request for a guarded path with another method, or for a path below it, fits no guarded route and falls "
            + "through to this public one, which takes it to a backend without any token.",
        example: "\"ANY /{proxy+}\": { \"authorizationType\": \"NONE\", … } beside a guarded \"GET /admin\"",
        remedy: "Guard the path with ANY and with {proxy+} below it, narrow the public route, or let it name its "
            + "methods.")

    /// What falls through to one public route.
    private struct Leak {
        var request: String
        var guarded: RouteDefinition
        var count = 1
    }

    func run(_ context: LintContext) {
        let routes = context.document.routes
        // A public route that takes more than one path and more than one method; others are what they say.
        func isBroad(_ route: RouteDefinition) -> Bool {
            guard route.authorization == .none, context.reachesBackend(route) else { return false }
            guard let verb = route.key.verb else { return true }
            if route.key.parameterNames.isEmpty { return false }
            return [.any, .delete, .patch, .put].contains(verb)
        }
        guard routes.contains(where: isBroad), routes.contains(where: { $0.authorization != .none }) else { return }
        let table = context.document.makeRouteTable()
        let siblings = SiblingRoutes(context)
        var leaks: [Int: Leak] = [:]
        for guarded in routes where guarded.authorization != .none {
            guard let pattern = guarded.key.pattern else { continue }
            for request in Self.requestsBeside(guarded, pattern, siblings) {
                guard case .matched(let hit) = table.match(method: request.method, path: request.path),
                    isBroad(routes[hit.route])
                else { continue }
                // Below a guarded path only the same backend knows what stands there.
                if request.isBelow, routes[hit.route].integration != guarded.integration { continue }
                if leaks[hit.route] == nil {
                    leaks[hit.route] = Leak(request: request.text, guarded: guarded)
                } else {
                    leaks[hit.route]?.count += 1
                }
            }
        }
        for (index, leak) in leaks.sorted(by: { $0.key < $1.key }) {
            let more = leak.count > 1 ? " and \(leak.count - 1) more" : ""
            context.report(
                Self.rule, routes[index].span.range,
                "\"\(routes[index].key.text)\" is public and takes \(leak.request)\(more)",
                label: "\"\(leak.guarded.key.text)\" is guarded, line \(leak.guarded.span.line)",
                help: "guard the path with ANY and {proxy+}, or narrow the public route",
                note: "what no guarded route takes falls through to the public one")
        }
    }

    private struct Request {
        var method: [UInt8]
        var path: [UInt8]
        var isBelow = false
        var text: String
    }

    /// Requests that the author of a guarded route may believe to be guarded, too.
    private static func requestsBeside(
        _ guarded: RouteDefinition, _ pattern: PathPattern, _ siblings: SiblingRoutes
    ) -> [Request] {
        let own = siblings.of(pattern)
        let path = example(of: pattern)
        let shown = guarded.key.text.drop { $0 != "/" }
        var out: [Request] = []
        if !own.contains(where: { $0.key.verb == .any }) {
            // OPTIONS is left to browsers, HEAD has a rule of its own.
            for verb in [RouteVerb.get, .post, .put, .patch, .delete]
            where !own.contains(where: { $0.key.verb == verb }) {
                out.append(
                    Request(method: Array(verb.rawValue.utf8), path: path, text: "\(verb.rawValue) \(shown)"))
            }
        }
        if guarded.key.verb == .any, !pattern.hasTrailingSlash, !isGreedy(pattern), !pattern.segments.isEmpty {
            out.append(
                Request(
                    method: Array("GET".utf8), path: path + Array("/x-below".utf8), isBelow: true,
                    text: "GET \(shown)/…"))
        }
        return out
    }

    private static func isGreedy(_ pattern: PathPattern) -> Bool {
        if case .greedy? = pattern.segments.last { return true }
        return false
    }

    /// A path that the pattern takes, with values that no literal segment is likely to have.
    private static func example(of pattern: PathPattern) -> [UInt8] {
        var out: [UInt8] = []
        for segment in pattern.segments {
            out.append(UInt8(ascii: "/"))
            switch segment {
            case .literal(let bytes): out += bytes
            case .parameter, .greedy: out += Array("x-any".utf8)
            }
        }
        if pattern.hasTrailingSlash || out.isEmpty { out.append(UInt8(ascii: "/")) }
        return out
    }
}
