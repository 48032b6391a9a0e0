internal import Documents

/// Mappings of answers: `responseParameters` of HTTP APIs and of integration responses, and the parameters of gateway
/// responses.
extension ParameterReader {
    // MARK: HTTP APIs

    /// The map of one status.
    func readAnswerHTTP(_ map: JSONValue) -> [ParameterMapping] {
        guard map.kind == .object else { return [] }
        return map.members.compactMap { member in
            guard member.value.kind == .string, !context.expand(member.value).failed else { return nil }
            return readAnswerHTTP(member)
        }
    }

    private func readAnswerHTTP(_ member: JSONMember) -> ParameterMapping? {
        guard let (operation, target) = Self.split(member.name),
            let destination = answerDestination(target, operation)
        else {
            fail(
                member.key, "\"\(member.name)\" is no destination in an answer",
                "write append:, overwrite: or remove: with header.NAME, or overwrite:statuscode")
            return nil
        }
        guard let source = sourcesHTTP(of: member, operation, to: destination) else { return nil }
        if destination == .statusCode, source.count == 1, case .literal(let digits) = source[0],
            AnswerStatus(digits) == nil
        {
            fail(member.value, "\"\(context.text(member.value) ?? "")\" is no status", "write 200 to 599")
        }
        return ParameterMapping(
            operation: operation, destination: destination, source: source, span: context.span(member.key.range))
    }

    private func answerDestination(
        _ target: Substring, _ operation: ParameterMapping.Operation
    ) -> ParameterMapping.Destination? {
        if let header = name(target.utf8, after: "header.") { return .header(name: header) }
        return target == "statuscode" && operation == .overwrite ? .statusCode : nil
    }

    /// What stands behind the `$` of a value.
    func answerVariable(_ word: String, _ member: JSONMember) -> ParameterSource? {
        let bytes = word[...].utf8
        if let name = name(bytes, after: "response.header.") { return .responseHeader(name: name) }
        if word == "response.body" { return .responseBody(path: nil) }
        if word.hasPrefix("response.body.") {
            return bodyPath(word.dropFirst(14), member).map { .responseBody(path: $0) }
        }
        return sharedSource(
            word, member, problem: "\"$\(word)\" is no source in an answer",
            help: "write $response.header.NAME, $response.body.NAME, $context.NAME or $stageVariables.NAME")
    }

    // MARK: REST APIs

    /// `responseParameters` of an integration response.
    func readAnswerREST(_ map: JSONValue?) -> [ParameterMapping] {
        guard let map, map.kind == .object else { return [] }
        return map.members.compactMap { member in
            guard member.value.kind == .string, !context.expand(member.value).failed else { return nil }
            guard let header = name(member.name[...].utf8, after: "method.response.header.") else {
                fail(
                    member.key, "\"\(member.name)\" is no destination in an answer",
                    "write method.response.header.NAME")
                return nil
            }
            guard let source = answerSourceREST(member) else { return nil }
            return ParameterMapping(
                operation: .set, destination: .header(name: header), source: [source],
                span: context.span(member.key.range))
        }
    }

    private func answerSourceREST(_ member: JSONMember) -> ParameterSource? {
        let text = context.text(member.value) ?? ""
        let bytes = text[...].utf8
        if let literal = literal(text, member) { return literal }
        if let name = name(bytes, after: "integration.response.header.") { return .responseHeader(name: name) }
        if let name = name(bytes, after: "integration.response.multivalueheader.") {
            return .responseMultiValueHeader(name: name)
        }
        if text == "integration.response.body" { return .responseBody(path: nil) }
        if text.hasPrefix("integration.response.body.") {
            return bodyPath(text.dropFirst(26), member).map { .responseBody(path: $0) }
        }
        return sharedSource(
            text, member, problem: "\"\(text)\" is no source in an answer",
            help: "write integration.response.header.NAME, integration.response.body.NAME, context.NAME, "
                + "stageVariables.NAME or 'text'")
    }

