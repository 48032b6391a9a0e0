internal import Documents

extension DocumentDecoder {
    func decodeRoutes(
        api: ApiDefinition, authorizers: [AuthorizerDefinition], stages: [StageDefinition],
        integrations: inout [IntegrationDefinition]
    ) -> [RouteDefinition] {
        guard let map = root["routes"], map.kind == .object else { return [] }
        if map.count == 0 { context.report("GH2107", map.range, "\"routes\" is empty", help: "add a route") }
        var authorizerIndex: [String: Int] = [:]
        for (index, authorizer) in authorizers.enumerated() { authorizerIndex[authorizer.name] = index }
        var integrationIndex: [String: Int] = [:]
        for (index, integration) in integrations.enumerated() {
            if let name = integration.name { integrationIndex[name] = index }
        }
        if let standard = api.defaultAuthorizer, authorizerIndex[standard.value] == nil {
            reportDangling("GH2201", standard, "authorizer", among: "authorizers")
        }
        var routes: [RouteDefinition] = []
        var shapes: [[UInt8]: RouteDefinition] = [:]
        for member in map.members {
            let reader = ObjectReader(member.value, DocumentTables.route, context)
            let authorization = decodeAuthorization(reader, member, api, authorizerIndex)
            let scopes = decodeScopes(reader, authorization?.value, authorizers)
            let integration = decodeTarget(reader, stages, integrationIndex, &integrations)
            let pattern = decodeKey(member.key)
            let validation = decodeValidation(reader, pattern)
            guard let key = pattern, let authorization, let integration else { continue }
            let route = RouteDefinition(
                key: key, span: context.span(member.key.range), authorization: authorization.value,
                authorizationSpan: authorization.span,
                scopes: scopes, integration: integration, throttle: decodeThrottle(reader),
                apiKeyRequired: reader.bool("apiKeyRequired"), webSocket: reader.bool("webSocket"),
                validation: validation)
            if route.webSocket { checkWebSocket(reader.span("webSocket"), integrations[integration]) }
            if let twin = shapes[key.shape] {
                // The very same text twice has been reported as a duplicate key.
                if twin.key.text != key.text {
                    context.report(
                        "GH2302", member.key.range, "\"\(key.text)\" takes the same requests as \"\(twin.key.text)\"",
                        help: "remove one of them", note: "the other stands in line \(twin.span.line)")
                }
                continue
            }
            shapes[key.shape] = route
            routes.append(route)
        }
        return routes
    }

    // MARK: Parts of a route

    private func decodeAuthorization(
        _ reader: ObjectReader, _ member: JSONMember, _ api: ApiDefinition, _ index: [String: Int]
    ) -> Located<RouteDefinition.Authorization>? {
        guard member.value.kind == .object else { return nil }
        // Reported as what it is; whether the route was to be public is not known.
        if let written = reader["authorizationType"], written.kind != .string { return nil }
        if let type = reader.located("authorizationType"), type.value == "NONE" {
            if let other = member.value.members.first(where: { $0.name == "authorizer" }) {
                context.report(
                    "GH2109", other.key.range, "a route cannot be public and have an authorizer",
                    help: "remove one of \"authorizationType\" and \"authorizer\"")
            }
            return Located(.none, at: type.span)
        }
        if reader["authorizer"] != nil {
            guard let own = reader.located("authorizer") else { return nil }
            guard let found = index[own.value] else {
                reportDangling("GH2201", own, "authorizer", among: "authorizers")
                return nil
            }
            return Located(.authorizer(found), at: own.span)
        }
        if let standard = api.defaultAuthorizer {
            return index[standard.value].map { Located(.authorizer($0), at: standard.span) }
        }
        context.report(
            "GH2303", member.key.range, "route \"\(member.name)\" has no authorizer",
            help: "add \"authorizer\", set api.defaultAuthorizer, or write \"authorizationType\": \"NONE\"")
        return nil
    }

    /// Scopes are read in tokens that the gateway itself has verified; on any other route they would demand nothing.
    private func decodeScopes(
        _ reader: ObjectReader, _ authorization: RouteDefinition.Authorization?, _ authorizers: [AuthorizerDefinition]
    ) -> [Located<String>] {
        let scopes = reader.texts("authorizationScopes")
        guard let value = reader["authorizationScopes"], let authorization else { return scopes }
        if case .authorizer(let index) = authorization, authorizers[index].jwt != nil { return scopes }
        context.report(
            "GH2109", value.range, "\"authorizationScopes\" needs an authorizer that verifies a JWT",
            help: "remove it, or check the scopes where the decision is made")
        return scopes
    }

