internal import Documents

/// JWT authorizers of REST APIs: several issuers, each with audiences, keys and further claims of its own.
///
/// Source: the service's own model of `jwtConfiguration` (2026).
extension DocumentDecoder {
    func decodeIssuers(_ reader: ObjectReader, _ entry: NamedValue, _ keys: [KeyDefinition]) -> JWTRules {
        let configuration = reader.inner("jwtConfiguration", DocumentTables.jwtConfiguration)
        let own = reader.inner("jwt", DocumentTables.jwt)
        let list = configuration["issuers"]
        if list == nil {
            context.report(
                "GH2106", reader["jwtConfiguration"]?.range ?? entry.key.range,
                "authorizer \"\(entry.name)\" needs \"jwtConfiguration\" with \"issuers\"",
                help: "add \"issuers\": [ { \"issuer\": \"https://…\", \"audiences\": [\"…\"] } ]")
        }
        for name in ["algorithms", "issuer", "audience"] {
            guard let value = own[name] else { continue }
            context.report(
                "GH2109", value.range, "\"\(name)\" of \"jwt\" does nothing in a JWT authorizer of a REST API",
                help: name == "algorithms" ? "write \"defaultAlgorithms\"" : "write it into \"issuers\"")
        }
        let shared = known(own.texts("keys"), keys)
        let urls = list?.elements.compactMap { $0["issuer"].flatMap { context.text($0) } } ?? []
        var issuers: [JWTIssuerDefinition] = []
        for value in list.map({ Array($0.elements) }) ?? [] where value.kind == .object {
            let issuer = decodeIssuer(value, entry, keys, shared, urls)
            if issuers.contains(where: { $0.issuer.value == issuer.issuer.value }) {
                context.report(
                    "GH3117", issuer.issuer.span.range, "issuer \"\(issuer.issuer.value)\" stands here twice")
            }
            issuers.append(issuer)
        }
        warnOfSharedKeys(issuers)
        let isWritten = reader["jwt"] != nil
        var names: [Located<String>] = []
        for key in issuers.flatMap(\.keys) where !names.contains(where: { $0.value == key.value }) { names.append(key) }
        let algorithms = decodeDefaultAlgorithms(reader, configuration, entry)
        return JWTRules(
            span: context.span(reader["jwtConfiguration"]?.range ?? entry.key.range), keys: names,
            algorithms: algorithms.value, algorithmsSpan: algorithms.span,
            issuer: Located(
                issuers.first?.issuer.value, at: issuers.first?.issuer.span ?? configuration.span("issuers")),
            audience: Located(
                issuers.first?.audiences.value, at: issuers.first?.audiences.span ?? configuration.span("issuers")),
            requiredClaims: nonEmpty(own.texts("requiredClaims"), "requiredClaims"),
            requireExpiration: Located(
                isWritten ? own.bool("requireExpiration") : true,
                at: isWritten ? own.span("requireExpiration") : reader.span("jwtConfiguration")),
            maxAgeInSeconds: own.optionalInt("maxAgeSeconds").map { Located($0, at: own.span("maxAgeSeconds")) },
            clockSkewInSeconds: Located(
                isWritten ? own.int("clockSkewSeconds") : 0,
                at: isWritten ? own.span("clockSkewSeconds") : reader.span("jwtConfiguration")),
            maxTokenBytes: isWritten ? own.int("maxTokenBytes") : 16_384,
            tokenTypes: nonEmpty(own.texts("tokenTypes"), "tokenTypes"),
            scopes: nonEmpty(own.texts("scopes"), "scopes"), withoutKeyId: own.choice("withoutKid", or: .single),
            issuers: issuers)
    }

    /// In the authorizer, or in `jwtConfiguration`, where AWS's templates have them.
    private func decodeDefaultAlgorithms(
        _ reader: ObjectReader, _ configuration: ObjectReader, _ entry: NamedValue
    ) -> Located<[String]> {
        if let both = configuration["defaultAlgorithms"], reader["defaultAlgorithms"] != nil {
            context.report("GH2109", both.range, "\"defaultAlgorithms\" is written twice", help: "remove one of them")
        }
        let home = reader["defaultAlgorithms"] == nil ? configuration : reader
        if home["defaultAlgorithms"] == nil {
            context.report(
                "GH2106", entry.key.range, "authorizer \"\(entry.name)\" needs \"defaultAlgorithms\"",
                help: "add \"defaultAlgorithms\": [\"RS256\"], or what the issuers sign with")
        }
        let names = home.texts("defaultAlgorithms").map(\.value).filter(DocumentTables.isAlgorithm)
        return Located(names.isEmpty ? ["RS256"] : names, at: home.span("defaultAlgorithms"))
    }

