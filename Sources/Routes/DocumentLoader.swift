package import Documents

/// Turns the text of a gateway.json into a ``GatewayDocument``, or into everything that is wrong with it, in one run.
package struct DocumentLoader: Sendable {
    private let environment: any DocumentEnvironment
    private let stage: String?

    /// `stage` is the one that will be served, `api.defaultStage` when nil: a value that cannot be read in another
    /// stage is only a warning.
    package init(environment: any DocumentEnvironment, stage: String? = nil) {
        self.environment = environment
        self.stage = stage
    }

    /// The document is nil as soon as one of the diagnostics is an error. Diagnostics stand in the order of the text.
    package func load(_ source: SourceText) -> (document: GatewayDocument?, diagnostics: [Diagnostic]) {
        let (json, errors) = JSONParser.parse(source.bytes, options: .configuration)
        let context = LoadContext(source: source, root: json.root, environment: environment, stage: stage)
        for error in errors { context.add(Diagnostic(error, in: source)) }
        if errors.contains(where: { Self.isFatal($0.problem) }) { return (nil, context.finish()) }
        let isDamaged = errors.contains { $0.problem != .duplicateMember }
        StructureCheck(context: context, isDamaged: isDamaged).run()
        // A tree with holes would raise questions that its author did not ask.
        if isDamaged || json.root.kind != .object { return (nil, context.finish()) }
        let document = DocumentDecoder(context: context).decode()
        return (context.hasErrors ? nil : document, context.finish())
    }

    /// Nothing behind these can be trusted to stand where it seems to.
    private static func isFatal(_ problem: JSONError.Problem) -> Bool {
        switch problem {
        case .empty, .unexpectedEnd, .tooDeep, .trailingContent, .unterminatedComment, .tooLarge, .wrongClosing: true
        default: false
        }
    }
}
