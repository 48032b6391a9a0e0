import ArgumentParser
import Documents
import Tokens

/// `gatehouse token tamper`
struct TokenTamperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tamper", abstract: "Change a token without its key, to see it refused.",
        discussion: """
            gatehouse token tamper eyJ… --set rank=admiral | gatehouse token verify -
            Without --set, the signature is changed by one bit.
            """)

    @Argument(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument

    @Option(help: ClaimArgument.help) var set: [ClaimArgument] = []

    func run() throws {
        try reporting {
            let parts = try token.read().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
            else {
                throw CommandFailure("this is not a token: three base64url parts between two dots", ExitCodes.usage)
            }
            let dot = [UInt8(ascii: ".")]
            if set.isEmpty {
                guard let last = signature.last else {
                    throw CommandFailure("the token has no signature to change; use --set", ExitCodes.usage)
                }
                let changed = Base64URL.encode(signature.dropLast() + [last ^ 1])
                StandardStreams.write(Array(parts[0]) + dot + Array(parts[1]) + dot + changed + [0x0A])
            } else {
                let body = Base64URL.encode(try changed(payload))
                StandardStreams.write(Array(parts[0]) + dot + body + dot + Array(parts[2]) + [0x0A])
            }
        }
    }

    private func changed(_ payload: [UInt8]) throws(CommandFailure) -> [UInt8] {
        let root: JSONValue
        do throws(JSONError) { root = try JSONParser.parse(payload).root } catch {
            throw CommandFailure("the payload is not JSON: \(error.message)", ExitCodes.usage)
        }
        guard root.kind == .object else { throw CommandFailure("the payload is not an object", ExitCodes.usage) }
        var claims = ClaimList()
        for member in root.members { claims.set(member.name, Array(member.value.text)) }
        for each in set { claims.set(each.name, each.json) }
        return claims.payload
    }
}
