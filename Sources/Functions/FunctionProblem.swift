import Documents

/// What is wrong with a function's answer; written for the function's owner, never for a client.
package struct FunctionProblem: Error, Sendable, Hashable {
    /// The raw values are stable words for logs and metrics.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The function raised, or ended without an answer.
        case functionError = "function_error"
        case tooLarge = "answer_too_large"
        case notJSON = "answer_not_json"
        case notAnObject = "answer_not_an_object"
        case empty = "answer_empty"
        // Authorizers.
        case policyDocumentMissing = "policy_document_missing"
        case policyDocument = "policy_document_invalid"
        case principalID = "principal_id_invalid"
        case context = "context_not_an_object"
        case contextValue = "context_value_invalid"
        case contextReserved = "context_name_reserved"
        case usageIdentifierKey = "usage_identifier_key_invalid"
        case isAuthorized = "is_authorized_invalid"
        // Proxy integrations.
        case unknownMember = "answer_member_unknown"
        case statusCode = "status_code_invalid"
        case headers = "headers_invalid"
        case headerName = "header_name_invalid"
        case headerValue = "header_value_invalid"
        case headersTooLarge = "headers_too_large"
        case multiValueHeaders = "multi_value_headers_invalid"
        case cookies = "cookies_invalid"
        case body = "body_invalid"
        case isBase64Encoded = "is_base64_encoded_invalid"
        /// `isBase64Encoded` is true and the body is no base 64. REST APIs answer 500 here, not 502.
        case undecodableBody = "body_not_base64"
    }

    package var code: Code
    /// One line. Holds names of members at most, in printable ASCII and cut; never a value.
    package var sentence: String
    /// What the function said of its own error. It can hold personal data, so it belongs on the owner's terminal only,
    /// never in a log.
    package var detail: String?

    init(_ code: Code, _ sentence: String, detail: String? = nil) {
        self.code = code
        self.sentence = sentence
        self.detail = detail
    }

    /// A name out of an answer, in quotes: printable ASCII, at most 64 letters.
    static func quoted(_ name: [UInt8]) -> String {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        for byte in name.prefix(64) {
            let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"")
            out.append(isPlain ? byte : UInt8(ascii: "?"))
        }
        if name.count > 64 { out += "...".utf8 }
        out.append(UInt8(ascii: "\""))
        return String(decoding: out, as: UTF8.self)
    }
}

/// The first step with every answer of a function.
enum FunctionAnswer {
    /// What Lambda lets a function answer at once, in bytes.
    static let maximumBytes = 6_291_556

    /// The answer's outermost value.
    static func parse(_ payload: [UInt8]) throws(FunctionProblem) -> JSONValue {
        if payload.count > maximumBytes {
            throw FunctionProblem(
                .tooLarge, "the answer has \(payload.count) bytes; Lambda's limit is \(maximumBytes)")
        }
        do {
            return try JSONParser.parse(payload).root
        } catch {
            throw FunctionProblem(
                .notJSON, "the answer is not valid JSON: \(error.message), at byte \(error.range.lowerBound)")
        }
    }

    /// The error that Lambda reports for a function: `{"errorMessage": …, "errorType": …}`.
    static func error(_ payload: [UInt8]) -> (message: [UInt8]?, problem: FunctionProblem) {
        guard payload.count <= maximumBytes, let root = try? JSONParser.parse(payload).root, root.kind == .object
        else { return (nil, FunctionProblem(.functionError, "the function failed without saying why")) }
        let message = root["errorMessage"]?.utf8
        let type = root["errorType"]?.utf8
        var sentence = "the function raised an error"
        if let type, !type.isEmpty { sentence += " of type \(FunctionProblem.quoted(type))" }
        return (
            message,
            FunctionProblem(.functionError, sentence, detail: message.map { String(decoding: $0, as: UTF8.self) })
        )
    }
}
