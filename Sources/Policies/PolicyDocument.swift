package import Documents

/// An IAM policy document: immutable, checked, and compiled for decisions. Copies share one reference.
package struct PolicyDocument: Sendable {
    package enum Version: String, Sendable, Hashable {
        /// Policy variables are replaced.
        case v2012 = "2012-10-17"
        /// `${...}` is plain text; also the meaning of an absent version.
        case v2008 = "2008-10-17"
    }

    /// Nil when the document names none, which means 2008-10-17.
    package let version: Version?
    package let id: String?
    let compiled: CompiledPolicy

    /// Checks and compiles statements. Throws what a parser would say about the same document.
    package init(
        version: Version? = .v2012, id: String? = nil, statements: [PolicyStatement]
    ) throws(PolicyError) {
        self.version = version
        self.id = id
        compiled = try CompiledPolicy(statements, variables: version == .v2012)
    }

    package var statements: [PolicyStatement] { compiled.source }

    /// Number of statements.
    package var count: Int { compiled.statements.count }

    /// The Sid of the statement at this place, or the place in digits where it has none; nil beyond the last.
    package func statementName(at place: Int) -> [UInt8]? {
        compiled.names.indices.contains(place) ? compiled.names[place] : nil
    }

    /// False when no statement has a condition or a variable: then a decision never asks for the context.
    package var needsContext: Bool { compiled.needsContext }
}

extension PolicyDocument: Hashable {
    package static func == (left: PolicyDocument, right: PolicyDocument) -> Bool {
        left.version == right.version && left.id == right.id && left.statements == right.statements
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(version)
        hasher.combine(statements)
    }
}

// MARK: Writing

extension PolicyDocument {
    /// Compact JSON in the order Lambda authorizers return it.
    package var json: [UInt8] {
        var writer = JSONWriter(reserving: 128 + count * 160)
        write(to: &writer)
        return writer.bytes
    }

    /// Writes `{"Version":…,"Statement":[{"Sid":…,"Effect":…,"Action":…,"Resource":[…]}]}`; absent members are left out.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let version { writer.member("Version", version.rawValue) }
            if let id { writer.member("Id", id) }
            writer.key("Statement")
            writer.array { writer in
                for statement in statements { statement.write(to: &writer) }
            }
        }
    }
}

extension PolicyStatement {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let sid { writer.member("Sid", sid) }
            writer.member("Effect", effect.rawValue)
            if let principal {
                writer.key(principal.isNegated ? "NotPrincipal" : "Principal")
                writer.raw(principal.json)
            }
            writer.key(negatesActions ? "NotAction" : "Action")
            if actions.count == 1 { writer.string(actions[0]) } else { writer.strings(actions) }
            writer.key(negatesResources ? "NotResource" : "Resource")
            writer.strings(resources)
            if !conditions.isEmpty {
                writer.key("Condition")
                writer.object { writeConditions(to: &$0) }
            }
        }
    }

    private func writeConditions(to writer: inout JSONWriter) {
        var written: Set<String> = []
        for condition in conditions where written.insert(condition.operatorName).inserted {
            writer.key(condition.operatorName)
            writer.object { writer in
                for each in conditions where each.operatorName == condition.operatorName {
                    writer.key(each.key)
                    if each.values.count == 1 { writer.string(each.values[0]) } else { writer.strings(each.values) }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func strings(_ values: [String]) {
        array { writer in
            for value in values { writer.string(value) }
        }
    }
}
