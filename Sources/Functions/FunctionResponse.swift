package import HTTP

/// The answer to the client that a proxy integration's function asked for.
package struct FunctionResponse: Sendable {
    /// 200 to 599.
    package var status: Int
    /// The lines as the client gets them, in order. Framing, connection and the gateway's own identifiers are never here:
    /// the server and the gateway write those.
    package var fields: FieldLines
    /// Decoded where it was base 64; empty for statuses that carry no content.
    package var body: [UInt8]
}

/// The header lines of an answer, put together under the rules of REST and HTTP APIs.
struct ResponseLines {
    let format: ProxyAnswerFormat
    private(set) var fields = FieldLines()
    private var count = 0

    /// Nobody's browser or proxy takes more, and it bounds what one answer can make the server hold.
    static let maximumBytes = 65_536
    static let maximumCount = 500

    init(_ format: ProxyAnswerFormat) { self.format = format }

    /// Names of REST APIs that come out as `x-amzn-Remapped-NAME`.
    private static let remapped: FieldIDSet = [
        .connection, .contentLength, .date, .server, .wwwAuthenticate, .userAgent, .authorization, .contentMD5,
        .maxForwards, .xAmznRequestID,
    ]
    private static let prefix = Array("x-amzn-Remapped-".utf8)

    /// Never the function's to say: framing, the connection, and the gateway's own identifiers.
    private static let dropped: FieldIDSet = [
        .transferEncoding, .contentLength, .connection, .keepAlive, .proxyConnection, .proxyAuthenticate,
        .proxyAuthorization, .te, .trailer, .upgrade, .http2Settings, .date, .xAmznRequestID, .xAmzApigwID,
        .apigwRequestID, .xAmznTraceID,
    ]
    /// Dropped by REST APIs beside these.
    private static let droppedREST: FieldIDSet = [.expect, .host, .via]

    mutating func append(_ name: [UInt8], _ value: [UInt8]) throws(FunctionProblem) {
        count += 1
        guard count <= Self.maximumCount, fields.bytes.count + name.count + value.count <= Self.maximumBytes else {
            throw FunctionProblem(
                .headersTooLarge,
                "more than \(Self.maximumCount) header values, or more than \(Self.maximumBytes) bytes of them")
        }
        guard FieldSyntax.isName(name) else {
            throw FunctionProblem(.headerName, "\(FunctionProblem.quoted(name)) is not a header name")
        }
        guard FieldSyntax.isValue(value) else {
            throw FunctionProblem(
                .headerValue, "the value of header \(FunctionProblem.quoted(name)) holds a control character")
        }
        let id = FieldSyntax.id(of: name)
        if format == .rest {
            if Self.remapped.contains(id) {
                fields.append(name: Self.prefix + name, value: value)
                return
            }
            if Self.droppedREST.contains(id) { return }
        }
        if Self.dropped.contains(id) { return }
        fields.append(name: name, value: value)
    }
}
