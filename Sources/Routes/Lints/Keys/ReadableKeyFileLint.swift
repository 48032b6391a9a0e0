internal import Documents

/// A file with a secret that every user of the machine can read.
struct ReadableKeyFileLint: Lint {
    static let rule = LintRule(
        "GH4316", .warning, "secret file readable by everybody",
        why: "Every user and every service of this machine can read the file, and with its secret sign tokens.",
        example: "\"secretFile\": \"session.key\" with mode 0644",
        remedy: "chmod 600 the file, or use ${credential:NAME}, which the service manager keeps to this service.")

    func run(_ context: LintContext) {
        for key in context.document.keys {
            guard case .secret = key.material, let value = context.member(key.name, of: "keys")?.value else { continue }
            for member in ["secretFile", "secret"] {
                guard let written = value[member], let path = Self.path(written, member, context),
                    context.environment.isReadableByEverybody(path) == true
                else { continue }
                context.report(
                    Self.rule, written.range, "every user of this machine can read \"\(path)\"",
                    help: "chmod 600 \(path)", note: "whoever reads the secret can sign tokens")
            }
        }
    }

    /// The path of `secretFile`, or of the first `${file:…}` in `secret`.
    private static func path(_ value: JSONValue, _ member: String, _ context: LintContext) -> String? {
        if member == "secretFile" { return context.text(value) }
        guard let text = value.string, let start = text.firstRange(of: "${file:") else { return nil }
        let path = text[start.upperBound...].prefix { $0 != "}" }
        return path.isEmpty ? nil : String(path)
    }
}
