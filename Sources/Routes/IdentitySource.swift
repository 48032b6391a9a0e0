/// One place that identifies a caller, in either API type's spelling.
package enum IdentitySource: Sendable, Hashable {
    /// Lower case; header names ignore case.
    case header(name: [UInt8])
    case multiValueHeader(name: [UInt8])
    /// Case-sensitive.
    case queryString(name: [UInt8])
    case multiValueQueryString(name: [UInt8])
    case stageVariable(name: String)
    case context(ContextVariable)

    /// Reads `method.request.header.X`, `$request.header.X`, `stageVariables.x`, `$context.y`; nil when it is none.
    ///
    /// Source: API Gateway CreateAuthorizer `identitySource`, REST and HTTP. Path parameters are not allowed.
    package init?(_ text: some StringProtocol, apiType: ApiType) {
        var rest = Substring(text)
        if apiType == .http {
            guard rest.utf8.first == UInt8(ascii: "$") else { return nil }
            rest = rest.dropFirst()
        }
        func name(after prefix: String) -> [UInt8]? {
            guard rest.utf8.starts(with: prefix.utf8) else { return nil }
            let name = Array(rest.utf8.dropFirst(prefix.utf8.count))
            return name.isEmpty || !name.allSatisfy(ParameterSource.isNameByte) ? nil : name
        }
        let request = apiType == .rest ? "method.request." : "request."
        if let header = name(after: request + "header.") {
            self = .header(name: header.map(ParameterSource.lowercased))
        } else if let query = name(after: request + "querystring.") {
            self = .queryString(name: query)
        } else if apiType == .rest, let header = name(after: request + "multivalueheader.") {
            self = .multiValueHeader(name: header.map(ParameterSource.lowercased))
        } else if apiType == .rest, let query = name(after: request + "multivaluequerystring.") {
            self = .multiValueQueryString(name: query)
        } else if let variable = name(after: "stageVariables.") {
            self = .stageVariable(name: String(decoding: variable, as: UTF8.self))
        } else if let path = name(after: "context."),
            let variable = ContextVariable(String(decoding: path, as: UTF8.self)), !variable.needsAuthorizer
        {
            self = .context(variable)
        } else {
            return nil
        }
    }
}
