package import HTTP
package import Routes

/// What an identity source may look at.
package struct IdentityRequest {
    package var head: RequestHead
    package var stage: StageDefinition
    package var variables: any ContextVariables

    package init(head: RequestHead, stage: StageDefinition, variables: any ContextVariables) {
        self.head = head
        self.stage = stage
        self.variables = variables
    }
}

/// Gives the values of `context` variables of one request.
package protocol ContextVariables {
    /// Nil when the variable has no value here.
    func value(of variable: ContextVariable) -> [UInt8]?
}

/// Reads identity sources from a request.
package enum IdentityReader {
    /// What a source holds.
    package enum Value: Sendable, Hashable {
        /// Absent or empty: AWS treats both alike.
        case missing
        case one([UInt8])
        /// Several header lines where one value is wanted; none of them may be picked.
        case several
    }

    package static func read(_ source: IdentitySource, from request: IdentityRequest) -> Value {
        switch source {
        case .header(let name): return header(name, request.head.fields)
        case .multiValueHeader(let name):
            let lines = request.head.fields.all(lowercasedName: name)
            return one(Array(lines.map { request.head.fields.value(of: $0) }.joined(separator: [0x2C])))
        case .queryString(let name): return one(query(name, request.head).last ?? [])
        case .multiValueQueryString(let name): return one(Array(query(name, request.head).joined(separator: [0x2C])))
        case .stageVariable(let name): return one(Array((request.stage.variable(name) ?? "").utf8))
        case .context(let variable): return one(request.variables.value(of: variable) ?? [])
        }
    }

    private static func one(_ bytes: [UInt8]) -> Value { bytes.isEmpty ? .missing : .one(bytes) }

    private static let authorization = Array("authorization".utf8)

    private static func header(_ name: [UInt8], _ fields: FieldLines) -> Value {
        if name == authorization {
            guard let line = fields.first(.authorization) else { return .missing }
            return fields.count(.authorization) > 1 ? .several : one(Array(fields.value(of: line)))
        }
        let lines = fields.all(lowercasedName: name)
        guard let line = lines.first else { return .missing }
        return lines.count > 1 ? .several : one(Array(fields.value(of: line)))
    }

    private static func query(_ name: [UInt8], _ head: RequestHead) -> [[UInt8]] {
        let query = QueryString(head)
        return query.filter { query.decoded($0.name) == name }.map { query.decoded($0.value) }
    }
}
