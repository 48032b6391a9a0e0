internal import Documents

extension DocumentDecoder {
    func decodeKey(_ entry: NamedValue) -> KeyDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.key, context)
        let type = reader.text("type")
        let algorithm = reader.located("alg")
        if let algorithm, !Self.suits(algorithm.value, keyType: type), DocumentTables.isAlgorithm(algorithm.value) {
            context.report(
                "GH4306", algorithm.span.range, "\(algorithm.value) does not suit a key of type \"\(type)\"",
                help: type == "secret"
                    ? "secrets are for HS256, HS384 and HS512" : "HS* are for keys of type \"secret\"")
        }
        if let keyId = reader.located("kid"), keyId.value.isEmpty {
            context.report("GH2107", keyId.span.range, "\"kid\" is empty")
        }
        let material: KeyDefinition.Material =
            switch type {
            case "secret": decodeSecret(reader, entry)
            case "pem": decodePEM(reader, entry)
            case "jwks": decodeKeySet(reader, entry)
            default: .secret(SecretBytes([]), allowWeak: false)
            }
        return KeyDefinition(
            name: entry.name, span: context.span(entry.key.range), algorithm: algorithm,
            keyId: reader.located("kid"), material: material, file: keyFile(reader))
    }

    private func keyFile(_ reader: ObjectReader) -> KeyFile? {
        for name in ["secretFile", "publicKeyFile", "certificateFile", "jwksFile"] where reader[name] != nil {
            guard let path = context.environment.location(ofFile: reader.text(name)) else { return nil }
            let encoding = name == "secretFile" ? SecretEncoding(rawValue: reader.text("encoding")) : nil
            return KeyFile(path: path, encoding: encoding)
        }
        return nil
    }

    /// Whether a key of this type can be used with an algorithm at all.
    static func suits(_ algorithm: String, keyType: String) -> Bool {
        keyType == "jwks" || (keyType == "secret") == algorithm.hasPrefix("HS")
    }

    /// The one member of several that says where the key comes from; reports none and more than one.
    private func onlyOne(_ names: [String], _ reader: ObjectReader, _ entry: NamedValue) -> String? {
        let written = names.filter { reader[$0] != nil }
        if written.isEmpty, entry.value.kind == .object {
            let known = names.map { "\"\($0)\"" }
            context.report(
                "GH4311", entry.key.range, "key \"\(entry.name)\" has no material",
                help: "add \(known.joined(separator: " or "))")
        }
        for name in written.dropFirst() {
            let member = entry.value.members.first { $0.name == name }
            context.report(
                "GH2109", member?.key.range ?? entry.key.range, "\"\(written[0])\" and \"\(name)\" exclude each other")
        }
        return written.first
    }

    /// The content of the file that a member names.
    private func fileContent(_ name: String, _ reader: ObjectReader) -> [UInt8]? {
        guard let value = reader[name], value.kind == .string else { return nil }
        let expansion = context.expand(value)
        if expansion.failed { return nil }
        if expansion.text.isEmpty {
            context.report("GH2107", value.range, "\"\(name)\" is empty")
            return nil
        }
        do throws(DocumentReadFailure) {
            return try context.environment.contents(ofFile: expansion.text)
        } catch {
            context.report("GH2502", value.range, "cannot read file \"\(expansion.text)\": \(error.reason)")
            return nil
        }
    }

    // MARK: Secrets

    private func decodeSecret(_ reader: ObjectReader, _ entry: NamedValue) -> KeyDefinition.Material {
        let allowWeak = reader.bool("allowWeak")
        let nothing = KeyDefinition.Material.secret(SecretBytes([]), allowWeak: allowWeak)
        guard let source = onlyOne(["secret", "secretFile"], reader, entry), let value = reader[source],
            value.kind == .string
        else { return nothing }
        let written: [UInt8]
        if source == "secretFile" {
            guard let content = fileContent(source, reader) else { return nothing }
            // Editors and echo end a file with a newline that is no part of the secret.
            written = Array(Expansion.withoutFinalNewline(content))
        } else {
            let expansion = context.expand(value)
            if expansion.failed { return nothing }
            written = Array(expansion.text.utf8)
        }
        if written.isEmpty {
            context.report("GH2107", value.range, "the secret is empty")
            return nothing
        }
        let encoding = reader.text("encoding")
        guard let secret = SecretEncoding(rawValue: encoding)?.decode(written[...]) else {
            if SecretEncoding(rawValue: encoding) != nil {
                context.report("GH4304", value.range, "the secret is not \(encoding)")
            }
            return nothing
        }
        checkStrength(secret.count, reader, value, allowWeak)
        return .secret(SecretBytes(secret), allowWeak: allowWeak)
    }

    private func checkStrength(_ count: Int, _ reader: ObjectReader, _ value: JSONValue, _ allowWeak: Bool) {
        let algorithm = reader.text("alg")
        let least =
            switch algorithm {
            case "HS512": 64
            case "HS384": 48
            default: 32
            }
        guard count < least else { return }
        context.report(
            "GH4303", allowWeak ? .warning : .error, value.range,
            "the secret has \(count) bytes, and \(algorithm.isEmpty ? "HS256" : algorithm) needs \(least)",
            help: allowWeak ? nil : "use a longer one, or say \"allowWeak\": true")
    }

    // MARK: PEM and JWK Sets

    private func decodePEM(_ reader: ObjectReader, _ entry: NamedValue) -> KeyDefinition.Material {
        let nothing = KeyDefinition.Material.publicKey(pem: [])
        guard let source = onlyOne(["publicKey", "publicKeyFile", "certificateFile"], reader, entry),
            let value = reader[source], value.kind == .string
        else { return nothing }
        let content: [UInt8]
        if source == "publicKey" {
            let expansion = context.expand(value)
            if expansion.failed { return nothing }
            content = Array(expansion.text.utf8)
        } else {
            guard let file = fileContent(source, reader) else { return nothing }
            content = file
        }
        let text = String(decoding: content, as: UTF8.self)
        let isCertificate = source == "certificateFile"
        if text.contains("PRIVATE KEY-----") {
            context.report(
                "GH4310", value.range, "this is a private key", help: "give the public key that belongs to it")
        } else if !text.contains(isCertificate ? "-----BEGIN CERTIFICATE-----" : "PUBLIC KEY-----") {
            let isSwapped = text.contains("-----BEGIN CERTIFICATE-----")
            context.report(
                "GH4305", value.range, "this is no PEM text of a \(isCertificate ? "certificate" : "public key")",
                help: isSwapped ? "use \"certificateFile\" for a certificate" : nil)
        }
        return isCertificate ? .certificate(pem: content) : .publicKey(pem: content)
    }

    private func decodeKeySet(_ reader: ObjectReader, _ entry: NamedValue) -> KeyDefinition.Material {
        let nothing = KeyDefinition.Material.keySet(json: [])
        guard let source = onlyOne(["jwks", "jwksFile", "jwksUri", "issuer"], reader, entry), let value = reader[source]
        else { return nothing }
        let content: [UInt8]
        switch source {
        case "jwks" where value.kind == .object:
            content = plainJSON(value)
        case "jwks":
            guard value.kind == .string else {
                context.report("GH2101", value.range, "\"jwks\" must be an object or a string, not \(value.kind.name)")
                return nothing
            }
            let expansion = context.expand(value)
            if expansion.failed { return nothing }
            content = Array(expansion.text.utf8)
        case "jwksFile":
            guard let file = fileContent(source, reader) else { return nothing }
            content = file
        default:
            guard let location = remoteLocation(source, reader, value) else { return nothing }
            return .remoteKeySet(
                RemoteKeySet(
                    location: location, refreshSeconds: reader.int("refreshSeconds"),
                    cooldownSeconds: reader.int("cooldownSeconds"),
                    maxStaleSeconds: reader.int("maxStaleSeconds")))
        }
        do throws(JSONError) {
            let set = try JSONParser.parse(content)
            if set.root["keys"]?.kind != .array {
                context.report("GH4309", value.range, "this is no JWK Set", help: "it needs a list \"keys\"")
            }
        } catch {
            context.report("GH4309", value.range, "this is no JWK Set: \(error.message)")
        }
        return .keySet(json: content)
    }

    private func remoteLocation(
        _ source: String, _ reader: ObjectReader, _ value: JSONValue
    ) -> RemoteKeySet.Location? {
        guard value.kind == .string else { return nil }
        let text = reader.text(source)
        do throws(RemoteURL.Problem) {
            if source == "jwksUri" { return .keySet(try RemoteURL(text)) }
            return .issuer(name: text, discovery: try RemoteURL(discoveryOf: text))
        } catch {
            switch error {
            case .notURL: context.report("GH4312", value.range, "\"\(source)\" is not a URL that can be fetched")
            case .notSecure:
                context.report(
                    "GH4313", value.range, "\"\(source)\" must be https",
                    help: "http is for addresses of this machine only",
                    note: "whoever sits between could exchange the keys")
            }
            return nil
        }
    }

    /// A value without the comments and trailing commas of the configuration.
    private func plainJSON(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        func write(_ value: JSONValue, _ writer: inout JSONWriter) {
            switch value.kind {
            case .object:
                writer.object { writer in
                    for member in value.members {
                        writer.key(member.key.utf8 ?? [])
                        write(member.value, &writer)
                    }
                }
            case .array: writer.array { writer in for element in value.elements { write(element, &writer) } }
            case .string: writer.string(context.text(value) ?? "")
            case .invalid: writer.null()
            case .null, .bool, .number: writer.raw(value.text)
            }
        }
        write(value, &writer)
        return writer.bytes
    }
}

extension DocumentTables {
    static func isAlgorithm(_ name: String) -> Bool { algorithms.contains { $0.name == name } }
}
