internal import Documents

/// Builds the model from a document whose structure has been checked, and reports what only shows when the parts are
/// put together. Broken parts are filled with defaults so that all others can be judged.
struct DocumentDecoder {
    let context: LoadContext

    var root: JSONValue { context.root }
    var apiType: ApiType { context.apiType ?? .rest }

    func decode() -> GatewayDocument {
        let stages = decodeStages()
        let api = decodeApi(stages)
        var keys = named("keys").map(decodeKey)
        let upstreams = named("upstreams").map(decodeUpstream)
        let authorizers = named("authorizers").map { decodeAuthorizer($0, keys: keys) }
        keys += issuerKeys(authorizers)
        var integrations = named("integrations").map { decodeIntegration($0.value, name: $0.name, stages: stages) }
        let routes = decodeRoutes(api: api, authorizers: authorizers, stages: stages, integrations: &integrations)
        let apiKeys = decodeApiKeys()
        checkKeyDemands(routes, api, apiKeys)
        let cache = ObjectReader(root["tokenCache"], DocumentTables.tokenCache, context)
        let document = GatewayDocument(
            source: context.source, api: api, server: decodeServer(), stages: stages, keys: keys,
            authorizers: authorizers, upstreams: upstreams, integrations: integrations, routes: routes,
            tokenCache: TokenCacheDefinition(
                entries: cache.int("entries"), bytes: cache.int("bytes"), ttlInSeconds: cache.int("ttlSeconds")),
            revocations: decodeRevocations(), principals: decodePrincipals(stages),
            record: decodeRecord(leavingOut: authorizers.compactMap(\.usageIdentifierKey)), apiKeys: apiKeys,
            usagePlans: decodeUsagePlans(stages), usage: decodeUsage(), cors: decodeCORS(),
            gatewayResponses: decodeGatewayResponses(), models: decodeModels(), functions: decodeFunctions())
        DocumentValidator(context: context, document: document).run()
        return document
    }

    /// The key sets of JWT authorizers that take their keys from their issuers.
    private func issuerKeys(_ authorizers: [AuthorizerDefinition]) -> [KeyDefinition] {
        authorizers.flatMap { authorizer -> [KeyDefinition] in
            guard authorizer.type == .jwt, let rules = authorizer.jwt else { return [] }
            if rules.issuers.isEmpty {
                guard let issuer = rules.issuer.value else { return [] }
                let name = Self.issuerKeyName(authorizer.name)
                guard rules.keys.first?.value == name else { return [] }
                return issuerKey(name, issuer, rules.issuer.span).map { [$0] } ?? []
            }
            return rules.issuers.compactMap { entry in
                let name = Self.issuerKeyName(authorizer.name, entry.issuer.value)
                // What is wrong with the URL has been reported with its other rules.
                guard entry.keys.first?.value == name, Self.isIssuerURL(entry.issuer.value) else { return nil }
                return issuerKey(name, entry.issuer.value, entry.issuer.span)
            }
        }
    }

    private func issuerKey(_ name: String, _ issuer: String, _ span: SourceSpan) -> KeyDefinition? {
        do throws(RemoteURL.Problem) {
            let location = RemoteKeySet.Location.issuer(name: issuer, discovery: try RemoteURL(discoveryOf: issuer))
            return KeyDefinition(
                name: name, span: span, algorithm: nil, keyId: nil,
                material: .remoteKeySet(
                    RemoteKeySet(
                        location: location, refreshSeconds: 600, cooldownSeconds: 30, maxStaleSeconds: 86_400)))
        } catch {
            context.report(
                error == .notSecure ? "GH4313" : "GH4312", span.range,
                error == .notSecure ? "the issuer must be https" : "the issuer is not a URL that can be fetched",
                help: "or name the issuer's keys in \"jwt\": { \"keys\": […] }")
            return nil
        }
    }

    private func decodeRevocations() -> RevocationsDefinition? {
        guard let section = root["revocations"], section.kind == .object, let file = section["file"],
            let path = fileName(section, DocumentTables.revocations)
        else { return nil }
        return RevocationsDefinition(path: path, span: context.span(file.range))
    }

    // MARK: Names

    struct NamedValue {
        var name: String
        var key: JSONValue
        var value: JSONValue
    }

    /// The entries of a top-level map; of two with one name (already reported) the first counts.
    func named(_ key: String) -> [NamedValue] {
        guard let map = root[key] else { return [] }
        var seen: Set<String> = []
        return map.members.compactMap { member in
            let name = member.name
            return seen.insert(name).inserted ? NamedValue(name: name, key: member.key, value: member.value) : nil
        }
    }

