package import HTTP
package import Routes

/// Everything that an event may show of one request. The gateway fills it in; nothing here is decided by.
package struct FunctionRequest: Sendable {
    package var apiType: ApiType
    package var accountID: [UInt8] = []
    package var apiID: [UInt8] = []
    package var deploymentID: [UInt8] = []
    /// The stage's name; `$default` is the stage without a place in paths.
    package var stage: [UInt8] = []
    package var stageVariables: [NamedValue] = []
    /// `GET /a/{id}` or `$default`.
    package var routeKey: [UInt8] = []
    /// The route's pattern as written, `/a/{id}` or `$default`.
    package var resourcePath: [UInt8] = []
    /// Of a REST API; HTTP APIs show the route key instead.
    package var resourceID: [UInt8] = []
    /// The method as sent.
    package var method: [UInt8] = []
    /// The path as received, without query, before any merging or decoding.
    package var rawPath: [UInt8] = []
    /// Whether the first segment of `rawPath` names the stage.
    package var includesStage = false
    /// The query as received, without its `?`.
    package var query: [UInt8] = []
    /// The request's field lines.
    package var fields = FieldLines()
    /// Names that no function sees, beside those that the gateway never hands on.
    package var hidden = ReservedFields()
    /// In the route's order, not decoded; see ``PathParameters``.
    package var pathParameters: [NamedValue] = []
    /// The client's address without port.
    package var clientAddress: [UInt8] = []
    /// The whole value of `X-Forwarded-For`.
    package var forwardedFor: [UInt8] = []
    package var forwardedPort: [UInt8] = []
    package var forwardedProto: [UInt8] = []
    /// The host as sent, with its port if it has one.
    package var host: [UInt8] = []
    /// A UUID; REST APIs show it.
    package var requestID: [UInt8] = []
    /// The short form with a final `=`, which is the request id of HTTP APIs.
    package var extendedRequestID: [UInt8] = []
    /// The whole value of `X-Amzn-Trace-Id`; see ``TraceID``.
    package var traceID: [UInt8] = []
    /// Since 1970, UTC.
    package var seconds: Int64 = 0
    /// Of the running second, 0 to 999.
    package var milliseconds = 0
    package var protocolVersion: [UInt8] = Array("HTTP/1.1".utf8)
    /// From the path that was decided by, never from `rawPath`.
    package var methodARN: [UInt8] = []
    /// Name: the key's id; value: the key. Only where a method asks for a key.
    package var apiKey: NamedValue?

    package init(apiType: ApiType) { self.apiType = apiType }
}

// MARK: What is shown

extension FunctionRequest {
    private static let slash = UInt8(ascii: "/")

    /// The path without its stage, slashes before the first segment made one: `path` of events 1.0.
    package var resourceRequestPath: [UInt8] {
        var rest = rawPath[...]
        if includesStage {
            rest = rest.drop { $0 == Self.slash }
            rest = rest.drop { $0 != Self.slash }
        }
        return [Self.slash] + rest.drop { $0 == Self.slash }
    }

    /// The path with its stage, as received: `requestContext.path`, and `rawPath` of events 2.0.
    package var contextPath: [UInt8] {
        let raw = rawPath.isEmpty ? [Self.slash] : rawPath
        if includesStage || (apiType == .http && stage.elementsEqual("$default".utf8)) { return raw }
        return [Self.slash] + stage + (raw.first == Self.slash ? [] : [Self.slash]) + raw
    }

    /// The host without its port.
    package var domainName: ArraySlice<UInt8> {
        guard let colon = host.lastIndex(of: UInt8(ascii: ":")), host.last != UInt8(ascii: "]") else {
            return host[...]
        }
        return host[..<colon]
    }

    /// The first label of the host.
    var domainPrefix: ArraySlice<UInt8> { domainName.prefix { $0 != UInt8(ascii: ".") } }

    /// The only or the last `User-Agent`; nil when the client sent none.
    var userAgent: ArraySlice<UInt8>? { fields.last(.userAgent).map(fields.value) }

    /// `09/Apr/2015:12:34:56 +0000`
    var timeText: [UInt8] {
        let time = CivilTime(secondsSince1970: seconds)
        var out: [UInt8] = []
        out.reserveCapacity(26)
        func two(_ value: Int, _ end: UInt8) {
            out.append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
            out.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
            if end != 0 { out.append(end) }
        }
        two(time.day, Self.slash)
        out += Self.months[(time.month - 1) % 12]
        out.append(Self.slash)
        two(time.year / 100, 0)
        two(time.year % 100, UInt8(ascii: ":"))
        two(time.hour, UInt8(ascii: ":"))
        two(time.minute, UInt8(ascii: ":"))
        two(time.second, 0x20)
        out += "+0000".utf8
        return out
    }

    /// Milliseconds since 1970.
    var epochMilliseconds: Int64 { seconds &* 1000 &+ Int64(milliseconds) }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map { Array($0.utf8) }
}
