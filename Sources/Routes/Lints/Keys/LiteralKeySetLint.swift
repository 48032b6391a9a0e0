internal import Documents

/// A secret or private key inside a key set that stands in the file.
struct LiteralKeySetLint: Lint {
    static let rule = LintRule(
        "GH4319", .warning, "secret in a key set in the file",
        why: "Whoever can read gateway.json, its backups or its history can sign tokens with it. The gateway verifies "
            + "only; of a key pair it needs the public half.",
        example: "\"jwks\": { \"keys\": [ { \"kty\": \"oct\", \"k\": \"…\" } ] }",
        remedy: "Put the set into a file and name it in \"jwksFile\", and remove \"d\" from key pairs.")

    func run(_ context: LintContext) {
        for key in context.document.keys {
            guard let set = context.member(key.name, of: "keys")?.value["jwks"] else { continue }
            for element in set["keys"]?.elements.map({ $0 }) ?? [] {
                let isSymmetric = element["kty"].flatMap { context.text($0) } == "oct"
                // The name, never the value, is underlined.
                guard let member = element.member(isSymmetric ? "k" : "d"), context.isLiteral(member.value) else {
                    continue
                }
                context.report(
                    Self.rule, member.key.range,
                    isSymmetric ? "a secret is written in the file" : "a private key is written in the file",
                    help: isSymmetric ? "use \"jwksFile\", or a key of type \"secret\"" : "remove the private members",
                    note: "whoever reads the file or its history can sign tokens")
            }
        }
    }
}
