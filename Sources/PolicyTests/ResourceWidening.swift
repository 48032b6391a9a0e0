import Routes

/// What somebody writes who means a little more than he should: a resource with a wildcard in the place of its method or
/// of parts of its path. Their number grows with the length of the resource.
enum ResourceWidening {
    /// The parts of `METHOD/path`, and of what stands before it in an ARN or in the short form of resource policies.
    private struct Parts {
        var lead: String
        var method: String
        var path: [String]

        /// Nil for `*`, and where no method is named.
        init?(_ text: String) {
            var rest = text[...]
            lead = ""
            if text.hasPrefix("arn:") {
                let pieces = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
                guard pieces.count == 6 else { return nil }
                rest = pieces[5]
                // The API and the stage.
                guard let stage = Self.index(behind: 2, rest) else { return nil }
                rest = rest[stage...]
            } else if text.hasPrefix("execute-api:/") {
                rest = rest.dropFirst("execute-api:/".count)
                guard let stage = Self.index(behind: 1, rest) else { return nil }
                rest = rest[stage...]
            }
            lead = String(text[..<rest.startIndex])
            let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, !parts[0].isEmpty else { return nil }
            method = parts[0]
            path = Array(parts.dropFirst())
        }

        /// Behind the slash of this number.
        private static func index(behind count: Int, _ text: Substring) -> Substring.Index? {
            var seen = 0
            for index in text.indices where text[index] == "/" {
                seen += 1
                if seen == count { return text.index(after: index) }
            }
            return nil
        }

        func text(_ method: String? = nil, _ path: [String]? = nil) -> String {
            "\(lead)\(method ?? self.method)/\((path ?? self.path).joined(separator: "/"))"
        }
    }

    /// With any method; with any end from each place of the path on, the last place first; and, where others follow, with
    /// any word in the place of one that is the value of some route's parameter.
    static func texts(of text: String, routes: [RouteDefinition]) -> [String] {
        // `METHOD /path` is another way to write it.
        let plain = text.split(separator: " /", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: "/")
        guard let parts = Parts(plain) else { return [] }
        var out: [String] = []
        func add(_ wide: String) {
            if wide != plain, !out.contains(wide) { out.append(wide) }
        }
        if parts.method != "*" { add(parts.text("*")) }
        for place in parts.path.indices.reversed() { add(parts.text(nil, parts.path[..<place] + ["*"])) }
        guard let last = parts.path.lastIndex(where: { $0 != "*" && !$0.isEmpty }) else { return out }
        for place in parts.path.indices
        where place < last && parts.path[place] != "*"
            && routes.contains(where: { $0.key.hasParameter(at: place, of: parts.path) })
        {
            var path = parts.path
            path[place] = "*"
            add(parts.text(nil, path))
        }
        return out
    }
}

extension RouteKey {
    /// Whether the route takes any word at this place of a path, behind the words that stand there.
    fileprivate func hasParameter(at place: Int, of path: [String]) -> Bool {
        guard case .pattern(_, let pattern) = kind else { return true }
        for (index, segment) in pattern.segments.enumerated() {
            switch segment {
            case .greedy: return true
            case .parameter: if index == place { return true }
            case .literal(let bytes):
                if index == place { return false }
                if !path[index].contains("*"), !path[index].utf8.elementsEqual(bytes) { return false }
            }
        }
        return false
    }
}

extension PolicyResource {
    /// The resource in wider words; none for `*`.
    func wider(_ routes: [RouteDefinition]) -> [PolicyResource] {
        ResourceWidening.texts(of: text, routes: routes).map { text in
            guard case .short = form, let slash = text.firstIndex(of: "/") else {
                return PolicyResource(text: text, form: form, span: span)
            }
            let (method, path) = (String(text[..<slash]), String(text[text.index(after: slash)...]))
            return PolicyResource(text: text, form: .short(method: method, path: path), span: span)
        }
    }
}
