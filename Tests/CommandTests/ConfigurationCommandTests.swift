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
        #expect(run.output.hasSuffix("6 routes, 1 public.\n"))
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

    @Test("The version")
    func version() throws {
        #expect(try CommandRun(["version"]).output.hasPrefix("Gatehouse "))
        #expect(try CommandRun(["version", "--json"]).output.hasPrefix("{\"version\":\""))
    }
}
