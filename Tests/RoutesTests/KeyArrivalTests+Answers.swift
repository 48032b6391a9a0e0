import Documents
import Routes

/// Keys of what the gateway says by itself, of what it changes in answers, and of what it checks in requests.
extension KeyArrivalTests {
    private static let version = "\"version\": 1,"

    private static func top(
        _ key: String, _ json: String, _ expected: String, http: Bool = false,
        read: @escaping @Sendable (GatewayDocument) -> String
    ) -> Arrival {
        Arrival(key, version, "\(version) \(json),", expected, http: http, read: read)
    }

    private static func cors(
        _ key: String, _ members: String, _ expected: String, read: @escaping @Sendable (CORSDefinition) -> String
    ) -> Arrival {
        top("cors.\(key)", "\"cors\": { \"allowOrigins\": [\"https://a.example\"], \(members) }", expected, http: true)
        {
            $0.cors.map(read) ?? "none"
        }
    }

    private static func response(_ document: GatewayDocument) -> GatewayResponseDefinition? {
        document.gatewayResponses.first
    }

    private static func http(
        _ key: String, _ members: String, _ expected: String, read: @escaping @Sendable (IntegrationResponses) -> String
    ) -> Arrival {
        Arrival(
            "integrations.NAME.\(key)",
            "\"type\": \"MOCK\", \"response\": { \"statusCode\": 200, \"body\": \"ok\" }",
            "\"type\": \"HTTP\", \"uri\": \"http://127.0.0.1:3000/\", \(members)", expected
        ) { document in
            for integration in document.integrations {
                if case .httpProxy(let proxy) = integration.kind, let responses = proxy.responses {
                    return read(responses)
                }
            }
            return "none"
        }
    }

    private static func validation(
        _ key: String, _ members: String, _ expected: String, read: @escaping @Sendable (RequestValidation) -> String
    ) -> Arrival {
        Arrival(
            "routes.KEY.\(key)", "\"POST /ships\": { \"integration\": \"fleet\" },\n  }",
            "\"POST /ships\": { \"integration\": \"fleet\", \(members) } }, \"models\": { \"Ship\": { \"schema\": {} } }",
            expected
        ) { document in
            document.routes.last.map { read($0.validation) } ?? "none"
        }
    }

