package import Documents

/// One member of an integration's `requestParameters`: where a value goes and what it is made of.
package struct ParameterMapping: Sendable {
    package enum Operation: Sendable, Hashable {
        /// REST: takes the place of what the client sent; without a value nothing is sent.
        case set
        /// HTTP: added to what the client sent.
        case append
        /// HTTP: takes the place of what the client sent.
        case overwrite
        /// HTTP: takes away what the client sent.
        case remove
    }

    package enum Destination: Sendable, Hashable {
        /// The name as written; header names ignore case.
        case header(name: [UInt8])
        case queryString(name: [UInt8])
        /// REST: fills `{name}` of the uri.
        case path(name: [UInt8])
        /// HTTP `overwrite:path`.
        case wholePath
        /// HTTP, in answers: `overwrite:statuscode`.
        case statusCode
    }

    package var operation: Operation
    package var destination: Destination
    /// What the value is made of, in order; REST has exactly one part, `remove` none.
    package var source: [ParameterSource]
    package var span: SourceSpan
}

extension ParameterMapping {
    /// Whether the request's body must be there before the value can be known.
    package var readsRequestBody: Bool { source.contains { if case .body = $0 { true } else { false } } }

    /// Whether the backend's body must be there before the value can be known.
    package var readsResponseBody: Bool { source.contains { if case .responseBody = $0 { true } else { false } } }
}

/// One part of a mapped value.
package enum ParameterSource: Sendable, Hashable {
    case literal([UInt8])
    /// As written: REST compares header names case-sensitively, HTTP does not.
    case header(name: [UInt8])
    case multiValueHeader(name: [UInt8])
    case queryString(name: [UInt8])
    case multiValueQueryString(name: [UInt8])
    case pathParameter(name: [UInt8])
    /// HTTP `$request.path`.
    case wholePath
    /// The whole body, or a place in it.
    case body(path: BodyPath?)
    /// Of the backend's answer; names ignore case on HTTP APIs only.
    case responseHeader(name: [UInt8])
    case responseMultiValueHeader(name: [UInt8])
    case responseBody(path: BodyPath?)
    case context(ContextVariable)
    case stageVariable(name: String)

    /// API Gateway's characters of parameter names.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "-"): true
        default: false
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
