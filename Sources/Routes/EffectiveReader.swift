internal import Documents

/// Walks a document along ``DocumentTables`` and fills in what it leaves out.
struct EffectiveReader {
    typealias Node = EffectiveConfiguration.Node
    typealias Member = EffectiveConfiguration.Member

    let context: LoadContext
    let fingerprint: ([UInt8]) -> String

    private var apiType: ApiType { context.apiType ?? .rest }

    func section(_ value: JSONValue?, _ section: DocumentSection) -> Node {
        let variant = value?["type"].flatMap { context.text($0) }
        var members: [Member] = []
        for key in section.keys {
            if let written = value?[key.name] {
                members.append(Member(name: key.name, node: node(written, key.type, isSecret: key.isSecret)))
            } else if let node = absent(key, section, variant, value) {
                members.append(Member(name: key.name, node: node))
            }
        }
        return Node(content: .object(members), origin: nil)
    }

    // MARK: What is written

    private func node(_ value: JSONValue, _ type: DocumentType, isSecret: Bool = false) -> Node {
        let type = fitting(value, type)
        switch (type, value.kind) {
        case (.section(let inner), .object): return section(value, inner)
        case (.list(let element, _), .array):
            return Node(content: .list(value.elements.map { node($0, element) }), origin: place(value))
        case (.map(let element, _), .object):
            let members = value.members.map { member in
                Member(
                    name: member.name,
                    node: node(member.value, element, isSecret: Self.isSecret(member.name, member.value)))
            }
            return Node(content: .object(members), origin: place(value))
        case (_, .array): return Node(content: .list(value.elements.map { node($0, .anything) }), origin: place(value))
        case (_, .object):
            let members = value.members.map { Member(name: $0.name, node: node($0.value, .anything)) }
            return Node(content: .object(members), origin: place(value))
        case (_, .string): return text(value, isSecret: isSecret)
        default: return Node(content: .scalar(Array(value.text)), origin: place(value))
        }
    }

    /// Whether a name of the author's choosing speaks of a secret and its value is one: a header that is set to a text,
    /// not to something of the request.
    private static func isSecret(_ name: String, _ value: JSONValue) -> Bool {
        guard let text = value.string, text.utf8.count > 2 else { return false }
        let lower = name.lowercased()
        let words = [
            "secret", "passw", "authorization", "api-key", "apikey", "api_key", "token", "cookie", "credential",
        ]
        guard words.contains(where: { lower.contains($0) }) else { return false }
        let sources = [
            "context.", "$context", "${context", "method.request", "$request", "${request", "stageVariables",
            "$stageVariables", "${stageVariables",
        ]
        return !sources.contains { text.hasPrefix($0) }
    }

    private func fitting(_ value: JSONValue, _ type: DocumentType) -> DocumentType {
        guard case .either(let types) = type else { return type }
        return types.first { type in
            switch (type, value.kind) {
            case (.section, .object), (.map, .object), (.list, .array): true
            default: false
            }
        } ?? .anything
    }

    private func text(_ value: JSONValue, isSecret: Bool) -> Node {
        let raw = value.string ?? ""
        let sources = Self.sources(of: raw)
        let text = context.expand(value).text
        let origin = ([place(value)] + sources.map { "\($0.kind) \($0.name)" }).joined(separator: ", ")
        if isSecret || sources.contains(where: \.isSecret) {
            let from = sources.first.map { "\($0.kind) \($0.name)" } ?? place(value)
            return scalar("<secret sha256:\(fingerprint(Array(text.utf8))) from \(from)>", origin)
        }
        return scalar(Self.withoutUserInformation(text), origin)
    }

    private func scalar(_ text: String, _ origin: String) -> Node {
        var writer = JSONWriter()
        writer.string(text)
        return Node(content: .scalar(writer.bytes), origin: origin)
    }

    private func place(_ value: JSONValue) -> String { context.span(value.range).description }

    private struct Source {
        var kind: String
        var name: String

        /// Credentials and files hold secrets more often than not, and so do variables of such names.
        var isSecret: Bool {
            if kind != "env" { return true }
            let upper = name.uppercased()
            return ["SECRET", "PASSW", "TOKEN", "PRIVATE", "CREDENTIAL", "APIKEY", "API_KEY"].contains {
                upper.contains($0)
            }
        }
    }

    /// The expressions of a text as written.
    private static func sources(of raw: String) -> [Source] {
        var found: [Source] = []
        var rest = Array(raw.utf8)[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            let escaped = rest[dollar...].starts(with: "$${".utf8)
            rest = rest[(dollar + (escaped ? 3 : 1))...]
            guard !escaped, rest.first == UInt8(ascii: "{"), let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
                continue
            }
            let inner = String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
            for kind in ["env", "file", "credential"] where inner.hasPrefix("\(kind):") {
                var name = inner.dropFirst(kind.utf8.count + 1)
                if kind == "env", let fallback = name.firstRange(of: ":-") { name = name[..<fallback.lowerBound] }
                found.append(Source(kind: kind, name: String(name)))
            }
            rest = rest[close...]
        }
        return found
    }

    /// A URL without the name and password that it may carry.
    private static func withoutUserInformation(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return text }
        return "\(text[..<scheme.upperBound])…\(rest[at...])"
    }

    // MARK: What is not written

    /// Sections that are there whether they are written or not.
    private static let standing = ["server", "tokenCache", "upstreams.NAME", "integrations.NAME.response"]

    private func absent(
        _ key: DocumentKey, _ section: DocumentSection, _ variant: String?, _ owner: JSONValue?
    ) -> Node? {
        if key.status == .planned || (key.api ?? apiType) != apiType { return nil }
        if !key.onlyFor.isEmpty, let variant, !key.onlyFor.contains(variant) { return nil }
        if case .section(let inner) = key.type {
            guard Self.standing.contains(where: { inner.path == $0 || inner.path.hasPrefix("\($0).") }) else {
                return nil
            }
            let node = self.section(nil, inner)
            if case .object(let members) = node.content, members.isEmpty { return nil }
            return node
        }
        // A function says itself who the principal is.
        if key.name == "principalId", owner?["jwt"] == nil { return nil }
        if let derived = derived(key, section, variant, owner) { return derived }
        return key.defaultValue.map { Node(content: .scalar(Array($0.utf8)), origin: "default") }
    }

    /// Values that follow from something else in the document.
    private func derived(
        _ key: DocumentKey, _ section: DocumentSection, _ variant: String?, _ owner: JSONValue?
    ) -> Node? {
        let isREST = apiType == .rest
        func number(_ value: Int) -> Node {
            Node(content: .scalar(Array(String(value).utf8)), origin: "default of \(apiType.rawValue) APIs")
        }
        switch "\(section.path).\(key.name)" {
        case "server.limits.integrationTimeoutInMillis": return number(isREST ? 29_000 : 30_000)
        case "authorizers.NAME.authorizerResultTtlInSeconds":
            return owner?["jwt"] == nil || isREST ? number(isREST ? 300 : 0) : nil
        case "routes.KEY.authorizer":
            guard owner?["authorizationType"].flatMap({ context.text($0) }) != "NONE",
                let standard = context.root["api"]?["defaultAuthorizer"], let name = context.text(standard)
            else { return nil }
            return scalar(name, "\(place(standard)), api.defaultAuthorizer")
        case "api.defaultStage":
            let names = context.root["stages"]?.members.map(\.name) ?? []
            let name = names.count == 1 ? names[0] : names.isEmpty && isREST ? "dev" : "$default"
            return scalar(name, "default")
        default: return nil
        }
    }
}
