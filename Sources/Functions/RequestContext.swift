import Documents
import HTTP

/// `requestContext` of an event, in the shapes of REST APIs, of HTTP APIs with payload format 1.0, and with 2.0.
enum RequestContext {
    /// Nil leaves `authorizer` out: events of authorizers, and of REST routes without one.
    static func writeREST(_ request: FunctionRequest, _ authorizer: AuthorizerValues?, to writer: inout JSONWriter) {
        writer.member(
            "requestContext",
            object: { writer in
                writer.text("resourceId", request.resourceID)
                if let authorizer, !authorizer.isNone {
                    writer.key("authorizer")
                    authorizer.writeFlat(showsScopes: false, to: &writer)
                }
                writer.text("resourcePath", request.resourcePath)
                writer.text("httpMethod", request.method)
                writer.text("extendedRequestId", request.extendedRequestID)
                writer.text("requestTime", request.timeText)
                writer.text("path", request.contextPath)
                writer.text("accountId", request.accountID)
                writer.text("protocol", request.protocolVersion)
                writer.text("stage", request.stage)
                writer.text("domainPrefix", request.domainPrefix)
                writer.member("requestTimeEpoch", request.epochMilliseconds)
                writer.text("requestId", request.requestID)
                writer.member("identity", object: { writeIdentityREST(request, to: &$0) })
                writer.text("domainName", request.domainName)
                writer.text("deploymentId", request.deploymentID)
                writer.text("apiId", request.apiID)
            })
    }

    private static func writeIdentityREST(_ request: FunctionRequest, to writer: inout JSONWriter) {
        for name in ["cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller"] { writer.absent(name) }
        writer.text("sourceIp", request.clientAddress)
        writer.absent("principalOrgId")
        writer.absent("accessKey")
        if let key = request.apiKey {
            writer.text("apiKey", key.value)
            writer.text("apiKeyId", key.name)
        }
        for name in ["cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn"] { writer.absent(name) }
        writer.text("userAgent", orNull: request.userAgent)
        writer.absent("user")
    }

    static func writeHTTP1(_ request: FunctionRequest, _ authorizer: AuthorizerValues?, to writer: inout JSONWriter) {
        writer.member(
            "requestContext",
            object: { writer in
                openHTTP(request, authorizer, to: &writer) { $0.writeFlat(showsScopes: true, to: &$1) }
                writer.text("extendedRequestId", request.extendedRequestID)
                writer.text("httpMethod", request.method)
                writer.member("identity", object: { writeIdentityHTTP1(request, to: &$0) })
                writer.text("path", request.contextPath)
                writer.text("protocol", request.protocolVersion)
                writer.text("requestId", request.extendedRequestID)
                writer.text("requestTime", request.timeText)
                writer.member("requestTimeEpoch", request.epochMilliseconds)
                writer.text("resourceId", request.routeKey)
                writer.text("resourcePath", request.resourcePath)
                writer.text("stage", request.stage)
            })
    }

    /// The members with which both formats of HTTP APIs begin.
    private static func openHTTP(
        _ request: FunctionRequest, _ authorizer: AuthorizerValues?, to writer: inout JSONWriter,
        _ write: (AuthorizerValues, inout JSONWriter) -> Void
    ) {
        writer.text("accountId", request.accountID)
        writer.text("apiId", request.apiID)
        if let authorizer {
            writer.key("authorizer")
            write(authorizer, &writer)
        }
        writer.text("domainName", request.domainName)
        writer.text("domainPrefix", request.domainPrefix)
    }

    private static func writeIdentityHTTP1(_ request: FunctionRequest, to writer: inout JSONWriter) {
        let absent = [
            "accessKey", "accountId", "caller", "cognitoAmr", "cognitoAuthenticationProvider",
            "cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId",
        ]
        for name in absent { writer.absent(name) }
        writer.text("sourceIp", request.clientAddress)
        writer.absent("user")
        writer.text("userAgent", request.userAgent ?? [])
        writer.absent("userArn")
    }

    static func writeHTTP2(_ request: FunctionRequest, _ authorizer: AuthorizerValues?, to writer: inout JSONWriter) {
        writer.member(
            "requestContext",
            object: { writer in
                let shown = authorizer.flatMap { $0.isNone ? nil : $0 }
                openHTTP(request, shown, to: &writer) { $0.writeNested(to: &$1) }
                writer.member(
                    "http",
                    object: { writer in
                        writer.text("method", request.method)
                        writer.text("path", request.contextPath)
                        writer.text("protocol", request.protocolVersion)
                        writer.text("sourceIp", request.clientAddress)
                        writer.text("userAgent", request.userAgent ?? [])
                    })
                writer.text("requestId", request.extendedRequestID)
                writer.text("routeKey", request.routeKey)
                writer.text("stage", request.stage)
                writer.text("time", request.timeText)
                writer.member("timeEpoch", request.epochMilliseconds)
            })
    }
}

extension JSONWriter {
    /// A member that API Gateway fills for callers with AWS credentials only.
    fileprivate mutating func absent(_ name: String) {
        key(name)
        null()
    }
}
