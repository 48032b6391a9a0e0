package import Routes

/// The name of a function, as configurations and the Invoke API spell it.
package struct FunctionName: Sendable, Hashable {
    package var name: String
    /// A version or an alias.
    package var qualifier: String?
    /// The whole ARN, where one was given.
    package var arn: String?

    /// A name, `NAME:QUALIFIER`, `ACCOUNT:function:NAME[:QUALIFIER]` or an ARN; nil for everything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let tail: ArraySlice<Substring>
        let all = parts.map { Substring($0) }
        if all.first == "arn" {
            // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
            guard all.count == 7 || all.count == 8, all[1].hasPrefix("aws"), all[2] == "lambda", all[5] == "function",
                !all[3].isEmpty, Self.isAccount(all[4])
            else { return nil }
            arn = String(text)
            tail = all[6...]
        } else if all.count >= 3, all[1] == "function", Self.isAccount(all[0]) {
            guard all.count <= 4 else { return nil }
            tail = all[2...]
        } else {
            guard all.count <= 2 else { return nil }
            tail = all[...]
        }
        guard let first = tail.first, first.utf8.count <= 140, Self.isWord(first, or: "-_") else { return nil }
        name = String(first)
        if tail.count == 2 {
            guard let last = tail.last, last.utf8.count <= 128, Self.isWord(last, or: "-_$") else { return nil }
            qualifier = String(last)
        }
    }

    private static func isAccount(_ text: Substring) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func isWord(_ text: Substring, or others: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: others.utf8.contains(byte)
                }
            }
    }
}

/// Where an `authorizerUri` or the `uri` of an AWS_PROXY integration leads. Stage variables must be filled in before.
package enum FunctionURL: Sendable, Hashable {
    /// A server that speaks the Lambda Invoke API: POST to the origin and target.
    case invoke(FunctionName, RemoteURL)
    /// A function that the gateway finds by its name.
    case function(FunctionName)

    package enum Problem: Error, Sendable, Hashable {
        /// None of the forms.
        case unknownForm
        /// A URL whose path is not `/2015-03-31/functions/NAME/invocations`.
        case path
        /// The function's name or ARN is not one.
        case name
        case notURL
        /// Plain http to another machine: whoever is on the way could answer for the authorizer.
        case notSecure

        package var message: String {
            switch self {
            case .unknownForm:
                "expected a URL, \"function:NAME\", a Lambda ARN, or \"arn:aws:apigateway:REGION:lambda:path/…\""
            case .path: "the path must end in /2015-03-31/functions/NAME/invocations"
            case .name: "not the name or ARN of a function"
            case .notURL: "not a URL"
            case .notSecure: "plain http is for this machine only; use https"
            }
        }
    }

    /// Reads every form:
    /// - `https://HOST/2015-03-31/functions/NAME/invocations`, also `http` to this machine, also below a path prefix;
    /// - `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`;
    /// - `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`;
    /// - `function:NAME[:QUALIFIER]`.
    package static func parse(_ text: String) throws(Problem) -> FunctionURL {
        if text.hasPrefix("http://") || text.hasPrefix("https://") { return try url(text) }
        if text.hasPrefix("function:") {
            guard let name = FunctionName(text.dropFirst("function:".count)), name.arn == nil else { throw .name }
            return .function(name)
        }
        guard text.hasPrefix("arn:") else { throw .unknownForm }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { throw .unknownForm }
        if parts[2] == "lambda" {
            guard let name = FunctionName(text) else { throw .name }
            return .function(name)
        }
        guard parts[1].hasPrefix("aws"), parts[2] == "apigateway", !parts[3].isEmpty, parts[4] == "lambda",
            parts[5].hasPrefix("path/")
        else { throw .unknownForm }
        return .function(try name(in: "/" + parts[5].dropFirst("path/".count), isWhole: true))
    }

    private static func url(_ text: String) throws(Problem) -> FunctionURL {
        let remote: RemoteURL
        do {
            remote = try RemoteURL(text)
        } catch {
            switch error {
            case .notURL: throw .notURL
            case .notSecure: throw .notSecure
            }
        }
        return .invoke(try name(in: String(decoding: remote.target, as: UTF8.self), isWhole: false), remote)
    }

    private static func name(in path: String, isWhole: Bool) throws(Problem) -> FunctionName {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let count = parts.count
        guard count >= 5, parts[count - 4] == "2015-03-31", parts[count - 3] == "functions",
            parts[count - 1] == "invocations", !isWhole || count == 5
        else { throw .path }
        guard let name = FunctionName(colons(parts[count - 2])) else { throw .name }
        return name
    }

    /// SDKs encode the colons of an ARN in the path.
    private static func colons(_ text: Substring) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            if rest.starts(with: "%3A".utf8) || rest.starts(with: "%3a".utf8) {
                out.append(UInt8(ascii: ":"))
                rest.removeFirst(3)
            } else {
                out.append(first)
                rest.removeFirst()
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
