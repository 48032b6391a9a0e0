import Documents
import Gateway
import HTTP
import PolicyTests
import Routes
import Tokens

/// `init --tests`: a first matrix for a configuration, with every cell open that only a person can fill in.
enum FirstTests {
    /// Writes `tests/NAME.gatetest.yaml` beside the configuration and gives its path; never replaces a file.
    static func write(for configuration: String) throws(CommandFailure) -> String {
        let source = SourceText(name: configuration, bytes: try StandardStreams.read(configuration))
        let (document, diagnostics, _, _) = TestSecrets.load(source, stage: nil)
        guard let document else {
            StandardStreams.writeError(DiagnosticPrinter().render(diagnostics.filter { $0.severity == .error }) + "\n")
            throw CommandFailure(
                "\(configuration) must be right before tests can be written for it", ExitCodes.configuration)
        }
        let file = path(for: document, configuration)
        let name = configuration.split(separator: "/").last.map(String.init) ?? configuration
        let time = CivilTime(secondsSince1970: ClockArgument.now.seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = "\(time.year)-\(two(time.month))-\(two(time.day))T12:00:00Z"
        let text = MatrixDraft.yaml(for: document, configuration: "../\(name)", clock: clock)
        StandardStreams.makeFolder(TestFiles.folder(of: file))
        try StandardStreams.create(file, Array(text.utf8), mode: 0o644)
        return file
    }

    /// Named after the API, in letters that every file system takes.
    private static func path(for document: GatewayDocument, _ configuration: String) -> String {
        let plain = document.api.name.lowercased().utf8.filter { byte in
            (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "-")
        }
        let name = plain.isEmpty ? "gateway" : String(decoding: plain.prefix(64), as: UTF8.self)
        return "\(TestFiles.folder(of: configuration))tests/\(name).gatetest.yaml"
    }
}
