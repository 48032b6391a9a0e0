import Foundation
import Testing

@Suite("gatehouse fmt, config and init")
struct ConfigurationFileTests {
    private static func sha256(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "printf %s \"$0\" | sha256sum", text]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile().prefix(8), as: UTF8.self)
    }

    @Test("fmt refuses what is not JSON and leaves it alone")
    func broken() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("gateway.json", "{ \"a\": }")
        let run = try CommandRun(["fmt"], folder: folder.url)
        #expect(run.code == 78)
        #expect(run.errors.contains("error[GH1004]"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "{ \"a\": }")
        #expect(try CommandRun(["fmt", "absent.json"], folder: folder.url).code == 66)
    }

    @Test("fmt --check changes nothing and ends with 1; fmt formats, and then --check is content")
    func format() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("gateway.json", "{\n\"a\":1 // one\n}")
        let check = try CommandRun(["fmt", "--check"], folder: folder.url)
        #expect(check.code == 1)
        #expect(check.output.contains("+  \"a\": 1 // one"))
        #expect(try CommandRun(["fmt", "--check", "--quiet"], folder: folder.url).output.isEmpty)
        #expect(try String(contentsOf: file, encoding: .utf8) == "{\n\"a\":1 // one\n}")
        let run = try CommandRun(["fmt"], folder: folder.url)
        #expect(run.code == 0)
        #expect(run.errors == "gateway.json: formatted\n")
        #expect(try String(contentsOf: file, encoding: .utf8) == "{\n  \"a\": 1 // one\n}\n")
        #expect(try CommandRun(["fmt", "--check"], folder: folder.url).code == 0)
        #expect(try CommandRun(["fmt", "--quiet"], folder: folder.url).errors.isEmpty)
        #expect(try CommandRun(["fmt", "-"], input: "{\"a\":1}").output == "{ \"a\": 1 }\n")
    }

    @Test("config path names the file, and ends with 66 when there is none")
    func path() throws {
        let folder = try TemporaryFolder()
        #expect(try CommandRun(["config", "path"], folder: folder.url).code == 66)
        #expect(try CommandRun(["config", "path", "--config", "absent.json"], folder: folder.url).code == 66)
        _ = try folder.file("gateway.json", "{}")
        #expect(try CommandRun(["config", "path"], folder: folder.url).output == "gateway.json\n")
        let inner = folder.url.appendingPathComponent("a")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        #expect(try CommandRun(["config", "path"], folder: inner).output == "../gateway.json\n")
    }

    @Test("config print fills defaults in, resolves expressions and hides secrets")
    func print() throws {
        let secret = "an-environment-secret-of-thirty-two-bytes"
        let run = try CommandRun(["config", "print"], environment: ["GATEHOUSE_FLEET_SECRET": secret])
        #expect(run.code == 0)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let server = try #require(root["server"] as? [String: Any])
        #expect(server["listen"] as? String == "127.0.0.1:0")
        let limits = try #require(server["limits"] as? [String: Int])
        #expect(limits["headerBytes"] == 10240)
        #expect(limits["integrationTimeoutInMillis"] == 29000)
        let routes = try #require(root["routes"] as? [String: [String: Any]])
        #expect(routes["GET /ships"]?["authorizer"] as? String == "session")
        #expect(routes["GET /health"]?["authorizer"] == nil)
        let authorizers = try #require(root["authorizers"] as? [String: [String: Any]])
        #expect(authorizers["session"]?["authorizerResultTtlInSeconds"] as? Int == 300)
        #expect(!run.output.contains(secret))
        #expect(!run.output.contains("another-test-vector"))
        let digest = try Self.sha256(secret)
        #expect(run.output.contains("<secret sha256:\(digest) from env GATEHOUSE_FLEET_SECRET>"))
        #expect(run.output.contains("from file old-key.txt>"))
        #expect(try CommandRun(["config", "print", "--stage", "absent"]).code == 78)
    }

    @Test("config print hides texts that are sent as secrets, and user information of URLs")
    func hidden() throws {
        let folder = try TemporaryFolder()
        _ = try CommandRun(["init", "--quiet"], folder: folder.url)
        let file = folder.url.appendingPathComponent("gateway.json")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacingOccurrences(
                of: "\"overwrite:header.X-Principal\"",
                with:
                    "\"overwrite:header.X-Api-Key\": \"open-sesame\", \"overwrite:header.X-Password\": \"${env:PLAIN}\", "
                    + "\"overwrite:header.X-Token\": \"$context.requestId\", \"overwrite:header.X-Principal\""
            )
            .replacingOccurrences(
                of: "\"$default\": {}",
                with: "\"$default\": { \"stageVariables\": { \"db\": \"postgres://me:hush@db.example/x?y=@\" } }")
        try Data(text.utf8).write(to: file)
        let run = try CommandRun(["config", "print"], environment: ["PLAIN": "hocus-pocus"], folder: folder.url)
        #expect(run.code == 0, "\(run.errors)")
        for secret in ["open-sesame", "hocus-pocus", "hush"] { #expect(!run.output.contains(secret)) }
        #expect(run.output.contains("\"$context.requestId\""))
        #expect(run.output.contains("postgres://…@db.example/x?y=@"))
        #expect(run.output.contains("from env PLAIN>"))
    }

    @Test("config print --origins says where each value comes from")
    func origins() throws {
        let run = try CommandRun(["config", "print", "--origins"])
        let lines = run.output.split(separator: "\n").map(String.init)
        func origin(_ start: String) -> String? {
            lines.first { $0.drop { $0 == " " }.hasPrefix(start) }.flatMap { line in
                line.firstRange(of: "  // ").map { String(line[$0.upperBound...]) }
            }
        }
        #expect(lines.first == "// stage: dev, api.defaultStage")
        #expect(origin("\"listen\"") == "fixtures/gateway/fleet.jsonc:9")
        #expect(origin("\"headerBytes\"") == "default")
        #expect(origin("\"integrationTimeoutInMillis\"") == "default of REST APIs")
        #expect(origin("\"authorizer\"")?.hasSuffix(":7, api.defaultAuthorizer") == true)
        #expect(lines.contains { $0.contains("env GATEHOUSE_FLEET_SECRET") })
        // Every value has one, and the whole is a document again.
        let values = lines.filter { $0.contains("\": ") && !$0.hasSuffix("{") && !$0.hasSuffix("[") }
        #expect(values.allSatisfy { $0.contains("  // ") || $0.contains("{}") }, "\(run.output)")
        let other = try CommandRun(["config", "print", "--origins"], environment: ["GATEHOUSE_STAGE": "dev"])
        #expect(other.output.hasPrefix("// stage: dev, env GATEHOUSE_STAGE\n"))
    }

    @Test("config diff ends with 1, names values by pointer and public routes first; layout does not count")
    func diff() throws {
        let folder = try TemporaryFolder()
        let fleet = try String(contentsOf: ConfigurationCommandTests.fleet, encoding: .utf8)
            .replacingOccurrences(of: "${file:old-key.txt}", with: "${env:OLD}")
        _ = try folder.file("a.json", fleet)
        let old = ["OLD": "0123456789abcdef0123456789abcdef"]
        func run(_ text: String, _ environment: [String: String]? = nil) throws -> CommandRun {
            _ = try folder.file("b.json", text)
            return try CommandRun(
                ["config", "diff", "--config", "a.json", "b.json"], environment: environment ?? old, folder: folder.url)
        }
        #expect(try run("// another comment\n" + fleet).code == 0)
        let same = try run(
            fleet.replacingOccurrences(of: "\"server\": {", with: "\"server\": { \"headerNames\": \"strict\","))
        #expect(same.code == 0)
        #expect(same.output.isEmpty)
        let other = try run(
            fleet.replacingOccurrences(
                of: "\"GET /logbook\": {", with: "\"GET /diary\": { \"authorizationType\": \"NONE\","
            )
            .replacingOccurrences(of: "\"clockSkewSeconds\": 5", with: "\"clockSkewSeconds\": 6")
            .replacingOccurrences(
                of: "\"POST /ships\": {", with: "\"POST /ships\": { \"authorizationType\": \"NONE\","))
        #expect(other.code == 1)
        let lines = other.output.split(separator: "\n").map(String.init)
        let warnings = lines.prefix { $0.hasPrefix("! ") }
        #expect(warnings.contains { $0.contains("POST /ships") } && warnings.contains { $0.contains("GET /diary") })
        #expect(lines.contains("~ /authorizers/session/jwt/clockSkewSeconds  5 -> 6"))
        #expect(lines.contains { $0.hasPrefix("- /routes/GET ~1logbook  {") })
        #expect(lines.contains { $0.hasPrefix("+ /routes/GET ~1diary  {") })
        #expect(try run("{").code == 78)
        #expect(
            try CommandRun(["config", "diff", "--config", "a.json", "c.json"], environment: old, folder: folder.url)
                .code == 66)
    }

    @Test(
        "init overwrites nothing, and leaves nothing behind when it cannot finish",
        arguments: ["gateway.json", "keys/session.key", "keys/.gitignore"])
    func exists(_ name: String) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("keys"), withIntermediateDirectories: true)
        // A link that leads nowhere is a name that is taken.
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.appendingPathComponent(name).path, withDestinationPath: "/nonexistent/target")
        let run = try CommandRun(["init"], folder: folder.url)
        #expect(run.code == 64)
        #expect(run.errors.contains("\(name) exists already; nothing was written"))
        for other in ["gateway.json", "keys/session.key", "keys/.gitignore"] where other != name {
            #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent(other).path))
        }
    }

    @Test(
        "init's arguments are checked",
        arguments: [
            ["--upstream", "localhost:3000"], ["--upstream", "http://h/path"], ["--name", "a b"], ["--name", ""],
        ])
    func wrong(_ arguments: [String]) throws {
        let folder = try TemporaryFolder()
        #expect(try CommandRun(["init"] + arguments, folder: folder.url).code == 64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test(
        "init writes a configuration that is formatted, validates without a warning, and signs tokens that it accepts")
    func initialize() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(
            ["init", "--upstream", "https://backend.example", "--name", "orders", "--directory", "gate/x"],
            folder: folder.url)
        #expect(run.code == 0, "\(run.errors)")
        let inner = folder.url.appendingPathComponent("gate/x")
        let key = inner.appendingPathComponent("keys/session.key")
        let mode = try FileManager.default.attributesOfItem(atPath: key.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let check = try CommandRun(["validate", "--strict"], folder: inner)
        #expect(check.code == 0, "\(check.output)")
        #expect(check.output.contains("gateway.json: 0 errors, 0 warnings."))
        #expect(try CommandRun(["fmt", "--check"], folder: inner).code == 0)
        let text = try String(contentsOf: inner.appendingPathComponent("gateway.json"), encoding: .utf8)
        #expect(text.contains("\"https://backend.example{path}\"") && text.contains("\"audience\": [\"orders\"]"))
        let token = try CommandRun(
            ["token", "sign", "--authorizer", "session", "--claim", "sub=me", "--exp", "+1h"], folder: inner)
        #expect(token.code == 0, "\(token.errors)")
        let allowed = try CommandRun(["authorize", "GET", "/any/path", "--token", token.text], folder: inner)
        #expect(allowed.code == 0, "\(allowed.output)")
        #expect(try CommandRun(["authorize", "GET", "/any/path"], folder: inner).code == 1)
        // Two secrets are never the same.
        let other = try TemporaryFolder()
        _ = try CommandRun(["init"], folder: other.url)
        let second = try String(contentsOf: other.url.appendingPathComponent("keys/session.key"), encoding: .utf8)
        #expect(second != (try String(contentsOf: key, encoding: .utf8)))
    }
}