    static let answers: [Arrival] = [
        top("cors", "\"cors\": { \"allowOrigins\": [\"*\"] }", "* false nil", http: true) {
            guard let cors = $0.cors else { return "none" }
            return "\(cors.allowOrigins[0]) \(cors.allowCredentials) \(cors.maxAge.map { "\($0)" } ?? "nil")"
        },
        top(
            "cors.allowOrigins", "\"cors\": { \"allowOrigins\": [\"https://b.example\", \"http://*\"] }",
            "https://b.example,http://*"
        ) { $0.cors?.allowOrigins.joined(separator: ",") ?? "none" },
        cors("allowMethods", "\"allowMethods\": [\"GET\", \"*\"]", "GET,*") { $0.allowMethods.joined(separator: ",") },
        cors("allowHeaders", "\"allowHeaders\": [\"X-A\", \"*\"]", "X-A,*") { $0.allowHeaders.joined(separator: ",") },
        cors("exposeHeaders", "\"exposeHeaders\": [\"X-B\"]", "X-B") { $0.exposeHeaders.joined(separator: ",") },
        cors("allowCredentials", "\"allowCredentials\": true", "true") { "\($0.allowCredentials)" },
        cors("maxAge", "\"maxAge\": 77", "77") { "\($0.maxAge ?? 0)" },
        top(
            "gatewayResponses", "\"gatewayResponses\": { \"UNAUTHORIZED\": {}, \"DEFAULT_5XX\": {} }",
            "UNAUTHORIZED,DEFAULT_5XX"
        ) {
            $0.gatewayResponses.map(\.type.rawValue).joined(separator: ",")
        },
        top(
            "gatewayResponses.TYPE.statusCode", "\"gatewayResponses\": { \"THROTTLED\": { \"statusCode\": \"503\" } }",
            "503"
        ) { "\(response($0)?.statusCode ?? 0)" },
        top(
            "gatewayResponses.TYPE.responseParameters",
            "\"gatewayResponses\": { \"UNAUTHORIZED\": { \"responseParameters\": { "
                + "\"gatewayresponse.header.X-Why\": \"context.error.responseType\" } } }",
            "X-Why error(responseType)"
        ) {
            guard let header = response($0)?.headers.first else { return "none" }
            return "\(String(decoding: header.name, as: UTF8.self)) \(words(header.value))"
        },
        top(
            "gatewayResponses.TYPE.responseTemplates",
            "\"gatewayResponses\": { \"UNAUTHORIZED\": { \"responseTemplates\": { "
                + "\"Application/XML\": \"<a>$context.stage</a>${stageVariables.url}\" } } }",
            "application/xml <a> stage </a> url", read: template),
        top("models", "\"models\": { \"Ship\": { \"schema\": {} } }", "Ship") {
            $0.models.map(\.name).joined(separator: ",")
        },
        top(
            "models.NAME.schema", "\"models\": { \"Ship\": { \"schema\": \"{\\\"type\\\":\\\"object\\\"}\" } }",
            "{\"type\":\"object\"} false"
        ) {
            guard let model = $0.models.first else { return "none" }
            return "\(String(decoding: model.schema.text, as: UTF8.self)) \(model.isInline)"
        },
        Arrival(
            "api.binaryMediaTypes", "\"name\": \"fleet\"",
            "\"name\": \"fleet\", \"binaryMediaTypes\": [\"image/png\", \"*/*\"]", "image/png,*/*"
        ) { $0.api.binaryMediaTypes.joined(separator: ",") },
        Arrival(
            "integrations.NAME.responseParameters", "{path}\",",
            "{path}\", \"responseParameters\": { \"404\": { \"overwrite:statuscode\": \"410\", "
                + "\"append:header.x\": \"${response.header.y}-$response.body.a\" } },",
            "404 statusCode:1 header:3", http: true
        ) {
            guard let mapping = proxy($0)?.responseParameters.first else { return "none" }
            let parts = mapping.parameters.map { parameter in
                if case .statusCode = parameter.destination { return "statusCode:\(parameter.source.count)" }
                return "header:\(parameter.source.count)"
            }
            return "\(mapping.status) \(parts.joined(separator: " "))"
        },
        http("integrationResponses", "\"integrationResponses\": { \"201\": {} }", "201") {
            $0.responses.map { "\($0.status)" }.joined(separator: ",")
        },
        http(
            "integrationResponses.STATUS.selectionPattern",
            "\"integrationResponses\": { \"200\": {}, \"404\": { \"selectionPattern\": \"4..\" } }", "nil,4.."
        ) { $0.responses.map { $0.selectionPattern?.value ?? "nil" }.joined(separator: ",") },
        http(
            "integrationResponses.STATUS.responseParameters",
            "\"integrationResponses\": { \"200\": { \"responseParameters\": { "
                + "\"method.response.header.X-A\": \"integration.response.body.a[0]\" } } }", "1 true"
        ) { "\($0.responses[0].parameters.count) \($0.responses[0].parameters[0].readsResponseBody)" },
        http(
            "passthroughBehavior", "\"integrationResponses\": { \"200\": {} }, \"passthroughBehavior\": \"NEVER\"",
            "true"
        ) { "\($0.refusesBodies)" },
        validation(
            "requestParameters",
            "\"requestParameters\": { \"method.request.querystring.q\": true, \"method.request.header.h\": true, "
                + "\"method.request.querystring.z\": false }", "header h,querystring q"
        ) {
            $0.required.map { "\($0.place.rawValue) \(String(decoding: $0.name, as: UTF8.self))" }
                .joined(separator: ",")
        },
        validation("requestModels", "\"requestModels\": { \"application/json\": \"Ship\" }", "application/json Ship") {
            "\($0.models[0].contentType) \($0.models[0].name.value)"
        },
        validation("requestValidator", "\"requestValidator\": {}", "false false") {
            "\($0.validatesParameters) \($0.validatesBody)"
        },
        validation(
            "requestValidator.validateRequestParameters",
            "\"requestValidator\": { \"validateRequestParameters\": true }", "true false"
        ) { "\($0.validatesParameters) \($0.validatesBody)" },
        validation(
            "requestValidator.validateRequestBody", "\"requestValidator\": { \"validateRequestBody\": true }",
            "false true"
        ) { "\($0.validatesParameters) \($0.validatesBody)" },
    ]

    private static func words(_ value: GatewayResponseValue) -> String {
        switch value {
        case .error(let field): "error(\(field.rawValue))"
        case .source(.literal(let text)): String(decoding: text, as: UTF8.self)
        case .source(.context(let variable)): "\(variable)"
        case .source(.stageVariable(let name)): name
        case .status: "status"
        case .source: "other"
        }
    }

    private static func template(_ document: GatewayDocument) -> String {
        guard let template = response(document)?.templates.first else { return "none" }
        return ([template.contentType] + template.parts.map(words)).joined(separator: " ")
    }
}
