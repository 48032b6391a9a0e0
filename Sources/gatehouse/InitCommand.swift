import ArgumentParser
import Documents
import Routes
import Tokens

/// `gatehouse init`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first gateway.json and a key for it.",
        discussion: """
            Examples:
              gatehouse init
              gatehouse init --upstream http://localhost:3000
              gatehouse init --directory gate --name orders

            Writes gateway.json and keys/session.key (mode 0600, and kept out of git). Nothing that exists is \
            overwritten. The result validates and serves: every path goes to the backend and needs a token that is \
            signed with the key.

            Exit codes: 0 written, 64 a file exists already or the URL is wrong, 74 not writable.
            """)

    @Option(help: ArgumentHelp("The backend, as scheme, host and port.", valueName: "url"))
    var upstream = "http://127.0.0.1:3000"

    @Option(help: "What the API is called; also the audience of its tokens.")
    var name = "api"

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var directory = "."

    @Flag(name: [.short, .long], help: "Do not say what comes next.")
    var quiet = false

    func validate() throws {
        guard UpstreamOrigin(upstream) != nil else {
            throw ValidationError(
                "\"\(upstream)\" is no backend; write http://host:port or https://host, without a path")
        }
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(Self.isNameByte) else {
            throw ValidationError("the name holds letters, digits, - and _")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    func run() throws {
        try reporting {
            let folder = directory == "." ? "" : directory.hasSuffix("/") ? directory : "\(directory)/"
            let files: [(path: String, content: [UInt8], mode: UInt32)] = [
                ("\(folder)keys/session.key", try Self.secret() + [0x0A], 0o600),
                ("\(folder)keys/.gitignore", Array("*\n".utf8), 0o644),
                ("\(folder)gateway.json", Array(text.utf8), 0o644),
            ]
            for file in files where StandardStreams.isThere(file.path) {
                throw CommandFailure("\(file.path) exists already; nothing was written", ExitCodes.usage)
            }
            StandardStreams.makeFolder("\(folder)keys")
            var written: [String] = []
            do throws(CommandFailure) {
                for file in files {
                    try StandardStreams.create(file.path, file.content, mode: file.mode)
                    written.append(file.path)
                }
            } catch {
                // Half a gateway would only be in the way of the next attempt.
                written.forEach(StandardStreams.remove)
                throw error
            }
            if !quiet { StandardStreams.write(farewell(folder)) }
        }
    }

    /// 32 random octets as base64url text.
    private static func secret() throws(CommandFailure) -> [UInt8] {
        let key: GeneratedKey
        do throws(CryptoFailure) {
            key = try JWKGenerator.generate(for: .hmac(.hs256))
        } catch {
            throw CommandFailure(error.description, ExitCodes.software)
        }
        let text: [UInt8]?
        do throws(JSONError) { text = try JSONParser.parse(key.privateJWK).root["k"]?.utf8 } catch { text = nil }
        guard let text else { throw CommandFailure("the generated key cannot be read", ExitCodes.software) }
        return text
    }

    private var text: String {
        let template = #"""
            // A gate in front of SCHEME: every request needs a token, and the backend learns who calls.
            // `gatehouse validate` checks this file, `gatehouse explain CODE` says more about a problem.
            {
              "version": 1,

              "api": {
                "name": "NAME", "type": "HTTP",
                "apiId": "local1234", "region": "us-east-1", "accountId": "123456789012",
                "defaultStage": "$default", "defaultAuthorizer": "session"
              },

              "server": {
                "listen": "127.0.0.1:8080",
                // API Gateway takes 10240; browsers and proxies send more.
                "limits": { "headerBytes": 32768 }
              },

              "stages": { "$default": {} },

              "keys": {
                // Whoever has this file can sign tokens: keep it out of backups and repositories.
                "session": { "type": "secret", "alg": "HS256", "secretFile": "keys/session.key", "encoding": "base64url" }
              },

              "authorizers": {
                "session": {
                  "type": "REQUEST",
                  "identitySource": ["$request.header.Authorization"],
                  "jwt": {
                    "keys": ["session"], "algorithms": ["HS256"],
                    "issuer": "https://login.example", "audience": ["NAME"]
                  },
                  // Narrow this down: a statement can name routes, and claims that must hold.
                  "policy": [{ "sid": "Everything", "effect": "Allow", "resources": ["*"] }]
                }
              },

              "integrations": {
                "backend": {
                  "type": "HTTP_PROXY",
                  "uri": "SCHEME{path}",
                  // The backend learns who calls from this header; a client's own is dropped.
                  "requestParameters": { "overwrite:header.X-Principal": "$context.authorizer.principalId" },
                  // The token has done its work at the gate.
                  "forwardAuthorization": false
                }
              },

              "routes": {
                // A public route says so: "GET /health": { "authorizationType": "NONE", "integration": "backend" }
                "$default": { "integration": "backend" }
              }
            }

            """#
        return template.split(separator: "NAME", omittingEmptySubsequences: false).joined(separator: name)
            .split(separator: "SCHEME", omittingEmptySubsequences: false).joined(separator: upstream)
    }

    private func farewell(_ folder: String) -> String {
        let flag = folder.isEmpty ? "" : " --config \(folder)gateway.json"
        return """
            \(folder)gateway.json       the gate in front of \(upstream)
            \(folder)keys/session.key   the secret that tokens are signed with, mode 0600

            Next:
              gatehouse validate\(flag)
              gatehouse serve\(flag)
              gatehouse token sign\(flag) --authorizer session --claim sub=me --exp +1h

            """
    }
}
