import Authorizers
import Documents
import Functions
import HTTP
import Policies
import Routes
import Tokens

/// What functions are shown of a request, and what their answers mean for it.
enum FunctionEvents {
    /// The request as events show it: as AWS does, from the path before merging and decoding. Data, never an input to a
    /// decision.
    static func request(_ exchange: Exchange) -> FunctionRequest {
        let snapshot = exchange.snapshot
        let api = snapshot.document.api
        let variables = ExchangeVariables(exchange)
        let head = exchange.head
        let route = exchange.route
        var forwardedFor: [UInt8] = []
        ForwardedFor.value(
            head.fields, peer: exchange.peer[...], peerIsTrusted: exchange.isPeerTrusted, to: &forwardedFor)
        func named(_ bytes: ArraySlice<UInt8>?) -> [UInt8] { bytes.map { Array($0) } ?? [] }
        let sent = exchange.pathWithStage.map { head.fields.slice($0) } ?? head.rawPath
        let rawPath = sent.isEmpty ? [UInt8(ascii: "/")] : Array(sent)
        let decided = (route?.parameterNames ?? []).map { name in
            NamedValue(name: name, value: named(exchange.parameter(name)))
        }
        var request = FunctionRequest(apiType: api.type)
        request.accountID = Array(api.accountId.utf8)
        request.apiID = Array(api.apiId.utf8)
        request.stage = Array(snapshot.stage.name.utf8)
        request.stageVariables = snapshot.stage.stageVariables.map {
            NamedValue(name: Array($0.name.utf8), value: Array($0.value.utf8))
        }
        request.routeKey = route?.keyText ?? []
        request.resourcePath = variables.value(of: .resourcePath) ?? Array("$default".utf8)
        request.resourceID = variables.value(of: .resourceId) ?? []
        request.method = Array(head.methodBytes)
        request.rawPath = rawPath
        request.includesStage = exchange.pathWithStage != nil
        request.query = Array(head.queryBytes)
        request.fields = head.fields
        request.hidden = snapshot.reservedHeaders
        request.pathParameters =
            route?.definition.key.pattern.map {
                PathParameters.read($0, path: request.resourceRequestPath, apiType: api.type, fallback: decided)
            } ?? decided
        request.clientAddress = exchange.client
        request.forwardedFor = forwardedFor
        request.forwardedPort = Array(String(exchange.localPort).utf8)
        request.forwardedProto = Array((exchange.isSecure ? "https" : "http").utf8)
        request.host = Array(head.hostBytes)
        request.requestID = exchange.id.uuid
        request.extendedRequestID = exchange.id.extended
        request.traceID = exchange.traceID
        request.seconds = exchange.receivedAt.seconds
        request.milliseconds = Int(exchange.receivedAt.nanoseconds / 1_000_000)
        request.protocolVersion = Array((head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0").utf8)
        request.apiKey = exchange.callerKey.map { NamedValue(name: $0.id, value: $0.value) }
        request.methodARN = exchange.resource?.bytes ?? []
        return request
    }

    // MARK: Authorizers

    static func authorizerEvent(_ exchange: Exchange, _ question: FunctionQuestion) -> [UInt8] {
        let definition = question.authorizer.definition
        if definition.type == .token {
            return TokenAuthorizerEvent.json(
                token: question.identityValues.first ?? [], methodARN: question.resource.bytes)
        }
        var request = request(exchange)
        request.methodARN = question.resource.bytes
        if exchange.snapshot.apiType == .rest { return AuthorizerEvent.rest(request) }
        return definition.payloadFormat == .version1
            ? AuthorizerEvent.http1(request, identitySource: question.identityValues)
            : AuthorizerEvent.http2(request, identitySource: question.identityValues)
    }

    static func result(
        _ outcome: FunctionCall.Outcome, _ exchange: Exchange, _ question: FunctionQuestion
    ) -> AuthorizerResult {
        let definition = question.authorizer.definition
        switch outcome {
        case .timedOut:
            return .failed(
                AuthorizerFailure(reason: "authorizer_timeout", detail: "the function did not answer in time"))
        case .refused(let status):
            return .failed(
                AuthorizerFailure(
                    reason: "authorizer_unreachable", detail: "the Invoke API answered with status \(status)"))
        case .failed(let problem):
            return .failed(AuthorizerFailure(reason: "authorizer_unreachable", detail: problem))
        case .tooLarge:
            let code = FunctionProblem.Code.tooLarge.rawValue
            return .failed(AuthorizerFailure(reason: code, detail: FunctionCall.tooLargeText))
        case .answered(let payload, let isFunctionError):
            let format: AuthorizerAnswerFormat
            if exchange.snapshot.apiType == .rest {
                format = .restPolicy
            } else if definition.payloadFormat == .version1 {
                format = .httpPolicy1
            } else {
                format = definition.simpleResponses ? .httpSimple : .httpPolicy2
            }
            return result(
                AuthorizerAnswer.parse(payload, functionError: isFunctionError, format: format),
                answerBytes: payload.count)
        }
    }

    private static func result(_ answer: AuthorizerAnswer, answerBytes: Int) -> AuthorizerResult {
        switch answer {
        case .unauthorized: return .unauthorized
        case .failed(let problem):
            return .failed(AuthorizerFailure(reason: problem.code.rawValue, detail: problem.sentence))
        case .policy(let policy):
            return .identity(
                AuthorizedIdentity(
                    principalID: policy.principalID ?? [], context: context(policy.context), policy: policy.policy,
                    usageIdentifierKey: policy.usageIdentifierKey, answerBytes: answerBytes))
        case .simple(let isAuthorized, let members):
            guard let policy = AuthorizedIdentity.everything else {
                return .failed(AuthorizerFailure(reason: "internal", detail: "no policy can be made"))
            }
            let identity = AuthorizedIdentity(
                principalID: [], context: context(members), policy: policy, answerBytes: answerBytes)
            return .simple(identity, isAuthorized: isAuthorized)
        }
    }

    private static func context(_ members: [ContextMember]) -> AuthorizerContext {
        AuthorizerContext(
            members.map {
                AuthorizerContext.Member(name: String(decoding: $0.name, as: UTF8.self), value: $0.value)
            })
    }

    // MARK: Integrations

    static func proxyEvent(_ exchange: Exchange, _ plan: AWSProxyPlan, body: [UInt8]) -> [UInt8] {
        var request = request(exchange)
        let values = authorizerValues(exchange)
        if exchange.snapshot.apiType == .rest {
            return ProxyEvent.rest(request, authorizer: values, body: body, binary: exchange.snapshot.binaryMediaTypes)
        }
        FunctionRequestMapper(exchange, plan.proxy.requestParameters, body: body)?.apply(to: &request)
        return plan.proxy.payloadFormat == .version1
            ? ProxyEvent.http1(request, authorizer: values, body: body)
            : ProxyEvent.http2(request, authorizer: values, body: body)
    }

    static func proxyAnswer(
        _ payload: [UInt8], isFunctionError: Bool, _ exchange: Exchange, _ plan: AWSProxyPlan
    ) -> ProxyAnswer {
        let format: ProxyAnswerFormat
        if exchange.snapshot.apiType == .rest {
            format = .rest
        } else {
            format = plan.proxy.payloadFormat == .version1 ? .http1 : .http2
        }
        let accept = exchange.head.fields.first(.accept).map { exchange.head.fields.value(of: $0) }
        return ProxyAnswer.parse(
            payload, functionError: isFunctionError, format: format,
            acceptsBinary: exchange.snapshot.binaryMediaTypes.accepts(accept))
    }

    static func authorizerValues(_ exchange: Exchange) -> AuthorizerValues {
        guard let outcome = exchange.authorization, let identity = exchange.identity, let route = exchange.route,
            let authorizer = route.authorizer
        else { return .none }
        if authorizer.definition.type == .jwt, let token = identity.token {
            let claims = token.claims.members.map { JWTClaim(name: $0.key.utf8 ?? [], value: $0.value) }
            let scopes = token.claims.scopes
            return .jwt(claims: claims, scopes: route.definition.scopes.isEmpty || scopes.isEmpty ? nil : scopes)
        }
        let members = identity.context.members.map { ContextMember(name: Array($0.name.utf8), value: $0.value) }
        if case .function = authorizer, authorizer.definition.simpleResponses { return .lambda(context: members) }
        let latency = outcome.cache == .hit ? 0 : Int(exchange.authorizerNanoseconds / 1_000_000)
        return .policy(
            principalID: identity.principalID.isEmpty ? nil : identity.principalID, context: members,
            integrationLatency: latency)
    }
}
