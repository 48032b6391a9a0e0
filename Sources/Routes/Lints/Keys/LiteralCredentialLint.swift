internal import Documents

/// A password or token for a backend that stands in the file.
struct LiteralCredentialLint: Lint {
    static let rule = LintRule(
        "GH4317", .warning, "credential in the file",
        why: "Whoever can read gateway.json, its backups or its history can use the backend in the gateway's name.",
        example: "\"integration.request.header.X-Api-Key\": \"'3f0c…'\"",
        remedy: "Take it from ${env:NAME}, ${file:path} or ${credential:name}.")

    /// Header names, lower case, whose value proves who calls.
    private static let headers = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token",
        "cookie",
    ]
    /// What the names of stage variables end in, lower case.
    private static let words = [
        "secret", "password", "passwd", "apikey", "api_key", "token", "credential", "credentials",
    ]

    func run(_ context: LintContext) {
        for integration in context.document.integrations {
            guard case .httpProxy(let proxy) = integration.kind else { continue }
            for mapping in proxy.requestParameters { check(mapping, in: context) }
        }
        for stage in context.root["stages"]?.members.map({ $0 }) ?? [] {
            for variable in stage.value["stageVariables"]?.members.map({ $0 }) ?? [] {
                let name = variable.name.lowercased()
                guard Self.words.contains(where: { name.hasSuffix($0) }), context.isLiteral(variable.value),
                    let text = context.text(variable.value), text.utf8.count >= 8, !text.contains("://")
                else { continue }
                report(variable.key.range, "stage variable \"\(variable.name)\"", in: context)
            }
        }
    }

    private func check(_ mapping: ParameterMapping, in context: LintContext) {
        guard case .header(let name) = mapping.destination,
            Self.headers.contains(String(decoding: name.map(ParameterSource.lowercased), as: UTF8.self)),
            !mapping.source.isEmpty
        else { return }
        var count = 0
        for part in mapping.source {
            guard case .literal(let bytes) = part else { return }
            count += bytes.count
        }
        guard count > 0, isWritten(mapping, in: context) else { return }
        report(mapping.span.range, "header \"\(String(decoding: name, as: UTF8.self))\"", in: context)
    }

    /// Not put in from the surroundings.
    private func isWritten(_ mapping: ParameterMapping, in context: LintContext) -> Bool {
        let maps =
            (context.root["integrations"]?.members.map { $0.value["requestParameters"] } ?? [])
            + (context.root["routes"]?.members.map { $0.value["integration"]?["requestParameters"] } ?? [])
        for case let map? in maps {
            for member in map.members where member.key.range == mapping.span.range {
                return context.isLiteral(member.value)
            }
        }
        return false
    }

    private func report(_ range: Range<Int>, _ what: String, in context: LintContext) {
        context.report(
            Self.rule, range, "\(what) gets its value from the file", help: "use ${env:NAME} or ${credential:name}",
            note: "whoever reads the file or its history can use the backend")
    }
}
