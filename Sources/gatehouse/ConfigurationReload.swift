import Documents
import EventLoop
import Gateway
import Glibc
import Routes
import Tokens

/// What `serve` does on HUP: reads its configuration again, puts it in force when it is good, and says what that
/// changes for the gate's owner. A bad one changes nothing.
struct ConfigurationReload {
    let options: ConfigurationOptions
    /// The file that was read at the start; a reload never looks for another one.
    let path: String
    let keys: KeyService
    /// Told of every configuration that was put in force.
    let adopted: @Sendable (GatewaySnapshot) -> Void
    /// Warnings that were printed already are not printed again.
    private var known: [Diagnostic]
    /// The configuration and what it names, as far as it could be read last.
    private(set) var files: [String]

    init(
        options: ConfigurationOptions, keys: KeyService, started: CheckedConfiguration,
        adopted: @escaping @Sendable (GatewaySnapshot) -> Void = { _ in }
    ) {
        self.adopted = adopted
        self.options = options
        path = started.source.name
        self.keys = keys
        known = started.diagnostics
        files = [started.source.name] + started.files
    }

    /// A pipe cannot be read again.
    var isStandardInput: Bool { path == "-" || path == "<stdin>" }

    /// Returns the lines for standard error.
    mutating func run(_ service: GatewayService) async -> String {
        let began = MonotonicTime.now()
        if isStandardInput { return Self.kept("it came from standard input and cannot be read again") }
        let checked: CheckedConfiguration
        do throws(CommandFailure) {
            checked = try options.check(
                path: path, fetcher: ServiceKeyFetcher(keys), replacing: service.box.current().0)
        } catch {
            return Self.kept(error.message)
        }
        files = [path] + checked.files
        guard let snapshot = checked.snapshot else { return Self.kept(Self.firstError(checked)) }
        let difference: ConfigurationDifference
        do throws(SystemError) {
            difference = try await service.reload(to: snapshot)
        } catch {
            return Self.kept(error.call.hasPrefix("open ") ? "cannot \(error.call): \(error.reason)" : error.reason)
        }
        adopted(snapshot)
        let milliseconds = MonotonicTime.now().since(began) / 1_000_000
        var lines = "\(Self.time())  config reloaded (\(milliseconds) ms): \(difference.summary)\n"
        for change in difference.changes {
            lines += "  WARNING \(DiagnosticPrinter.visible(change.description))\n"
        }
        if !difference.restarts.isEmpty {
            lines += "  needs a restart: \(difference.restarts.joined(separator: ", "))\n"
        }
        let unknown = checked.diagnostics.filter { found in
            !known.contains { $0.code == found.code && $0.message == found.message }
        }
        for diagnostic in unknown { lines += "  \(DiagnosticPrinter.line(diagnostic))\n" }
        known = checked.diagnostics
        return lines
    }

    private static func firstError(_ checked: CheckedConfiguration) -> String {
        let errors = checked.diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else { return "\(checked.source.name): \(checked.counts)" }
        let others = errors.count > 1 ? " (and \(errors.count - 1) more: gatehouse validate)" : ""
        return DiagnosticPrinter.line(first) + others
    }

    private static func kept(_ reason: String) -> String {
        "\(time())  config NOT reloaded, still running the previous one: \(DiagnosticPrinter.visible(reason))\n"
    }

    /// The time of day as the request lines have it.
    static func time() -> String {
        let now = SystemClock().now()
        var out: [UInt8] = []
        Timestamp.appendTime(now.seconds, nanoseconds: now.nanoseconds, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
