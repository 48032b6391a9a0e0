/// A variable of an access log's format, written `$context.NAME`: those of mappings, and those that are known only when
/// the request is over. Source: Developer Guide, variables for access logging of REST and of HTTP APIs.
package enum LogVariable: Sendable, Hashable {
    case context(ContextVariable)
    /// Of the answer that the client got.
    case status
    case responseLength
    case responseLatency
    /// Bytes of both bodies together.
    case dataProcessed
    /// `integration.latency` and `integrationLatency`
    case integrationLatency
    /// `integration.integrationStatus` and `integrationStatus`: what the backend, or Lambda itself, answered.
    case integrationStatus
    /// `integration.status`: what the function's code answered.
    case functionStatus
    /// `integration.error` and `integrationErrorMessage`
    case integrationError
    case errorMessage
    /// The same as a JSON string with its quotes.
    case errorMessageString
    case errorResponseType
    case authorizerError
    /// `authorizer.latency` and `authorizer.integrationLatency`
    case authorizerLatency
    /// `authorizer.integrationStatus`: what Lambda itself answered.
    case authorizerIntegrationStatus
    /// `authorizer.status` and `authorize.status`
    case authorizerStatus
    case traceID
    /// `gatehouse.lane`: whose HTTP the backend was asked with. Names of ours begin with `gatehouse.`, which AWS has not.
    case lane
    /// Known to AWS, without a value here: `-`.
    case absent(String)

    private static let plain: [(name: String, variable: LogVariable)] = [
        ("status", .status), ("responseLength", .responseLength), ("responseLatency", .responseLatency),
        ("dataProcessed", .dataProcessed), ("integration.latency", .integrationLatency),
        ("integrationLatency", .integrationLatency), ("integration.integrationStatus", .integrationStatus),
        ("integrationStatus", .integrationStatus), ("integration.status", .functionStatus),
        ("integration.error", .integrationError), ("integrationErrorMessage", .integrationError),
        ("error.message", .errorMessage), ("error.messageString", .errorMessageString),
        ("error.responseType", .errorResponseType), ("authorizer.error", .authorizerError),
        ("authorizer.latency", .authorizerLatency), ("authorizer.integrationLatency", .authorizerLatency),
        ("authorizer.integrationStatus", .authorizerIntegrationStatus), ("authorizer.status", .authorizerStatus),
        ("authorize.status", .authorizerStatus), ("authorize.error", .authorizerError),
        ("authorize.latency", .authorizerLatency), ("xrayTraceId", .traceID), ("gatehouse.lane", .lane),
    ]

    private static let absent = [
        "authenticate.error", "authenticate.latency", "authenticate.status", "authorizer.requestId",
        "awsEndpointRequestId2", "cipherSuite", "customDomain.basePathMatched", "endpointType",
        "error.validationErrorString", "identity.clientCert.clientCertPem", "identity.clientCert.issuerDN",
        "identity.clientCert.serialNumber", "identity.clientCert.subjectDN", "identity.clientCert.validity.notAfter",
        "identity.clientCert.validity.notBefore", "identity.vpcId", "identity.vpceId", "integration.requestId",
        "isCanaryRequest", "requestOverride.path", "responseOverride.status", "tlsVersion", "waf.error", "waf.latency",
        "waf.status", "webaclArn",
    ]

    private static let openEnded = [
        "requestOverride.header.", "requestOverride.querystring.", "responseOverride.header.",
    ]

    /// The names that mean something, for suggestions and for the reference.
    package static var names: [String] { plain.map(\.name) + ContextVariable.names }

    /// The names that AWS knows and that are always `-` here.
    package static var absentNames: [String] { absent + openEnded.map { $0 + "NAME" } }

    /// Nil for a name that AWS does not know either. Names of the log come before those of an authorizer's context.
    package init?(_ name: String) {
        if let known = Self.plain.first(where: { $0.name == name }) {
            self = known.variable
        } else if Self.absent.contains(name)
            || Self.openEnded.contains(where: { name.hasPrefix($0) && name.utf8.count > $0.utf8.count })
        {
            self = .absent(name)
        } else if let variable = ContextVariable(name) {
            self = .context(variable)
        } else {
            return nil
        }
    }

    /// Its value is chosen by nobody outside: by the gateway, its clock or its configuration.
    package var isOwn: Bool {
        switch self {
        case .status, .responseLength, .responseLatency, .dataProcessed, .integrationLatency, .integrationStatus,
            .functionStatus, .errorMessageString, .errorResponseType, .authorizerError, .authorizerLatency,
            .authorizerIntegrationStatus, .authorizerStatus, .integrationError, .lane, .absent:
            true
        case .errorMessage, .traceID: false
        case .context(let variable):
            switch variable {
            case .accountId, .apiId, .extendedRequestId, .requestId, .requestTime, .requestTimeEpoch, .resourceId,
                .resourcePath, .routeKey, .stage, .protocolVersion, .unavailable:
                true
            default: false
            }
        }
    }
}
