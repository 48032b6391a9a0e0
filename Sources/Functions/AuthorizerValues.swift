package import Documents

/// What the authorizer of a request found out, as `requestContext.authorizer` of a proxy event shows it.
package enum AuthorizerValues: Sendable {
    /// The route has no authorizer.
    case none
    /// An authorizer that answers with a policy, a function or a declared one; `integrationLatency` in milliseconds.
    case policy(principalID: [UInt8]?, context: [ContextMember], integrationLatency: Int)
    /// A function of an HTTP API with simple responses.
    case lambda(context: [ContextMember])
    /// A JWT authorizer. `scopes` are the token's, or nil when the route asks for none.
    case jwt(claims: [JWTClaim], scopes: [[UInt8]]?)
}

/// One claim of a verified token.
package struct JWTClaim: Sendable {
    package var name: [UInt8]
    package var value: JSONValue

    package init(name: [UInt8], value: JSONValue) {
        self.name = name
        self.value = value
    }

    /// The text that functions get: every claim is a string, an array is `[a b]`, an object its JSON text. Nil for a
    /// null claim, which is left out.
    package var text: [UInt8]? {
        if value.isNull { return nil }
        var out: [UInt8] = []
        Self.append(value, to: &out)
        return out
    }

    private static func append(_ value: JSONValue, to out: inout [UInt8]) {
        switch value.kind {
        case .string: out += value.utf8 ?? []
        case .array:
            out.append(UInt8(ascii: "["))
            for (index, element) in value.elements.enumerated() {
                if index > 0 { out.append(0x20) }
                append(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object: appendCompact(value, to: &out)
        case .number, .bool, .null, .invalid: out += value.text
        }
    }

    /// The value's JSON without blanks between its parts. The parser bounds the depth.
    private static func appendCompact(_ value: JSONValue, to out: inout [UInt8]) {
        switch value.kind {
        case .array:
            out.append(UInt8(ascii: "["))
            for (index, element) in value.elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                appendCompact(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object:
            out.append(UInt8(ascii: "{"))
            for (index, member) in value.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out += member.key.text
                out.append(UInt8(ascii: ":"))
                appendCompact(member.value, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        default: out += value.text
        }
    }
}

// MARK: Writing

extension AuthorizerValues {
    /// Names that the gateway itself writes beside a context; a context may not speak for them.
    private static let reserved = ["principalId", "integrationLatency"].map { Array($0.utf8) }

    var isNone: Bool { if case .none = self { true } else { false } }

    /// The flat form of REST APIs and of payload format 1.0: all text but `integrationLatency`.
    func writeFlat(showsScopes: Bool, to writer: inout JSONWriter) {
        switch self {
        case .none:
            writer.object { writer in
                writer.member("claims", nil as String?)
                if showsScopes { writer.member("scopes", nil as String?) }
            }
        case .policy(let principalID, let context, let latency):
            writer.object { writer in
                if let principalID {
                    writer.key("principalId")
                    writer.string(principalID)
                }
                writer.member("integrationLatency", latency)
                Self.writeText(context, to: &writer)
            }
        case .lambda(let context): writer.object { Self.writeText(context, to: &$0) }
        case .jwt(let claims, let scopes):
            writer.object { writer in
                Self.write(claims, to: &writer)
                if showsScopes { Self.write(scopes, to: &writer) }
            }
        }
    }

    /// The form of payload format 2.0, which keeps JSON types.
    func writeNested(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .none: break
            case .policy(_, let context, _), .lambda(let context):
                writer.key("lambda")
                guard !context.isEmpty else { return writer.null() }
                writer.object { writer in
                    for member in context {
                        writer.key(member.name)
                        member.value.write(to: &writer)
                    }
                }
            case .jwt(let claims, let scopes):
                writer.member(
                    "jwt",
                    object: { writer in
                        Self.write(claims, to: &writer)
                        Self.write(scopes, to: &writer)
                    })
            }
        }
    }

    private static func writeText(_ context: [ContextMember], to writer: inout JSONWriter) {
        for member in context where !reserved.contains(member.name) {
            writer.key(member.name)
            if case .json(let text) = member.value { writer.raw(text) } else { writer.string(member.value.text) }
        }
    }

    private static func write(_ claims: [JWTClaim], to writer: inout JSONWriter) {
        writer.member(
            "claims",
            object: { writer in
                for claim in claims {
                    guard let text = claim.text else { continue }
                    writer.key(claim.name)
                    writer.string(text)
                }
            })
    }

    private static func write(_ scopes: [[UInt8]]?, to writer: inout JSONWriter) {
        writer.key("scopes")
        guard let scopes else { return writer.null() }
        writer.array { writer in
            for scope in scopes { writer.string(scope) }
        }
    }
}
