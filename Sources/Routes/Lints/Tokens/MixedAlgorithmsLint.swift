internal import Documents

/// One key set for secrets and for key pairs.
struct MixedAlgorithmsLint: Lint {
    static let rule = LintRule(
        "GH3403", .warning, "secrets and key pairs from one set",
        why:
            "HS* algorithms take a secret, the others a public key. When one JWK Set may hold both, whoever can add to "
            + "or read the set decides how tokens are verified; libraries that mixed them up took public keys as "
            + "secrets (RFC 8725 §3.1). A set with a secret in it must not be published.",
        example: "\"algorithms\": [\"RS256\", \"HS256\"] for a key of type \"jwks\"",
        remedy: "List HS* only for keys of type \"secret\", in an authorizer of their own.")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard let rules = authorizer.jwt, rules.algorithms.contains(where: { $0.hasPrefix("HS") }),
                rules.algorithms.contains(where: { !$0.hasPrefix("HS") })
            else { continue }
            let set = rules.keys.first { name in
                guard let key = context.document.key(named: name.value), key.algorithm == nil else { return false }
                switch key.material {
                case .keySet, .remoteKeySet: return true
                case .secret, .publicKey, .certificate: return false
                }
            }
            guard let set else { continue }
            context.report(
                Self.rule, rules.algorithmsSpan.range, "HS* and others are allowed for the same keys",
                label: "key \"\(set.value)\" may hold both",
                help: "leave HS* out, or verify such tokens with a key of type \"secret\" in another authorizer",
                note: "mixing secrets and public keys has let forged tokens through elsewhere (RFC 8725 §3.1)")
        }
    }
}
