internal import Documents

extension DocumentDecoder {
    /// Principals with the claims of those that they extend put in.
    func decodePrincipals(_ stages: [StageDefinition]) -> [PrincipalDefinition] {
        let written = named("principals").filter { $0.value.kind == .object }
        warnOfOtherStages(stages)
        var made: [String: PrincipalDefinition] = [:]
        var open: [String] = []
        for entry in written { _ = resolve(entry, among: written, &made, &open) }
        return written.compactMap { made[$0.name] }
    }

    private func resolve(
        _ entry: NamedValue, among all: [NamedValue], _ made: inout [String: PrincipalDefinition],
        _ open: inout [String]
    ) -> PrincipalDefinition? {
        if let known = made[entry.name] { return known }
        let reader = ObjectReader(entry.value, DocumentTables.principal, context)
        var principal = PrincipalDefinition(name: entry.name, span: context.span(entry.key.range), claims: [])
        open.append(entry.name)
        if let base = reader.located("extends") {
            if open.contains(base.value) {
                context.report(
                    "GH2208", base.span.range, "\"\(entry.name)\" and \"\(base.value)\" extend each other",
                    help: "let one of them stand by itself")
            } else if let parent = all.first(where: { $0.name == base.value }) {
                principal.claims = resolve(parent, among: all, &made, &open)?.claims ?? []
            } else {
                reportDangling("GH2207", base, "principal", among: "principals")
            }
        }
        open.removeLast()
        if let claims = reader["claims"], claims.kind == .object { add(claims, to: &principal) }
        readToken(reader, into: &principal)
        made[entry.name] = principal
        return principal
    }

    private func add(_ claims: JSONValue, to principal: inout PrincipalDefinition) {
        for member in claims.members {
            let claim = PrincipalDefinition.Claim(member.name, json(of: member.value))
            if let index = principal.claims.firstIndex(where: { $0.name.utf8.elementsEqual(claim.name.utf8) }) {
                principal.claims[index] = claim
            } else {
                principal.claims.append(claim)
            }
        }
    }

    private func readToken(_ reader: ObjectReader, into principal: inout PrincipalDefinition) {
        guard let token = reader["token"] else { return }
        if token.kind == .string {
            principal.preset = PrincipalDefinition.Preset(rawValue: reader.text("token"))
        } else if token.kind == .object {
            let inner = reader.inner("token", DocumentTables.principalToken)
            let text = inner.text("lifetime")
            if let seconds = SpanText.seconds(text), seconds > 0 {
                principal.lifetimeInSeconds = seconds
            } else if let value = inner["lifetime"], value.kind == .string {
                context.report(
                    "GH2103", value.range, "\"\(text)\" is no span of time", help: "write 90s, 30m, 1h or 7d")
            }
        }
    }

    /// The value as JSON text, with the expressions of its strings put in.
    private func json(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        write(value, to: &writer)
        return writer.bytes
    }

    private func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .string: writer.string(context.text(value) ?? "")
        case .array: writer.array { writer in for element in value.elements { write(element, to: &writer) } }
        case .object:
            writer.object { writer in
                for member in value.members {
                    writer.key(member.name)
                    write(member.value, to: &writer)
                }
            }
        case .invalid: writer.null()
        case .null, .bool, .number: writer.raw(Array(value.text))
        }
    }

    private func warnOfOtherStages(_ stages: [StageDefinition]) {
        guard let map = root["principals"], map.kind == .object, map.count > 0 else { return }
        let others = stages.filter { !$0.debug }.map { "\"\($0.name)\"" }
        if others.isEmpty { return }
        let key = root.members.first { $0.name == "principals" }?.key.range ?? map.range
        context.report(
            "GH2209", .warning, key,
            "test principals stand beside stage \(others.joined(separator: ", ")), which is not for debugging",
            help: "set \"debug\": true on development stages, or keep principals in a configuration of their own")
    }
}
