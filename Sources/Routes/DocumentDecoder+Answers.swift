internal import Documents

/// What the gateway says by itself and what it changes in answers: `cors`, `gatewayResponses`, integration responses.
extension DocumentDecoder {
    // MARK: cors

    func decodeCORS() -> CORSDefinition? {
        guard let section = root["cors"], section.kind == .object else { return nil }
        let reader = ObjectReader(section, DocumentTables.cors, context)
        let origins = reader.texts("allowOrigins")
        for origin in origins where !CORSDefinition.isOrigin(origin.value) {
            context.report(
                "GH2421", origin.span.range, "\"\(origin.value)\" is no origin",
                help: origin.value.contains("*")
                    ? "write *, https://*, http://*, or each origin: API Gateway knows no other wildcards"
                    : "write scheme://host or scheme://host:port, without a path or a slash at the end")
        }
        let methods = reader.texts("allowMethods")
        for method in methods where method.value != "*" {
            let verb = RouteVerb(rawValue: method.value)
            if verb != nil, verb != .any { continue }
            context.report(
                "GH2103", method.span.range, "\"\(method.value)\" is no method",
                help: "known are *, \(RouteVerb.allCases.filter { $0 != .any }.map(\.rawValue).joined(separator: ", "))"
            )
        }
        for key in ["allowHeaders", "exposeHeaders"] {
            for header in reader.texts(key)
            where header.value != "*"
                && (header.value.isEmpty || !header.value.utf8.allSatisfy(Self.isHeaderByte))
            {
                context.report("GH2404", header.span.range, "\"\(header.value)\" is no header name")
            }
        }
        return CORSDefinition(
            allowOrigins: origins.map(\.value), allowMethods: methods.map(\.value),
            allowHeaders: reader.texts("allowHeaders").map(\.value),
            exposeHeaders: reader.texts("exposeHeaders").map(\.value),
            allowCredentials: reader.bool("allowCredentials"), maxAge: reader.optionalInt("maxAge"))
    }

    // MARK: gatewayResponses

    func decodeGatewayResponses() -> [GatewayResponseDefinition] {
        // The wrong API type has been reported.
        guard apiType == .rest else { return [] }
        return named("gatewayResponses").compactMap { entry in
            guard let type = GatewayResponseType(rawValue: entry.name) else {
                let known = GatewayResponseType.allCases.map(\.rawValue)
                let near = Suggestion.nearest(to: entry.name, among: known)
                context.report(
                    "GH2422", entry.key.range, "there is no gateway response \"\(entry.name)\"",
                    label: near.map { "did you mean \"\($0)\"?" },
                    help: near == nil ? "known are \(known.joined(separator: ", "))" : nil)
                return nil
            }
            if type == .requestTooLarge {
                context.report(
                    "GH2423", .warning, entry.key.range, "REQUEST_TOO_LARGE keeps AWS's answer",
                    note: "API Gateway stores the entry and does not use it; neither does Gatehouse")
            }
            return decodeGatewayResponse(entry, type)
        }
    }

