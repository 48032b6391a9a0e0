import ArgumentParser

/// A token on the command line: itself, `@FILE`, or `-` for standard input.
struct TokenArgument: ExpressibleByArgument {
    private let text: String

    init?(argument: String) {
        text = argument
    }

    /// The word to show in a command that does the same: a token itself is never repeated.
    var shown: String { text.hasPrefix("@") ? text : "…" }

    /// The token without white space around it.
    func read() throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]
        if text == "-" {
            bytes = try StandardStreams.read("-")
        } else if text.hasPrefix("@") {
            bytes = try StandardStreams.read(String(text.dropFirst()))
        } else {
            bytes = Array(text.utf8)
        }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else {
            let place =
                text == "-" ? "standard input is empty" : text.isEmpty ? "it is empty" : "\(text.dropFirst()) is empty"
            throw CommandFailure("the token is missing: \(place)", ExitCodes.usage)
        }
        return Array(bytes[first...last])
    }
}
