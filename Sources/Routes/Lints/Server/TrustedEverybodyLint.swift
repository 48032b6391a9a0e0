internal import Documents

/// Every client counts as a trusted proxy.
struct TrustedEverybodyLint: Lint {
    static let rule = LintRule(
        "GH3224", .warning, "every client is a trusted proxy",
        why: "X-Forwarded-For is believed from everybody, so a client chooses the address that conditions on "
            + "aws:SourceIp, identity sources and logs see.",
        example: "\"trustedProxies\": [\"0.0.0.0/0\"]",
        remedy: "Name the addresses of your load balancers.")

    func run(_ context: LintContext) {
        for element in context.root["server"]?["trustedProxies"]?.elements.map({ $0 }) ?? [] {
            guard let text = context.text(element), let block = AddressBlock(text), block.prefixLength == 0 else {
                continue
            }
            context.report(
                Self.rule, element.range, "every client may say where it comes from",
                help: "name the addresses of your load balancers",
                note: "X-Forwarded-For is believed from everybody in this block")
        }
    }
}