    private func decodeTarget(
        _ reader: ObjectReader, _ stages: [StageDefinition], _ index: [String: Int],
        _ integrations: inout [IntegrationDefinition]
    ) -> Int? {
        guard let value = reader["integration"] else { return nil }
        if value.kind == .object {
            integrations.append(decodeIntegration(value, name: nil, stages: stages))
            return integrations.count - 1
        }
        guard let name = context.located(value) else { return nil }
        if index[name.value] == nil { reportDangling("GH2202", name, "integration", among: "integrations") }
        return index[name.value]
    }

    /// Only HTTP_PROXY hands a handshake on, and only the fast lane knows what comes after it.
    private func checkWebSocket(_ span: SourceSpan, _ integration: IntegrationDefinition) {
        let problem: (text: String, help: String)?
        switch integration.kind {
        case .httpProxy(let proxy) where proxy.responses == nil:
            let verb = proxy.method.map { String(decoding: $0, as: UTF8.self) } ?? "GET"
            if isClassic(proxy) {
                problem = ("a WebSocket cannot take the classic lane", "remove \"lane\": \"classic\" of its backend")
            } else if verb != "GET" {
                problem = (
                    "a WebSocket's handshake is a GET, and the integration makes it \(verb)", "remove that method"
                )
            } else {
                problem = nil
            }
        case .httpProxy, .awsProxy, .mock, .planned:
            problem = ("only HTTP_PROXY integrations lead to a WebSocket", "remove \"webSocket\", or use HTTP_PROXY")
        }
        if let problem { context.report("GH2428", span.range, problem.text, help: problem.help) }
    }

    private func isClassic(_ proxy: HTTPProxyDefinition) -> Bool {
        if let lane = proxy.lane { return lane == .classic }
        return proxy.resolved.values.contains { uri in
            guard case .upstream(let name) = uri.base else { return false }
            return root["upstreams"]?[name]?["lane"]?.string == LaneName.classic.rawValue
        }
    }

    private func decodeKey(_ value: JSONValue) -> RouteKey? {
        do throws(RouteKey.Problem) {
            return try RouteKey(value.string ?? "", apiType: apiType)
        } catch {
            let text = value.string ?? ""
            context.report(
                error.kind == .fallbackOnREST ? "GH2108" : "GH2301", context.range(of: error.range, in: value),
                Self.message(error.kind, text), help: Self.help(error.kind, text), fix: upperCase(error, text, value))
            return nil
        }
    }

    /// A method in lower case can only mean the one in upper case; not when that route stands there already.
    private func upperCase(_ problem: RouteKey.Problem, _ text: String, _ value: JSONValue) -> Diagnostic.Fix? {
        guard problem.kind == .lowerCaseVerb, let space = text.firstIndex(of: " ") else { return nil }
        let verb = text[..<space].uppercased()
        let range = context.range(of: problem.range, in: value)
        let isExact = range != value.range && root["routes"]?["\(verb)\(text[space...])"] == nil
        return Diagnostic.Fix(range: range, replacement: verb, isSafe: isExact)
    }

    private static func message(_ kind: RouteKey.Problem.Kind, _ text: String) -> String {
        switch kind {
        case .noSpace: "\"\(text)\" is no route key"
        case .unknownVerb: "unknown method in \"\(text)\""
        case .lowerCaseVerb: "methods are written in upper case"
        case .fallbackOnREST: "$default is for HTTP APIs, and this one is of type REST"
        case .path(let problem):
            switch problem {
            case .noLeadingSlash: "a path begins with \"/\""
            case .emptySegment: "a path has no empty segments"
            case .dotSegment: "a request's path never holds \".\" or \"..\""
            case .greedyNotLast: "{name+} takes the rest of the path and must be the last segment"
            case .parameterNotWholeSegment: "a parameter takes a whole segment"
            case .parameterName: "a parameter's name holds letters, digits and . _ $ -"
            case .parameterTwice: "two parameters have the same name"
            case .illegalByte: "a path cannot hold this character"
            case .illegalEncoding: "this encoding never stands in a request's normal path"
            case .trailingSlashOnREST: "REST APIs ignore a slash at the end"
            }
        }
    }

    private static func help(_ kind: RouteKey.Problem.Kind, _ text: String) -> String? {
        switch kind {
        case .noSpace: text.hasPrefix("/") ? "put the method first: \"GET \(text)\"" : "write METHOD /path"
        case .unknownVerb: "known are \(RouteVerb.allCases.map(\.rawValue).joined(separator: ", "))"
        case .lowerCaseVerb: "write it in upper case"
        case .fallbackOnREST: "write \"ANY /{proxy+}\" and \"ANY /\""
        case .path(.illegalByte): "write it as %XX"
        case .path(.illegalEncoding): "write letters, digits and - . _ ~ as they are, and others as %XX"
        case .path(.trailingSlashOnREST): "leave it out"
        case .path(.parameterNotWholeSegment): "write /{name}/ and take the text apart behind the gateway"
        case .path: nil
        }
    }
}
