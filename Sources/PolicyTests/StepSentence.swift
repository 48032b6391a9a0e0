import Documents

extension TestPlan.Step {
    /// What somebody signs who signs for the step: `GET /me as captain, after 60 s: decision allow, statement ReadFleet`.
    /// Values that may be secret are not among it.
    var sentence: String {
        var text = ReportMask.hide(line.text) + " as " + (principal?.name ?? "nobody")
        if line.sourceIP != "127.0.0.1" { text += " from \(line.sourceIP)" }
        if !line.headers.isEmpty { text += " with \(line.headers.map(\.name).joined(separator: ", "))" }
        if offset > 0 { text += ", after \(offset) s" }
        let demands = expectation.words
        return text + ": " + (demands.isEmpty ? "nothing is demanded" : demands.joined(separator: ", "))
    }
}

extension TestExpectation {
    fileprivate var words: [String] {
        var out: [String] = []
        if let decision { out.append("decision \(decision.value.text)") }
        if let status { out.append("status \(status.value)") }
        if let reason { out.append("reason \(reason.value)") }
        if let statement { out.append("statement \(statement.value)") }
        if let cache { out.append("cache \(cache.value)") }
        if principalID != nil { out.append("principalId") }
        out += context.map { "context \($0.name)" }
        if let policy {
            if case .snapshot = policy.value { out.append("policy as kept") } else { out.append("policy") }
        }
        out += headers.map { "header \($0.name)" }
        if body != nil { out.append("body") }
        if let upstream {
            if upstream.value.method != nil { out.append("method upstream") }
            if upstream.value.path != nil { out.append("path upstream") }
            out += upstream.value.headers.map { "header \($0.name) upstream" }
        }
        return out
    }
}
