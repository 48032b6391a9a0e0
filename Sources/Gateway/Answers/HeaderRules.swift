import HTTP
import Routes

/// Which headers REST APIs drop, rename and refuse to map, between client and backend.
///
/// Source: API Gateway, important notes on headers, and answers recorded from the service in December 2024; where both
/// differ, the recording counts.
enum HeaderRules {
    /// Never visible to mappings of REST APIs.
    static let neverMapped: FieldIDSet = [
        .connection, .contentLength, .contentMD5, .expect, .maxForwards, .proxyAuthenticate, .server, .te,
        .transferEncoding, .trailer, .upgrade, .wwwAuthenticate,
    ]

    /// Of a client's headers, those that HTTP_PROXY of a REST API keeps, beside what belongs to the connection.
    static let droppedFromClient: FieldIDSet = [
        .contentEncoding, .contentMD5, .maxForwards, .server, .wwwAuthenticate, .via, .xAmznTraceID,
        .xAmznAPIGatewayAPIID,
    ]

    /// A mapping that sets one of these makes a REST API answer 500: framing and names are the gateway's.
    static let refusedInMappings: FieldIDSet = [
        .contentLength, .transferEncoding, .host, .xAmznTraceID, .xAmznAPIGatewayAPIID,
    ]

    /// A mapping that sets one of these does nothing.
    static let ignoredInMappings: FieldIDSet = [
        .connection, .expect, .proxyAuthenticate, .te, .via, .keepAlive, .proxyConnection, .proxyAuthorization,
        .http2Settings,
    ]

    /// Refused in mappings of AWS_PROXY although none of its mappings is carried out.
    static let refusedForFunctions: FieldIDSet = [
        .authorization, .connection, .expect, .proxyAuthenticate, .te, .contentLength, .transferEncoding,
        .xAmznTraceID, .xAmznAPIGatewayAPIID,
    ]

    /// A backend's headers that come out of HTTP_PROXY as `x-amzn-Remapped-NAME`.
    static let remappedFromProxy: FieldIDSet = [
        .connection, .contentLength, .date, .server, .xAmznRequestID, .wwwAuthenticate, .userAgent, .authorization,
        .contentMD5, .maxForwards,
    ]
    /// Dropped beside what belongs to the connection.
    static let droppedFromProxy: FieldIDSet = [.via, .expect, .host, .xAmzApigwID, .apigwRequestID]

    /// Headers that mappings of HTTP's integration responses cannot set under their own names.
    static let remappedFromMappings: FieldIDSet = [
        .authorization, .connection, .contentLength, .contentMD5, .date, .expect, .host, .maxForwards,
        .proxyAuthenticate, .server, .trailer, .upgrade, .userAgent, .wwwAuthenticate, .xAmznRequestID,
    ]
    static let droppedFromMappings: FieldIDSet = [
        .transferEncoding, .keepAlive, .proxyConnection, .proxyAuthorization, .http2Settings, .xAmzApigwID,
        .apigwRequestID, .xAmznTraceID,
    ]

    static let remappedPrefix = Array("x-amzn-Remapped-".utf8)

    /// AWS drops signatures of version 4.
    static func isSignature(_ value: ArraySlice<UInt8>) -> Bool { value.starts(with: "AWS4-HMAC-SHA256".utf8) }
}
