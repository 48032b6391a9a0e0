package import Documents

/// `accessLogSettings` of a stage.
package struct AccessLogDefinition: Sendable, Hashable {
    package var format: LogFormat
    /// As the surroundings resolve it; nil for standard output.
    package var path: String?
    package var span: SourceSpan
}

extension DocumentDecoder {
    func decodeAccessLog(_ value: JSONValue?) -> AccessLogDefinition? {
        guard let value, value.kind == .object, let written = value["format"], let text = context.text(written) else {
            return nil
        }
        let path = fileName(value, DocumentTables.accessLogSettings)
        do throws(LogFormat.Problem) {
            return AccessLogDefinition(
                format: try LogFormat(text, apiType: apiType), path: path, span: context.span(written.range))
        } catch {
            report(error, written)
            return nil
        }
    }

    private func report(_ problem: LogFormat.Problem, _ value: JSONValue) {
        let range = context.range(of: problem.range, in: value)
        switch problem.kind {
        case .unknownVariable(let name):
            let near = Suggestion.nearest(to: name, among: LogVariable.names)
            context.report(
                "GH2608", range, "there is no variable \"$context.\(name)\"",
                label: near.map { "did you mean \"$context.\($0)\"?" },
                help: near == nil ? "docs/reference/access-log-variables.md lists them" : nil)
        case .notContext:
            context.report(
                "GH2608", range, "an access log knows $context variables only", help: "write $context.NAME")
        case .controlCharacter:
            context.report("GH2608", range, "a format is one line without control characters")
        case .noRequestID:
            context.report(
                "GH2609", value.range, "a format must hold $context.requestId or $context.extendedRequestId",
                help: "add one of them, or write CLF, JSON, XML or CSV",
                note: "AWS refuses a format without it: a line could not be found again")
        }
    }
}
