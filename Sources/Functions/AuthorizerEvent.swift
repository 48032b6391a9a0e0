import Documents

/// The event of a REST API's TOKEN authorizer.
package enum TokenAuthorizerEvent {
    /// Exactly three members in this order. `token` is the whole value of the identity source.
    package static func json(token: [UInt8], methodARN: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(reserving: token.count + methodARN.count + 80)
        writer.object { writer in
            writer.member("type", "TOKEN")
            writer.text("authorizationToken", token)
            writer.text("methodArn", methodARN)
        }
        return writer.bytes
    }
}

/// The events of REQUEST authorizers. None of them carries the request's body.
package enum AuthorizerEvent {
    /// REST APIs.
    package static func rest(_ request: FunctionRequest) -> [UInt8] {
        let parts = EventParts(request, .rest)
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("type", "REQUEST")
            writer.text("methodArn", request.methodARN)
            parts.writeTarget(to: &writer)
            parts.writeHeaders(to: &writer)
            parts.writeQuery(.object, to: &writer)
            parts.writeParameters(.object, to: &writer)
            RequestContext.writeREST(request, nil, to: &writer)
        }
        return writer.bytes
    }

    /// HTTP APIs, payload format 1.0. `identitySource` holds the values found, in the configuration's order.
    package static func http1(_ request: FunctionRequest, identitySource: [[UInt8]]) -> [UInt8] {
        let parts = EventParts(request, .http)
        let identity =
            identitySource.isEmpty ? nil : Array(identitySource.joined(separator: [UInt8(ascii: ",")]))
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("version", "1.0")
            writer.member("type", "REQUEST")
            writer.text("methodArn", request.methodARN)
            writer.text("identitySource", orNull: identity)
            writer.text("authorizationToken", orNull: identity)
            parts.writeTarget(to: &writer)
            parts.writeHeaders(to: &writer)
            parts.writeQuery(.object, to: &writer)
            parts.writeParameters(.object, to: &writer)
            RequestContext.writeHTTP1(request, nil, to: &writer)
        }
        return writer.bytes
    }

    /// HTTP APIs, payload format 2.0. Without identity sources their list is null.
    package static func http2(_ request: FunctionRequest, identitySource: [[UInt8]]) -> [UInt8] {
        let parts = EventParts(request, .httpCookiesApart)
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("version", "2.0")
            writer.member("type", "REQUEST")
            writer.text("routeArn", request.methodARN)
            writer.key("identitySource")
            if identitySource.isEmpty {
                writer.null()
            } else {
                writer.array { writer in for value in identitySource { writer.string(value) } }
            }
            parts.writeRoute(to: &writer)
            RequestContext.writeHTTP2(request, nil, to: &writer)
            parts.writePathParameters(to: &writer)
            parts.writeStageVariables(to: &writer)
        }
        return writer.bytes
    }
}
