import Documents

/// The events of AWS_PROXY integrations.
package enum ProxyEvent {
    /// REST APIs. Maps without members are null.
    package static func rest(
        _ request: FunctionRequest, authorizer: AuthorizerValues, body: [UInt8], binary: BinaryMediaTypes
    ) -> [UInt8] {
        let parts = EventParts(request, .rest)
        var writer = JSONWriter(reserving: 4096 + body.count)
        writer.object { writer in
            parts.writeTarget(to: &writer)
            parts.writeHeaders(to: &writer)
            parts.writeQuery(.null, to: &writer)
            parts.writeParameters(.null, to: &writer)
            RequestContext.writeREST(request, authorizer, to: &writer)
            parts.writeBody(EventBody.rest(body, request.fields, binary), to: &writer)
        }
        return writer.bytes
    }

    /// HTTP APIs, payload format 1.0.
    package static func http1(_ request: FunctionRequest, authorizer: AuthorizerValues, body: [UInt8]) -> [UInt8] {
        let parts = EventParts(request, .http)
        var writer = JSONWriter(reserving: 4096 + body.count)
        writer.object { writer in
            writer.member("version", "1.0")
            parts.writeTarget(to: &writer)
            parts.writeHeaders(to: &writer)
            parts.writeQuery(.null, to: &writer)
            RequestContext.writeHTTP1(request, authorizer, to: &writer)
            parts.writeParameters(.null, to: &writer)
            parts.writeBody(EventBody.http(body, request.fields), to: &writer)
        }
        return writer.bytes
    }

    /// HTTP APIs, payload format 2.0. What has no members, and an empty body, is left out.
    package static func http2(_ request: FunctionRequest, authorizer: AuthorizerValues, body: [UInt8]) -> [UInt8] {
        let parts = EventParts(request, .httpCookiesApart)
        let body = EventBody.http(body, request.fields)
        var writer = JSONWriter(reserving: 4096 + (body.bytes?.count ?? 0))
        writer.object { writer in
            writer.member("version", "2.0")
            parts.writeRoute(to: &writer)
            RequestContext.writeHTTP2(request, authorizer, to: &writer)
            if let bytes = body.bytes { writer.text("body", bytes) }
            parts.writePathParameters(to: &writer)
            writer.member("isBase64Encoded", body.isBase64Encoded)
            parts.writeStageVariables(to: &writer)
        }
        return writer.bytes
    }
}
