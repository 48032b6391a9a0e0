internal import Documents

extension DocumentDecoder {
    /// Resource policy documents are limited to 8,192 characters (API Gateway quotas).
    private static let maximumPolicyCharacters = 8192

    func decodeResourcePolicy(_ reader: ObjectReader) -> ResourcePolicyDefinition? {
        // The wrong API type and other kinds of value have been reported.
        guard apiType == .rest, let value = reader["policy"] else { return nil }
        let span = context.span(value.range)
        switch value.kind {
        case .object:
            reportExpressions(value)
            reportLength(value, span)
            return ResourcePolicyDefinition(document: value, span: span, isInline: true)
        case .string:
            let expansion = context.expand(value)
            if expansion.failed { return nil }
            let source = SourceText(name: "api.policy", bytes: Array(expansion.text.utf8))
            do throws(JSONError) {
                let parsed = try JSONParser.parse(source.bytes)
                reportLength(parsed.root, span)
                return ResourcePolicyDefinition(document: parsed.root, span: span, isInline: false)
            } catch {
                let place = source.position(at: error.range.lowerBound)
                context.report(
                    "GH3113", value.range, "the resource policy is not JSON: \(error.message)",
                    note: "line \(place.line), column \(place.column) of its text")
                return nil
            }
        default: return nil
        }
    }

    /// `${…}` is IAM's in a policy. Ours would be looked up as a variable of the request that no request has: a Deny
    /// that uses one would never match.
    private func reportExpressions(_ value: JSONValue) {
        if let text = value.string,
            let word = ["env", "file", "credential"].first(where: { text.contains("${\($0):") })
        {
            context.report(
                "GH3113", value.range, "${\(word):…} is not put into a resource policy",
                help: "write the value itself, or the whole policy as one text: \"policy\": \"${file:policy.json}\"",
                note: "in a policy ${…} is a variable of IAM, such as ${aws:SourceIp}")
        }
        for element in value.elements { reportExpressions(element) }
        for member in value.members { reportExpressions(member.value) }
    }

    private func reportLength(_ policy: JSONValue, _ span: SourceSpan) {
        var count = 0
        var isQuoted = false
        var isEscaped = false
        // Blanks between the parts do not count; comments of gateway.json are taken for text, which only warns earlier.
        for byte in policy.text {
            if isQuoted || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) { count += 1 }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
        }
        guard count > Self.maximumPolicyCharacters else { return }
        context.report(
            "GH3114", .warning, span.range,
            "the resource policy has \(count) characters, and AWS takes \(Self.maximumPolicyCharacters)")
    }
}
