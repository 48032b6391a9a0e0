import Foundation
import Testing

@Suite("gatehouse validate, routes, explain and version")
struct ConfigurationCommandTests {
    static let fleet = CommandRun.root.appendingPathComponent("fixtures/gateway/fleet.jsonc")

    @Test("A configuration with mistakes ends with 78 and shows each with its place")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        var text = try String(contentsOf: Self.fleet, encoding: .utf8)
        text = text.replacingOccurrences(of: "${file:old-key.txt}", with: "${env:NOT_SET}")
        text = text.replacingOccurrences(of: "\"audience\":", with: "\"audiance\":")
        _ = try folder.file("gateway.json", text)
        let run = try CommandRun(["validate"], folder: folder.url)
        #expect(run.code == 78)
        #expect(run.output.contains("error[GH2501]"))
        #expect(run.output.contains("error[GH2104]"))
        #expect(run.output.contains("--> gateway.json:26:9"))
        #expect(run.output.contains("did you mean \"audience\"?") || run.output.contains("audience"))
        let other = try CommandRun(["authorize", "GET", "/ships"], folder: folder.url)
        #expect(other.code == 78)
        #expect(other.output.isEmpty)
        #expect(other.errors.contains("error[GH2104]"))
    }

    @Test("What only the keys can tell is reported, too")
    func badKey() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Self.fleet, encoding: .utf8)
            .replacingOccurrences(of: "\"secret\": \"${file:old-key.txt}\"", with: "\"secret\": \"${env:SHORT}\"")
        _ = try folder.file("gateway.json", text)
        let run = try CommandRun(["validate"], environment: ["SHORT": "short"], folder: folder.url)
        #expect(run.code == 78)
        #expect(run.output.contains("GH43"))
        #expect(!run.output.contains("\"short\""))
    }

    @Test("A missing configuration ends with 66")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(try CommandRun(["validate"], folder: folder.url).code == 66)
        let named = try CommandRun(["validate", "--config", "/nonexistent/gateway.json"])
        #expect(named.code == 66)
        #expect(named.errors.contains("/nonexistent/gateway.json"))
    }

    @Test("An unknown stage is a mistake, whether it comes from the flag or the environment")
    func stage() throws {
        #expect(try CommandRun(["validate", "--stage", "prod"]).code == 78)
        #expect(try CommandRun(["validate"], environment: ["GATEHOUSE_STAGE": "prod"]).code == 78)
        #expect(try CommandRun(["validate", "--stage", "dev"], environment: ["GATEHOUSE_STAGE": "prod"]).code == 0)
    }

    @Test("A good configuration ends with 0 and a summary; --strict takes its warnings for errors")
    func good() throws {
        let run = try CommandRun(["validate"])
        #expect(run.code == 0)
        // How many warnings depends on who may read the key's file here.
        #expect(run.output.contains("fleet.jsonc: 0 errors, "))
        #expect(run.output.contains("warnings.  6 routes, 1 authorizer, 1 stage checked in"))
        #expect(run.output.contains("warning[GH2210]: key \"old-key\" is not used"))
        #expect(run.output.contains("warning[GH4315]: the secret can be guessed"))
        #expect(try CommandRun(["validate", "--strict"]).code == 78)
    }

    @Test(
        "A key file that every user may read is a warning, one of its owner is none",
        arguments: [0o644, 0o604, 0o640, 0o600])
    func readableKeyFile(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("gateway.jsonc", try String(contentsOf: Self.fleet, encoding: .utf8))
        let key = try folder.file("old-key.txt", "another-test-vector-not-a-secret-fedcba9876543210")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key.path)
        let run = try CommandRun(["validate"], folder: folder.url)
        #expect(run.code == 0)
        #expect(run.output.contains("warning[GH4316]") == (mode & 0o004 != 0), "\(run.output)")
    }

    @Test("The nearest configuration upward is found")
    func upward() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("gateway.jsonc", try String(contentsOf: Self.fleet, encoding: .utf8))
        _ = try folder.file("old-key.txt", "another-test-vector-not-a-secret-fedcba9876543210")
        let inner = folder.url.appendingPathComponent("a/b")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        let run = try CommandRun(["validate"], folder: inner)
        #expect(run.code == 0)
        #expect(run.output.contains("../../gateway.jsonc: 0 errors"))
    }

    @Test("The nearest configuration counts even if it cannot be read, and empty variables count as none")
    func nearest() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("gateway.json", "{}")
        let inner = folder.url.appendingPathComponent("inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: inner.appendingPathComponent("gateway.json").path, withDestinationPath: "nowhere")
        let run = try CommandRun(["validate"], environment: ["GATEHOUSE_CONFIG": ""], folder: inner)
        #expect(run.code == 66)
        #expect(run.errors == "gatehouse: gateway.json: No such file or directory\n")
        #expect(try CommandRun(["validate"], environment: ["GATEHOUSE_STAGE": ""]).code == 0)
        #expect(try CommandRun(["validate", "--config", ""]).code == 64)
    }

    @Test("A file without end is no key")
    func endless() throws {
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        let secret = "${env:GATEHOUSE_DEMO_SECRET:-demo-only: thirty-two bytes or more}"
        let file = try TemporaryFolder().file("gateway.json", text.replacing(secret, with: "${file:/dev/zero}"))
        let run = try CommandRun(["validate", "--config", file.path])
        #expect(run.code == 78)
        #expect(run.output.contains("/dev/zero is too large"))
    }

    @Test("A configuration that authorize refuses is written as asked")
    func format() throws {
        let file = try TemporaryFolder().file("gateway.json", "{}")
        let run = try CommandRun(
            ["authorize", "GET", "/", "--config", file.path, "--error-format", "json"])
        #expect(run.code == 78)
        #expect(try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) is [Any])
    }

    @Test("Credentials come from the service manager's folder and from nowhere else")
    func credentials() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Self.fleet, encoding: .utf8)
        _ = try folder.file("secret", "a-credential-of-more-than-thirty-two-bytes\n")
        for (name, code) in [("secret", 0), ("../secret", 78), ("absent", 78)] as [(String, Int32)] {
            _ = try folder.file(
                "gateway.json", text.replacingOccurrences(of: "${file:old-key.txt}", with: "${credential:\(name)}"))
            let run = try CommandRun(
                ["validate"], environment: ["CREDENTIALS_DIRECTORY": folder.url.path], folder: folder.url)
            #expect(run.code == code, "\(name)")
        }
        #expect(try CommandRun(["validate"], folder: folder.url).code == 78)
    }

    @Test("The table of routes tells which are public")
    func routes() throws {
        let run = try CommandRun(["routes"])
        #expect(run.code == 0)
        #expect(run.output.contains("GET /health              none         MOCK 200"))
        #expect(run.output.contains("DELETE /ships/{shipId}   session      HTTP_PROXY fleet http://127.0.0.1:3000"))
        #expect(
            run.output.hasSuffix(
                "6 routes, 1 public. !! 5 guarded routes have no test (gatehouse init --tests writes a first one)\n"))
    }

    @Test("The table of routes tells whom the tests speak about") func testedRoutes() throws {
        let folder = try TemporaryFolder()
        let root = CommandRun.root
        for name in ["fleet.jsonc", "old-key.txt"] {
            try FileManager.default.copyItem(
                at: root.appendingPathComponent("fixtures/gateway/\(name)"),
                to: folder.url.appendingPathComponent(name == "fleet.jsonc" ? "gateway.json" : name))
        }
        let head = "version: 1\nprincipals: { a: {}, b: {}, c: {} }\nmatrix:\n  - name: m\n    rows:\n"
        _ = try folder.file(
            "one.gatetest.yaml",
            "\(head)      GET /ships: [~, 401, 401]\n      GET /health: [~, ~, 200]\n      GET /ships/7: ~\n"
                + "cases: [{ name: c, request: GET /ships, expect: { status: 401 } }]\n"
                + "sequences: [{ name: s, as: a, steps: [{ request: DELETE /ships/7, expect: { status: 401 } }] }]\n")
        _ = try folder.file("other.gatetest.yaml", "config: other.json\n\(head)      POST /ships: 401\n")
        _ = try folder.file("wrong.gatetest.yaml", "version: 1\n")
        let run = try CommandRun(["routes"], folder: folder.url)
        #expect(run.code == 0, "\(run.errors)")
        func cell(_ route: String) -> String? {
            run.output.split(separator: "\n").first { $0.hasPrefix("\(route)  ") }?
                .components(separatedBy: "   ").filter { !$0.isEmpty }.dropLast().last?
                .trimmingCharacters(in: .whitespaces)
        }
        #expect(cell("ROUTE") == "TESTED BY")
        #expect(cell("GET /ships") == "3 principals")
        #expect(cell("GET /health") == "1 principal")
        #expect(cell("GET /ships/{shipId}") == "nobody !!")
        #expect(cell("DELETE /ships/{shipId}") == "1 principal")
        #expect(cell("POST /ships") == "nobody !!")
        #expect(run.output.contains("guarded routes have no test\n"))
        #expect(run.errors == "gatehouse: wrong.gatetest.yaml is not counted: gatehouse test says what is wrong\n")
        let named = try CommandRun(["routes", "list", "--tests", "one.gatetest.yaml"], folder: folder.url)
        #expect(named.output == run.output && named.errors.isEmpty)
        #expect(try CommandRun(["routes", "list", "--tests", "none"], folder: folder.url).code == 66)
    }

    @Test("There is a schema for each kind of file") func schemas() throws {
        for (kind, title) in [("gateway", "gateway.json of Gatehouse"), ("test", "a test file of Gatehouse")] {
            let run = try CommandRun(["schema", kind])
            let root = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            #expect(root?["title"] as? String == title)
        }
        #expect(try CommandRun(["schema", "recording"]).code == 64)
    }

    @Test("routes match tells the route and its parameters, or the nearest one")
    func match() throws {
        let hit = try CommandRun(["routes", "match", "GET", "/ships/42"])
        #expect(hit.code == 0)
        #expect(hit.output.hasPrefix("GET /ships/{shipId}   shipId=42"))
        let miss = try CommandRun(["routes", "match", "GET", "/ship/42"])
        #expect(miss.code == 1)
        #expect(miss.output.contains("nearest: GET /ships/{shipId}   segment 1: \"ship\" is not \"ships\""))
        #expect(miss.output.contains("403 {\"message\":\"Missing Authentication Token\"}"))
    }

    @Test(
        "A code is explained in any of its names",
        arguments: ["GH2104", "gh2104", "GH4018", "bad_signature", "GH1003", "path_above_root", "GH4320"])
    func explain(code: String) throws {
        let run = try CommandRun(["explain", code])
        #expect(run.code == 0)
        #expect(run.output.count > 40)
    }

    @Test("Every code that is listed has a cause, an example and a remedy")
    func explained() throws {
        let list = try CommandRun(["explain", "--list"])
        let codes = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(codes.count > 180)
        for code in codes {
            let run = try CommandRun(["explain", code])
            let parts = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(run.code == 0)
            #expect(parts.first?.contains(code) == true)
            let example = try #require(parts.firstIndex(of: "Example:"), "\(code)")
            let remedy = try #require(parts.firstIndex(of: "Remedy:"), "\(code)")
            #expect(parts[2].count > 20, "\(code)")
            #expect(parts[example + 1].count > 4 && parts[remedy + 1].count > 6, "\(code)")
        }
        #expect(try CommandRun(["explain"]).code == 64)
        #expect(try CommandRun(["explain", "GH2104", "--list"]).code == 64)
    }

    @Test("An unknown code is wrong usage, and so is an unknown command")
    func unknown() throws {
        #expect(try CommandRun(["explain", "GH9999"]).code == 64)
        #expect(try CommandRun(["conquer"]).code == 64)
    }

    @Test(
        "A code is found in any case, and a misspelt one is recognised", arguments: ["bad_signatur", "path_above_rot"])
    func suggestion(word: String) throws {
        #expect(try CommandRun(["explain", "BAD_SIGNATURE"]).code == 0)
        #expect(try CommandRun(["explain", word]).errors.contains("; did you mean \(word.prefix(8))"))
    }

    @Test("The version")
    func version() throws {
        #expect(try CommandRun(["version"]).output.hasPrefix("Gatehouse "))
        #expect(try CommandRun(["version", "--json"]).output.hasPrefix("{\"version\":\""))
    }
}
