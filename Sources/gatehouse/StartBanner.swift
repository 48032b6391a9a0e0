import Documents
import Gateway
import Routes

/// What `serve` says when it accepts connections: where, under which configuration, and who guards what.
struct StartBanner {
    let snapshot: GatewaySnapshot
    let addresses: [String]
    let checked: CheckedConfiguration
    let isWatching: Bool
    /// Options that name the configuration, for commands that are shown.
    let common: [String]

    /// Routes that are shown; `gatehouse routes` shows all.
    private static let most = 24

    var text: String {
        let document = snapshot.document
        var lines = [
            "Gatehouse \(VersionCommand.number)   stage \(snapshot.stage.name)   \(document.api.type.rawValue) API   "
                + "config \(checked.source.name) (\(checked.counts)\(isWatching ? ", watched" : ""))",
            "  gateway    \(addresses.joined(separator: "  "))", "  \(summary)",
        ]
        lines += RouteTableText.rows(of: snapshot, limit: Self.most).map { "  \($0)" }
        let rest = snapshot.routes.count - Self.most
        if rest > 0 { lines.append("  … \(rest) more: gatehouse routes") }
        if let example { lines.append("  try        \(example)") }
        return lines.map { DiagnosticPrinter.visible($0) + "\n" }.joined() + "\n"
    }

    private var summary: String {
        let document = snapshot.document
        let open = document.routes.count { $0.authorization == .none }
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let keys = document.keys.map(\.name).joined(separator: ", ")
        return "\(count(document.routes.count, "route")), \(open) public, "
            + "\(count(document.authorizers.count, "authorizer")), keys: \(keys.isEmpty ? "none" : keys)"
    }

    /// A request that somebody can send at once: to a guarded route that reads, with a token of the first principal.
    private var example: String? {
        guard let address = addresses.first(where: { $0.hasPrefix("http") }) else { return nil }
        let document = snapshot.document
        let route = snapshot.routes.first { route in
            route.authorizer?.declarative != nil && route.definition.key.text.hasPrefix("GET /")
                && !route.definition.key.text.contains("{")
        }
        guard let route, !common.contains("-"), let principal = document.principals.first?.name else { return nil }
        let path = route.definition.key.text.dropFirst(4)
        let stage = snapshot.stage.isServedByPath ? "/\(snapshot.stage.name)" : ""
        let words = (["gatehouse", "token", "sign", "--as", principal] + common).map(ShellWords.quoted)
        return "curl -H \"Authorization: Bearer $(\(words.joined(separator: " ")))\" \(address)\(stage)\(path)"
    }
}

/// Routes with their authorizers and integrations in columns.
enum RouteTableText {
    /// `limit` at most, in the order of the configuration.
    static func rows(of snapshot: GatewaySnapshot, limit: Int) -> [String] {
        let rows = snapshot.routes.prefix(limit).map { route in
            [
                route.definition.key.text, route.authorizer?.definition.name ?? "none",
                RoutesCommand.text(route.integration),
            ]
        }
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row[0] + String(repeating: " ", count: widths[0] - row[0].count + 3) + row[1]
                + String(repeating: " ", count: widths[1] - row[1].count + 3) + row[2]
        }
    }
}
