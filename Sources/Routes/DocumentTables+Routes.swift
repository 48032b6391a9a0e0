extension DocumentTables {
    package static let integration = DocumentSection(
        "integrations.NAME", "an integration",
        [
            DocumentKey(
                "type",
                .choice([
                    "HTTP_PROXY", "MOCK", "AWS_PROXY", DocumentChoice("HTTP", api: .rest),
                ]), "AWS's kind of integration", required: true),
            DocumentKey(
                "uri", .string, "The backend's URL, or upstream:NAME/path",
                onlyFor: ["HTTP_PROXY", "HTTP", "AWS_PROXY"]
            ),
            DocumentKey(
                "httpMethod", .string, "Verb towards the backend; the client's when absent", api: .rest,
                onlyFor: ["HTTP_PROXY", "HTTP", "AWS_PROXY"]),
            DocumentKey(
                "integrationMethod", .string, "Verb towards the backend; the client's when absent", api: .http,
                onlyFor: ["HTTP_PROXY", "AWS_PROXY"]),
            DocumentKey(
                "requestParameters", stringMap, "Headers, query and path that are set or taken away",
                onlyFor: ["HTTP_PROXY", "HTTP", "AWS_PROXY"]),
            DocumentKey(
                "responseParameters", .map(of: stringMap, names: .anything), "Changes of the answer by status",
                api: .http, onlyFor: ["HTTP_PROXY", "AWS_PROXY"]),
            DocumentKey(
                "integrationResponses", .map(of: .section(integrationResponse), names: .anything),
                "What the client gets, by the status of the answer", api: .rest, onlyFor: ["HTTP"]),
            DocumentKey(
                "passthroughBehavior", .choice(["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]),
                "NEVER answers 415, as there are no templates", default: "\"WHEN_NO_MATCH\"", api: .rest,
                onlyFor: ["HTTP"]),
            DocumentKey(
                "timeoutInMillis", .integer(50...86_400_000), "Until the head of the answer",
                onlyFor: ["HTTP_PROXY", "HTTP", "AWS_PROXY"]),
            DocumentKey(
                "forwardAuthorization", .boolean, "Pass the client's Authorization header on", default: "true",
                onlyFor: ["HTTP_PROXY"]),
            DocumentKey(
                "lane", lane,
                "fast: the gateway's own HTTP/1.1; classic: libcurl's; the upstream's, or fast, when absent",
                onlyFor: ["HTTP_PROXY", "HTTP"]),
            DocumentKey(
                "payloadFormatVersion", .choice(["1.0", "2.0"]), "Form of the function's event",
                onlyFor: ["AWS_PROXY"]),
            DocumentKey("response", .section(mockResponse), "What is answered", onlyFor: ["MOCK"]),
        ])

    package static let integrationResponse = DocumentSection(
        "integrations.NAME.integrationResponses.STATUS", "an integration response",
        [
            DocumentKey(
                "selectionPattern", .string, "Regular expression for the whole status of the backend; the rest without"
            ),
            DocumentKey("responseParameters", stringMap, "Headers by method.response.header.NAME"),
        ])

    package static let mockResponse = DocumentSection(
        "integrations.NAME.response", "\"response\"",
        [
            DocumentKey("statusCode", .integer(200...599), "Status of the answer", default: "200"),
            DocumentKey("headers", stringMap, "Headers of the answer"),
            DocumentKey("body", .string, "Body of the answer", default: "\"\""),
        ])

    package static let route = DocumentSection(
        "routes.KEY", "a route",
        [
            DocumentKey(
                "authorizationType",
                .choice([
                    "NONE", "CUSTOM", DocumentChoice("JWT", api: .http),
                    DocumentChoice("AWS_IAM", status: .planned),
                    DocumentChoice("COGNITO_USER_POOLS", status: .planned, api: .rest),
                ]), "NONE makes the route public"),
            DocumentKey("authorizer", .string, "Who decides; the API's defaultAuthorizer when absent"),
            DocumentKey(
                "authorizationScopes", .list(of: .string), "One of these scopes is demanded"),
            DocumentKey(
                "integration", .either([.string, .section(integration)]), "What is behind it: a name, or the object",
                required: true),
            DocumentKey(
                "throttlingRateLimit", .number(rates), "Requests a second; the stage's when absent"),
            DocumentKey(
                "throttlingBurstLimit", .integer(count),
                "Requests at once; absent: the rate, rounded up, or the stage's with the stage's rate"),
            DocumentKey("apiKeyRequired", .boolean, "Callers must have an API key", default: "false", api: .rest),
            DocumentKey(
                "requestParameters", .map(of: .boolean, names: .anything), "Parameters, true when demanded",
                api: .rest),
            DocumentKey(
                "requestModels", stringMap, "Models of the body by content type, or $default", api: .rest),
            DocumentKey(
                "requestValidator", .section(requestValidator), "What is checked before the backend is asked",
                api: .rest),
            DocumentKey(
                "webSocket", .boolean, "Let the backend take the connection over as a WebSocket", default: "false"),
        ])

    package static let requestValidator = DocumentSection(
        "routes.KEY.requestValidator", "\"requestValidator\"",
        [
            DocumentKey("validateRequestParameters", .boolean, "Check the demanded parameters", default: "false"),
            DocumentKey("validateRequestBody", .boolean, "Check the body", default: "false"),
        ])

    /// Every section, the root first; a section stands once even when several keys lead to it.
    package static let sections: [DocumentSection] = {
        var found: [DocumentSection] = []
        func visit(_ type: DocumentType) {
            switch type {
            case .section(let section): add(section)
            case .list(let element, _): visit(element)
            case .map(let value, _): visit(value)
            case .either(let types): types.forEach(visit)
            default: break
            }
        }
        func add(_ section: DocumentSection) {
            if found.contains(where: { $0.path == section.path }) { return }
            found.append(section)
            section.keys.forEach { visit($0.type) }
        }
        add(root)
        return found
    }()
}
