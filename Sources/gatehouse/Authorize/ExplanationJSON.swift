import Authorizers
import Documents
import Gateway
import Policies
import Tokens

/// `authorize --json`: the members of AWS's TestInvokeAuthorizer answer first, then ours.
enum ExplanationJSON {
    /// One object for each request; several stand in a list.
    static func write(_ results: [AuthorizeSession.Result]) -> [UInt8] {
        var writer = JSONWriter(indentation: 2, reserving: 4096)
        if results.count == 1 {
            write(results[0].explanation, results[0].exchange, to: &writer)
        } else {
            writer.array { writer in for result in results { write(result.explanation, result.exchange, to: &writer) } }
        }
        return writer.bytes
    }

    private static func write(_ explanation: Explanation, _ exchange: Exchange?, to writer: inout JSONWriter) {
        let identity = exchange?.identity
        writer.object { writer in
            // As AWS: 0 where the authorizer lets the request through.
            writer.member("clientStatus", explanation.outcome == .allow ? 0 : Int(explanation.answer.status))
            writer.member("log", ExplanationPrinter().render(explanation))
            writer.member("latency", explanation.nanoseconds / 1_000_000)
            writer.member("principalId", explanation.principal)
            writer.member("policy", identity.map { String(decoding: $0.policy.json, as: UTF8.self) })
            writer.member("authorization", object: { _ in })
            writer.member("claims", object: { writeClaims(identity, to: &$0) })
            writer.member("decision", decision(explanation.outcome))
            writer.member("reason", explanation.reason)
            if let cause = explanation.cause {
                writer.member(
                    "cause",
                    object: { writer in
                        writer.member("step", cause.stage.rawValue)
                        writer.member("name", cause.stage.name)
                        writer.member("source", cause.span?.description)
                    })
            } else {
                writer.key("cause")
                writer.null()
            }
            writer.member("speaker", explanation.speaker)
            writer.key("policyDocument")
            if let identity { identity.policy.write(to: &writer) } else { writer.null() }
            writer.member("context", object: { writeContext(identity, to: &$0) })
            writer.member(
                "trace",
                array: { writer in
                    for step in explanation.steps { write(step, to: &writer) }
                })
            writer.member(
                "response",
                object: { writer in
                    writeStatus("status", explanation, to: &writer)
                    writer.key("body")
                    writer.string(explanation.answer.body)
                    writer.member("note", explanation.answer.note)
                })
            writer.member("remedy", explanation.remedy)
            writer.member("try", explanation.attempt)
        }
    }

    /// Null when the backend would answer: nobody asked it.
    private static func writeStatus(_ name: String, _ explanation: Explanation, to writer: inout JSONWriter) {
        writer.key(name)
        if explanation.answer.status == 0 { writer.null() } else { writer.number(explanation.answer.status) }
    }

    private static func decision(_ outcome: Explanation.Outcome) -> String {
        switch outcome {
        case .allow: "allow"
        case .deny: "deny"
        case .none: "none"
        }
    }

    /// As AWS: every claim of the verified token as text.
    private static func writeClaims(_ identity: AuthorizedIdentity?, to writer: inout JSONWriter) {
        guard let token = identity?.token else { return }
        for member in token.claims.members {
            writer.key(member.name)
            if let text = member.value.utf8 { writer.string(text) } else { writer.string(member.value.text) }
        }
    }

    private static func writeContext(_ identity: AuthorizedIdentity?, to writer: inout JSONWriter) {
        for member in identity?.context.members ?? [] {
            writer.key(member.name)
            member.value.write(to: &writer)
        }
    }

    private static func write(_ step: Explanation.Step, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("step", step.stage.rawValue)
            writer.member("name", step.stage.name)
            writer.member("status", step.status.rawValue)
            writer.member("text", step.text)
            writer.member("source", step.span?.description)
            if !step.notes.isEmpty {
                writer.member(
                    "notes",
                    array: { writer in
                        for note in step.notes { writer.string(note.text) }
                    })
            }
            guard step.stage == .policy, step.status != .notReached else { return }
            writer.member(
                "statements",
                array: { writer in
                    for statement in step.statements {
                        writer.object { writer in
                            writer.member("name", statement.label)
                            writer.member("effect", statement.effect)
                            writer.member("status", statement.status.rawValue)
                            writer.member("decisive", statement.isDecisive)
                            writer.member("text", statement.text)
                            writer.member("source", statement.span.description)
                        }
                    }
                })
        }
    }
}
