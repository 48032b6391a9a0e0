import ArgumentParser
import Documents
import Tokens

/// `gatehouse token tamper`
struct TokenTamperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tamper", abstract: "Change a token without its key, to see it refused.",
        discussion: """
            Examples:
              gatehouse token tamper eyJ… --set rank=admiral | gatehouse token verify -
              gatehouse token tamper @captain.jwt --alg none
              gatehouse token tamper @captain.jwt --set rank=admiral --key-confusion keys/public.pem

            Without options the signature is changed by one bit. These are the attacks of RFC 8725: a verifier that \
            lets one of them through is broken.
            """)

    @Argument(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument

    @Option(help: ClaimArgument.help) var set: [ClaimArgument] = []
    @Option(help: "Write this algorithm into the header; with none the signature goes away.") var alg: String?
    @Flag(help: "Leave the signature out.") var stripSignature = false
    @Option(help: "Sign as HS256 with the text of this public key as the secret.") var keyConfusion: String?

    func validate() throws {
        if [alg != nil, stripSignature, keyConfusion != nil].count(where: { $0 }) > 1 {
            throw ValidationError("--alg, --strip-signature and --key-confusion exclude each other")
        }
    }

    func run() throws {
        try reporting {
            let parts = try token.read().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
                let signature = Base64URL.decode(parts[2])
            else {
                throw CommandFailure("this is not a token: three base64url parts between two dots", ExitCodes.usage)
            }
            var claims = payload
            if !set.isEmpty { claims = try Self.changed(payload, "payload", set.map { ($0.name, $0.json) }) }
            let text: [UInt8]
            if let keyConfusion {
                text = try confused(header, claims, keyConfusion)
            } else if let alg {
                let changed = try Self.changed(header, "header", [("alg", Self.quoted(alg))])
                text = Self.join(Base64URL.encode(changed), Base64URL.encode(claims), alg == "none" ? [] : signature)
            } else if stripSignature {
                text = Self.join(Array(parts[0]), Self.kept(parts[1], payload, claims), [])
            } else if !set.isEmpty {
                text = Self.join(Array(parts[0]), Base64URL.encode(claims), signature)
            } else {
                guard let last = signature.last else {
                    throw CommandFailure("the token has no signature to change; use --set", ExitCodes.usage)
                }
                text = Self.join(Array(parts[0]), Array(parts[1]), signature.dropLast() + [last ^ 1])
            }
            StandardStreams.write(text + [0x0A])
        }
    }

    private static func join(_ header: [UInt8], _ payload: [UInt8], _ signature: [UInt8]) -> [UInt8] {
        let dot = [UInt8(ascii: ".")]
        return header + dot + payload + dot + Base64URL.encode(signature)
    }

    private static func kept(_ text: ArraySlice<UInt8>, _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
        old == new ? Array(text) : Base64URL.encode(new)
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }

    private func confused(_ header: [UInt8], _ payload: [UInt8], _ file: String) throws -> [UInt8] {
        let secret = try StandardStreams.read(file)
        do {
            let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hmac(.hs256))
            let changed = try Self.changed(header, "header", [("alg", Self.quoted("HS256"))])
            return try signer.sign(header: changed, payload: payload)
        } catch let error as KeyError {
            throw CommandFailure("\(file): \(error.description)", ExitCodes.usage)
        }
    }

    private static func changed(
        _ json: [UInt8], _ name: String, _ changes: [(name: String, json: [UInt8])]
    ) throws(CommandFailure) -> [UInt8] {
        let root: JSONValue
        do throws(JSONError) { root = try JSONParser.parse(json).root } catch {
            throw CommandFailure("the \(name) is not JSON: \(error.message)", ExitCodes.usage)
        }
        guard root.kind == .object else { throw CommandFailure("the \(name) is not an object", ExitCodes.usage) }
        var members = ClaimList()
        for member in root.members { members.set(member.name, Array(member.value.text)) }
        for change in changes { members.set(change.name, change.json) }
        return members.payload
    }
}
