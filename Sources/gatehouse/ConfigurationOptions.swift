import ArgumentParser
import Authorizers
import Documents
import Gateway
import Routes

/// Which configuration a command works with.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: "The configuration (default: $GATEHOUSE_CONFIG, else the nearest gateway.json upward).",
        completion: Completions.configurations)
    var config: String?

    @Option(
        help: "The stage (default: $GATEHOUSE_STAGE, else the API's defaultStage).", completion: Completions.stages)
    var stage: String?

    var stageName: String? { stage ?? ProcessEnvironment.variable("GATEHOUSE_STAGE") }

    /// The path to read, found upward from the working directory when nobody names one.
    func path() throws(CommandFailure) -> String {
        if let named = config ?? ProcessEnvironment.variable("GATEHOUSE_CONFIG") { return named }
        var prefix = ""
        for _ in 0..<64 {
            for name in ["gateway.json", "gateway.jsonc"] where StandardStreams.exists(prefix + name) {
                return prefix + name
            }
            prefix += "../"
        }
        throw CommandFailure("there is no gateway.json here or above; name one with --config", ExitCodes.missingInput)
    }

    /// Everything that can be said about the configuration without starting anything. `fetcher` gets the keys that come
    /// over the network.
    func check(fetcher: any KeyFetcher = NoKeyFetcher()) throws(CommandFailure) -> CheckedConfiguration {
        try check(path: path(), fetcher: fetcher, replacing: nil)
    }

    /// The same for a known file, whose configuration is to take the place of the one in force.
    func check(
        path: String, fetcher: any KeyFetcher, replacing previous: GatewaySnapshot?
    ) throws(CommandFailure) -> CheckedConfiguration {
        let source = SourceText(name: path, bytes: try StandardStreams.read(path))
        let environment = ProcessEnvironment(documentPath: path)
        let (document, diagnostics) = DocumentLoader(environment: environment, stage: stageName).load(source)
        guard let document else { return CheckedConfiguration(source: source, diagnostics: diagnostics) }
        switch GatewayBuilder.build(document, stageName: stageName, fetcher: fetcher, replacing: previous) {
        case .snapshot(let snapshot, let warnings):
            return CheckedConfiguration(
                source: source, document: document, snapshot: snapshot, diagnostics: diagnostics + warnings)
        case .refused(let problems):
            return CheckedConfiguration(source: source, document: document, diagnostics: diagnostics + problems)
        }
    }

    /// The compiled configuration; prints everything that is wrong and ends with 78 when there is none.
    func load(_ output: OutputOptions) throws(CommandFailure) -> GatewaySnapshot {
        let checked = try check()
        if let snapshot = checked.snapshot { return snapshot }
        StandardStreams.writeError(DiagnosticPrinter(usesColor: output.usesColor).render(checked.diagnostics) + "\n")
        throw CommandFailure("\(checked.source.name): \(checked.counts)", ExitCodes.configuration)
    }
}

/// A configuration with everything that was found in it.
struct CheckedConfiguration {
    var source: SourceText
    var document: GatewayDocument?
    /// Nil as soon as one of the diagnostics is an error.
    var snapshot: GatewaySnapshot?
    var diagnostics: [Diagnostic]

    var errors: Int { diagnostics.count { $0.severity == .error } }
    var warnings: Int { diagnostics.count { $0.severity == .warning } }

    /// `2 errors, 1 warning`
    var counts: String { "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")" }
}
