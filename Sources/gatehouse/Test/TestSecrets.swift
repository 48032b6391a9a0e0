import Documents
import Routes
import Synchronization

/// The surroundings of a configuration under test. A build machine has none of the secrets that the gate runs with:
/// what is missing under `keys` is stood in for by random octets, which tests can sign with as well.
final class TestSecrets: DocumentEnvironment {
    private struct State {
        var missing: Set<String> = []
        var isFilling = false
        var secrets: [String: [UInt8]] = [:]
    }

    private let real: ProcessEnvironment
    private let state = Mutex(State())

    init(_ real: ProcessEnvironment) {
        self.real = real
    }

    /// Loads the document; a second time with secrets made up when nothing but keys was missing. `files` are those that
    /// it names, with their paths from the working folder.
    static func load(
        _ source: SourceText, stage: String?
    ) -> (document: GatewayDocument?, diagnostics: [Diagnostic], stoodIn: [String], files: [String]) {
        let secrets = TestSecrets(ProcessEnvironment(documentPath: source.name))
        let (document, diagnostics) = DocumentLoader(environment: secrets, stage: stage).load(source)
        let errors = diagnostics.filter { $0.severity == .error }
        let missing = secrets.state.withLock { $0.missing }
        guard document == nil, !errors.isEmpty, !missing.isEmpty,
            errors.allSatisfy({ $0.pointer?.hasPrefix("/keys/") ?? false })
        else { return (document, diagnostics, [], secrets.real.files) }
        secrets.state.withLock { $0.isFilling = true }
        let (second, problems) = DocumentLoader(environment: secrets, stage: stage).load(source)
        // Were it no remedy, the first list of problems is the one to show.
        return second == nil ? (nil, diagnostics, [], []) : (second, problems, missing.sorted(), secrets.real.files)
    }

    /// What stands in for `name`; nil as long as nothing is made up.
    private func substitute(_ name: String) -> [UInt8]? {
        state.withLock { state in
            state.missing.insert(name)
            guard state.isFilling else { return nil }
            if let known = state.secrets[name] { return known }
            var random = SystemRandomNumberGenerator()
            // Hexadecimal digits are a secret in every encoding that a configuration can name.
            let digits = Array("0123456789abcdef".utf8)
            let made = (0..<64).map { _ in digits[Int.random(in: 0..<16, using: &random)] }
            state.secrets[name] = made
            return made
        }
    }

    func variable(_ name: String) -> String? {
        real.variable(name) ?? substitute("env:\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        do throws(DocumentReadFailure) {
            return try real.contents(ofFile: path)
        } catch {
            if let made = substitute("file:\(path)") { return made }
            throw error
        }
    }

    func location(ofFile path: String) -> String? { real.location(ofFile: path) }

    func isReadableByEverybody(_ path: String) -> Bool? { real.isReadableByEverybody(path) }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        do throws(DocumentReadFailure) {
            return try real.credential(name)
        } catch {
            if let made = substitute("credential:\(name)") { return made }
            throw error
        }
    }
}
