import Authorizers
import Documents
import EventLoop
import Foundation
import FunctionHost
package import Gateway
package import Routes
import Server
import Synchronization

/// A gateway on a free loopback port with a stub backend, a clock that the test moves, and its log in memory.
///
/// Configurations name the addresses as `${env:LISTEN}`, `${env:BACKEND}` and the secret as `${env:SECRET}`.
package final class GatewayHarness: Sendable {
    /// The configuration is refused.
    package struct Refused: Error, CustomStringConvertible {
        package var description: String
    }

    /// Something that must stay secret stood in the log or a diagnostic.
    package struct Leak: Error, CustomStringConvertible {
        package var description: String
    }

    package let service: GatewayService
    package let backend: StubBackend
    package let clock: FixedClock
    package let log: LogCapture
    /// The warnings of the configuration as they would be printed.
    package let warnings: String
    private let keys: KeyService
    private let files: [String: [UInt8]]
    private let hasStopped = Atomic<Bool>(false)

    private init(
        _ service: GatewayService, _ backend: StubBackend, _ clock: FixedClock, _ log: LogCapture, _ warnings: String,
        _ keys: KeyService, _ files: [String: [UInt8]]
    ) {
        self.keys = keys
        self.files = files
        self.service = service
        self.backend = backend
        self.clock = clock
        self.log = log
        self.warnings = warnings
    }

    package var port: UInt16 { service.sockets.first?.address.port ?? 0 }

    /// What the backend got so far.
    package var received: [RecordedRequest] { backend.journal.requests }

    package func client(from source: [UInt8]? = nil) throws -> RawClient { try RawClient(port: port, from: source) }

    /// One request on a connection of its own.
    package func ask(_ request: String) throws -> RawResponse { try client().ask(request) }

    /// A GET with a token, and further lines each ending in CRLF.
    package func get(
        _ target: String, token: String? = nil, _ lines: String = "", method: String = "GET"
    ) throws -> RawResponse {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return try ask("\(method) \(target) HTTP/1.1\r\nHost: gate.example\r\n\(authorization)\(lines)\r\n")
    }

    /// Compiles a configuration against the harness's addresses.
    package static func compile(
        _ text: String, backendPort: UInt16, variables: [String: String] = [:], files: [String: [UInt8]] = [:],
        keys: KeyService? = nil, replacing previous: GatewaySnapshot? = nil
    ) throws -> (snapshot: GatewaySnapshot, warnings: String) {
        var all = [
            "LISTEN": "127.0.0.1:0", "BACKEND": "http://127.0.0.1:\(backendPort)", "SECRET": TokenMint.secret,
        ]
        SecretLedger.note(TokenMint.secret, as: "secret")
        all.merge(variables) { $1 }
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let environment = TestEnvironment(variables: all, files: files)
        let (document, diagnostics) = DocumentLoader(environment: environment).load(source)
        let printed = DiagnosticPrinter().render(diagnostics)
        try check(printed)
        guard let document else { throw Refused(description: printed) }
        var fetcher: any KeyFetcher = NoKeyFetcher()
        if let keys { fetcher = ServiceKeyFetcher(keys) }
        switch GatewayBuilder.build(document, fetcher: fetcher, replacing: previous) {
        case .refused(let problems):
            let printed = DiagnosticPrinter().render(problems)
            try check(printed)
            throw Refused(description: printed)
        case .snapshot(let snapshot, let warnings):
            return (snapshot, printed + DiagnosticPrinter().render(warnings))
        }
    }

    /// Puts another configuration in force as HUP does.
    @discardableResult
    package func reload(_ text: String) async throws -> ConfigurationDifference {
        let (snapshot, _) = try Self.compile(
            text, backendPort: backend.port, files: files, keys: keys, replacing: service.box.current().0)
        return try await service.reload(to: snapshot)
    }

    /// Starts everything, runs the body, stops everything, and looks for secrets in all that was written.
    package static func run(
        _ text: String, variables: [String: String] = [:], files: [String: [UInt8]] = [:],
        format: LogDefinition.Format = .json, backendPort: UInt16? = nil, observer: (any ExchangeObserver)? = nil,
        script: @escaping StubBackend.Script = { _ in .answer(200) }, _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        await slots.take()
        do {
            try await runNow(
                text, variables, files, format, backendPort: backendPort, observer: observer, script: script, body)
        } catch {
            await slots.give()
            throw error
        }
        await slots.give()
    }

    /// Every gateway has some threads of its own, and the cases of all tests begin at once.
    private static let slots = Slots(8)

    private static func runNow(
        _ text: String, _ variables: [String: String], _ files: [String: [UInt8]], _ format: LogDefinition.Format,
        backendPort: UInt16?, observer: (any ExchangeObserver)?, script: @escaping StubBackend.Script,
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        let backend = try StubBackend(script)
        try await backend.open()
        let notes = NoteList()
        let keys = try KeyService(
            readFile: { path in
                files[path] ?? FileManager.default.contents(atPath: path).map { Array($0) }
            }, notify: { notes.append($0) })
        let snapshot: GatewaySnapshot
        let warnings: String
        do {
            (snapshot, warnings) = try compile(
                text, backendPort: backendPort ?? backend.port, variables: variables, files: files, keys: keys)
        } catch {
            await keys.close()
            await backend.close()
            throw error
        }
        let log = LogCapture()
        let clock = FixedClock()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let hosting =
            snapshot.document.functions.isEmpty
            ? nil : FunctionHosting(executable: try Program.path(), path: path)
        let service = try await GatewayService.start(
            snapshot, cores: 1, logDescriptor: log.writingEnd,
            logFormat: snapshot.document.server.log.format ?? format, clock: clock, keys: keys,
            observer: observer, hosting: hosting)
        let harness = GatewayHarness(service, backend, clock, log, warnings, keys, files)
        do {
            try await body(harness)
        } catch {
            await harness.stop()
            throw error
        }
        await harness.stop()
        try check(harness.warnings)
        try check(log.text)
        try check(notes.text)
    }

    /// Throws when a secret of the suite stands in the text.
    package static func check(_ text: String) throws(Leak) {
        let found = SecretLedger.found(in: Array(text.utf8))
        if !found.isEmpty { throw Leak(description: "written out: \(found.joined(separator: ", "))\n\(text)") }
    }

    /// Stops the gateway as TERM does; the harness does it at the end unless a test has.
    package func stopGateway() async {
        let isFirst = hasStopped.exchange(true, ordering: .relaxed) == false
        if isFirst { await service.stop() }
    }

    private func stop() async {
        await backend.release()
        await stopGateway()
        log.finish()
        await backend.close()
    }
}

/// Lets a fixed number of tasks in at once.
private actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// What the gateway tells its owner beside the log.
private final class NoteList: Sendable {
    private let notes = Mutex<[String]>([])

    var text: String { notes.withLock { $0.joined(separator: "\n") } }

    func append(_ note: String) { notes.withLock { $0.append(note) } }
}

/// Variables and files from dictionaries.
package struct TestEnvironment: DocumentEnvironment {
    package var variables: [String: String]
    package var files: [String: [UInt8]]

    package init(variables: [String: String] = [:], files: [String: [UInt8]] = [:]) {
        self.variables = variables
        self.files = files
    }

    package func variable(_ name: String) -> String? { variables[name] }

    package func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        guard let content = files[path] else { throw DocumentReadFailure("no such file") }
        return content
    }

    package func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        throw DocumentReadFailure("no such credential")
    }
}
