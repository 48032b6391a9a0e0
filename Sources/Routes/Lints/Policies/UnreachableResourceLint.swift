internal import Documents
internal import HTTP

/// A resource of a statement that covers no request of any route.
struct UnreachableResourceLint: Lint {
    static let rule = LintRule(
        "GH3201", .error, "policy resource can never match",
        why: "No route takes a request that this resource covers, or no request's path can look like it, or its ARN "
            + "names another API, stage, account or region. An Allow that never matches locks callers out; a Deny that "
            + "never matches forbids nothing.",
        example: "\"resources\": [\"GET/fleet/*\"] while all routes begin with /ships",
        remedy: "Write METHOD/path as a route has it, with * for its parameters; the stage and the API are added.")

    func run(_ context: LintContext) {
        // Without its routes a document has no resources that could match.
        guard context.hasAllRoutes else { return }
        let keys = context.document.routes.map(\.key)
        for authorizer in context.document.authorizers {
            for statement in authorizer.policy {
                for resource in statement.resources {
                    switch resource.form {
                    case .everything: break
                    case .arn: check(resource, of: statement, in: context)
                    case .short(let method, let path): check(resource, method, path, keys, statement, in: context)
                    }
                }
            }
        }
    }

    // MARK: METHOD/path

    private func check(
        _ resource: PolicyResource, _ method: String, _ path: String, _ keys: [RouteKey],
        _ statement: PolicyStatementDefinition, in context: LintContext
    ) {
        let document = context.document
        if !isNormal(path, document) {
            context.report(
                Self.rule, resource.span.range, "policy resource can never match a request",
                label: "no request's path looks like this", help: suggestion(method, path), note: reason(statement))
        } else if !ResourceOverlap.covers(method: method, path: path, anyOf: keys) {
            context.report(
                Self.rule, resource.span.range, "policy resource can never match a route",
                label: difference(method, path, document),
                help: nearest(method, path, document) ?? "write a route's method and path, or remove the resource",
                note: reason(statement))
        }
    }

    private func reason(_ statement: PolicyStatementDefinition) -> String {
        switch statement.effect {
        case .allow: "an Allow that never matches allows nothing"
        case .deny: "a Deny that never matches forbids nothing: what it was meant for stays allowed"
        }
    }

    /// Whether a request's normal path can look like this.
    private func isNormal(_ path: String, _ document: GatewayDocument) -> Bool {
        if path.contains(where: { $0 == "{" || $0 == "}" }) { return false }
        let example = path.utf8.map { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") ? UInt8(ascii: "a") : $0 }
        var options = document.api.profile == .aws ? PathOptions.aws : .strict
        if document.server.encodedSlash == .keep { options.encodedSlash = .keep }
        do throws(PathRefusal) {
            return try NormalPath.normalize([UInt8(ascii: "/")] + example, options: options).isUnchanged
        } catch {
            return false
        }
    }

    private func suggestion(_ method: String, _ path: String) -> String {
        guard path.contains("{") else { return "write the path in its normal form, as requests are decided on" }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return "write \"\(method)/\(segments.map { $0.contains("{") ? "*" : $0 }.joined(separator: "/"))\""
    }

    private func difference(_ method: String, _ path: String, _ document: GatewayDocument) -> String {
        let first = Array(path.utf8.prefix { $0 != UInt8(ascii: "/") })
        let isPattern = first.contains(UInt8(ascii: "*")) || first.contains(UInt8(ascii: "?"))
        let isKnown = document.routes.contains { route in
            guard case .literal(let start)? = route.key.pattern?.segments.first else { return true }
            return start == first
        }
        return isKnown || isPattern || first.isEmpty
            ? "no route takes \(method) /\(path)" : "no route starts with /\(String(decoding: first, as: UTF8.self))"
    }

    /// The route that is spelt most alike, else the first one of the same verb and length.
    private func nearest(_ method: String, _ path: String, _ document: GatewayDocument) -> String? {
        let words = document.routes.map { $0.key.text }
        let alike = Suggestion.nearest(to: "\(method) /\(path)", among: words)
        let depth = path.split(separator: "/").count
        let route = document.routes.first { route in
            if let alike { return route.key.text == alike }
            return route.key.verb?.rawValue == method && route.key.pattern?.segments.count == depth
        }
        guard let route, let verb = route.key.verb, let pattern = route.key.pattern else { return nil }
        let segments = pattern.segments.map { segment in
            if case .literal(let bytes) = segment { String(decoding: bytes, as: UTF8.self) } else { "*" }
        }
        let word = verb == .any ? "*" : verb.rawValue
        return "nearest route is \"\(route.key.text)\": write \"\(word)/\(segments.joined(separator: "/"))\""
    }

    // MARK: ARNs

    /// A list of ARNs may be shared by several APIs, so the names of others are only a warning; an ARN of this very
    /// stage that fits no route is as wrong as the short form.
    private func check(_ resource: PolicyResource, of statement: PolicyStatementDefinition, in context: LintContext) {
        let document = context.document
        guard let mismatch = ResourceARN(resource.text).mismatch(document) else { return }
        let api = document.api
        let (label, help): (String, String)
        switch mismatch {
        case .incomplete:
            label = "an ARN of a method ends in API/stage/METHOD/path"
            help = "write METHOD/path, or arn:aws:execute-api:\(api.region):\(api.accountId):\(api.apiId)/*"
        case .partition: (label, help) = ("no such partition", "write arn:aws:…")
        case .service: (label, help) = ("not of execute-api", "write arn:aws:execute-api:…")
        case .region: (label, help) = ("this API is in \(api.region)", "write METHOD/path, or * for the region")
        case .account:
            (label, help) = ("this API's account is \(api.accountId)", "write METHOD/path, or * for the account")
        case .api: (label, help) = ("this API is \(api.apiId)", "write METHOD/path, or * for the API")
        case .stage:
            let known = document.stages.map(\.name).joined(separator: ", ")
            (label, help) = ("no such stage", "known: \(known); METHOD/path takes the stage of the request")
        case .any: (label, help) = ("no request has the method ANY", "in policies any method is written *")
        case .route: (label, help) = ("no route takes it", "write a route's method and path behind the stage")
        }
        let isShared = mismatch == .region || mismatch == .account || mismatch == .api || mismatch == .stage
        context.report(
            Self.rule, resource.span.range, "policy resource can never match a route", label: label, help: help,
            note: reason(statement), severity: isShared ? .warning : .error)
    }
}
