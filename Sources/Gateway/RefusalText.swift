import HTTP

/// Refusals of the HTTP grammar in words for the owner.
enum RefusalText {
    /// `path_above_root: ".." climbs above the root`
    static func sentence(_ code: RefusalCode) -> String {
        guard let words = words(code) else { return "\(code.rawValue): the request is not well-formed HTTP/1.1" }
        return "\(code.rawValue): \(words)"
    }

    static func remedy(_ code: RefusalCode) -> String {
        code.concernsPathOnly
            ? "send the path in its one normal form: no \"..\", no encoded slashes, %XX only where needed"
            : "send a request that follows RFC 9112"
    }

    private static func words(_ code: RefusalCode) -> String? {
        switch code {
        case .pathInvalid: "the path holds characters that a path cannot hold"
        case .pathEncodingInvalid: "a % in the path is not followed by two hexadecimal digits"
        case .pathEncodedSlash: "the path holds an encoded slash, which backends read in two ways"
        case .pathEncodedControl: "the path holds an encoded control character"
        case .pathDoubleEncoding: "the path is encoded twice, so that a backend could read another one"
        case .pathNotUTF8: "the decoded path is not UTF-8"
        case .pathAboveRoot: "\"..\" climbs above the root"
        case .pathDotSegment: "a segment turns into a dot segment for some readers"
        case .pathAmbiguous: "another reader could take the path for a route that is guarded in another way"
        case .targetInvalid: "the request target holds characters that it cannot hold"
        case .targetTooLong: "the request target is longer than the limit, or its method ARN than 1600 bytes"
        case .requestLineInvalid: "the request line is not METHOD TARGET HTTP/1.1"
        case .methodInvalid: "the method is not a token"
        case .fieldNameInvalid, .fieldNameRefused: "a header's name holds characters that names cannot hold"
        case .fieldValueInvalid: "a header's value holds characters that values cannot hold"
        case .headTooLarge: "the head is larger than server.limits.headerBytes"
        case .fieldCount: "there are more headers than server.limits.headerCount"
        case .hostMissing: "there is no Host header"
        case .hostRepeated: "there is more than one Host header"
        case .hostInvalid: "the Host header is not a host"
        default: nil
        }
    }
}
