/// What the demo prints before the first request.
struct DemoScreen {
    var backend: String
    /// Where the tokens were saved; nil prints them.
    var folder: String?
    var tokens: [(name: String, says: String, token: [UInt8])]

    func text(gateway: String) -> String {
        """
        gateway   \(gateway)
        backend   \(backend)   (a sample API without authentication of its own)
        \(tokenLines)

        this one works
          curl \(bearer("captain")) \(gateway)/me
        these do not: read below which step refused them
          curl \(bearer("tampered")) \(gateway)/ships
          curl \(bearer("expired")) \(gateway)/ships
          curl -X DELETE \(bearer("cadet")) \(gateway)/ships/42
          curl \(bearer("captain")) \(gateway)/ship
        a session of your own
          curl -d '{"nickname":"spark"}' \(gateway)/session

        every request leaves a line that says why; Ctrl-C ends


        """
    }

    var backendOnly: String {
        """
        backend   \(backend)   (a sample API without authentication of its own)
        \(tokenLines)


        """
    }

    private var tokenLines: String {
        tokens.map { token in
            let value = folder.map { "\($0)/\(token.name).jwt" } ?? String(decoding: token.token, as: UTF8.self)
            return folder == nil
                ? "token     \(token.name): \(token.says)\n\(token.name)=\(value)"
                : "token     \(value)   \(token.says)"
        }.joined(separator: "\n")
    }

    private func bearer(_ name: String) -> String {
        let value = folder.map { "$(cat \($0)/\(name).jwt)" } ?? "$\(name)"
        return "-H \"Authorization: Bearer \(value)\""
    }
}
