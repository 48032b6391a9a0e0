import Documents
import Gateway
import PolicyTests
import Routes

/// Whom the test files of a configuration speak about, for the table of routes.
struct TestedRoutes {
    private(set) var reach: RouteReach
    /// Test files of this configuration.
    private(set) var files = 0
    /// Test files that cannot be read.
    private(set) var broken: [String] = []

    /// - Parameters:
    ///   - words: files and folders; empty for the folder of the configuration and all below.
    ///   - configuration: its path, which test files must name if they name one.
    init(_ words: [String], of configuration: String, _ snapshot: GatewaySnapshot) throws(CommandFailure) {
        reach = RouteReach(routes: snapshot.routes.count)
        let own = TestFiles.canonical(configuration)
        let principals = snapshot.document.principals.map { TestPrincipal($0) }
        for file in try Self.find(words, configuration) {
            guard let source = Self.source(file),
                let suite = SuiteReader.read(source, configured: { _ in principals }).suite
            else {
                broken.append(file)
                continue
            }
            let named = suite.configuration.map { TestFiles.resolve($0.path, from: file) }
            if let named, TestFiles.canonical(named) != own { continue }
            files += 1
            reach.add(suite, in: snapshot)
        }
    }

    /// A file that cannot be read is no reason to keep the table back.
    private static func source(_ file: String) -> SourceText? {
        do throws(CommandFailure) { return try TestFiles.read(file) } catch { return nil }
    }

    private static func find(_ words: [String], _ configuration: String) throws(CommandFailure) -> [String] {
        if !words.isEmpty { return try TestFiles.find(words) }
        if configuration == "-" { return [] }
        let folder = TestFiles.folder(of: configuration)
        return TestFiles.below(folder.isEmpty ? "." : folder)
    }

    /// `6 principals`, `nobody !!` for a guarded route without a test, `-` for a public one.
    func words(_ route: Int, isGuarded: Bool) -> String {
        switch reach.count(of: route) {
        case 0: isGuarded ? "nobody !!" : "-"
        case 1: "1 principal"
        case let count: "\(count) principals"
        }
    }
}
