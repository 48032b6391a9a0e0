import Documents
package import Policies

/// What the answer of a Lambda authorizer is read as.
package enum AuthorizerAnswerFormat: Sendable, Hashable {
    /// REST APIs, TOKEN and REQUEST.
    case restPolicy
    /// HTTP APIs, payload format 1.0.
    case httpPolicy1
    /// HTTP APIs, payload format 2.0 without simple responses.
    case httpPolicy2
    /// HTTP APIs, payload format 2.0 with `enableSimpleResponses`.
    case httpSimple
}

/// A policy with what a Lambda authorizer says about the caller.
package struct AuthorizerPolicy: Sendable, Hashable {
    /// Nil when the function named none, which API Gateway puts up with.
    package var principalID: [UInt8]?
    package var policy: PolicyDocument
    package var context: [ContextMember]
    package var usageIdentifierKey: [UInt8]?
}

/// The answer of a Lambda authorizer. Everything that is not exactly right is `failed`, never an allow.
package enum AuthorizerAnswer: Sendable, Hashable {
    case policy(AuthorizerPolicy)
    case simple(isAuthorized: Bool, context: [ContextMember])
    /// The function failed with the message `Unauthorized`, to the letter: 401.
    case unauthorized
    /// 500 with both API types.
    case failed(FunctionProblem)

    /// `functionError` tells whether the Invoke API marked the answer with `X-Amz-Function-Error`.
    package static func parse(
        _ payload: [UInt8], functionError: Bool, format: AuthorizerAnswerFormat
    ) -> AuthorizerAnswer {
        if functionError { return failure(payload) }
        do throws(FunctionProblem) {
            let root = try FunctionAnswer.parse(payload)
            guard root.kind == .object else {
                var sentence = "an authorizer must answer an object, not \(root.kind.name)"
                if root.equals("Unauthorized") {
                    sentence += "; to refuse, raise an error with the message Unauthorized"
                }
                throw FunctionProblem(.notAnObject, sentence)
            }
            return format == .httpSimple ? try simple(root) : try policy(root, format)
        } catch {
            return .failed(error)
        }
    }

    private static let word = Array("Unauthorized".utf8)

    private static func failure(_ payload: [UInt8]) -> AuthorizerAnswer {
        var (message, problem) = FunctionAnswer.error(payload)
        guard let message else { return .failed(problem) }
        if message == word { return .unauthorized }
        if message.count < 256, String(decoding: message, as: UTF8.self).lowercased().hasPrefix("unauthorized") {
            problem.sentence += "; only a message of exactly Unauthorized becomes a 401"
        }
        return .failed(problem)
    }

    private static func simple(_ root: JSONValue) throws(FunctionProblem) -> AuthorizerAnswer {
        guard let member = root["isAuthorized"] else {
            var sentence = "isAuthorized is missing"
            if root["policyDocument"] != nil { sentence += "; a policy is read when enableSimpleResponses is off" }
            throw FunctionProblem(.isAuthorized, sentence)
        }
        guard let isAuthorized = member.bool else {
            throw FunctionProblem(
                .isAuthorized, "isAuthorized must be true or false, not \(member.kind.name)")
        }
        return .simple(isAuthorized: isAuthorized, context: try context(root["context"], .httpSimple))
    }

    private static func policy(
        _ root: JSONValue, _ format: AuthorizerAnswerFormat
    ) throws(FunctionProblem) -> AuthorizerAnswer {
        guard let value = root["policyDocument"], !value.isNull else {
            throw FunctionProblem(.policyDocumentMissing, missingPolicy(root, format))
        }
        let document: PolicyDocument
        do {
            document = try PolicyParser.parse(value)
        } catch {
            throw FunctionProblem(
                .policyDocument, "policyDocument\(place(error)): \(error.message)", detail: error.detail)
        }
        return .policy(
            AuthorizerPolicy(
                principalID: try text(root["principalId"], "principalId", .principalID), policy: document,
                context: try context(root["context"], format),
                usageIdentifierKey: try text(root["usageIdentifierKey"], "usageIdentifierKey", .usageIdentifierKey)))
    }

    /// What the function probably meant instead.
    private static func missingPolicy(_ root: JSONValue, _ format: AuthorizerAnswerFormat) -> String {
        let sentence = "policyDocument is missing"
        if root["isAuthorized"] != nil {
            return format == .restPolicy
                ? sentence + "; isAuthorized is for HTTP APIs" : sentence + "; isAuthorized needs enableSimpleResponses"
        }
        if root["statusCode"] != nil {
            return sentence + "; this is the answer of an integration, not of an authorizer"
        }
        if root["errorMessage"] != nil { return sentence + "; the function returned an error instead of raising it" }
        for member in root.members where member.name.lowercased() == "policydocument" {
            return sentence + "; names are case-sensitive"
        }
        return sentence
    }

    /// The place of a policy's error, without text of the document but its element names.
    private static func place(_ error: PolicyError) -> String {
        error.path.map { step in
            switch step {
            case .index(let index): "/\(index)"
            case .member(let name): "/" + FunctionProblem.quoted(Array(name.utf8)).dropFirst().dropLast()
            }
        }.joined()
    }

    private static func text(
        _ value: JSONValue?, _ name: String, _ code: FunctionProblem.Code
    ) throws(FunctionProblem) -> [UInt8]? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.utf8 else {
            throw FunctionProblem(code, "\(name) must be a string, not \(value.kind.name)")
        }
        return text
    }

    private static func context(
        _ value: JSONValue?, _ format: AuthorizerAnswerFormat
    ) throws(FunctionProblem) -> [ContextMember] {
        guard let value, !value.isNull else { return [] }
        guard value.kind == .object else {
            throw FunctionProblem(.context, "context must be an object, not \(value.kind.name)")
        }
        let keepsJSON = format == .httpPolicy2 || format == .httpSimple
        var members: [ContextMember] = []
        members.reserveCapacity(value.count)
        for member in value.members {
            let name = member.key.utf8 ?? []
            if format == .httpPolicy1, name.elementsEqual("claims".utf8) {
                throw FunctionProblem(.contextReserved, "context may not have a member claims; the name is reserved")
            }
            if !keepsJSON {
                // A null counts as absent.
                if member.value.isNull { continue }
                if member.value.kind == .array || member.value.kind == .object {
                    throw FunctionProblem(
                        .contextValue,
                        "context member \(FunctionProblem.quoted(name)) is \(member.value.kind.name); "
                            + "only strings, numbers and booleans are allowed")
                }
            }
            members.append(ContextMember(name: name, value: ContextValue(member.value)))
        }
        return members
    }
}
