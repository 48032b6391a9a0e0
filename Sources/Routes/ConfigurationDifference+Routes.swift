import Documents

/// Who decides on which requests, before and after.
///
/// Routes are compared by what happens with requests, not by their keys alone: a guarded route that is gone may leave its
/// requests to a public one, and a new public route may take some away from a guarded one.
extension ConfigurationDifference {
    mutating func compareRoutes(_ old: GatewayDocument, _ new: GatewayDocument) {
        let before = Side(old)
        let after = Side(new)
        var added: [String] = []
        var changed: [String] = []
        for (index, route) in new.routes.enumerated() {
            guard let former = before.shapes[route.key.shape] else {
                added.append(route.key.text)
                continue
            }
            let isSame =
                before.guardName(former) == after.guardName(index)
                && old.routes[former].throttle == route.throttle
                && old.routes[former].apiKeyRequired == route.apiKeyRequired
                && old.routes[former].scopes.map(\.value) == route.scopes.map(\.value)
                && route.integrationIsWritten(as: old.routes[former], after.written, before.written)
            if !isSame { changed.append(route.key.text) }
            compareScopes(old.routes[former], route)
        }
        let removed = old.routes.filter { after.shapes[$0.key.shape] == nil }.map(\.key.text)
        noteRoutes(added: added, removed: removed, changed: changed)
        for key in new.routes.map(\.key) + old.routes.map(\.key) { compareRequests(of: key, before, after) }
    }

    private mutating func compareScopes(_ old: RouteDefinition, _ new: RouteDefinition) {
        // One of them is enough, so each further one lets more tokens in; none at all lets in every one.
        let before = Set(old.scopes.map(\.value))
        let after = Set(new.scopes.map(\.value))
        if before.isEmpty || before == after { return }
        if after.isEmpty {
            note(.scopesLoosened, new.key.text, "no longer asks for a scope")
        } else if !after.isSubset(of: before) {
            note(.scopesLoosened, new.key.text, "accepts further scopes")
        }
    }

    /// Follows some requests that the key takes, or could take, through both tables.
    private mutating func compareRequests(of key: RouteKey, _ before: Side, _ after: Side) {
        let verbs = key.verb.map { $0 == .any ? RouteVerb.allCases.filter { $0 != .any } : [$0] }
        for verb in verbs ?? RouteVerb.allCases.filter({ $0 != .any }) {
            for path in key.samplePaths {
                // No route, no request: what is closed is nobody's danger.
                guard let now = after.decider(verb, path) else { continue }
                let subject = after.document.routes[now.route].key.text
                guard let former = before.decider(verb, path) else {
                    if now.guards.isEmpty { note(.newPublicRoute, subject, "is new and public") }
                    continue
                }
                if former.guards == now.guards || former.guards.isEmpty { continue }
                let formerKey = before.document.routes[former.route].key
                let isOther = formerKey.shape != after.document.routes[now.route].key.shape
                let change = "authorizer \(Self.names(former.guards)) -> \(Self.names(now.guards))"
                let origin = isOther ? " (before: \(formerKey.text))" : ""
                if now.guards.isEmpty {
                    note(.becamePublic, subject, change + origin + ", now public")
                } else {
                    note(.authorizerChanged, subject, change + origin)
                }
            }
        }
    }

    private static func names(_ guards: [String]) -> String {
        guards.isEmpty ? "none" : guards.joined(separator: " and ")
    }

    /// One of the two documents with what is looked up in it.
    private struct Side {
        let document: GatewayDocument
        let table: RouteTable
        let written: WrittenDocument
        let shapes: [[UInt8]: Int]

        init(_ document: GatewayDocument) {
            self.document = document
            table = document.makeRouteTable()
            written = WrittenDocument(document)
            shapes = Dictionary(
                document.routes.enumerated().map { ($0.element.key.shape, $0.offset) },
                uniquingKeysWith: { first, _ in first })
        }

        func guardName(_ route: Int) -> String? {
            guard case .authorizer(let index) = document.routes[route].authorization else { return nil }
            return document.authorizers[index].name
        }

        /// The route that takes a request and the names of all authorizers that must say yes; nil when none takes it.
        func decider(_ verb: RouteVerb, _ path: [UInt8]) -> (route: Int, guards: [String])? {
            guard case .matched(let hit) = table.match(method: Array(verb.rawValue.utf8), path: path) else {
                return nil
            }
            let routes = [hit.route] + (hit.alsoGuardedBy.map { [$0] } ?? [])
            return (hit.route, routes.compactMap { guardName($0) })
        }
    }
}

extension RouteDefinition {
    /// A route without an integration of its own cannot be, so two missing ones are the same.
    fileprivate func integrationIsWritten(
        as other: RouteDefinition, _ own: WrittenDocument, _ others: WrittenDocument
    ) -> Bool {
        own.integration(of: key)?.means(others.integration(of: other.key)) ?? true
    }
}

extension RouteKey {
    /// Paths that the key takes; their invented segments are no literal of any sensible route.
    fileprivate var samplePaths: [[UInt8]] {
        let invented = Array("~gatehouse-sample~".utf8)
        guard let pattern else { return [[0x2F] + invented] }
        var path: [UInt8] = []
        var ends: [[UInt8]] = [[]]
        for segment in pattern.segments {
            path.append(0x2F)
            switch segment {
            case .literal(let bytes): path += bytes
            case .parameter: path += invented
            case .greedy:
                // With one segment and with two: another route may take only one of them.
                path += invented
                ends = [[], [0x2F] + invented]
            }
        }
        if path.isEmpty || pattern.hasTrailingSlash { path.append(0x2F) }
        return ends.map { path + $0 }
    }
}
