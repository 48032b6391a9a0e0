package import Documents

extension PolicyTrace {
    /// The explanation as text for a terminal, one line a statement. Control characters of the request are made
    /// visible, so a path cannot forge lines.
    package func render() -> String {
        var lines: [String] = []
        switch decision.outcome {
        case .allow: lines.append("allow by \(decidingName)")
        case .explicitDeny: lines.append("explicit deny by \(decidingName)")
        case .implicitDeny: lines.append("implicit deny: no statement matches")
        }
        let width = statements.map(\.name.count).max() ?? 0
        for statement in statements {
            let name = statement.name + String(repeating: " ", count: width - statement.name.count)
            let effect = statement.effect == .allow ? "Allow" : "Deny "
            lines.append("  \(name)  \(effect)  \(statement.reason.text)")
        }
        return lines.map(DiagnosticPrinter.visible).joined(separator: "\n") + "\n"
    }

    private var decidingName: String {
        guard let matched = decision.matched, statements.indices.contains(matched.position) else { return "nothing" }
        return statements[matched.position].name
    }

    /// `{"decision":…,"statement":…,"statements":[{"name","effect","matches","reason",…}]}`
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("decision", decision.outcome.rawValue)
            writer.member("statement", decision.matched == nil ? String?.none : decidingName)
            writer.key("statements")
            writer.array { writer in
                for statement in statements { statement.write(to: &writer) }
            }
        }
    }
}

extension StatementTrace {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("effect", effect.rawValue)
            writer.member("matches", matches)
            writer.member("reason", reason.code)
            switch reason {
            case .matched, .principal: break
            case .action(let patterns): writer.list("patterns", patterns)
            case .excludedAction(let pattern), .excludedResource(let pattern): writer.member("pattern", pattern)
            case .resource(let nearest):
                writer.member("nearest", nearest.pattern)
                writer.member("matchedBytes", nearest.matchedBytes)
                writer.member("rest", nearest.rest)
                if !nearest.unresolved.isEmpty { writer.list("unresolved", nearest.unresolved) }
            case .condition(let failure):
                writer.member("operator", failure.operatorName)
                writer.member("key", failure.key)
                writer.list("expected", failure.expected)
                if let actual = failure.actual {
                    writer.list("actual", actual)
                } else {
                    writer.key("actual")
                    writer.null()
                }
                if !failure.unresolved.isEmpty { writer.list("unresolved", failure.unresolved) }
            }
        }
    }
}

extension StatementTrace.Reason {
    fileprivate var code: String {
        switch self {
        case .matched: "matched"
        case .principal: "principal"
        case .action: "action"
        case .excludedAction: "excludedAction"
        case .resource: "resource"
        case .excludedResource: "excludedResource"
        case .condition: "condition"
        }
    }

    /// One sentence without a full stop. It may hold text of the request: to be made visible before it is printed.
    package var text: String {
        switch self {
        case .matched: return "matches"
        case .principal: return "speaks of other principals than anonymous callers"
        case .action(let patterns): return "covers other actions: \(patterns.joined(separator: ", "))"
        case .excludedAction(let pattern): return "NotAction \(pattern) leaves this action out"
        case .excludedResource(let pattern): return "NotResource \(pattern) leaves this resource out"
        case .resource(let nearest):
            if !nearest.unresolved.isEmpty {
                return "\(nearest.pattern) cannot match: no value for \(nearest.unresolved.joined(separator: ", "))"
            }
            let rest = nearest.rest.isEmpty ? "the end of the resource" : "\"\(nearest.rest)\""
            return "covers other resources; nearest is \(nearest.pattern), which stops before \(rest)"
        case .condition(let failure):
            let expected = failure.expected.map { "\"\($0)\"" }.joined(separator: ", ")
            var out = "condition \(failure.operatorName) on \(failure.key) is not met: wants \(expected), "
            if let actual = failure.actual {
                out += "request has \(actual.map { "\"\($0)\"" }.joined(separator: ", "))"
            } else {
                out += "request does not have the key"
            }
            if !failure.unresolved.isEmpty {
                out += " (no value for \(failure.unresolved.joined(separator: ", ")))"
            }
            return out
        }
    }
}

extension JSONWriter {
    fileprivate mutating func list(_ name: String, _ values: [String]) {
        key(name)
        array { writer in
            for value in values { writer.string(value) }
        }
    }
}
