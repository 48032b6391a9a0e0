internal import Documents

extension DocumentDecoder {
    func decodeThrottle(_ reader: ObjectReader) -> ThrottleDefinition? {
        let throttle = ThrottleDefinition(
            rate: reader.number("throttlingRateLimit"), burst: reader.optionalInt("throttlingBurstLimit"))
        for (name, isZero) in [
            ("throttlingRateLimit", throttle?.rate == 0), ("throttlingBurstLimit", throttle?.burst == 0),
        ] where isZero { warnOfZero(reader, name) }
        return throttle
    }

    private func warnOfZero(_ reader: ObjectReader, _ name: String) {
        guard let value = reader[name] else { return }
        let isBurst = name.lowercased().contains("burst")
        context.report(
            "GH2611", .warning, value.range,
            isBurst ? "a bucket without room admits nobody" : "nothing ever flows back into this bucket",
            help: "remove the limit, or write at least \(isBurst ? "1" : "0.1")")
    }

    // MARK: API keys

    func decodeApiKeys() -> [ApiKeyDefinition] {
        var found: [ApiKeyDefinition] = []
        for entry in named("apiKeys") {
            let reader = ObjectReader(entry.value, DocumentTables.apiKey, context)
            guard let value = reader["value"], let text = context.text(value) else { continue }
            let bytes = text.utf8
            if !context.expand(value).failed,
                !(20...128).contains(bytes.count) || !bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            {
                context.report(
                    "GH2605", value.range, "the value of API key \"\(entry.name)\" is not one that AWS takes",
                    help: "use 20 to 128 letters, digits and signs, such as `openssl rand -hex 20` prints")
            }
            if let twin = found.first(where: { $0.value == text }) {
                context.report(
                    "GH2604", entry.key.range, "\"\(entry.name)\" has the same value as \"\(twin.name)\"",
                    help: "give each caller a value of its own")
            }
            found.append(
                ApiKeyDefinition(
                    name: entry.name, span: context.span(entry.key.range), value: text,
                    isEnabled: reader.bool("enabled")))
        }
        return found
    }

    // MARK: Usage plans

    func decodeUsagePlans(_ stages: [StageDefinition]) -> [UsagePlanDefinition] {
        let plans = named("usagePlans").map { decodeUsagePlan($0, stages) }
        checkMemberships(plans, stages)
        return plans
    }

