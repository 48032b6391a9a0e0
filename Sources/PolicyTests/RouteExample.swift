import HTTP
import Routes

/// A request that a route takes, for rows that people copy.
struct RouteExample {
    private let document: GatewayDocument
    private let table: RouteTable

    init(_ document: GatewayDocument) {
        self.document = document
        table = document.makeRouteTable()
    }

    /// `GET /ships/42`. A route that others leave nothing of gives its key.
    func request(of route: Int) -> String {
        let key = document.routes[route].key
        let words = ["example", "another", "something-else"]
        for word in words {
            let line = Self.line(key, word)
            if takes(route, line.method, line.path) { return "\(line.method) \(line.path)" }
        }
        return key.kind == .fallback ? "a request that no other route takes" : key.text
    }

    private func takes(_ route: Int, _ method: String, _ path: String) -> Bool {
        let (method, path) = (Array(method.utf8), Array(path.utf8))
        guard case .matched(let hit) = table.match(method: method.span, path: path.span) else { return false }
        return hit.route == route
    }

    private static func line(_ key: RouteKey, _ word: String) -> (method: String, path: String) {
        guard case .pattern(let verb, let pattern) = key.kind else { return ("GET", "/\(word)") }
        var path = ""
        for segment in pattern.segments {
            switch segment {
            case .literal(let bytes): path += "/" + String(decoding: bytes, as: UTF8.self)
            case .parameter(let name):
                path += "/" + (name.lowercased().hasSuffix("id") && word == "example" ? "42" : word)
            case .greedy: path += "/\(word)"
            }
        }
        if path.isEmpty || pattern.hasTrailingSlash { path += "/" }
        return (verb == .any ? "GET" : verb.rawValue, path)
    }
}