    // MARK: One issuer

    private func decodeIssuer(
        _ value: JSONValue, _ entry: NamedValue, _ keys: [KeyDefinition], _ shared: [Located<String>], _ urls: [String]
    ) -> JWTIssuerDefinition {
        let reader = ObjectReader(value, DocumentTables.jwtIssuer, context)
        let issuer = reader.located("issuer") ?? Located("", at: reader.span("issuer"))
        if reader["issuer"] != nil { check(issuer) }
        var names = known(reader.texts("keys"), keys)
        if reader["keys"] == nil {
            // A key set that belongs to another of the issuers by its own word cannot sign for this one.
            names = shared.filter { name in
                guard case .remoteKeySet(let set)? = keys.first(where: { $0.name == name.value })?.material,
                    case .issuer(let owner, _) = set.location
                else { return true }
                return owner == issuer.value || !urls.contains(owner)
            }
        }
        if names.isEmpty { names = [Located(Self.issuerKeyName(entry.name, issuer.value), at: issuer.span)] }
        return JWTIssuerDefinition(
            span: context.span(value.range), issuer: issuer,
            audiences: Located(
                nonEmpty(reader.texts("audiences"), "audiences").map(\.value), at: reader.span("audiences")),
            keys: names, additionalClaims: decodeAdditionalClaims(reader))
    }

    /// Absolute https with a host and without user name, query and fragment; http on this machine.
    static func isIssuerURL(_ text: String) -> Bool {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else { return false }
        do throws(RemoteURL.Problem) {
            _ = try RemoteURL(text)
            return true
        } catch {
            return false
        }
    }

    private func check(_ issuer: Located<String>) {
        if Self.isIssuerURL(issuer.value) { return }
        var isClear = false
        do throws(RemoteURL.Problem) {
            _ = try RemoteURL(issuer.value)
        } catch {
            isClear = error == .notSecure
        }
        context.report(
            isClear ? "GH4313" : "GH4312", issuer.span.range,
            isClear ? "the issuer must be https" : "the issuer is no URL of an issuer",
            help: "write it exactly as tokens have it in iss: https://host/path, without query and fragment")
    }

    /// The names that lead to a key that can be used here; the others are reported.
    private func known(_ names: [Located<String>], _ keys: [KeyDefinition]) -> [Located<String>] {
        names.filter { name in
            guard let key = keys.first(where: { $0.name == name.value }) else {
                reportDangling("GH2203", name, "key", among: "keys")
                return false
            }
            if case .secret = key.material {
                context.report(
                    "GH4308", name.span.range, "key \"\(name.value)\" can never be used",
                    label: "a JWT authorizer takes no shared secrets")
                return false
            }
            return true
        }
    }

    private func warnOfSharedKeys(_ issuers: [JWTIssuerDefinition]) {
        for (index, issuer) in issuers.enumerated() {
            for key in issuer.keys
            where issuers[..<index].contains(where: { $0.keys.contains { $0.value == key.value } }) {
                context.report(
                    "GH3118", .warning, issuer.issuer.span.range,
                    "key \"\(key.value)\" signs for more than one issuer",
                    help: "name each issuer's own in its \"keys\", or leave them to its discovery document",
                    note: "whoever holds the key can make tokens in the name of each of them")
            }
        }
    }

    // MARK: Additional claims

    private static let reserved: Set<String> = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"]

    private func decodeAdditionalClaims(_ reader: ObjectReader) -> [AdditionalClaimDefinition] {
        var found: [AdditionalClaimDefinition] = []
        for value in reader["additionalClaims"].map({ Array($0.elements) }) ?? [] where value.kind == .object {
            let claim = ObjectReader(value, DocumentTables.additionalClaim, context)
            guard let name = claim.located("claimName") else { continue }
            if name.value.isEmpty { context.report("GH2107", name.span.range, "\"claimName\" is empty") }
            if Self.reserved.contains(name.value) {
                context.report(
                    "GH3119", name.span.range,
                    "\"\(name.value)\" is no additional claim: it is judged by rules of its own")
            }
            if found.contains(where: { $0.name == name.value }) {
                context.report("GH3119", name.span.range, "claim \"\(name.value)\" stands here twice")
            }
            let values = claim.texts("expectedValues")
            if values.count > 1 {
                context.report("GH3119", claim.span("expectedValues").range, "\"expectedValues\" takes one value")
            }
            found.append(
                AdditionalClaimDefinition(
                    name: name.value, isRequired: claim.bool("required"), expectedValue: values.first?.value))
        }
        return found
    }
}