    func names(_ key: String) -> [String] { named(key).map(\.name) }

    /// Reports a name that leads nowhere, unless its map is broken.
    func reportDangling(_ code: String, _ name: Located<String>, _ what: String, among map: String) {
        if let value = root[map], value.kind != .object { return }
        let known = names(map)
        let near = Suggestion.nearest(to: name.value, among: known)
        let help: String? =
            known.isEmpty
            ? "add \"\(map)\" with an entry of this name"
            : near == nil ? "known: \(known.joined(separator: ", "))" : nil
        context.report(
            code, name.span.range, "there is no \(what) \"\(name.value)\"",
            label: near.map { "did you mean \"\($0)\"?" }, help: help)
    }

    // MARK: Api and stages

    private func decodeStages() -> [StageDefinition] {
        let written = named("stages")
        if written.isEmpty {
            if let map = root["stages"], map.kind == .object {
                context.report("GH2107", map.range, "\"stages\" is empty", help: "add one, or leave \"stages\" out")
            }
            let name = context.activeStage ?? (apiType == .http ? "$default" : "dev")
            return [
                StageDefinition(
                    name: name, span: context.span(root.range.lowerBound..<root.range.lowerBound + 1), debug: false,
                    includeStageInPath: false, stageVariables: [], isUsable: true)
            ]
        }
        return written.map { entry in
            let reader = ObjectReader(entry.value, DocumentTables.stage, context)
            var isUsable = true
            var variables: [StageVariable] = []
            if let map = reader["stageVariables"] {
                for member in map.members where member.value.kind == .string {
                    let expansion = context.expand(member.value)
                    if expansion.failed { isUsable = false }
                    variables.append(StageVariable(name: member.name, value: expansion.text))
                }
            }
            return StageDefinition(
                name: entry.name, span: context.span(entry.key.range), debug: reader.bool("debug"),
                includeStageInPath: reader.bool("includeStageInPath"), stageVariables: variables, isUsable: isUsable,
                throttle: decodeThrottle(reader), accessLog: decodeAccessLog(reader["accessLogSettings"]))
        }
    }

    private func decodeApi(_ stages: [StageDefinition]) -> ApiDefinition {
        let reader = ObjectReader(root["api"], DocumentTables.api, context)
        for name in ["name", "apiId", "region"] {
            if let text = reader.located(name), text.value.isEmpty {
                context.report("GH2107", text.span.range, "\"\(name)\" is empty")
            }
        }
        // These stand between the colons of ARNs.
        for name in ["apiId", "region"] {
            if let text = reader.located(name), !text.value.utf8.allSatisfy(Self.isARNByte) {
                context.report("GH2112", text.span.range, "\"\(name)\" may hold letters, digits and hyphens only")
            }
        }
        if let account = reader.located("accountId"),
            account.value.utf8.count != 12 || !account.value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        {
            context.report("GH2103", account.span.range, "\"accountId\" must be twelve digits")
        }
        return ApiDefinition(
            name: reader.text("name"), type: apiType, apiId: reader.text("apiId"), region: reader.text("region"),
            accountId: reader.text("accountId"), defaultStage: defaultStage(reader, stages),
            defaultAuthorizer: reader.located("defaultAuthorizer"), profile: reader.choice("profile", or: .strict),
            policy: decodeResourcePolicy(reader), apiKeySource: reader.choice("apiKeySource", or: .header),
            binaryMediaTypes: decodeBinaryMediaTypes(reader))
    }

    private func defaultStage(_ reader: ObjectReader, _ stages: [StageDefinition]) -> String {
        if let written = reader.located("defaultStage") {
            if !stages.contains(where: { $0.name == written.value }) {
                reportDangling("GH2205", written, "stage", among: "stages")
            }
            return written.value
        }
        if stages.count == 1 { return stages[0].name }
        if stages.contains(where: { $0.name == "$default" }) { return "$default" }
        if let api = root["api"], api.kind == .object {
            context.report(
                "GH2106", api.range.lowerBound..<api.range.lowerBound + 1,
                "\"api\" needs \"defaultStage\" when there are several stages",
                help: "known: \(stages.map(\.name).joined(separator: ", "))")
        }
        return stages[0].name
    }

    private static func isARNByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
        default: false
        }
    }
}