    private func decodeGatewayResponse(
        _ entry: NamedValue, _ type: GatewayResponseType
    ) -> GatewayResponseDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.gatewayResponse, context)
        let parameters = ParameterReader(context: context, apiType: apiType)
        var status = reader.optionalInt("statusCode")
        if let text = reader.located("statusCode") {
            status = AnswerStatus(text.value.utf8).map { Int($0.code) }
            if status == nil, !context.expand(reader["statusCode"] ?? entry.value).failed {
                context.report("GH2424", text.span.range, "\"\(text.value)\" is no status", help: "write 200 to 599")
            }
        }
        var templates: [GatewayResponseDefinition.Template] = []
        for member in reader["responseTemplates"].map({ Array($0.members) }) ?? []
        where member.value.kind == .string && !context.expand(member.value).failed {
            let contentType = member.name.lowercased()
            if !Self.isMediaType(contentType) { reportMediaType(member) }
            let parts = GatewayTemplateReader(reader: parameters).read(member.value)
            templates.append(GatewayResponseDefinition.Template(contentType: contentType, parts: parts))
        }
        return GatewayResponseDefinition(
            type: type, span: context.span(entry.key.range), statusCode: status,
            headers: parameters.readGatewayHeaders(reader["responseParameters"]), templates: templates)
    }

    // MARK: Integrations

    /// `responseParameters` of an integration of an HTTP API.
    func decodeAnswerMappings(_ reader: ObjectReader) -> [AnswerMapping] {
        guard apiType == .http, let map = reader["responseParameters"], map.kind == .object else { return [] }
        let parameters = ParameterReader(context: context, apiType: apiType, isResponse: true)
        return map.members.compactMap { member in
            let mappings = parameters.readAnswerHTTP(member.value)
            return status(member).map { AnswerMapping(status: $0, parameters: mappings) }
        }
    }

    /// The name of an entry as a status.
    private func status(_ member: JSONMember) -> UInt16? {
        if let status = AnswerStatus(member.name.utf8) { return status.code }
        context.report("GH2424", member.key.range, "\"\(member.name)\" is no status", help: "write 200 to 599")
        return nil
    }

    func decodeIntegrationResponses(_ reader: ObjectReader) -> IntegrationResponses {
        var found: [IntegrationResponses.Response] = []
        if let object = reader.value, object.kind == .object, !context.isMeant("integrationResponses", in: object) {
            let written = reader["integrationResponses"]
            if written == nil {
                let start = object.range.lowerBound
                context.report(
                    "GH2106", start..<start + 1, "an HTTP integration needs \"integrationResponses\"",
                    help: "add \"integrationResponses\": { \"200\": {} }",
                    note: "without one API Gateway answers 500 whatever the backend says")
            } else if let written, written.kind == .object, written.count == 0 {
                context.report(
                    "GH2107", written.range, "\"integrationResponses\" is empty", help: "write { \"200\": {} }")
            }
        }
        let parameters = ParameterReader(context: context, apiType: apiType, isResponse: true)
        for member in reader["integrationResponses"].map({ Array($0.members) }) ?? []
        where member.value.kind == .object {
            let inner = ObjectReader(member.value, DocumentTables.integrationResponse, context)
            let mappings = parameters.readAnswerREST(inner["responseParameters"])
            // As on AWS, an empty pattern is none.
            let pattern = inner.located("selectionPattern").flatMap { $0.value.isEmpty ? nil : $0 }
            guard let status = status(member) else { continue }
            if pattern == nil, let other = found.first(where: { $0.selectionPattern == nil }) {
                context.report(
                    "GH2109", member.key.range, "two integration responses take every status",
                    help: "give all but one a \"selectionPattern\"", note: "the other stands in line \(other.span.line)"
                )
            }
            found.append(
                IntegrationResponses.Response(
                    status: status, selectionPattern: pattern, parameters: mappings,
                    span: context.span(member.key.range)))
        }
        return IntegrationResponses(
            responses: found, refusesBodies: reader.text("passthroughBehavior") == "NEVER")
    }

    // MARK: Media types

    func decodeBinaryMediaTypes(_ reader: ObjectReader) -> [String] {
        guard apiType == .rest, let list = reader["binaryMediaTypes"], list.kind == .array else { return [] }
        let types = reader.texts("binaryMediaTypes")
        for type in types where !Self.isMediaType(type.value, isPattern: true) {
            context.report(
                "GH2425", type.span.range, "\"\(type.value)\" is no media type",
                help: "write type/subtype, type/* or */*, without parameters")
        }
        return types.map(\.value)
    }

    func reportMediaType(_ member: JSONMember) {
        context.report(
            "GH2425", member.key.range, "\"\(member.name)\" is no media type",
            help: "write type/subtype, without parameters")
    }

    /// `type/subtype` of tokens (RFC 9110 §8.3.1).
    static func isMediaType(_ text: String, isPattern: Bool = false) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy {
                !$0.isEmpty && $0.allSatisfy { isHeaderByte($0) || (isPattern && $0 == UInt8(ascii: "*")) }
            }
    }
}
