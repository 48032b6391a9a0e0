import Authorizers
import Documents
import HTTP
import Policies
package import Routes
import Tokens
import Upstream

/// What the client is told for each failure: the only place that knows AWS's texts.
///
/// Source: the tables R1 to R19 and H1 to H12 of captured and documented API Gateway answers. Authorizer denials say
/// `Message`, everything else `message`; answers of the execution phase have a space after the colon.
package enum FailureMapping {
    /// `isJWT` says that the route's authorizer is AWS's own for JWTs, which calls unreachable keys an invalid token.
    package static func response(
        to failure: GatewayFailure, apiType: ApiType, isJWT: Bool = false
    ) -> GatewayResponse {
        switch apiType {
        case .rest: rest(failure)
        case .http: http(failure, isJWT)
        }
    }

    private static func rest(_ failure: GatewayFailure) -> GatewayResponse {
        switch failure {
        case .refused(let refusal): RESTResponse.refusal(refusal.status)
        case .unknownStage: RESTResponse.forbidden
        case .noRoute: RESTResponse.missingAuthenticationToken
        case .unauthorized(let code):
            switch code {
            case .keysUnavailable, .internal: RESTResponse.authorizerFailure
            case .insufficientScope: RESTResponse.implicitDeny
            default: RESTResponse.unauthorized
            }
        case .rejected: RESTResponse.unauthorized
        case .authorizerFailed: RESTResponse.authorizerFailure
        case .explicitDeny: RESTResponse.explicitDeny
        case .implicitDeny, .refusedByFunction: RESTResponse.implicitDeny
        case .resourcePolicy(let refusal): RESTResponse.resourcePolicy(refusal)
        case .apiKey: RESTResponse.invalidApiKey
        case .throttled: RESTResponse.throttled
        case .quotaExceeded: RESTResponse.quotaExceeded
        case .parametersMissing(let names):
            GatewayResponse(
                .badRequestParameters, 400,
                message: "Missing required request parameters: [\(names.joined(separator: ", "))]",
                errorType: "BadRequestException", isExecution: true)
        case .bodyInvalid: RESTResponse.invalidBody
        case .bodyNotJSON: RESTResponse.brokenBody
        case .mediaTypeUnsupported: RESTResponse.unsupportedMediaType
        case .mappingFailed, .noIntegrationResponse, .functionNotPermitted, .answerNotDecodable:
            RESTResponse.configurationError
        case .functionFailed: RESTResponse.badAnswer
        case .upstream(let error):
            switch error.kind {
            case .headTimeout, .idleTimeout: RESTResponse.integrationTimeout
            case .resolve, .connect, .tls: RESTResponse.unreachable
            case .reset, .badAnswer, .truncated, .unavailable, .other: RESTResponse.badAnswer
            case .overloaded, .shutdown: RESTResponse.unavailable
            }
        case .cancelled: RESTResponse.unavailable
        }
    }

    private static func http(_ failure: GatewayFailure, _ isJWT: Bool) -> GatewayResponse {
        switch failure {
        case .refused(let refusal): HTTPResponse.refusal(refusal.status)
        case .noRoute, .unknownStage: HTTPResponse.notFound
        case .unauthorized(let code):
            switch code {
            case .keysUnavailable where isJWT: HTTPResponse.unauthorized
            case .keysUnavailable, .internal: HTTPResponse.internalError
            case .insufficientScope: HTTPResponse.forbidden
            default: HTTPResponse.unauthorized
            }
        case .rejected: HTTPResponse.unauthorized
        case .authorizerFailed: HTTPResponse.internalError
        case .explicitDeny, .implicitDeny, .refusedByFunction, .resourcePolicy, .apiKey: HTTPResponse.forbidden
        case .throttled, .quotaExceeded: HTTPResponse.throttled
        case .mappingFailed, .functionFailed, .noIntegrationResponse, .functionNotPermitted, .answerNotDecodable:
            HTTPResponse.internalError
        // Validators and templates are of REST APIs.
        case .parametersMissing, .bodyInvalid, .bodyNotJSON, .mediaTypeUnsupported: HTTPResponse.refusal(400)
        case .upstream(let error):
            switch error.kind {
            case .headTimeout, .idleTimeout, .resolve, .connect, .tls, .overloaded, .shutdown: HTTPResponse.unavailable
            case .reset, .badAnswer, .truncated, .unavailable, .other: HTTPResponse.badGateway
            }
        case .cancelled: HTTPResponse.unavailable
        }
    }

    private enum RESTResponse {
        static let unauthorized = GatewayResponse(
            .unauthorized, 401, #"{"message":"Unauthorized"}"#, errorType: "UnauthorizedException")
        static let implicitDeny = GatewayResponse(
            .accessDenied, 403, #"{"Message":"User is not authorized to access this resource"}"#,
            errorType: "AccessDeniedException")
        static let explicitDeny = GatewayResponse(
            .accessDenied, 403,
            #"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#,
            errorType: "AccessDeniedException")
        // Told before any API is known, so no gateway response applies.
        static let forbidden = GatewayResponse(
            nil, 403, #"{"message":"Forbidden"}"#, errorType: "ForbiddenException")
        static let invalidApiKey = GatewayResponse(
            .invalidAPIKey, 403, #"{"message":"Forbidden"}"#, errorType: "ForbiddenException")
        static let throttled = GatewayResponse(
            .throttled, 429, #"{"message":"Too Many Requests"}"#, errorType: "TooManyRequestsException")
        static let quotaExceeded = GatewayResponse(
            .quotaExceeded, 429, #"{"message":"Limit Exceeded"}"#, errorType: "LimitExceededException")
        static let invalidBody = GatewayResponse(
            .badRequestBody, 400, #"{"message": "Invalid request body"}"#, errorType: "BadRequestException")
        static let brokenBody = GatewayResponse(
            .badRequestBody, 400, #"{"message": "Invalid JSON in request body"}"#, errorType: "BadRequestException")
        static let unsupportedMediaType = GatewayResponse(
            .unsupportedMediaType, 415, #"{"message": "Unsupported Media Type"}"#, errorType: "BadRequestException")
        static let authorizerFailure = GatewayResponse(
            .authorizerConfigurationError, 500, #"{"message":null}"#, errorType: "AuthorizerConfigurationException")
        static let missingAuthenticationToken = GatewayResponse(
            .missingAuthenticationToken, 403, #"{"message":"Missing Authentication Token"}"#,
            errorType: "MissingAuthenticationTokenException")
        static let integrationTimeout = GatewayResponse(
            .integrationTimeout, 504, #"{"message": "Endpoint request timed out"}"#,
            errorType: "InternalServerErrorException")
        static let unreachable = GatewayResponse(
            .integrationFailure, 504, #"{"message": "Network error communicating with endpoint"}"#,
            errorType: "InternalServerErrorException")
        static let badAnswer = GatewayResponse(
            .integrationFailure, 502, #"{"message": "Internal server error"}"#,
            errorType: "InternalServerErrorException")
        static let configurationError = GatewayResponse(
            .apiConfigurationError, 500, #"{"message": "Internal server error"}"#,
            errorType: "InternalServerErrorException")
        static let unavailable = GatewayResponse(
            .integrationFailure, 503, #"{"message": "Service Unavailable"}"#, errorType: "ServiceUnavailableException")

        /// The account is masked but for its last four digits, as AWS does. The path is the client's own.
        static func resourcePolicy(_ refusal: ResourceRefusal) -> GatewayResponse {
            let resource = refusal.resource
            var text = Array("User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:".utf8)
            text += resource.partition + Array(":execute-api:".utf8) + resource.region + Array(":********".utf8)
            text += resource.account.suffix(4) + [UInt8(ascii: ":")] + resource.api + [UInt8(ascii: "/")]
            text += resource.stage + [UInt8(ascii: "/")] + resource.method + [UInt8(ascii: "/")] + resource.path
            if refusal.isExplicit { text += Array(" with an explicit deny".utf8) }
            var body = Array(#"{"Message":"#.utf8)
            JSONWriter.appendQuoted(text, to: &body)
            body.append(UInt8(ascii: "}"))
            return GatewayResponse(
                .accessDenied, 403, String(decoding: body, as: UTF8.self), errorType: "AccessDeniedException")
        }

        static func refusal(_ status: UInt16) -> GatewayResponse { refusals[status] ?? refusals[400] ?? badAnswer }

        private static let refusals: [UInt16: GatewayResponse] = FailureMapping.refusals(
            tooLarge: "Request Too Long", errorTypes: true)
    }

    private enum HTTPResponse {
        // Captured 401 and 503 answers of HTTP APIs carry no Content-Type.
        static let unauthorized = GatewayResponse(
            nil, 401, #"{"message":"Unauthorized"}"#, hasContentType: false)
        static let forbidden = GatewayResponse(nil, 403, #"{"message":"Forbidden"}"#)
        static let notFound = GatewayResponse(nil, 404, #"{"message":"Not Found"}"#)
        static let throttled = GatewayResponse(nil, 429, #"{"message":"Too Many Requests"}"#)
        static let internalError = GatewayResponse(
            nil, 500, #"{"message":"Internal Server Error"}"#)
        static let badGateway = GatewayResponse(nil, 502, #"{"message":"Bad Gateway"}"#)
        static let unavailable = GatewayResponse(
            nil, 503, #"{"message":"Service Unavailable"}"#, hasContentType: false)

        static func refusal(_ status: UInt16) -> GatewayResponse { refusals[status] ?? refusals[400] ?? badGateway }

        private static let refusals: [UInt16: GatewayResponse] = FailureMapping.refusals(
            tooLarge: "Request Entity Too Large", errorTypes: false)
    }

    /// API Gateway's own front refuses such requests before any API sees them; the texts are the status's own words.
    private static func refusals(tooLarge: String, errorTypes: Bool) -> [UInt16: GatewayResponse] {
        let texts: [(UInt16, String)] = [
            (400, "Bad Request"), (405, "Method Not Allowed"), (408, "Request Timeout"), (413, tooLarge),
            (414, "Request URI too long"), (417, "Expectation Failed"), (426, "Upgrade Required"),
            (431, "Request Header Fields Too Large"), (501, "Not Implemented"), (505, "HTTP Version Not Supported"),
        ]
        var responses: [UInt16: GatewayResponse] = [:]
        for (status, text) in texts {
            responses[status] = GatewayResponse(
                status == 413 && errorTypes ? .requestTooLarge : nil, status, "{\"message\":\"\(text)\"}",
                errorType: errorTypes ? (status == 413 ? "RequestTooLargeException" : "BadRequestException") : nil)
        }
        return responses
    }
}
