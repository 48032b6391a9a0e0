internal import Documents

/// A path segment of a REST route that AWS does not take.
struct PathCharacterLint: Lint {
    static let rule = LintRule(
        "GH3505", .warning, "path that AWS refuses",
        why: "The route works here, and AWS refuses to create its resource.",
        example: "\"GET /ships/~mine\"",
        remedy: "Keep to letters, digits and _ - . , : in the segments of REST routes.",
        aws: LintRule.AWSRule("REST path segments hold letters, digits and _ - . , : or are {name}", verified: true))

    func run(_ context: LintContext) {
        guard context.document.api.type == .rest else { return }
        for route in context.document.routes {
            for case .literal(let bytes) in route.key.pattern?.segments ?? [] {
                guard let odd = bytes.first(where: { !Self.isAllowed($0) }) else { continue }
                context.report(
                    Self.rule, route.span.range,
                    "AWS takes no \"\(String(decoding: [odd], as: UTF8.self))\" in the path of a REST route",
                    help: "keep to letters, digits and _ - . , :", note: "AWS would not create the resource")
                break
            }
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "_-.,:".utf8.contains(byte)
        }
    }
}
