internal import Documents

extension DocumentDecoder {
    func decodeIntegration(_ value: JSONValue, name: String?, stages: [StageDefinition]) -> IntegrationDefinition {
        let reader = ObjectReader(value, DocumentTables.integration, context)
        let type = IntegrationType(rawValue: reader.text("type"))
        let kind: IntegrationDefinition.Kind =
            switch type {
            case .httpProxy: .httpProxy(decodeHTTPProxy(reader, stages, isProxy: true))
            case .mock: .mock(decodeMock(reader))
            case .awsProxy: .awsProxy(decodeAWSProxy(reader, value))
            case .http: .httpProxy(decodeHTTPProxy(reader, stages, isProxy: false))
            case nil: .planned(.http)
            }
        return IntegrationDefinition(name: name, span: context.span(value.range), kind: kind)
    }

    private func decodeAWSProxy(_ reader: ObjectReader, _ value: JSONValue) -> AWSProxyDefinition {
        if reader["uri"] == nil {
            context.report(
                "GH2106", value.range.lowerBound..<value.range.lowerBound + 1, "an AWS_PROXY integration needs \"uri\"",
                help: "add the function's URL, ending in /2015-03-31/functions/NAME/invocations")
        }
        // A function is always asked by POST; the key may only say what AWS lets it say.
        _ = decodeMethod(reader)
        return AWSProxyDefinition(
            uri: reader.located("uri") ?? Located("", at: reader.span("uri")),
            payloadFormat: reader.choice("payloadFormatVersion", or: apiType == .rest ? .version1 : .version2),
            timeoutInMillis: reader.optionalInt("timeoutInMillis"),
            requestParameters: ParameterReader(context: context, apiType: apiType).read(reader["requestParameters"]),
            httpMethod: reader.located(apiType == .rest ? "httpMethod" : "integrationMethod")?.value,
            responseParameters: decodeAnswerMappings(reader))
    }

    private func decodeMock(_ reader: ObjectReader) -> MockResponse {
        let response = reader.inner("response", DocumentTables.mockResponse)
        var headers: [MockResponse.Header] = []
        if let map = response["headers"] {
            for member in map.members where member.value.kind == .string {
                let name = member.name
                let text = context.text(member.value) ?? ""
                if name.isEmpty || !name.utf8.allSatisfy(Self.isHeaderByte) {
                    context.report("GH2404", member.key.range, "\"\(name)\" is no header name")
                }
                if ParameterReader.isReservedInMocks(name) {
                    context.report(
                        "GH2408", member.key.range, "\(name) cannot be set", note: "the gateway writes it itself")
                }
                if !Self.isHeaderValue(text.utf8) {
                    context.report("GH2404", member.value.range, "the value holds a control character")
                }
                headers.append(MockResponse.Header(name: name, value: text))
            }
        }
        return MockResponse(
            statusCode: response.int("statusCode"), headers: headers, body: Array(response.text("body").utf8))
    }

    private func decodeHTTPProxy(
        _ reader: ObjectReader, _ stages: [StageDefinition], isProxy: Bool
    ) -> HTTPProxyDefinition {
        let mappings = ParameterReader(context: context, apiType: apiType).read(reader["requestParameters"])
        let template = decodeURI(reader)
        checkParameters(template, mappings)
        return HTTPProxyDefinition(
            uri: template, resolved: resolve(template, stages), method: decodeMethod(reader),
            requestParameters: mappings, timeoutInMillis: reader.optionalInt("timeoutInMillis"),
            lane: LaneName(rawValue: reader.text("lane")),
            forwardAuthorization: isProxy && reader.bool("forwardAuthorization"),
            responseParameters: decodeAnswerMappings(reader),
            responses: isProxy ? nil : decodeIntegrationResponses(reader))
    }

    private func decodeMethod(_ reader: ObjectReader) -> [UInt8]? {
        guard let method = reader.located(apiType == .rest ? "httpMethod" : "integrationMethod") else { return nil }
        guard let verb = RouteVerb(rawValue: method.value) else {
            let upper = method.value.uppercased()
            context.report(
                "GH2103", method.span.range, "\"\(method.value)\" is no method",
                help: RouteVerb(rawValue: upper) == nil
                    ? "known are \(RouteVerb.allCases.map(\.rawValue).joined(separator: ", "))" : "write \(upper)")
            return nil
        }
        return verb == .any ? nil : Array(verb.rawValue.utf8)
    }

    // MARK: uri

    private func decodeURI(_ reader: ObjectReader) -> URITemplate {
        let empty = URITemplate(text: "", parts: [], span: reader.span("uri"))
        guard let object = reader.value, object.kind == .object else { return empty }
        guard let value = reader["uri"] else {
            if context.isMeant("uri", in: object) { return empty }
            let start = object.range.lowerBound
            context.report(
                "GH2106", start..<start + 1, "an \(reader.text("type")) integration needs \"uri\"",
                help: "add \"uri\": \"http://127.0.0.1:3000{path}\"")
            return empty
        }
        guard value.kind == .string, !context.expand(value).failed else { return empty }
        let text = context.text(value) ?? ""
        if text.isEmpty { context.report("GH2107", value.range, "\"uri\" is empty") }
        var parts: [URITemplate.Part] = []
        do throws(URITemplate.Problem) {
            parts = try URITemplate.parse(Array(text.utf8))
        } catch {
            // Offsets hold only as long as no expression has moved the text.
            let moved = context.expand(value).hasExpression
            context.report(
                "GH2405", moved ? value.range : context.range(of: error.range, in: value), error.message,
                help: error.help)
        }
        return URITemplate(text: text, parts: parts, span: context.span(value.range))
    }

    /// Puts the variables of each usable stage in, and reports what does not give a backend.
    private func resolve(_ template: URITemplate, _ stages: [StageDefinition]) -> [String: ResolvedURI] {
        var found: [String: ResolvedURI] = [:]
        if template.parts.isEmpty { return found }
        for stage in stages where stage.isUsable {
            if let missing = template.stageVariableNames.first(where: { stage.variable($0) == nil }) {
                context.report(
                    "GH2206", template.span.range, "stage \"\(stage.name)\" has no variable \"\(missing)\"",
                    help: Suggestion.nearest(to: missing, among: stage.stageVariables.map(\.name)).map {
                        "did you mean \"\($0)\"?"
                    } ?? "add it to stages.\(stage.name).stageVariables")
                continue
            }
            do throws(URITemplate.Problem) {
                let uri = try template.resolved(in: stage)
                if case .upstream(let name) = uri.base, root["upstreams"]?[name] == nil {
                    reportDangling("GH2204", Located(name, at: template.span), "upstream", among: "upstreams")
                    break
                }
                found[stage.name] = uri
            } catch {
                let place = template.stageVariableNames.isEmpty ? "" : " in stage \"\(stage.name)\""
                context.report("GH2405", template.span.range, error.message + place, help: error.help)
                // The same text is wrong in every stage.
                if template.stageVariableNames.isEmpty { break }
            }
        }
        return found
    }

    /// REST fills `{name}` by a mapping; HTTP by the route, which is checked there.
    private func checkParameters(_ template: URITemplate, _ mappings: [ParameterMapping]) {
        guard apiType == .rest else { return }
        for name in template.parameterNames {
            let isMapped = mappings.contains { $0.destination == .path(name: name) }
            if isMapped { continue }
            let word = String(decoding: name, as: UTF8.self)
            context.report(
                "GH2409", template.span.range, "nothing fills {\(word)}",
                help:
                    "add \"integration.request.path.\(word)\": \"method.request.path.\(word)\" to \"requestParameters\""
            )
        }
    }
}
