internal import Documents

/// Two keys of one authorizer that tokens call by the same name.
struct RepeatedKeyIdLint: Lint {
    static let rule = LintRule(
        "GH4318", .warning, "two keys with one kid",
        why: "A token names its key by kid. When two keys of an authorizer have the same kid and can take the same "
            + "algorithm, nothing tells which is meant, and every token that names it is refused as key_ambiguous.",
        example: "\"old\": { …, \"kid\": \"1\" } and \"new\": { …, \"kid\": \"1\" }",
        remedy: "Give each key a kid of its own; the old tokens keep the old one.")

    func run(_ context: LintContext) {
        var reported: Set<Range<Int>> = []
        for authorizer in context.document.authorizers {
            var seen: [String: KeyDefinition] = [:]
            for name in authorizer.jwt?.keys ?? [] {
                guard let key = context.document.key(named: name.value), let id = key.keyId else { continue }
                guard let twin = seen[id.value], twin.name != key.name else {
                    seen[id.value] = key
                    continue
                }
                // Keys for different algorithms are told apart by these.
                if let one = key.algorithm?.value, let other = twin.algorithm?.value, one != other { continue }
                guard Self.isSecret(key) == Self.isSecret(twin), reported.insert(id.span.range).inserted else {
                    continue
                }
                context.report(
                    Self.rule, id.span.range, "key \"\(key.name)\" has the kid of \"\(twin.name)\"",
                    label: twin.keyId.map { "line \($0.span.line)" }, help: "give it a kid of its own",
                    note: "tokens that name it are refused, because nothing tells which key is meant")
            }
        }
    }

    private static func isSecret(_ key: KeyDefinition) -> Bool {
        if case .secret = key.material { return true }
        return false
    }
}
