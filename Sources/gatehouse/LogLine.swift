import Documents

/// One request of a log in JSON, as `serve` writes it.
struct LogLine {
    /// Names by which filters ask; the log's own.
    static let fields = [
        "ts", "level", "msg", "request_id", "stage", "route", "method", "path", "status", "decision", "reason",
        "decision_kind", "statement", "resource_policy", "principal_id", "authorizer", "cache", "client",
        "lane", "tunnel", "upstream_status", "upstream_ms", "total_ms", "bytes_in", "bytes_out",
    ]
    static let aliases = ["who": "principal_id", "id": "request_id", "ms": "total_ms"]

    private let root: JSONValue

    /// Nil when the line is no JSON object.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let document = try? JSONParser.parse(Array(bytes), maximumDepth: 8), document.root.kind == .object else {
            return nil
        }
        root = document.root
    }

    subscript(_ name: String) -> String? {
        guard let value = root[name], !value.isNull else { return nil }
        return value.string ?? String(decoding: value.text, as: UTF8.self)
    }

    func isTaken(by filter: RequestFilter) -> Bool {
        filter.matches({ self[$0] }, all: { Self.fields.compactMap { self[$0] } })
    }

    /// The line for people, in the columns of `serve --log-format text`.
    func rendered(usesColor: Bool) -> String {
        let decision = self["decision"]
        let word = decision.map { $0 == "allow" ? "ALLOW" : $0 == "deny" ? "DENY" : "----" } ?? "----"
        var out = Self.time(self["ts"]) + "  " + Self.paint(Self.pad(word, 6), word, usesColor)
        let status = self["status"].map { $0 == "0" ? "---" : $0 } ?? "---"
        out += Self.pad(Self.safe(status, 4), 4) + " " + Self.pad(Self.safe(self["method"] ?? "-", 16), 7)
        out += Self.pad(Self.safe(self["path"] ?? "-", 60), 22) + "  "
        out += Self.pad(Self.safe(self["principal_id"] ?? "-", 40), 12) + " "
        if let authorizer = self["authorizer"] {
            let cache = self["cache"].map { $0 == "off" ? "" : " \($0)" } ?? ""
            out += Self.pad(Self.safe(authorizer + cache, 40), 14) + " "
        }
        if let reason = self["reason"] {
            out += Self.safe(reason, 120)
            if let statement = self["statement"] { out += ": " + Self.safe(statement, 60) }
            out += "  "
        }
        if let milliseconds = self["upstream_ms"] { out += "up \(Self.safe(milliseconds, 12)) ms  " }
        if let milliseconds = self["total_ms"] { out += "total \(Self.safe(milliseconds, 12)) ms  " }
        return out + Self.safe(String((self["request_id"] ?? "").prefix(4)), 4)
    }

    /// The time of day of `2026-11-21T12:02:11.412Z`.
    private static func time(_ stamp: String?) -> String {
        let text = safe(stamp ?? "-", 30)
        guard let start = text.firstIndex(of: "T"), text.hasSuffix("Z") else { return pad(text, 12) }
        return pad(String(text[text.index(after: start)...].dropLast()), 12)
    }

    /// What came with a request cannot forge lines or colours, and no value fills the screen.
    private static func safe(_ text: String, _ limit: Int) -> String {
        let shown = DiagnosticPrinter.visible(text)
        return shown.count > limit ? shown.prefix(limit - 1) + "…" : shown
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func paint(_ text: String, _ word: String, _ usesColor: Bool) -> String {
        guard usesColor else { return text }
        switch word {
        case "ALLOW": return "\u{1B}[32m\(text)\u{1B}[0m"
        case "DENY": return "\u{1B}[31m\(text)\u{1B}[0m"
        default: return "\u{1B}[33m\(text)\u{1B}[0m"
        }
    }
}
