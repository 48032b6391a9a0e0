import Foundation
import Testing

@Suite("gatehouse validate: formats and repairs")
struct ValidateCommandTests {
    /// A folder with what `init` writes and one replaced passage.
    static func folder(_ old: String = "", _ new: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let made = try CommandRun(["init", "--quiet"], folder: folder.url)
        try #require(made.code == 0, "\(made.errors)")
        #expect(made.output.isEmpty)
        let file = folder.url.appendingPathComponent("gateway.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        if !old.isEmpty {
            try #require(text.contains(old))
            try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: file)
        }
        return folder
    }

    static func text(_ folder: TemporaryFolder, _ name: String = "gateway.json") throws -> String {
        try String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }

    @Test("Every format names code, place, help and pointer, for validate and for other commands")
    func formats() throws {
        let folder = try Self.folder("\"audience\"", "\"audiance\"")
        let expected: [(String, [String])] = [
            (
                "human",
                ["error[GH2104]: ", "--> gateway.json:31:44", "help: rename the key", "fix: gatehouse validate --fix"]
            ),
            ("plain", ["error GH2104, line 31, column 44: unknown key", "at: /authorizers/session/jwt/audiance"]),
            ("github", ["::error file=gateway.json,line=31,col=44,endLine=31,endColumn=53,title=GH2104::unknown key"]),
            ("json", ["\"code\": \"GH2104\"", "\"pointer\": \"/authorizers/session/jwt/audiance\""]),
            ("sarif", ["\"ruleId\": \"GH2104\"", "\"startLine\": 31"]),
        ]
        for (format, parts) in expected {
            let run = try CommandRun(["validate", "--error-format", format], folder: folder.url)
            #expect(run.code == 78)
            for part in parts { #expect(run.output.contains(part), "\(format): \(run.output)") }
            let byEnvironment = try CommandRun(
                ["validate", "-q"], environment: ["GATEHOUSE_ERROR_FORMAT": format], folder: folder.url)
            #expect(byEnvironment.output.contains(parts[0]))
            for words in [["routes"], ["authorize", "GET", "/ships"]] {
                let other = try CommandRun(words + ["--error-format", format], folder: folder.url)
                #expect(other.code == 78)
                #expect(other.output.isEmpty)
                for part in parts { #expect(other.errors.contains(part), "\(format): \(other.errors)") }
            }
        }
        #expect(try CommandRun(["validate", "--error-format", "xml"], folder: folder.url).code == 64)
    }

    @Test("JSON and SARIF are documents, without and with problems; the summary goes to standard error")
    func documents() throws {
        for (folder, count) in [(try Self.folder(), 0), (try Self.folder("\"version\": 1,", "\"version\": 2,"), 1)] {
            let json = try CommandRun(["validate", "--error-format", "json"], folder: folder.url)
            let list = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
            #expect(list.count { $0["severity"] as? String == "error" } == count)
            #expect(json.errors.contains("gateway.json: \(count) error"))
            for each in list {
                let names = Set([
                    "code", "severity", "message", "file", "range", "pointer", "help", "fix", "label", "note",
                ])
                #expect(Set(each.keys) == names)
            }
            let sarif = try CommandRun(["validate", "--error-format", "sarif"], folder: folder.url)
            let log = try #require(try JSONSerialization.jsonObject(with: Data(sarif.output.utf8)) as? [String: Any])
            #expect(log["version"] as? String == "2.1.0")
            let run = try #require((log["runs"] as? [[String: Any]])?.first)
            let results = try #require(run["results"] as? [[String: Any]])
            #expect(results.count { $0["level"] as? String == "error" } == count)
            // What the standard demands of the objects that are used (SARIF 2.1.0 §3.13 to §3.55).
            #expect(run["columnKind"] as? String == "unicodeCodePoints")
            let driver = try #require((run["tool"] as? [String: [String: Any]])?["driver"])
            #expect(driver["name"] as? String == "gatehouse")
            let rules = try #require(driver["rules"] as? [[String: Any]])
            for result in results {
                let index = try #require(result["ruleIndex"] as? Int)
                #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
                #expect(["error", "warning", "note"].contains(result["level"] as? String))
                #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false)
                let place = try #require(
                    (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
                #expect((place["artifactLocation"] as? [String: String])?["uri"] == "gateway.json")
                let region = try #require(place["region"] as? [String: Int])
                #expect(region["startLine"] == 4 && region["startColumn"] == 14 && region["endColumn"] == 15)
                #expect(region["byteLength"] == 1)
            }
        }
    }

    @Test("--quiet keeps errors and drops warnings and the summary; --strict fails for a warning")
    func quiet() throws {
        let folder = try Self.folder("\"issuer\": \"https://login.example\"", "\"issuer\": null")
        let loud = try CommandRun(["validate"], folder: folder.url)
        #expect(loud.code == 0)
        #expect(loud.output.contains("warning[GH3104]"))
        let quiet = try CommandRun(["validate", "-q"], folder: folder.url)
        #expect(quiet.code == 0)
        #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
        #expect(try CommandRun(["validate", "-q", "--strict"], folder: folder.url).code == 78)
        let broken = try Self.folder("\"version\": 1", "\"version\": 2")
        let errors = try CommandRun(["validate", "-q"], folder: broken.url)
        #expect(errors.output.contains("error[GH2102]"))
        #expect(!errors.output.contains("1 error, "))
    }

    @Test("Problems of one run stand in the order of the file")
    func order() throws {
        let folder = try Self.folder("\"headerBytes\": 32768", "\"headerBytes\": 1, \"colour\": 2")
        let file = folder.url.appendingPathComponent("gateway.json")
        let text = try Self.text(folder).replacingOccurrences(of: "\"uri\"", with: "\"url\"")
            .replacingOccurrences(of: "\"name\"", with: "\"nmae\"")
        try Data(text.utf8).write(to: file)
        let run = try CommandRun(["validate", "--error-format", "plain"], folder: folder.url)
        let lines = run.output.matches(of: #/, line (\d+), column/#).compactMap { Int($0.output.1) }
        #expect(lines.count >= 4)
        #expect(lines == lines.sorted())
    }

    @Test("--fix repairs what can only mean one thing, shows it, and keeps the rest, mode and links")
    func fix() throws {
        let folder = try Self.folder("\"version\": 1,", "\"version\": \"1\"")
        let file = folder.url.appendingPathComponent("gateway.json")
        var text = try Self.text(folder)
        for (old, new) in [
            ("\"audience\"", "\"audiance\""), ("\"type\": \"REQUEST\"", "type: \"request\""),
            ("\"session\": {", "\"session\"= {"),
        ] {
            try #require(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        try FileManager.default.createSymbolicLink(
            at: folder.url.appendingPathComponent("link.json"), withDestinationURL: file)
        let run = try CommandRun(["validate", "--fix", "--config", "link.json"], folder: folder.url)
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("-        \"issuer\": \"https://login.example\", \"audiance\": [\"api\"]\n"))
        #expect(run.output.contains("+        \"issuer\": \"https://login.example\", \"audience\": [\"api\"]\n"))
        #expect(try Self.text(folder) == Self.text(try Self.folder()))
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder.url.path + "/link.json")
        #expect(link == file.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 3)
    }

    @Test("--fix leaves a file alone whose mistakes could mean several things")
    func noFix() throws {
        for (old, new) in [
            ("\"HS256\", \"secretFile\"", "\"HS255\", \"secretFile\""),
            ("\"defaultAuthorizer\": \"session\"", "\"defaultAuthorizer\": \"sesion\""),
            ("\"audience\": [", "\"audiance\": [], \"audience\": ["),
            ("\"audience\": [\"api\"]", "\"audiance\": [], \"audienec\": []"),
        ] {
            let folder = try Self.folder(old, new)
            let before = try Self.text(folder)
            let run = try CommandRun(["validate", "--fix"], folder: folder.url)
            #expect(run.code == 78)
            #expect(!run.output.contains("+++"))
            #expect(try Self.text(folder) == before)
        }
        #expect(try CommandRun(["validate", "--fix", "--config", "-"], input: "{}").code == 64)
    }

    @Test("--fix shows no secret")
    func secret() throws {
        let folder = try Self.folder(
            "\"secretFile\": \"keys/session.key\"", "\"secret\": 'an-open-secret-of-more-than-thirty-two-bytes'")
        for format in ["human", "plain", "json", "github", "sarif"] {
            let shown = try CommandRun(["validate", "--error-format", format], folder: folder.url)
            #expect(!(shown.output + shown.errors).contains("an-open-secret"), "\(shown.output)")
        }
        let run = try CommandRun(["validate", "--fix"], folder: folder.url)
        #expect(run.output.contains("+++"))
        #expect(!run.output.contains("an-open-secret"))
        #expect(try Self.text(folder).contains("\"an-open-secret-of-more-than-thirty-two-bytes\""))
    }

    @Test("Without UTF-8 the output is ASCII, and the caret stays in its place")
    func ascii() throws {
        let folder = try Self.folder("\"name\": \"api\",", "\"name\": \"äöü\", \"nome\": 1,")
        let rich = try CommandRun(["validate"], folder: folder.url)
        let poor = try CommandRun(["validate"], environment: ["LANG": "C"], folder: folder.url)
        #expect(rich.output.contains("\"äöü\""))
        #expect(poor.output.contains("\"???\"") && poor.output.allSatisfy(\.isASCII))
        let carets = [rich, poor].map { $0.output.split(separator: "\n").first { $0.contains("^") }.map(String.init) }
        #expect(carets[0] != nil && carets[0] == carets[1])
    }

    @Test("A configuration comes from standard input with -")
    func standardInput() throws {
        let text = try Self.text(try Self.folder("\"version\": 1", "\"version\": 2"))
        let run = try CommandRun(["validate", "--config", "-"], input: text)
        #expect(run.code == 78)
        #expect(run.output.contains("--> <stdin>:4:14"))
    }

    @Test("--online tells a host that does not resolve and keys that do not come")
    func online() throws {
        let folder = try Self.folder("http://127.0.0.1:3000", "http://backend.invalid:3000")
        let offline = try CommandRun(["validate"], folder: folder.url)
        #expect(offline.code == 0)
        let run = try CommandRun(["validate", "--online"], folder: folder.url)
        #expect(run.code == 78)
        #expect(run.output.contains("error[GH5001]"))
        #expect(run.output.contains("backend.invalid"))
        let keys = try Self.folder(
            "\"type\": \"secret\", \"alg\": \"HS256\", \"secretFile\": \"keys/session.key\", \"encoding\": \"base64url\"",
            "\"type\": \"jwks\", \"jwksUri\": \"http://127.0.0.1:1/jwks.json\"")
        let file = keys.url.appendingPathComponent("gateway.json")
        let text = try Self.text(keys).replacingOccurrences(of: "[\"HS256\"]", with: "[\"RS256\"]")
        try Data(text.utf8).write(to: file)
        #expect(try CommandRun(["validate"], folder: keys.url).code == 0)
        let fetched = try CommandRun(["validate", "--online"], folder: keys.url)
        #expect(fetched.code == 78)
        #expect(fetched.output.contains("error[GH5002]"))
    }
}

/// A line of fixtures/mistakes/seeded.jsonl.
private struct SeededMistake: Decodable {
    var kind: String
    var base: String
    var code: String
    var old: String
    var new: String
    var also: [String]?
}

@Suite("Seeded mistakes")
struct SeededMistakeFileTests {
    @Test("Each is found with its code at its line and column, and nothing else is reported")
    func all() throws {
        let file = CommandRun.root.appendingPathComponent("fixtures/mistakes/seeded.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= 60)
        var kinds: [String: Int] = [:]
        for line in lines {
            let mistake = try JSONDecoder().decode(SeededMistake.self, from: Data(line.utf8))
            kinds[mistake.kind, default: 0] += 1
            let base = try String(
                contentsOf: CommandRun.root.appendingPathComponent("fixtures/gateway/\(mistake.base).jsonc"),
                encoding: .utf8)
            let range = try #require(base.range(of: mistake.old), "\(line)")
            let marked = base.replacingCharacters(in: range, with: mistake.new)
            let sign = try #require(marked.firstIndex(of: "⌖"), "\(line)")
            let before = marked[..<sign].split(separator: "\n", omittingEmptySubsequences: false)
            let run = try CommandRun(
                ["validate", "--config", "-", "--error-format", "plain", "-q"],
                input: marked.replacingOccurrences(of: "⌖", with: ""),
                environment: ["SECRET": "0123456789abcdef0123456789abcdef"])
            #expect(run.code == 78)
            let errors = run.output.split(separator: "\n").filter { $0.hasPrefix("error ") }
            let place = "line \(before.count), column \(before[before.count - 1].unicodeScalars.count + 1): "
            #expect(errors.first?.hasPrefix("error \(mistake.code), \(place)") == true, "\(line)\n\(run.output)")
            #expect(errors.dropFirst().map { String($0.dropFirst(6).prefix(6)) } == mistake.also ?? [], "\(line)")
        }
        #expect(kinds.keys.sorted().count >= 8)
    }
}