    // MARK: Gateway responses

    /// `responseParameters` of a gateway response.
    func readGatewayHeaders(_ map: JSONValue?) -> [GatewayResponseDefinition.Header] {
        guard let map, map.kind == .object else { return [] }
        return map.members.compactMap { member in
            guard member.value.kind == .string, !context.expand(member.value).failed else { return nil }
            guard let header = name(member.name[...].utf8, after: "gatewayresponse.header.") else {
                fail(
                    member.key, "\"\(member.name)\" changes nothing in an answer", "write gatewayresponse.header.NAME")
                return nil
            }
            if Self.isReservedInGatewayResponses(header) {
                context.report(
                    "GH2408", member.key.range, "\(String(decoding: header, as: UTF8.self)) cannot be mapped",
                    note: "the gateway writes it itself")
            }
            let text = context.text(member.value) ?? ""
            if let literal = literal(text, member) {
                return GatewayResponseDefinition.Header(name: header, value: .source(literal))
            }
            guard let value = gatewayValue(text) else {
                fail(
                    member.value, "\"\(text)\" is no source in a gateway response",
                    "write method.request.header.NAME, context.NAME, stageVariables.NAME or 'text'")
                return nil
            }
            return GatewayResponseDefinition.Header(name: header, value: value)
        }
    }

    /// Framing, the connection, and the names by which a request is found again.
    private static func isReservedInGatewayResponses(_ name: [UInt8]) -> Bool {
        [
            "connection", "content-length", "date", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
            "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-errortype",
        ].contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    /// What a MOCK answer must leave to the gateway: the same and the request ID of HTTP APIs, but it may name an error.
    static func isReservedInMocks(_ name: String) -> Bool {
        let name = name.lowercased()
        if name == "x-amzn-errortype" { return false }
        return name == "apigw-requestid" || isReservedInGatewayResponses(Array(name.utf8))
    }

    /// The same names stand in headers and, behind a `$`, in templates. Nil when it is none.
    func gatewayValue(_ text: String) -> GatewayResponseValue? {
        let bytes = text[...].utf8
        if let name = name(bytes, after: "method.request.header.") { return .source(.header(name: name)) }
        if let name = name(bytes, after: "method.request.querystring.") { return .source(.queryString(name: name)) }
        if let name = name(bytes, after: "method.request.path.") { return .source(.pathParameter(name: name)) }
        if let name = name(bytes, after: "stageVariables.") {
            return .source(.stageVariable(name: String(decoding: name, as: UTF8.self)))
        }
        guard text.hasPrefix("context.") else { return nil }
        let word = String(text.dropFirst(8))
        if word.hasPrefix("error."), let field = GatewayResponseValue.ErrorField(rawValue: String(word.dropFirst(6))) {
            return .error(field)
        }
        if word == "status" { return .status }
        if let variable = ContextVariable(word) { return .source(.context(variable)) }
        // Known to AWS, but only once the answer is out: it has no value here.
        let isLate = Self.lateVariables.contains { word == $0 || ($0.hasSuffix(".") && word.hasPrefix($0)) }
        return isLate ? .source(.context(.unavailable(word))) : nil
    }

    /// Variables of access logs, and of callers whom AWS itself verifies.
    private static let lateVariables = [
        "authenticate.", "authorize.", "awsEndpointRequestId2", "customDomain.basePathMatched", "dataProcessed",
        "identity.clientCert.", "identity.cognitoAmr", "integration.", "integrationErrorMessage", "integrationLatency",
        "integrationStatus", "responseLatency", "responseLength", "waf.",
    ]
}

/// A status that an answer may have.
package struct AnswerStatus: Sendable, Hashable {
    /// 200 to 599.
    package let code: UInt16

    /// Exactly three digits.
    package init?(_ digits: some Collection<UInt8>) {
        guard digits.count == 3, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + UInt16($1 - 0x30) }
        guard (200...599).contains(value) else { return nil }
        code = value
    }
}
