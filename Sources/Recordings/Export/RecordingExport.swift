import Documents
import HTTP

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
        var out = Array("# \(DiagnosticPrinter.visible(comment))\n".utf8)
        // A recording may have been written by anybody, and the command is going to be run.
        guard FieldSyntax.isName(entry.method) else { return out + leftOut("its method is none that HTTP allows") }
        guard isAddress(entry.url) else { return out + leftOut("its address is no http or https URL") }
        guard entry.headers.allSatisfy({ FieldSyntax.isName($0.name) && FieldSyntax.isValue($0.value) }) else {
            return out + leftOut("one of its headers is none that HTTP allows")
        }
        guard !entry.body.contains(0) else { return out + leftOut("no shell passes its body on") }
        let method =
            entry.method.elementsEqual("HEAD".utf8) ? Array("--head".utf8) : Array("-X ".utf8) + quoted(entry.method)
        out += Array("curl -g -sS --path-as-is ".utf8) + method + Array(" --url ".utf8) + quoted(entry.url)
        for header in entry.headers {
            let name = header.name.map(ByteKind.lowercased)
            if left.contains(name) { continue }
            if name.elementsEqual("authorization".utf8) {
                out += Array(" \\\n  -H \"Authorization: Bearer $TOKEN\"".utf8)
            } else {
                // curl takes `Name:` for a wish to leave the field out, and `Name;` for an empty one.
                let value = header.value.isEmpty ? [UInt8(ascii: ";")] : [0x3A, 0x20] + header.value
                out += Array(" \\\n  -H ".utf8) + quoted(header.name + value)
            }
        }
        if !entry.body.isEmpty { out += Array(" \\\n  --data-raw ".utf8) + quoted(entry.body) }
        return out + [0x0A]
    }

    private static func leftOut(_ reason: String) -> [UInt8] { Array("# left out: \(reason)\n".utf8) }

    /// `http` or `https`, a host, and nothing that ends a line.
    private static func isAddress(_ url: [UInt8]) -> Bool {
        guard url.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        return ["http://", "https://"].contains { scheme in
            guard url.starts(with: scheme.utf8), let first = url.dropFirst(scheme.utf8.count).first else {
                return false
            }
            return first != UInt8(ascii: "/") && first != UInt8(ascii: "?") && first != UInt8(ascii: "#")
        }
    }
}
