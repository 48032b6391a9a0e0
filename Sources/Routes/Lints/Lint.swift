/// One thing that a configuration may say although its author hardly means it.
///
/// A lint looks at a document whose parts could all be read, and reports what it is sure of: a warning that a good
/// configuration gets would teach people not to read warnings. It never changes what the gateway does.
protocol Lint: Sendable {
    /// What it reports, in words for its author.
    static var rule: LintRule { get }

    init()

    func run(_ context: LintContext)
}
