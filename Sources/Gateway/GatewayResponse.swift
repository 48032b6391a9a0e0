import HTTP

/// One answer that the gateway makes by itself, to the byte.
package struct GatewayResponse: Sendable, Hashable {
    /// AWS's names of the kinds of answer, for REST gateway responses and for logs.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case accessDenied = "ACCESS_DENIED"
        case apiConfigurationError = "API_CONFIGURATION_ERROR"
        case authorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR"
        case badRequest = "BAD_REQUEST"
        case integrationFailure = "INTEGRATION_FAILURE"
        case integrationTimeout = "INTEGRATION_TIMEOUT"
        case invalidApiKey = "INVALID_API_KEY"
        case missingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN"
        case quotaExceeded = "QUOTA_EXCEEDED"
        case requestTooLarge = "REQUEST_TOO_LARGE"
        case throttled = "THROTTLED"
        case unauthorized = "UNAUTHORIZED"
    }

    package let kind: Kind
    package let status: UInt16
    package let body: [UInt8]
    /// Complete field lines without framing, date, connection and request id.
    package let fields: [UInt8]

    /// `errorType` is the value of `x-amzn-ErrorType`, which REST APIs send.
    init(_ kind: Kind, _ status: UInt16, _ body: String, errorType: String? = nil, hasContentType: Bool = true) {
        self.kind = kind
        self.status = status
        self.body = Array(body.utf8)
        var lines = hasContentType ? "Content-Type: application/json\r\n" : ""
        if let errorType { lines += "x-amzn-ErrorType: \(errorType)\r\n" }
        fields = Array(lines.utf8)
    }
}
