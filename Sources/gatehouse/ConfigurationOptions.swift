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

    var stageName: String? { stage ?? ProcessEnvironment.setting("GATEHOUSE_STAGE") }

    /// These options as they were given.
    var words: [String] { (config.map { ["--config", $0] } ?? []) + (stage.map { ["--stage", $0] } ?? []) }

    /// The path to read, found upward from the working directory when nobody names one. The nearest counts even if it
    /// cannot be read: another one further up would guard by other rules.
    func path() throws(CommandFailure) -> String {
        if config?.isEmpty == true { throw CommandFailure("--config names no file", ExitCodes.usage) }
        if let named = config ?? ProcessEnvironment.setting("GATEHOUSE_CONFIG") { return named }
        var prefix = ""
        for _ in 0..<64 {
            for name in ["gateway.json", "gateway.jsonc"] where StandardStreams.isThere(prefix + name) {
                return prefix + name
            }
            prefix += "../"
        }
        throw CommandFailure("there is no gateway.json here or above; name one with --config", ExitCodes.missingInput)
    }

    /// Everything that can be said about the configuration without starting anything. `fetcher` gets the keys that come
    /// over the network.
    func check(fetcher: any KeyFetcher = NoKeyFetcher()) throws(CommandFailure) -> CheckedConfiguration {
        let path = try path()
        return check(try Self.source(path), documentPath: path, fetcher: fetcher)
    }

    /// The same for a known file, whose configuration is to take the place of the one in force.
    func check(
        path: String, fetcher: any KeyFetcher, replacing previous: GatewaySnapshot?
    ) throws(CommandFailure) -> CheckedConfiguration {
        check(try Self.source(path), documentPath: path, fetcher: fetcher, replacing: previous)
    }

    private static func source(_ path: String) throws(CommandFailure) -> SourceText {
        SourceText(name: path == "-" ? "<stdin>" : path, bytes: try StandardStreams.read(path))
    }

    /// The same for a text that has been read; what it names is looked for beside `documentPath`.
    func check(
        _ source: SourceText, documentPath: String, fetcher: any KeyFetcher = NoKeyFetcher(),
        replacing previous: GatewaySnapshot? = nil
    ) -> CheckedConfiguration {
        let environment = ProcessEnvironment(documentPath: documentPath)
        let (document, diagnostics) = DocumentLoader(environment: environment, stage: stageName).load(source)
        let files = environment.files
        guard let document else {
            return CheckedConfiguration(source: source, files: files, diagnostics: diagnostics)
        }
        switch GatewayBuilder.build(document, stageName: stageName, fetcher: fetcher, replacing: previous) {
        case .snapshot(let snapshot, let warnings):
            return CheckedConfiguration(
                source: source, files: files, document: document, snapshot: snapshot,
                diagnostics: sorted(diagnostics + warnings))
        case .refused(let problems):
            return CheckedConfiguration(
                source: source, files: files, document: document, diagnostics: sorted(diagnostics + problems))
        }
    }

    /// In the order of the text, whoever found them.
    func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted { first, second in
            let one = first.element.range?.lowerBound ?? -1
            let two = second.element.range?.lowerBound ?? -1
            return one != two ? one < two : first.offset < second.offset
        }.map(\.element)
    }

    /// The compiled configuration; prints everything that is wrong and ends with 78 when there is none.
    func load(_ output: OutputOptions) throws(CommandFailure) -> GatewaySnapshot {
        let checked = try check()
        if let snapshot = checked.snapshot { return snapshot }
        throw output.refuse(checked)
    }
}

/// A configuration with everything that was found in it.
struct CheckedConfiguration {
    var source: SourceText
    /// What the document names, readable or not.
    var files: [String]
    var document: GatewayDocument?
    /// Nil as soon as one of the diagnostics is an error.
    var snapshot: GatewaySnapshot?
    var diagnostics: [Diagnostic]

    var errors: Int { diagnostics.count { $0.severity == .error } }
    var warnings: Int { diagnostics.count { $0.severity == .warning } }

    /// `2 errors, 1 warning`
    var counts: String { "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")" }
}
