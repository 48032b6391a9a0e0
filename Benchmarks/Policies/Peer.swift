import BenchmarkSupport
import Glibc

/// Another implementation of the same question, in this process.
struct Peer {
    let name: String
    private let match: (String) -> Bool

    /// `fnmatch` with no flags: its `*` crosses slashes as IAM's does.
    static func fnmatch(_ pattern: String) -> Peer {
        Peer(name: "fnmatch") { unsafe Glibc.fnmatch(pattern, $0, 0) == 0 }
    }

    /// What many emulators do: the pattern rewritten as a regular expression.
    static func regularExpression(_ pattern: String) -> Peer {
        let expression = "^" + pattern.map { $0 == "*" ? ".*" : $0 == "?" ? "." : "\($0)" }.joined() + "$"
        return Peer(name: "regexec") { text in
            var compiled = unsafe regex_t()
            guard unsafe regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
            defer { unsafe regfree(&compiled) }
            return unsafe regexec(&compiled, text, 0, nil, 0) == 0
        }
    }

    /// The least time of some calls on the whole text, or what a shorter text foretells when that would take longer
    /// than two seconds.
    func time(_ text: String) -> String {
        var former = 0.0
        var size = 64
        while size < text.utf8.count {
            let part = String(text.prefix(size))
            let spent = Stopwatch.nanoseconds(1) { _ = match(part) }
            // The next is twice as long; the growth so far goes on.
            let growth = former > 0 ? max(2, spent / former) : 2
            if spent * growth > 2e9 { return "> \(Figure.text(spent * growth)) (at \(size * 2) bytes)" }
            former = spent
            size *= 2
        }
        var least = Least()
        for _ in 0..<5 { least.add(Stopwatch.nanoseconds(1) { _ = match(text) }) }
        return least.text
    }
}
