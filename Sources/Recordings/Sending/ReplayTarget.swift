package import Routes

/// Where a replay sends to: the URL of `--to`. Only it names the host; nothing in a recording does.
package struct ReplayTarget: Sendable, Hashable {
    package let origin: UpstreamOrigin
    /// Stands before every recorded path: empty, or `/dev` without a slash at its end.
    package let prefix: [UInt8]

    /// Throws GH6202. The text is never repeated, because a password may stand in it.
    package init(_ text: String) throws(RecordingProblem) {
        let bytes = Array(text.utf8)
        let slashes = Array("://".utf8)
        guard let colon = bytes.firstIndex(of: slashes[0]), bytes[colon...].starts(with: slashes) else {
            throw Self.problem("it is no http or https URL")
        }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = rest[..<(end ?? rest.endIndex)]
        if authority.contains(UInt8(ascii: "@")) {
            throw RecordingProblem(
                "GH6202", "the URL of --to holds a user name or password",
                help: "leave it out: what a request proves who it is with comes from --tokens")
        }
        guard let origin = UpstreamOrigin(String(decoding: bytes[..<authority.endIndex], as: UTF8.self)) else {
            throw Self.problem("it is no http or https URL")
        }
        var path = rest[authority.endIndex...]
        guard path.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw Self.problem("a byte in its path is no URL's") }
        guard !path.contains(UInt8(ascii: "?")), !path.contains(UInt8(ascii: "#")) else {
            throw Self.problem("queries come from the recording, so it must have none")
        }
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        self.origin = origin
        prefix = Array(path)
    }

    private static func problem(_ reason: String) -> RecordingProblem {
        RecordingProblem("GH6202", "--to: \(reason)", help: "write it as http://127.0.0.1:8080 or https://host/stage")
    }

    package var isLoopback: Bool { origin.isLoopback }

    /// As it is shown; there is no secret in it.
    package var text: String { origin.description + String(decoding: prefix, as: UTF8.self) }
}
