internal import Documents

extension DocumentDecoder {
    func decodeAuthorizer(_ entry: NamedValue, keys: [KeyDefinition]) -> AuthorizerDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.authorizer, context)
        let type = AuthorizerType(rawValue: reader.text("type")) ?? .request
        let isDeclarative = reader["jwt"] != nil && (type == .token || type == .request)
        if entry.value.kind == .object, type == .token || type == .request {
            if reader["jwt"] == nil, reader["authorizerUri"] == nil {
                context.report(
                    "GH3101", entry.key.range, "authorizer \"\(entry.name)\" has no rules",
                    help: "add \"jwt\" with the keys, issuer and audience of its tokens, and a \"policy\"")
            }
            if isDeclarative, reader["policy"] == nil, !context.isMeant("policy", in: entry.value) {
                context.report(
                    "GH2106", entry.key.range, "authorizer \"\(entry.name)\" needs \"policy\"",
                    help: "add \"policy\": [ { \"effect\": \"Allow\", \"resources\": [\"*\"] } ]",
                    note: "without one nothing would be allowed")
            }
        }
        let sources = decodeIdentitySources(reader, entry, type, isDeclarative || type == .jwt)
        if let both = reader["authorizerUri"], isDeclarative {
            context.report(
                "GH2109", both.range, "\"jwt\" and \"authorizerUri\" exclude each other",
                help: "either the gateway verifies the token, or the function decides")
        }
        var rules = isDeclarative ? decodeJWT(reader.inner("jwt", DocumentTables.jwt), keys) : nil
        if type == .jwt {
            rules =
                apiType == .rest
                ? decodeIssuers(reader, entry, keys) : decodeJWTConfiguration(reader, entry, keys)
        }
        return AuthorizerDefinition(
            name: entry.name, span: context.span(entry.key.range), type: type, identitySources: sources,
            identityValidationExpression: reader.located("identityValidationExpression"),
            resultTtlInSeconds: reader.optionalInt("authorizerResultTtlInSeconds") ?? (apiType == .rest ? 300 : 0),
            jwt: rules, functionUri: isDeclarative ? nil : reader.located("authorizerUri"),
            payloadFormat: reader.choice(
                "authorizerPayloadFormatVersion", or: apiType == .rest ? .version1 : .version2),
            simpleResponses: reader.bool("enableSimpleResponses"), principalId: decodePrincipal(reader),
            usageIdentifierKey: decodeUsageKey(reader, isDeclarative),
            context: decodeContext(reader),
            policy: decodePolicy(reader))
    }

    // MARK: Identity sources

    private func decodeIdentitySources(
        _ reader: ObjectReader, _ entry: NamedValue, _ type: AuthorizerType, _ isDeclarative: Bool
    ) -> [Located<IdentitySource>] {
        var found: [Located<IdentitySource>] = []
        var isBroken = false
        for text in reader.texts("identitySource") {
            for (part, range) in Self.parts(of: text.value) {
                let place = context.span(identityRange(range, text))
                if let source = IdentitySource(part, apiType: apiType) {
                    found.append(Located(source, at: place))
                } else {
                    isBroken = true
                    // The kind that is not built has been refused as such.
                    if type != .cognitoUserPools { reportIdentitySource(part, place) }
                }
            }
        }
        if isBroken { return found }
        if found.isEmpty, isDeclarative || type == .token {
            let example = apiType == .rest ? "method.request.header.Authorization" : "$request.header.Authorization"
            context.report(
                "GH3103", entry.key.range, "authorizer \"\(entry.name)\" has no identity source",
                help: "add \"identitySource\": \"\(example)\"")
        }
        if let first = found.first, isDeclarative || type == .token {
            switch first.value {
            case .header, .queryString: break
            case .multiValueHeader, .multiValueQueryString, .stageVariable, .context:
                context.report(
                    "GH3102", first.span.range, "the first identity source must hold the token",
                    help: "put the header or query parameter with the token first")
            }
        }
        if type == .token || (type == .jwt && apiType == .rest) {
            if case .queryString? = found.first?.value {
                context.report(
                    "GH3102", found[0].span.range, "a \(type.rawValue) authorizer takes its token from a header")
            }
            if found.count > 1 {
                context.report(
                    "GH3102", found[1].span.range, "a \(type.rawValue) authorizer has exactly one identity source",
                    help: "use type REQUEST for several")
            }
        }
        return found
    }

    /// Cut at commas, each part without spaces around it, with its place in the text.
    private static func parts(of text: String) -> [(text: String, range: Range<Int>)] {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return [("", 0..<0)] }
        return bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
            var slice = part
            while slice.first == 0x20 { slice = slice.dropFirst() }
            while slice.last == 0x20 { slice = slice.dropLast() }
            return (String(decoding: slice, as: UTF8.self), slice.startIndex..<slice.endIndex)
        }
    }

    private func identityRange(_ part: Range<Int>, _ text: Located<String>) -> Range<Int> {
        let whole = text.span.range
        // The offsets fit only when the text stands in the file as it is.
        guard whole.count == text.value.utf8.count + 2, !part.isEmpty else { return whole }
        return whole.lowerBound + 1 + part.lowerBound..<whole.lowerBound + 1 + part.upperBound
    }

    private func reportIdentitySource(_ text: String, _ place: SourceSpan) {
        let other: ApiType = apiType == .rest ? .http : .rest
        var help = "write \(apiType == .rest ? "method.request.header.NAME" : "$request.header.NAME")"
        if IdentitySource(text, apiType: other) != nil {
            help += ": this is the form of \(other.rawValue) APIs"
        } else if text.contains("request.path") {
            help = "path parameters cannot identify a caller; use a header or query parameter"
        }
        context.report("GH3102", place.range, "\"\(text)\" is no identity source", help: help)
    }

    // MARK: JWT

    private func decodeJWT(_ reader: ObjectReader, _ keys: [KeyDefinition]) -> JWTRules {
        let names = reader.texts("keys")
        for name in names where !keys.contains(where: { $0.name == name.value }) {
            reportDangling("GH2203", name, "key", among: "keys")
        }
        if reader["keys"] == nil, let object = reader.value, object.kind == .object,
            !context.isMeant("keys", in: object)
        {
            let start = object.range.lowerBound
            context.report("GH2106", start..<start + 1, "\"jwt\" needs \"keys\"", help: "name entries of \"keys\"")
        }
        let algorithms = decodeAlgorithms(reader, names, keys)
        let skew = reader["clockSkewSeconds"]?.range
        return JWTRules(
            span: context.span(reader.value?.range ?? 0..<0), keys: names, algorithms: algorithms,
            algorithmsSpan: reader.span("algorithms"), issuer: decodeIssuer(reader), audience: decodeAudience(reader),
            requiredClaims: nonEmpty(reader.texts("requiredClaims"), "requiredClaims"),
            requireExpiration: Located(reader.bool("requireExpiration"), at: reader.span("requireExpiration")),
            maxAgeInSeconds: reader.optionalInt("maxAgeSeconds").map { Located($0, at: reader.span("maxAgeSeconds")) },
            clockSkewInSeconds: Located(
                reader.int("clockSkewSeconds"), at: skew.map { context.span($0) } ?? reader.span("clockSkewSeconds")),
            maxTokenBytes: reader.int("maxTokenBytes"), tokenTypes: nonEmpty(reader.texts("tokenTypes"), "tokenTypes"),
            scopes: nonEmpty(reader.texts("scopes"), "scopes"), withoutKeyId: reader.choice("withoutKid", or: .single))
    }

    /// The rules of a JWT authorizer: issuer and audience as AWS has them, keys from `jwt` or from the issuer.
    private func decodeJWTConfiguration(
        _ reader: ObjectReader, _ entry: NamedValue, _ keys: [KeyDefinition]
    ) -> JWTRules {
        let configuration = reader.inner("jwtConfiguration", DocumentTables.jwtConfiguration)
        let issuer = configuration.located("issuer")
        // Without an audience a token for any other service would be good here.
        if issuer == nil || configuration["audience"] == nil {
            context.report(
                "GH2106", reader["jwtConfiguration"]?.range ?? entry.key.range,
                "authorizer \"\(entry.name)\" needs \"jwtConfiguration\" with \"issuer\" and \"audience\"")
        }
        if let issuer, issuer.value.isEmpty { context.report("GH2107", issuer.span.range, "\"issuer\" is empty") }
        let audience = nonEmpty(configuration.texts("audience"), "audience").map(\.value)
        let own = reader.inner("jwt", DocumentTables.jwt)
        for name in ["issuer", "audience"] {
            guard let written = own[name] else { continue }
            context.report(
                "GH2109", written.range, "\"\(name)\" of a JWT authorizer stands in \"jwtConfiguration\"",
                help: "take it out of \"jwt\", where nothing would ask for it")
        }
        var names = own.texts("keys")
        for name in names where !keys.contains(where: { $0.name == name.value }) {
            reportDangling("GH2203", name, "key", among: "keys")
        }
        if names.isEmpty {
            names = [Located(DocumentDecoder.issuerKeyName(entry.name), at: reader.span("jwtConfiguration"))]
        }
        let listed = own.texts("algorithms").map(\.value).filter(DocumentTables.isAlgorithm)
        func span(_ name: String) -> SourceSpan {
            reader["jwt"] == nil ? reader.span("jwtConfiguration") : own.span(name)
        }
        return JWTRules(
            span: context.span(reader["jwtConfiguration"]?.range ?? entry.key.range), keys: names,
            algorithms: listed.isEmpty ? ["RS256", "RS384", "RS512"] : listed, algorithmsSpan: span("algorithms"),
            issuer: Located(issuer?.value, at: configuration.span("issuer")),
            audience: Located(audience, at: configuration.span("audience")),
            requiredClaims: nonEmpty(own.texts("requiredClaims"), "requiredClaims"),
            requireExpiration: Located(
                reader["jwt"] == nil ? true : own.bool("requireExpiration"), at: span("requireExpiration")),
            maxAgeInSeconds: own.optionalInt("maxAgeSeconds").map { Located($0, at: own.span("maxAgeSeconds")) },
            clockSkewInSeconds: Located(
                reader["jwt"] == nil ? 0 : own.int("clockSkewSeconds"), at: span("clockSkewSeconds")),
            maxTokenBytes: reader["jwt"] == nil ? 16_384 : own.int("maxTokenBytes"),
            tokenTypes: nonEmpty(own.texts("tokenTypes"), "tokenTypes"),
            scopes: nonEmpty(own.texts("scopes"), "scopes"), withoutKeyId: own.choice("withoutKid", or: .single))
    }

    /// The name of the key set that an issuer publishes for a JWT authorizer without keys of its own.
    static func issuerKeyName(_ authorizer: String) -> String { "issuer of \(authorizer)" }

    /// The same for one of several issuers.
    static func issuerKeyName(_ authorizer: String, _ issuer: String) -> String { "\(issuer), issuer of \(authorizer)" }

    func nonEmpty(_ texts: [Located<String>], _ name: String) -> [Located<String>] {
        for text in texts where text.value.isEmpty {
            context.report("GH2107", text.span.range, "\"\(name)\" holds an empty text")
        }
        return texts
    }

    private static let standardAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"]

    private func decodeAlgorithms(
        _ reader: ObjectReader, _ names: [Located<String>], _ keys: [KeyDefinition]
    ) -> [String] {
        var allowed = reader.texts("algorithms").map(\.value).filter(DocumentTables.isAlgorithm)
        let isListed = reader["algorithms"] != nil
        if !isListed {
            for name in names {
                guard let key = keys.first(where: { $0.name == name.value }) else { continue }
                let own = key.algorithm.map { [$0.value] } ?? Self.standardAlgorithms
                for algorithm in own where !allowed.contains(algorithm) { allowed.append(algorithm) }
            }
        }
        for name in names {
            guard let entry = named("keys").first(where: { $0.name == name.value }),
                let key = keys.first(where: { $0.name == name.value })
            else { continue }
            let type = ObjectReader(entry.value, DocumentTables.key, context).text("type")
            let isUsable = allowed.contains { algorithm in
                (key.algorithm?.value ?? algorithm) == algorithm && Self.suits(algorithm, keyType: type)
            }
            if !isUsable, !allowed.isEmpty, !type.isEmpty {
                let own = key.algorithm?.value ?? (type == "secret" ? "HS256" : "RS256")
                context.report(
                    "GH4308", name.span.range, "key \"\(name.value)\" can never be used",
                    label: "allowed: \(allowed.joined(separator: " "))",
                    help: isListed ? "add \"\(own)\" to \"algorithms\"" : "add \"alg\": \"\(own)\" to the key")
            }
        }
        return allowed
    }

    private func decodeIssuer(_ reader: ObjectReader) -> Located<String?> {
        let span = reader.span("issuer")
        guard let value = reader["issuer"] else {
            reportUnchecked(reader, "issuer", nil)
            return Located(nil, at: span)
        }
        if value.isNull { reportUnchecked(reader, "issuer", value) }
        let text = context.text(value)
        if text?.isEmpty == true { context.report("GH2107", value.range, "\"issuer\" is empty") }
        return Located(text, at: span)
    }

    private func decodeAudience(_ reader: ObjectReader) -> Located<[String]?> {
        let span = reader.span("audience")
        guard let value = reader["audience"] else {
            reportUnchecked(reader, "audience", nil)
            return Located(nil, at: span)
        }
        if value.isNull {
            reportUnchecked(reader, "audience", value)
            return Located(nil, at: span)
        }
        return Located(nonEmpty(reader.texts("audience"), "audience").map(\.value), at: span)
    }

    private func reportUnchecked(_ reader: ObjectReader, _ name: String, _ value: JSONValue?) {
        guard let object = reader.value, object.kind == .object, !context.isMeant(name, in: object) else { return }
        if let value {
            context.report(
                "GH3104", .warning, value.range, "\"\(name)\" is not checked",
                note:
                    "a token issued \(name == "issuer" ? "by" : "for") somebody else is accepted if the key fits"
            )
        } else {
            let start = object.range.lowerBound
            context.report(
                "GH2106", start..<start + 1, "\"jwt\" needs \"\(name)\"",
                help: "add \"\(name)\", or \"\(name)\": null to leave the claim unchecked")
        }
    }

    // MARK: Principal and context

    private func decodePrincipal(_ reader: ObjectReader) -> Located<ContextMapping> {
        let span = reader.span("principalId")
        guard let value = reader["principalId"], value.kind == .string else {
            return Located(ClaimPath("sub").map { .claim($0) } ?? .literal(.string("")), at: span)
        }
        if context.text(value)?.isEmpty == true { context.report("GH2107", value.range, "\"principalId\" is empty") }
        return Located(decodeMapping(value), at: span)
    }

    private func decodeUsageKey(_ reader: ObjectReader, _ isDeclarative: Bool) -> ClaimPath? {
        guard let value = reader["usageIdentifierKey"], value.kind == .string else { return nil }
        if !isDeclarative {
            context.report(
                "GH2109", value.range, "a function says \"usageIdentifierKey\" itself, in its answer",
                help: "remove it")
            return nil
        }
        let text = context.text(value) ?? ""
        if text.hasPrefix("$claims."), !text.dropFirst(8).contains("$"), let path = ClaimPath(text.dropFirst(8)) {
            return path
        }
        // A constant would be the key itself, for every caller.
        context.report(
            "GH3112", value.range, "\"usageIdentifierKey\" must be $claims.NAME",
            help: "write the claim that holds the caller's API key")
        return nil
    }

    private func decodeContext(_ reader: ObjectReader) -> [ContextEntry] {
        guard let map = reader["context"] else { return [] }
        return map.members.compactMap { member in
            switch member.value.kind {
            case .invalid: return nil
            case .object, .array, .null:
                context.report(
                    "GH3108", member.value.range,
                    "\"\(member.name)\" must be a string, a number or a boolean, not \(member.value.kind.name)",
                    note: "AWS answers 500 at run time when a context holds such a value")
                return nil
            case .string, .number, .bool:
                return ContextEntry(
                    name: member.name, mapping: decodeMapping(member.value), span: context.span(member.value.range))
            }
        }
    }

    private func decodeMapping(_ value: JSONValue) -> ContextMapping {
        guard let text = context.text(value) else { return .literal(scalar(value) ?? .bool(false)) }
        guard text.contains("$") else { return .literal(.string(text)) }
        if text.hasPrefix("$claims."), !text.dropFirst(8).contains("$"), let claim = ClaimPath(text.dropFirst(8)) {
            return .claim(claim)
        }
        context.report(
            "GH3112", value.range, "\"\(text)\" is neither plain text nor $claims.NAME",
            help: "write exactly \"$claims.NAME\"")
        return .literal(.string(text))
    }

    /// A string, number or boolean; nil for others.
    func scalar(_ value: JSONValue) -> ScalarValue? {
        switch value.kind {
        case .string: context.text(value).map { .string($0) }
        case .number: value.numberText.map { .number($0) }
        case .bool: value.bool.map { .bool($0) }
        case .null, .array, .object, .invalid: nil
        }
    }
}
