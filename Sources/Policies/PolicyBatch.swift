package import Documents

/// The line format of `gatehouse policy evaluate --batch FILE`.
package enum PolicyBatch {
    /// Answers one line `{"id", "policies": [...], "request": {"action", "resource", "context"}}` with one line
    /// `{"id", "decision", "statement"}`, both without their line end. Never fails: what cannot be read is `invalid`.
    package static func answer(_ line: [UInt8]) -> [UInt8] {
        let (document, errors) = JSONParser.parse(
            line, options: JSONParser.Options(comments: false, maximumDepth: 64, recovers: true))
        let root = document.root
        var outcome = "invalid"
        var statement: String?
        if errors.isEmpty, let (request, policies) = read(root) {
            let decision = PolicyEvaluator.decide(request, by: policies)
            outcome = decision.outcome.rawValue
            statement = decision.statementName(in: policies)
        }
        var writer = JSONWriter(reserving: 128)
        writer.object { writer in
            writer.key("id")
            switch root["id"]?.kind {
            case .string: writer.string(root["id"]?.utf8 ?? [])
            case .number: writer.raw(root["id"]?.text ?? [])
            default: writer.null()
            }
            writer.member("decision", outcome)
            writer.member("statement", statement)
        }
        return writer.bytes
    }

    private static func read(_ root: JSONValue) -> (PolicyRequest, [PolicyDocument])? {
        guard let list = root["policies"], list.kind == .array, let request = root["request"],
            let action = request["action"]?.utf8, let resource = request["resource"]?.utf8,
            let context = context(request["context"])
        else { return nil }
        var policies: [PolicyDocument] = []
        for value in list.elements {
            do {
                policies.append(try PolicyParser.parse(value, principals: .accepted))
            } catch {
                return nil
            }
        }
        return (PolicyRequest(action: action, resource: resource, context: context), policies)
    }

    /// Condition keys of a request: scalars or lists of scalars; null leaves a key out.
    package static func context(_ value: JSONValue?) -> PolicyContextTable? {
        guard let value, !value.isNull else { return PolicyContextTable([]) }
        guard value.kind == .object else { return nil }
        var pairs: [(String, ConditionValues)] = []
        for member in value.members where !member.value.isNull {
            if member.value.kind == .array {
                var texts: [[UInt8]] = []
                for element in member.value.elements {
                    guard let text = PolicyParser.scalar(element) else { return nil }
                    texts.append(Array(text.utf8))
                }
                pairs.append((member.name, .many(texts)))
            } else {
                guard let text = PolicyParser.scalar(member.value) else { return nil }
                pairs.append((member.name, .text(text)))
            }
        }
        return PolicyContextTable(pairs)
    }
}
