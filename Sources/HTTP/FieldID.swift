/// The field names that the gateway knows, classified once when a head is parsed, whatever their case.
///
/// Everything else is `.other` and is compared by bytes.
package enum FieldID: UInt8, Sendable, Hashable, CaseIterable {
    case other
    // Framing, routing and connection.
    case host, connection, contentLength, transferEncoding, expect, te, trailer, upgrade, keepAlive
    case proxyConnection, proxyAuthenticate, proxyAuthorization, http2Settings
    // Credentials and content.
    case authorization, cookie, setCookie, contentType, contentEncoding, contentLanguage, contentLocation
    case contentRange, contentMD5, contentDisposition
    case accept, acceptCharset, acceptEncoding, acceptLanguage, acceptRanges, userAgent, origin, referer
    case range, age, pragma, cacheControl, expires, eTag, lastModified, vary, location, allow, retryAfter
    case ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange
    case warn, warning, maxForwards, wwwAuthenticate, date, server, via
    // Who sent it.
    case forwarded, xForwardedFor, xForwardedProto, xForwardedHost, xForwardedPort, xForwarded, xRealIP
    // AWS.
    case xAmznTraceID, xAmznRequestID, xAmzApigwID, xAmznAPIGatewayAPIID, apigwRequestID, xAPIKey
    case xAmzDate, xAmzSecurityToken
    // Tracing, WebSocket, CORS.
    case xRequestID, traceParent, traceState
    case secWebSocketKey, secWebSocketVersion, secWebSocketProtocol, secWebSocketExtensions, secWebSocketAccept
    case accessControlRequestMethod, accessControlRequestHeaders, accessControlAllowOrigin
    case accessControlAllowMethods, accessControlAllowHeaders, accessControlAllowCredentials
    case accessControlExposeHeaders, accessControlMaxAge
    case strictTransportSecurity

    /// Said here, because the operator that the compiler makes is reached by other modules through a witness table only.
    package static func == (first: FieldID, second: FieldID) -> Bool { first.rawValue == second.rawValue }

    /// The name in the lower-case spelling; empty for `.other`.
    package var lowercasedName: [UInt8] { [UInt8](text.utf8) }

    private var text: String {
        switch self {
        case .other: ""
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .expect: "expect"
        case .te: "te"
        case .trailer: "trailer"
        case .upgrade: "upgrade"
        case .keepAlive: "keep-alive"
        case .proxyConnection: "proxy-connection"
        case .proxyAuthenticate: "proxy-authenticate"
        case .proxyAuthorization: "proxy-authorization"
        case .http2Settings: "http2-settings"
        case .authorization: "authorization"
        case .cookie: "cookie"
        case .setCookie: "set-cookie"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .contentLanguage: "content-language"
        case .contentLocation: "content-location"
        case .contentRange: "content-range"
        case .contentMD5: "content-md5"
        case .contentDisposition: "content-disposition"
        case .accept: "accept"
        case .acceptCharset: "accept-charset"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .acceptRanges: "accept-ranges"
        case .userAgent: "user-agent"
        case .origin: "origin"
        case .referer: "referer"
        case .range: "range"
        case .age: "age"
        case .pragma: "pragma"
        case .cacheControl: "cache-control"
        case .expires: "expires"
        case .eTag: "etag"
        case .lastModified: "last-modified"
        case .vary: "vary"
        case .location: "location"
        case .allow: "allow"
        case .retryAfter: "retry-after"
        case .ifMatch: "if-match"
        case .ifNoneMatch: "if-none-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .ifRange: "if-range"
        case .warn: "warn"
        case .warning: "warning"
        case .maxForwards: "max-forwards"
        case .wwwAuthenticate: "www-authenticate"
        case .date: "date"
        case .server: "server"
        case .via: "via"
        case .forwarded: "forwarded"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedProto: "x-forwarded-proto"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedPort: "x-forwarded-port"
        case .xForwarded: "x-forwarded"
        case .xRealIP: "x-real-ip"
        case .xAmznTraceID: "x-amzn-trace-id"
        case .xAmznRequestID: "x-amzn-requestid"
        case .xAmzApigwID: "x-amz-apigw-id"
        case .xAmznAPIGatewayAPIID: "x-amzn-apigateway-api-id"
        case .apigwRequestID: "apigw-requestid"
        case .xAPIKey: "x-api-key"
        case .xAmzDate: "x-amz-date"
        case .xAmzSecurityToken: "x-amz-security-token"
        case .xRequestID: "x-request-id"
        case .traceParent: "traceparent"
        case .traceState: "tracestate"
        case .secWebSocketKey: "sec-websocket-key"
        case .secWebSocketVersion: "sec-websocket-version"
        case .secWebSocketProtocol: "sec-websocket-protocol"
        case .secWebSocketExtensions: "sec-websocket-extensions"
        case .secWebSocketAccept: "sec-websocket-accept"
        case .accessControlRequestMethod: "access-control-request-method"
        case .accessControlRequestHeaders: "access-control-request-headers"
        case .accessControlAllowOrigin: "access-control-allow-origin"
        case .accessControlAllowMethods: "access-control-allow-methods"
        case .accessControlAllowHeaders: "access-control-allow-headers"
        case .accessControlAllowCredentials: "access-control-allow-credentials"
        case .accessControlExposeHeaders: "access-control-expose-headers"
        case .accessControlMaxAge: "access-control-max-age"
        case .strictTransportSecurity: "strict-transport-security"
        }
    }
}

/// A set of field identifiers in two machine words; `.other` may be a member as any other.
package struct FieldIDSet: Sendable, Hashable, ExpressibleByArrayLiteral {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    package init() {}

    package init(arrayLiteral elements: FieldID...) {
        for element in elements { insert(element) }
    }

    /// Adds `id`.
    @inline(__always)
    package mutating func insert(_ id: FieldID) {
        let bit = id.rawValue
        if bit < 64 { low |= 1 << UInt64(bit) } else { high |= 1 << UInt64(bit - 64) }
    }

    /// Whether `id` is a member.
    @inline(__always)
    package func contains(_ id: FieldID) -> Bool {
        let bit = id.rawValue
        return (bit < 64 ? low >> UInt64(bit) : high >> UInt64(bit - 64)) & 1 == 1
    }
}
