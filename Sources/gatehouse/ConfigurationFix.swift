import Documents
import Routes

/// Repairs a configuration as far as only one meaning is possible.
struct ConfigurationFix {
    let options: ConfigurationOptions
    let documentPath: String

    private static let maximumRounds = 16

    /// The repaired text, or nil when no safe fix applies. Every round must leave fewer problems than before, syntax
    /// first: a repair that moves a mistake elsewhere is none.
    func repaired(_ source: SourceText) -> SourceText? {
        var current = source
        for _ in 0..<Self.maximumRounds {
            let found = diagnostics(current)
            guard let bytes = FixRound.apply(found, to: current.bytes) else { break }
            let next = SourceText(name: source.name, bytes: bytes)
            if Self.weight(diagnostics(next)) >= Self.weight(found) {
                // Together they do harm; one after the other some may still help.
                guard let single = firstHelpful(found, current) else { break }
                current = single
            } else {
                current = next
            }
        }
        return current.bytes == source.bytes ? nil : current
    }

    private func firstHelpful(_ found: [Diagnostic], _ current: SourceText) -> SourceText? {
        let before = Self.weight(found)
        for diagnostic in found where diagnostic.fix?.isSafe == true {
            guard let bytes = FixRound.apply([diagnostic], to: current.bytes) else { continue }
            let next = SourceText(name: current.name, bytes: bytes)
            if Self.weight(diagnostics(next)) < before { return next }
        }
        return nil
    }

    private func diagnostics(_ source: SourceText) -> [Diagnostic] {
        DocumentLoader(environment: ProcessEnvironment(documentPath: documentPath), stage: options.stageName)
            .load(source).diagnostics
    }

    /// Syntax errors hide all others, so that one fewer of them outweighs whatever then shows.
    private static func weight(_ diagnostics: [Diagnostic]) -> Int {
        let errors = diagnostics.filter { $0.severity == .error }
        return errors.count + 100_000 * errors.count { $0.code.hasPrefix("GH10") }
    }
}
