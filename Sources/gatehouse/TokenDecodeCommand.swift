import ArgumentParser
import Documents
import Gateway
import Routes
import Tokens

/// `gatehouse token decode`
struct TokenDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Show what a token says, without believing it.",
        discussion: """
            Examples:
              gatehouse token decode eyJ…
              gatehouse token decode - < token.txt
              gatehouse token decode @captain.jwt --json

            Nothing is verified: anybody can write such a token. What is marked as personal can be read by whoever \
            holds the token.
            """)

    @Argument(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument

    @Option(help: "What time it is: ISO 8601, or seconds since 1970.")
    var clock: ClockArgument?

    @Flag(help: "Print header and payload as JSON.") var json = false

    func run() throws {
        try reporting {
            let bytes = try token.read()
            let compact: CompactToken
            do throws(TokenError) {
                compact = try CompactToken(parsing: bytes, limit: 1 << 20)
            } catch {
                throw CommandFailure("\(error.code.diagnostic) \(error.privateDescription)", ExitCodes.no)
            }
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1])
            else { throw CommandFailure("the token is not base64url", ExitCodes.no) }
            let root: JSONValue
            do throws(JSONError) { root = try JSONParser.parse(payload).root } catch {
                throw CommandFailure("the payload is not JSON: \(error.message)", ExitCodes.no)
            }
            guard root.kind == .object else { throw CommandFailure("the payload is not an object", ExitCodes.no) }
            if json {
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("verified", false)
                    writer.key("header")
                    writer.raw(Self.oneLine(header))
                    writer.key("payload")
                    writer.raw(Self.oneLine(payload))
                }
                StandardStreams.write(writer.bytes + [0x0A])
            } else {
                StandardStreams.write(DiagnosticPrinterLines.visible(text(compact, root)))
            }
        }
    }

    /// Line breaks can only stand between the tokens of a JSON text.
    private static func oneLine(_ json: [UInt8]) -> [UInt8] { json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }

    private func text(_ compact: CompactToken, _ payload: JSONValue) -> String {
        let header = compact.header
        var out = "UNVERIFIED (decode never checks; use `gatehouse token verify`)   "
        out += String(decoding: header.algorithmName, as: UTF8.self)
        if let kid = header.keyID { out += "  kid \(Self.line(kid))" }
        if let type = header.type { out += "  typ \(Self.line(type))" }
        out += "\n"
        let members = Array(payload.members)
        let width = members.map(\.name.count).max() ?? 0
        for member in members {
            let name = Self.line(Array(member.name.utf8))
            let value = member.value.utf8 ?? Array(member.value.text)
            out += "  \(name)\(String(repeating: " ", count: max(0, width - name.count)))  \(Self.line(value))"
            if ["exp", "nbf", "iat"].contains(member.name), let seconds = member.value.double { out += when(seconds) }
            out += "\n"
        }
        let known: Set<String> = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]
        let names = members.map(\.name).filter { !known.contains($0) }
        let open = names.filter { !PersonalClaims.contains($0) }.map { Self.line(Array($0.utf8)) }
        let personal = names.filter { PersonalClaims.contains($0) }.map { Self.line(Array($0.utf8)) }
        if !personal.isEmpty {
            out += "  personal, and readable by anyone who holds the token: \(personal.joined(separator: ", "))\n"
        }
        if !open.isEmpty { out += "  readable by anyone who holds the token: \(open.joined(separator: ", "))\n" }
        if !members.contains(where: { $0.name == "exp" }) { out += "  no exp: such a token never ends\n" }
        return out
    }

    private func when(_ seconds: Double) -> String {
        let now = (clock?.time ?? ClockArgument.now).value
        let span = TimeText.span(abs(now - seconds))
        return "   \(Explanation.moment(seconds))   \(seconds <= now ? "\(span) ago" : "in \(span)")"
    }

    /// One line, whatever the token holds.
    private static func line(_ bytes: some Collection<UInt8>) -> String {
        DiagnosticPrinter.visible(String(decoding: bytes, as: UTF8.self))
    }
}