    private func decodeUsagePlan(_ entry: NamedValue, _ stages: [StageDefinition]) -> UsagePlanDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.usagePlan, context)
        for key in reader.texts("apiKeys") where root["apiKeys"]?[key.value] == nil {
            reportDangling("GH2601", key, "API key", among: "apiKeys")
        }
        var found: [UsagePlanDefinition.Stage]?
        if let list = reader["apiStages"], list.kind == .array {
            found = list.elements.compactMap { decodePlanStage($0, stages) }
        }
        return UsagePlanDefinition(
            name: entry.name, span: context.span(entry.key.range), stages: found,
            throttle: decodePlanThrottle(reader["throttle"]), quota: decodeQuota(reader["quota"]),
            apiKeys: reader.texts("apiKeys").map(\.value))
    }

    private func decodePlanStage(
        _ value: JSONValue, _ stages: [StageDefinition]
    ) -> UsagePlanDefinition.Stage? {
        let reader = ObjectReader(value, DocumentTables.planStage, context)
        guard let name = reader.located("stage") else { return nil }
        if !stages.contains(where: { $0.name == name.value }) {
            reportDangling("GH2205", name, "stage", among: "stages")
        }
        var methods: [String: PlanThrottle] = [:]
        for member in reader["throttle"]?.members.map({ $0 }) ?? [] {
            if let routes = root["routes"], routes.kind == .object, routes[member.name] == nil {
                reportUnknownRoute(member)
            }
            methods[member.name] = decodePlanThrottle(member.value)
        }
        return UsagePlanDefinition.Stage(name: name.value, methods: methods)
    }

    private func reportUnknownRoute(_ member: JSONMember) {
        let known = names("routes")
        let near = Suggestion.nearest(to: member.name, among: known)
        // As AWS writes it: /ships/GET.
        let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
        let turned = "\(parts.last ?? "") \(parts.dropLast().joined(separator: "/"))"
        let meant = known.contains(turned) ? turned : near
        context.report(
            "GH2602", member.key.range, "there is no route \"\(member.name)\"",
            label: meant.map { "did you mean \"\($0)\"?" }, help: "write the key of a route, such as GET /ships")
    }

    private func decodePlanThrottle(_ value: JSONValue?) -> PlanThrottle? {
        let reader = ObjectReader(value, DocumentTables.planThrottle, context)
        guard let rate = reader.number("rateLimit") else { return nil }
        let burst = reader.optionalInt("burstLimit")
        if rate == 0 { warnOfZero(reader, "rateLimit") }
        if burst == 0 { warnOfZero(reader, "burstLimit") }
        return PlanThrottle(rate: rate, burst: burst ?? ThrottleDefinition.burst(for: rate))
    }

    private func decodeQuota(_ value: JSONValue?) -> QuotaDefinition? {
        guard let value, value.kind == .object else { return nil }
        let reader = ObjectReader(value, DocumentTables.quota, context)
        let quota = QuotaDefinition(
            limit: reader.int("limit"), period: reader.choice("period", or: .day), offset: reader.int("offset"))
        if quota.offset > quota.limit, reader.optionalInt("limit") != nil, let offset = reader["offset"] {
            context.report(
                "GH2607", offset.range, "\"offset\" takes more requests away than \"limit\" gives",
                help: "write at most \(quota.limit)")
        }
        if root["usage"] == nil {
            context.report(
                "GH2606", .warning, value.range.lowerBound..<value.range.lowerBound + 1,
                "what is used of this quota is forgotten when the gateway stops",
                help: "add \"usage\": { \"file\": \"gatehouse.usage\" }")
        }
        return quota
    }

    /// AWS refuses a key in two plans of one stage: it could not say which of them counts.
    private func checkMemberships(_ plans: [UsagePlanDefinition], _ stages: [StageDefinition]) {
        var owners: [String: String] = [:]
        for entry in named("usagePlans") {
            guard let plan = plans.first(where: { $0.name == entry.name }) else { continue }
            let reader = ObjectReader(entry.value, DocumentTables.usagePlan, context)
            for key in reader.texts("apiKeys") {
                for stage in stages where plan.stage(named: stage.name) != nil {
                    // No name holds a space.
                    let place = "\(key.value) \(stage.name)"
                    guard let other = owners.updateValue(plan.name, forKey: place) else { continue }
                    context.report(
                        "GH2603", key.span.range,
                        other == plan.name
                            ? "API key \"\(key.value)\" stands in this plan twice"
                            : "API key \"\(key.value)\" has a plan for stage \"\(stage.name)\" already: \"\(other)\"",
                        help: "leave it in one of them")
                    break
                }
            }
        }
    }

    func decodeUsage() -> UsageDefinition? {
        guard let section = root["usage"], section.kind == .object, let file = section["file"],
            let path = fileName(section, DocumentTables.usage)
        else { return nil }
        return UsageDefinition(path: path, span: context.span(file.range))
    }

    /// The member `file`, as the surroundings resolve it; nil when it is empty, which is reported.
    func fileName(_ value: JSONValue, _ section: DocumentSection) -> String? {
        guard let file = value["file"], file.kind == .string else { return nil }
        let path = ObjectReader(value, section, context).text("file")
        if path.isEmpty {
            context.report("GH2107", file.range, "\"file\" is empty")
            return nil
        }
        return context.environment.location(ofFile: path) ?? path
    }

    // MARK: The whole

    /// Routes that ask for a key which nobody can have.
    func checkKeyDemands(_ routes: [RouteDefinition], _ api: ApiDefinition, _ keys: [ApiKeyDefinition]) {
        for route in routes where route.apiKeyRequired {
            guard let value = root["routes"]?[route.key.text]?["apiKeyRequired"] else { continue }
            if !keys.contains(where: \.isEnabled) {
                context.report(
                    "GH2610", .warning, value.range, "no API key is enabled, so every request is refused",
                    help: "add \"apiKeys\": { \"NAME\": { \"value\": \"${env:API_KEY}\" } }")
            } else if api.apiKeySource == .authorizer, route.authorization == .none {
                context.report(
                    "GH2610", .warning, value.range, "the key comes from the authorizer, and this route has none",
                    help: "give it an authorizer, or set api.apiKeySource to HEADER")
            }
        }
    }
}
