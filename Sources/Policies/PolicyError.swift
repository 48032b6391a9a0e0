/// Why a policy document is malformed; written for its owner.
package struct PolicyError: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case notJSON
        case notAnObject
        case unknownMember
        case version
        case identifier
        case statementMissing
        case statementNotAnObject
        case sid
        case effect
        case actionMissing
        case actionTwice
        case actionValue
        case resourceMissing
        case resourceTwice
        case resourceValue
        case principalRefused
        case principalValue
        case conditionNotAnObject
        case conditionOperator
        case conditionBlock
        case conditionValue
        case conditionTwice
    }

    /// A step from the document down to the place of the error.
    package enum Step: Sendable, Hashable {
        case member(String)
        case index(Int)
    }

    package var code: Code
    package var path: [Step]
    /// Byte offsets in the document that was parsed; nil for documents built by the program.
    package var range: Range<Int>?
    /// The offending text. It can hold personal data, so it belongs on the owner's terminal only, never in a log.
    package var detail: String?
    package var help: String?

    package init(
        code: Code, path: [Step] = [], range: Range<Int>? = nil, detail: String? = nil, help: String? = nil
    ) {
        self.code = code
        self.path = path
        self.range = range
        self.detail = detail
        self.help = help
    }

    /// The place as a JSON pointer (RFC 6901), relative to the document: `/Statement/2/Effect`.
    package var pointer: String {
        path.map { step in
            switch step {
            case .index(let index): return "/\(index)"
            case .member(let name):
                var escaped = "/"
                for character in name.unicodeScalars {
                    switch character {
                    case "~": escaped += "~0"
                    case "/": escaped += "~1"
                    default: escaped.unicodeScalars.append(character)
                    }
                }
                return escaped
            }
        }.joined()
    }

    /// One line without any text of the document.
    package var message: String {
        switch code {
        case .notJSON: "the policy is not valid JSON"
        case .notAnObject: "a policy must be a JSON object"
        case .unknownMember: "unknown element; names are case-sensitive"
        case .version: "Version must be \"2012-10-17\" or \"2008-10-17\""
        case .identifier: "Id must be a string"
        case .statementMissing: "Statement must be an object or a list of objects"
        case .statementNotAnObject: "each statement must be an object"
        case .sid: "Sid must be a string"
        case .effect: "Effect must be exactly \"Allow\" or \"Deny\""
        case .actionMissing: "a statement needs Action or NotAction"
        case .actionTwice: "Action and NotAction exclude each other"
        case .actionValue: "an action is \"*\" or \"service:name\", given as a string or a list that is not empty"
        case .resourceMissing: "a statement needs Resource or NotResource"
        case .resourceTwice: "Resource and NotResource exclude each other"
        case .resourceValue: "a resource is \"*\" or an ARN, given as a string or a list that is not empty"
        case .principalRefused: "Principal and NotPrincipal belong into resource policies only"
        case .principalValue: "a principal is \"*\" or an object; one of Principal and NotPrincipal"
        case .conditionNotAnObject: "Condition must be an object of operators"
        case .conditionOperator: "unknown condition operator"
        case .conditionBlock: "a condition operator needs an object of keys"
        case .conditionValue: "a value that this condition operator cannot use"
        case .conditionTwice: "the same key stands twice below one operator"
        }
    }
}
