import Authorizers
import Documents
package import HTTP
import Limits
package import Routes
package import Upstream

/// One route, ready to serve: its authorizer and its integration looked up and prepared.
///
/// A class, so that a request which looks at its route copies one reference and not all of this.
package final class CompiledRoute: Sendable {
    package let definition: RouteDefinition
    /// Nil for a route that says `"authorizationType": "NONE"`.
    package let authorizer: RouteAuthorizer?
    package let integration: CompiledIntegration
    /// That of an HTTP_PROXY integration, where nearly every request goes.
    let plan: HTTPProxyPlan?
    let validator: RequestValidator
    /// Whether the validator asks for any.
    let demandsParameters: Bool
    /// Names of the path parameters in the pattern's order.
    package let parameterNames: [[UInt8]]
    package let keyText: [UInt8]
    /// Its own rate, or its stage's; nil when it has none.
    let throttle: SharedBucket?
    /// The authorizer is AWS's own for JWTs.
    let isJWT: Bool
    /// Whether the whole body must be there before the integration can be asked.
    let readsBody: Bool
    /// `,"route":"…"` and `,"authorizer":"…"` of log lines; the second is empty where nobody is asked.
    let logText: (route: [UInt8], authorizer: [UInt8], count: Int)

    init(
        definition: RouteDefinition, authorizer: RouteAuthorizer?, integration: CompiledIntegration,
        validator: RequestValidator, throttle: SharedBucket?
    ) {
        self.validator = validator
        demandsParameters = !validator.required.isEmpty
        self.throttle = throttle
        self.definition = definition
        self.authorizer = authorizer
        self.integration = integration
        parameterNames = definition.key.parameterNames.map { Array($0.utf8) }
        keyText = Array(definition.key.text.utf8)
        isJWT = authorizer?.definition.type == .jwt
        var readsBody = validator.checksBody
        if case .httpProxy(let plan) = integration { self.plan = plan } else { plan = nil }
        if plan?.readsRequestBody == true { readsBody = true }
        self.readsBody = readsBody
        let routeText = LogText.member("route", keyText)
        let authorizerText = authorizer.map { LogText.member("authorizer", Array($0.definition.name.utf8)) } ?? []
        logText = (routeText, authorizerText, routeText.count + authorizerText.count)
    }
}

/// Members of log lines that are the same for every request, written once.
enum LogText {
    /// `,"name":"value"` with the value escaped.
    static func member(_ name: String, _ value: [UInt8]) -> [UInt8] {
        var out = Array(",\"\(name)\":".utf8)
        JSONWriter.appendQuoted(value, to: &out)
        return out
    }
}

/// What happens with an admitted request.
package enum CompiledIntegration: Sendable {
    case httpProxy(HTTPProxyPlan)
    case mock(MockResponse, fields: [UInt8])
    case awsProxy(AWSProxyPlan)
}

/// An AWS_PROXY integration.
package struct AWSProxyPlan: Sendable {
    package let proxy: AWSProxyDefinition
    package let address: FunctionAddress
    /// For the function's whole answer.
    package let timeoutInMillis: Int
}

/// An HTTP_PROXY integration of one stage.
package final class HTTPProxyPlan: Sendable {
    package let definition: IntegrationDefinition
    package let proxy: HTTPProxyDefinition
    package let address: BackendAddress
    package let path: [URITemplate.Part]
    /// Header names that the mappings of this integration set or remove; the client's own are dropped.
    package let mappedHeaders: ReservedFields
    package let mapsQuery: Bool
    /// The request goes on with its own path, query and fields.
    let mapsNoRequest: Bool
    package let headInMillis: Int
    package let idleInMillis: Int
    /// `Host: …` with its line end.
    package let hostLine: [UInt8]
    /// Of type HTTP; nil for HTTP_PROXY.
    let responses: [CompiledIntegrationResponse]?
    /// A mapping looks into the client's body.
    let readsRequestBody: Bool
    /// A mapping looks into the backend's body.
    let readsResponseBody: Bool

    init(
        definition: IntegrationDefinition, proxy: HTTPProxyDefinition, address: BackendAddress,
        path: [URITemplate.Part], headInMillis: Int, idleInMillis: Int,
        responses: [CompiledIntegrationResponse]? = nil
    ) {
        self.definition = definition
        self.proxy = proxy
        self.address = address
        self.path = path
        self.headInMillis = headInMillis
        self.idleInMillis = idleInMillis
        self.responses = responses
        readsRequestBody = proxy.requestParameters.contains { $0.readsRequestBody }
        readsResponseBody =
            proxy.responseParameters.contains { $0.parameters.contains { $0.readsResponseBody } }
            || responses?.contains { $0.definition.parameters.contains { $0.readsResponseBody } } == true
        mapsNoRequest = proxy.requestParameters.isEmpty && responses == nil
        hostLine = Array("Host: \(address.authority)\r\n".utf8)
        var headers = ReservedFields(patterns: [])
        var mapsQuery = false
        for mapping in proxy.requestParameters {
            switch mapping.destination {
            case .header(let name): if mapping.replacesClientHeader { headers.insert(name) }
            case .queryString: mapsQuery = true
            case .path, .wholePath, .statusCode: break
            }
        }
        mappedHeaders = headers
        self.mapsQuery = mapsQuery
    }
}

/// One integration response with its pattern prepared.
package struct CompiledIntegrationResponse: Sendable {
    package let definition: IntegrationResponses.Response
    let pattern: ValidationExpression?
}

extension HTTPProxyPlan {
    /// The integration response for a backend's status: the first whose pattern takes it, else the one without.
    func response(for status: UInt16) -> CompiledIntegrationResponse? {
        let digits = Array("\(status)".utf8)
        return responses?.first { $0.pattern?.matches(digits) == true } ?? responses?.first { $0.pattern == nil }
    }
}

extension ParameterMapping {
    /// Whether the client's own value of the header gives way. HTTP APIs append to it, unless the value speaks for the
    /// caller's identity: then nothing that the client sent may stand beside it.
    var replacesClientHeader: Bool {
        switch operation {
        case .set, .overwrite, .remove: true
        case .append: speaksForIdentity
        }
    }

    /// Whether the value comes from the authorizer.
    var speaksForIdentity: Bool {
        source.contains { if case .context(let variable) = $0 { variable.needsAuthorizer } else { false } }
    }
}
