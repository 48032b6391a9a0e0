package import Documents
import Policies
import Tokens

/// Reads a test file; reports everything that is wrong with it in one run.
package struct SuiteReader {
    private let source: SourceText
    private(set) var diagnostics: [Diagnostic] = []
    /// Indices of the principals by name.
    var principalIndex: [String: Int] = [:]
    /// The principals of a matrix that names no columns.
    private(set) var standardColumns: [Int] = []
    /// Principals that are written and could not be read, which is reported where they stand.
    var brokenPrincipals: Set<String> = []

    private init(_ source: SourceText) {
        self.source = source
    }

    /// The suite is nil as soon as one of the diagnostics is an error.
    ///
    /// - Parameter configured: gives the principals of the configuration that the file names, if it names one. The
    ///   file's own of the same name go first.
    package static func read(
        _ source: SourceText, configured: (String?) -> [TestPrincipal] = { _ in [] }
    ) -> (suite: TestSuite?, diagnostics: [Diagnostic]) {
        let (root, problems) = DataNode.read(source)
        guard let root, problems.isEmpty else { return (nil, problems) }
        var reader = SuiteReader(source)
        let suite = reader.suite(root, configured)
        let isGood = !reader.diagnostics.contains { $0.severity == .error }
        let sorted = reader.diagnostics.sorted { ($0.range?.lowerBound ?? 0) < ($1.range?.lowerBound ?? 0) }
        return (isGood ? suite : nil, sorted)
    }

    /// Every key of a test file by its place.
    package static let keys: [(place: String, names: [String])] = TestFileTable.places.map {
        ($0.name, $0.keys.map(\.name))
    }

    // MARK: Problems

    mutating func report(
        _ code: TestDiagnosticCode, _ range: Range<Int>, _ message: String, label: String? = nil, help: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                code: code.rawValue, message: message, source: source, range: range, label: label, help: help))
    }

    /// The members of a map by name; nil when it is none. Unknown keys are reported.
    mutating func members(_ node: DataNode, of place: String) -> [String: DataNode]? {
        guard let map = node.map else {
            report(.wrongType, node.range, "\(place) is a map, not \(node.kindName)")
            return nil
        }
        let known = Self.keys.first { $0.place == place }?.names ?? []
        var out: [String: DataNode] = [:]
        for member in map {
            if known.contains(member.key) {
                out[member.key] = member.value
                continue
            }
            let near = Suggestion.nearest(to: member.key, among: known)
            report(
                .unknownKey, member.keyRange, "unknown key \"\(member.key)\" in \(place)",
                label: near.map { "did you mean \"\($0)\"?" },
                help: near == nil ? "known: \(known.joined(separator: ", "))" : nil)
        }
        return out
    }

    mutating func text(_ node: DataNode?, _ name: String) -> String? {
        guard let node else { return nil }
        if let text = node.string { return text }
        report(.wrongType, node.range, "\"\(name)\" is a text, not \(node.kindName)")
        return nil
    }

    /// A header's value or similar: any scalar counts as its text.
    mutating func word(_ node: DataNode, _ name: String) -> String? {
        if let word = node.word { return word }
        report(.wrongType, node.range, "\"\(name)\" is a text, not \(node.kindName)")
        return nil
    }

    mutating func list(_ node: DataNode?, _ name: String) -> [DataNode] {
        guard let node, !node.isNull else { return [] }
        if let list = node.list { return list }
        report(.wrongType, node.range, "\"\(name)\" is a list, not \(node.kindName)")
        return []
    }

    mutating func map(_ node: DataNode?, _ name: String) -> [DataNode.Member] {
        guard let node, !node.isNull else { return [] }
        if let map = node.map { return map }
        report(.wrongType, node.range, "\"\(name)\" is a map, not \(node.kindName)")
        return []
    }

    /// `90s`, `5m`, `1h`, `7d`, or a number of seconds.
    mutating func duration(_ node: DataNode, _ name: String) -> Int? {
        if let seconds = node.integer, seconds >= 0, seconds < 1 << 40 { return seconds }
        let sizes: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if let text = node.string, let unit = text.last, let size = sizes[unit], let number = Int(text.dropLast()),
            number >= 0, number < 1 << 24
        {
            return number * size
        }
        report(.notAllowed, node.range, "\"\(name)\" is a span of time", help: "write 90s, 5m, 1h or 7d")
        return nil
    }

    // MARK: The file

    private mutating func suite(_ root: DataNode, _ configured: (String?) -> [TestPrincipal]) -> TestSuite? {
        guard let top = members(root, of: "the file") else { return nil }
        if let version = top["version"] {
            if version.integer != 1 {
                report(.notAllowed, version.range, "this version of the format is unknown", help: "write 1")
            }
        } else {
            report(.missingKey, root.range.lowerBound..<root.range.lowerBound + 1, "the file needs \"version: 1\"")
        }
        var suite = TestSuite(
            source: source, configuration: nil, stage: text(top["stage"], "stage"), clock: TestSuite.standardClock,
            principals: [], functions: [], matrices: [], cases: [], sequences: [], goals: CoverageGoals())
        if let node = top["config"], let path = text(node, "config") { suite.configuration = (path, node.range) }
        if let node = top["clock"] { suite.clock = clock(node) ?? suite.clock }
        let own = map(top["principals"], "principals")
        let others = configured(suite.configuration?.path).filter { other in !own.contains { $0.key == other.name } }
        suite.principals = principals(own, beside: others)
        let count = suite.principals.count
        suite.principals += others
        standardColumns = Array(0..<(count == 0 ? others.count : count))
        for (index, principal) in suite.principals.enumerated() { principalIndex[principal.name] = index }
        suite.functions = map(top["functions"], "functions").compactMap { function($0) }
        suite.matrices = list(top["matrix"], "matrix").compactMap { matrix($0) }
        suite.cases = list(top["cases"], "cases").compactMap { testCase($0) }
        suite.sequences = list(top["sequences"], "sequences").compactMap { sequence($0) }
        if let node = top["coverage"] { suite.goals = goals(node) }
        reportTwice(suite)
        // Of a file with a mistake nobody knows what it would test.
        if diagnostics.isEmpty, suite.matrices.isEmpty, suite.cases.isEmpty, suite.sequences.isEmpty {
            report(
                .empty, root.range.lowerBound..<root.range.lowerBound + 1, "the file tests nothing",
                help: "add \"matrix\", \"cases\" or \"sequences\"")
        }
        return suite
    }

    private mutating func clock(_ node: DataNode) -> WallTime? {
        if let text = node.word, let instant = PolicyInstant(Array(text.utf8)) {
            return WallTime(seconds: instant.seconds)
        }
        report(
            .notAllowed, node.range, "\"clock\" is a moment",
            help: "write 2026-11-21T12:00:00Z, or seconds since 1970")
        return nil
    }

    private mutating func goals(_ node: DataNode) -> CoverageGoals {
        var goals = CoverageGoals()
        for (name, value) in members(node, of: "coverage") ?? [:] {
            guard let percent = value.integer, (0...100).contains(percent) else {
                report(.notAllowed, value.range, "\"\(name)\" is a percentage from 0 to 100")
                continue
            }
            goals[name] = percent
        }
        return goals
    }

    private mutating func reportTwice(_ suite: TestSuite) {
        var seen: Set<String> = []
        for (name, range) in suite.matrices.map({ ($0.name, $0.range) }) where !seen.insert(name).inserted {
            report(.twice, range, "a second matrix is called \"\(name)\"")
        }
        seen = []
        let named = suite.cases.map { ($0.name, $0.range) } + suite.sequences.map { ($0.name, $0.range) }
        for (name, range) in named where !seen.insert(name).inserted {
            report(.twice, range, "a second case or sequence is called \"\(name)\"")
        }
        seen = []
        for (name, range) in suite.snapshotNames where !seen.insert(name).inserted {
            report(
                .twice, range, "another snapshot of this file is kept as \(name)",
                help: "give the case or sequence another name")
        }
    }
}
