import ArgumentParser
import Routes

/// A secret on the command line: only where it is, `@FILE` or `env:NAME`. Written out it would stay in the shell's
/// history and in the list of processes, so that is refused.
struct SecretArgument: ExpressibleByArgument {
    private enum Place {
        case file(String)
        case variable(String)
        case refused
    }

    private let place: Place

    init?(argument: String) {
        if argument.hasPrefix("@"), argument.utf8.count > 1 {
            place = .file(String(argument.dropFirst()))
        } else if argument.hasPrefix("env:"), argument.utf8.count > 4 {
            place = .variable(String(argument.dropFirst(4)))
        } else {
            // The argument parser would repeat a word that it cannot use.
            place = .refused
        }
    }

    /// The octets; a line end at the end of a file or variable does not count.
    func read(_ encoding: SecretEncoding) throws(CommandFailure) -> [UInt8] {
        var text: [UInt8]
        switch place {
        case .file(let path): text = try StandardStreams.read(path)
        case .variable(let name):
            guard let value = ProcessEnvironment.variable(name) else {
                throw CommandFailure("the environment has no \(name)", ExitCodes.missingInput)
            }
            text = Array(value.utf8)
        case .refused:
            throw CommandFailure(
                "--secret takes no secret, only its place: @FILE or env:NAME (a shell remembers what is typed)",
                ExitCodes.usage)
        }
        if text.last == 0x0A { text.removeLast() }
        if text.last == 0x0D { text.removeLast() }
        guard let octets = encoding.decode(text[...]) else {
            throw CommandFailure("the secret is not \(encoding.rawValue)", ExitCodes.usage)
        }
        return octets
    }
}

/// `raw`, `base64`, `base64url` or `hex`.
struct SecretEncodingArgument: ExpressibleByArgument {
    let encoding: SecretEncoding

    init?(argument: String) {
        guard let encoding = SecretEncoding(rawValue: argument) else { return nil }
        self.encoding = encoding
    }
}

/// `90s`, `30m`, `1h`, `7d`
struct LifetimeArgument: ExpressibleByArgument {
    let seconds: Int

    init?(argument: String) {
        guard let seconds = SpanText.seconds(argument), seconds > 0 else { return nil }
        self.seconds = seconds
    }
}
