/// Keeps tokens and other secrets of requests out of reports: a report goes into the log of a build and to reviewers,
/// and a token that was minted with the gate's own secret opens the gate.
enum ReportMask {
    private static let secretWords = [
        "authorization", "cookie", "token", "secret", "password", "passwd", "api-key", "api_key", "apikey",
        "credential",
        "session", "signature",
    ]

    /// Whether a field, a query parameter or a member of this name holds a secret.
    static func isSecret(_ name: String) -> Bool {
        let lower = name.lowercased()
        return secretWords.contains { lower.contains($0) }
    }

    /// The text with `…` in the place of compact tokens, of what follows `Bearer` and `Basic`, and of secret query
    /// parameters.
    static func hide(_ text: String) -> String {
        var out = ""
        var word = ""
        var isAfterScheme = false
        func end() -> String {
            defer {
                isAfterScheme = ["bearer", "basic"].contains(word.lowercased())
                word = ""
            }
            if isAfterScheme, !word.isEmpty { return "…" }
            return hideQuery(hideTokens(word))
        }
        for character in text {
            if character == " " || character == "\"" || character == "'" || character == "\t" {
                out += end()
                out.append(character)
            } else {
                word.append(character)
            }
        }
        return out + end()
    }

    /// A run of base64url that begins like a JSON object, and the parts behind its dots.
    private static func hideTokens(_ word: String) -> String {
        guard let start = word.firstRange(of: "eyJ") else { return word }
        let rest = word[start.lowerBound...]
        let end = rest.firstIndex { !isTokenCharacter($0) } ?? rest.endIndex
        let token = rest[..<end]
        let after = hideTokens(String(word[end...]))
        guard token.contains(".") else { return word[..<end] + after }
        return word[..<start.lowerBound] + "<token, \(token.utf8.count) bytes>" + after
    }

    private static func isTokenCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_.=".contains(character))
    }

    private static func hideQuery(_ word: String) -> String {
        guard let mark = word.firstIndex(of: "?") else { return word }
        let parameters = word[word.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let shown = parameters.map { parameter -> String in
            guard let sign = parameter.firstIndex(of: "="), isSecret(String(parameter[..<sign])) else {
                return String(parameter)
            }
            return parameter[...sign] + "…"
        }
        return word[...mark] + shown.joined(separator: "&")
    }
}
