import Foundation
import Testing

@Suite("gatehouse replay, import, export")
struct RecordingCommandTests {
    static let recording = "fixtures/recordings/fleet.gtr.jsonl"

    /// The demo's configuration with one passage replaced, in a folder of its own.
    static func configuration(_ old: String, _ new: String) throws -> (folder: TemporaryFolder, path: String) {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        try #require(text.contains(old))
        let file = try folder.file("gateway.json", text.replacingOccurrences(of: old, with: new))
        return (folder, file.path)
    }

    @Test("The example's recording replays without drift under the example's configuration, whatever the day")
    func unchanged() throws {
        let run = try CommandRun(["replay", Self.recording, "--offline", "--config", "gateway.json"])
        #expect(run.code == 0)
        // The tampered token: whether its signature is still bad, only the salt of its recording could tell.
        #expect(run.output.contains("  same decision   8\n") || run.output.contains("  same decision   9\n"))
        #expect(run.output.contains("DRIFT           0\n"))
        #expect(run.errors.isEmpty)
    }

    @Test(
        "A changed policy gives exit status 1, the newly allowed first, with the line of gateway.json and the command")
    func drift() throws {
        // Nobody allows the cadet's request, so it stays a 403 although no Deny names it any more.
        let other = try Self.configuration(
            "{ \"sid\": \"NoScuttling\", \"effect\": \"Deny\"", "{ \"sid\": \"NoScuttling\", \"effect\": \"Allow\"")
        let same = try Self.configuration(
            "{ \"rank\": { \"notIn\": [\"captain\", \"admiral\"] } }", "{ \"rank\": { \"equals\": \"nobody\" } }")
        #expect(try CommandRun(["replay", Self.recording, "--offline", "--config", same.path]).code == 0)
        let run = try CommandRun(["replay", Self.recording, "--offline", "--config", other.path])
        #expect(run.code == 1)
        #expect(run.output.contains("DRIFT           1   (deny -> ALLOW 1)"))
        #expect(
            run.output.contains("deny -> ALLOW  1  !!   DELETE /ships/{shipId}   1 principal   \(Self.recording):7"))
        #expect(run.output.contains("was  DENY 403 explicit_deny"))
        #expect(run.output.contains("now  ALLOW NoScuttling   \(other.path):"))
        #expect(run.output.contains("--filter line=7"))
        let again = try CommandRun([
            "replay", Self.recording, "--offline", "--config", other.path, "--filter", "line=7",
        ])
        #expect(again.code == 1 && again.output.contains("  1 request, 1 principal"))
        let json = try CommandRun(["replay", Self.recording, "--offline", "--config", other.path, "--json"])
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(report["drifted"] as? Int == 1 && report["requests"] as? Int == 9)
    }

    @Test("Reports are written beside the answer: HTML without scripts, JUnit, JSON")
    func reports() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun([
            "replay", Self.recording, "--offline", "--config", "gateway.json", "--clock", "2030-01-01T00:00:00Z",
            "--report", folder.url.path,
        ])
        #expect(run.code == 1)
        let html = try String(contentsOf: folder.url.appendingPathComponent("index.html"), encoding: .utf8)
        #expect(
            html.contains("Newly denied (4)") && !html.contains("<script") && !html.contains("http-equiv=\"refresh"))
        let junit = try String(contentsOf: folder.url.appendingPathComponent("junit.xml"), encoding: .utf8)
        #expect(junit.contains("tests=\"6\" failures=\"5\""))
        #expect(junit.contains("now DENY 401 expired"))
        _ = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.url.appendingPathComponent("report.json")))
    }

    @Test("Wrong usage and unreadable input end with their own status and a remedy")
    func mistakes() throws {
        #expect(try CommandRun(["replay", Self.recording]).code == 64)
        #expect(try CommandRun(["replay", Self.recording, "--offline", "--filter", "colour=red"]).code == 64)
        #expect(try CommandRun(["replay", Self.recording, "--offline", "--limit", "0"]).code == 64)
        #expect(try CommandRun(["replay", Self.recording, "--offline", "--clock", "later"]).code == 64)
        #expect(try CommandRun(["replay", "nowhere.gtr.jsonl", "--offline"]).code == 66)
        let har = try CommandRun(["replay", "-", "--offline"], input: "{\"log\":{}}")
        #expect(har.code == 66 && har.errors.contains("gatehouse import har"))
        #expect(try CommandRun(["explain", "GH6201"]).output.contains("undecidable"))
    }

    @Test("A limit stops, and a recording may come from standard input")
    func input() throws {
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent(Self.recording), encoding: .utf8)
        let run = try CommandRun(
            ["replay", "-", "--offline", "--config", "gateway.json", "--limit", "2"], input: text + "{broken\n")
        #expect(run.code == 0 && run.output.contains("  2 requests"))
        let whole = try CommandRun(["replay", "-", "--offline", "--config", "gateway.json"], input: text + "{broken\n")
        #expect(whole.errors.contains("error[GH6004]: -:11 (byte "))
    }

    @Test("A HAR file is imported with what matches a route; one without credentials is seen through")
    func importHAR() throws {
        let (folder, path) = try Self.configuration("\"version\": 1,", "\"version\": 1,")
        func entry(_ url: String) -> String {
            "{\"startedDateTime\":\"2026-11-21T12:00:00Z\",\"time\":1,\"request\":{\"method\":\"GET\",\"url\":\"\(url)\","
                + "\"headers\":[]},\"response\":{\"status\":200,\"headers\":[],\"content\":{\"size\":0}}}"
        }
        let entries = ["https://a/ships", "https://a/me", "https://a/app.js", "https://b/x"].map(entry)
        let har = try folder.file(
            "app.har",
            "{\"log\":{\"creator\":{\"name\":\"Firefox\",\"version\":\"140\"},\"entries\":[\(entries.joined(separator: ","))]}}"
        )
        let out = folder.url.appendingPathComponent("out.gtr.jsonl").path
        let run = try CommandRun(["import", "har", har.path, "-o", out, "--config", path])
        #expect(run.code == 0)
        #expect(
            run.errors.hasPrefix(
                "read 4 entries (Firefox 140). kept 2 that match a route, dropped 2 (files 1, no route 1)\n"))
        #expect(run.errors.contains("warning[GH6104]: 2 of 2 entries"))
        let replayed = try CommandRun(["replay", out, "--offline", "--config", path])
        #expect(replayed.code == 0 && replayed.output.contains("  2 requests"))
        let all = try CommandRun(["import", "har", har.path, "--all", "--config", path])
        #expect(all.output.split(separator: "\n").count == 5)
        let attributes = try FileManager.default.attributesOfItem(atPath: out)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let salt = folder.url.appendingPathComponent(".gatehouse/salt")
        #expect(try FileManager.default.attributesOfItem(atPath: salt.path)[.posixPermissions] as? Int == 0o600)
    }

    @Test("An import that fails leaves no recording behind, and one that was there as it was")
    func failedImport() throws {
        let (folder, path) = try Self.configuration("\"version\": 1,", "\"version\": 1,")
        let out = folder.url.appendingPathComponent("out.gtr.jsonl").path
        for (text, code) in [("{}", 66), ("{\"log\":{\"entries\":[null,3]}}", 1)] as [(String, Int32)] {
            let har = try folder.file("bad.har", text)
            let run = try CommandRun(["import", "har", har.path, "-o", out, "--config", path])
            #expect(run.code == code && !FileManager.default.fileExists(atPath: out), "\(run.errors)")
        }
        let event = try CommandRun([
            "import", "event", "fixtures/events/rest-token.json", "--all", "--config", path, "-o", out,
        ])
        #expect(event.code == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: out))
        let bad = try folder.file("bad.har", "{}")
        #expect(try CommandRun(["import", "har", bad.path, "-o", out, "--config", path]).code == 66)
        #expect(try Data(contentsOf: URL(fileURLWithPath: out)) == before)
    }

    @Test("curl commands and events are imported; what could not be read gives status 1")
    func importOthers() throws {
        let (_, path) = try Self.configuration("\"version\": 1,", "\"version\": 1,")
        let curl = try CommandRun(
            ["import", "curl", "-", "--config", path, "--clock", noon], input: "curl http://a/health\nwget http://a/\n")
        #expect(curl.code == 1)
        #expect(
            curl.output.split(separator: "\n").count == 2 && curl.output.contains("\"clock\":\"\(noon.dropLast())."))
        #expect(curl.errors.contains("error[GH6105]: -: entry 2"))
        let event = try CommandRun(["import", "event", "fixtures/events/rest-token.json", "--all", "--config", path])
        #expect(event.code == 0 && event.output.split(separator: "\n").count == 2)
        let log = try CommandRun(
            ["import", "access-log", "-", "--config", path],
            input: "1.2.3.4 - - [21/Nov/2026:12:00:00 +0000] \"GET /health HTTP/1.1\" 200 2\n")
        #expect(log.code == 0 && log.output.contains("\"lacksCredentials\":true"))
    }

    @Test("Exports read back, and filters choose what is exported")
    func exports() throws {
        let har = try CommandRun(["export", "har", Self.recording])
        let value = try #require(
            JSONSerialization.jsonObject(with: Data(har.output.utf8)) as? [String: Any])
        let entries = (value["log"] as? [String: Any])?["entries"] as? [Any]
        #expect(entries?.count == 9)
        let curl = try CommandRun(["export", "curl", Self.recording, "--filter", "method=POST"])
        #expect(curl.output.split(separator: "\n").filter { $0.hasPrefix("curl") }.count == 1)
        #expect(curl.output.contains("-H \"Authorization: Bearer $TOKEN\""))
        #expect(curl.output.contains("--data-raw '{\"name\":\"Delta Flyer\"}'"))
        let folder = try TemporaryFolder()
        let out = folder.url.appendingPathComponent("x.har").path
        #expect(try CommandRun(["export", "har", Self.recording, "-o", out]).code == 0)
        #expect(try CommandRun(["export", "har", Self.recording, "-o", out]).code == 64)
        #expect(try String(contentsOfFile: out, encoding: .utf8) == har.output)
    }
}
