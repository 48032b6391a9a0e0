package import Documents

extension RecordedEntry {
    /// Names by which filters ask: those of the log, and the place in the recording.
    package static let fields = [
        "line", "request_id", "route", "method", "path", "status", "decision", "reason", "statement", "principal_id",
        "authorizer", "total_ms",
    ]
    package static let aliases = ["who": "principal_id", "id": "request_id", "ms": "total_ms"]

    package func isTaken(by filter: RequestFilter) -> Bool {
        filter.matches({ text(of: $0) }, all: { Self.fields.compactMap { text(of: $0) } })
    }

    private func text(of field: String) -> String? {
        switch field {
        case "line": "\(number)"
        case "request_id": id
        case "route": routeKey
        case "method": String(decoding: method, as: UTF8.self)
        case "path": String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        case "status": "\(status)"
        case "decision": decision
        case "reason": reason
        case "statement": statement
        case "principal_id": principal
        case "authorizer": authorizer
        case "total_ms": "\(milliseconds)"
        default: nil
        }
    }
}
