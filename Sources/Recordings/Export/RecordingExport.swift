import Documents

/// Writes recordings in forms that others read. Secrets were taken out when they were recorded, and stay out.
package enum RecordingExport {
    /// The opening of a HAR 1.2 file; entries follow, separated by ``separator``.
    package static func harOpening(programVersion: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", "Gatehouse")
            writer.member("version", programVersion)
        }
        return Array("{\"log\":{\"version\":\"1.2\",\"creator\":".utf8) + writer.bytes + Array(",\"entries\":[\n".utf8)
    }

    package static let harSeparator = Array(",\n".utf8)
    package static let harClosing = Array("\n]}}\n".utf8)

    /// One entry of a HAR file: that of the recording, decision and all.
    package static func har(_ entry: RecordedEntry) -> [UInt8] {
        entry.document.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }

    /// Fields that curl makes by itself, or that make no sense a second time.
    private static let left = Set(
        ["host", "content-length", "connection", "transfer-encoding", "keep-alive", "expect", "cookie"].map {
            Array($0.utf8)
        })

    /// A command for a shell. Credentials come from `$TOKEN`: the recording holds none.
    package static func curl(_ entry: RecordedEntry) -> [UInt8] {
        func quoted(_ text: [UInt8]) -> [UInt8] {
            let parts = text.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            return [0x27] + parts.joined(separator: Array("'\\''".utf8)) + [0x27]
        }
        let reason = entry.reason.map { " \($0)" } ?? ""
        let comment = "line \(entry.number): \(entry.decision)\(reason) \(entry.status) \(entry.routeKey ?? "no route")"
        var out = Array("# \(DiagnosticPrinter.visible(comment))\ncurl -sS -X ".utf8) + quoted(entry.method)
        out += [0x20] + quoted(entry.url)
        for header in entry.headers {
            let name = header.name.map(ByteKind.lowercased)
            if left.contains(name) { continue }
            if name.elementsEqual("authorization".utf8) {
                out += Array(" \\\n  -H \"Authorization: Bearer $TOKEN\"".utf8)
            } else {
                out += Array(" \\\n  -H ".utf8) + quoted(header.name + [0x3A, 0x20] + header.value)
            }
        }
        if !entry.body.isEmpty { out += Array(" \\\n  --data-raw ".utf8) + quoted(entry.body) }
        return out + [0x0A]
    }
}
