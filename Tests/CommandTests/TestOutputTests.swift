import Foundation
import Testing

/// What `gatehouse test` reads and writes beside its answer.
@Suite struct TestOutputTests {
    private func folder(_ rows: String = "GET /ships: [401, allow]", _ more: String = "") throws -> TemporaryFolder {
        try TestedFleet.folder(rows, more)
    }

    private func run(_ words: [String], _ folder: TemporaryFolder) throws -> CommandRun {
        try TestedFleet.run(words, folder)
    }

    @Test("Reports are written into devices, pipes and through links, and never over what was read") func outputs()
        throws
    {
        let folder = try folder()
        func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
        let manager = FileManager.default
        for option in ["--junit", "--html"] {
            try manager.createSymbolicLink(atPath: path("link"), withDestinationPath: "target")
            for round in 1...2 {
                #expect(try run(["-q", option, "link"], folder).code == 0)
                #expect(try manager.destinationOfSymbolicLink(atPath: path("link")) == "target", "\(round)")
                #expect(try String(contentsOfFile: path("target"), encoding: .utf8).hasPrefix("<"))
            }
            try manager.removeItem(atPath: path("link"))
            try manager.removeItem(atPath: path("target"))
            #expect(try run(["-q", option, "/dev/null"], folder).code == 0)
            #expect(try run(["-q", option, "tests"], folder).code == 74)
            let shown = try run(["-q", option, "/dev/stdout"], folder)
            #expect(shown.code == 0 && shown.output.hasPrefix("<") && shown.output.contains("2 checks: 2 passed"))
        }
        let type = try manager.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
        try manager.linkItem(atPath: path("fleet.jsonc"), toPath: path("hard"))
        let texts = try ["fleet.jsonc", "old-key.txt", "tests/ships.gatetest.yaml"].map {
            try Data(contentsOf: folder.url.appendingPathComponent($0))
        }
        for name in ["fleet.jsonc", "./tests/../fleet.jsonc", "hard", "old-key.txt", "tests/ships.gatetest.yaml"] {
            for option in ["--junit", "--html"] {
                let run = try run([option, name], folder)
                #expect(run.code == 64 && run.errors.contains("\(option) would overwrite "), "\(name) \(run.errors)")
            }
        }
        #expect(try run(["--junit", "x", "--html", "./x"], folder).code == 64)
        #expect(!manager.fileExists(atPath: path("x")))
        #expect(
            try ["fleet.jsonc", "old-key.txt", "tests/ships.gatetest.yaml"].map {
                try Data(contentsOf: folder.url.appendingPathComponent($0))
            } == texts)
    }

    @Test("Problems of test files and configurations are written as asked for") func errorFormats() throws {
        let wrong = try folder("GET /ships: [allow]")
        let broken = try folder()
        _ = try broken.file("fleet.jsonc", "{")
        for (folder, code) in [(wrong, "GH7006"), (broken, "GH1")] {
            let json = try run(["--error-format", "json"], folder)
            #expect(
                json.code == 78 && json.errors.contains("\"\(code)") && json.errors.hasPrefix("["), "\(json.errors)")
            let plain = try run(["--error-format", "plain"], folder)
            #expect(plain.code == 78 && !plain.errors.contains(" | "), "\(plain.errors)")
            let annotated = try run(["--format", "github"], folder)
            #expect(annotated.code == 78 && annotated.output.hasPrefix("::error file="), "\(annotated.output)")
            #expect(annotated.output.contains(code))
            #expect(try run(["--format", "github", "--error-format", "plain"], folder).output.isEmpty)
        }
        let sarif = try run(["--error-format", "sarif"], wrong)
        #expect(sarif.errors.contains("row with the wrong number of cells"), "\(sarif.errors)")
    }

    @Test("A pipe that a test file names for its configuration is not waited for") func configuredPipe() throws {
        let folder = try folder()
        let pipe = folder.url.appendingPathComponent("pipe.json")
        let maker = try Process.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), arguments: [pipe.path])
        maker.waitUntilExit()
        let file = folder.url.appendingPathComponent("tests/ships.gatetest.yaml")
        try Data(
            try String(contentsOf: file, encoding: .utf8).replacing("../fleet.jsonc", with: "../pipe.json").utf8
        ).write(to: file)
        let run = try run([], folder)
        #expect(run.code == 66 && run.errors.contains("pipe.json is no regular file"), "\(run.errors)")
    }

    @Test("JUnit and the page for reviewers are written in addition") func files() throws {
        let folder = try folder()
        let run = try run(["-q", "--junit", "out.xml", "--html", "out.html", "--color", "never"], folder)
        #expect(run.code == 0 && run.output.hasPrefix("2 checks"))
        let xml = try String(contentsOf: folder.url.appendingPathComponent("out.xml"), encoding: .utf8)
        let html = try String(contentsOf: folder.url.appendingPathComponent("out.html"), encoding: .utf8)
        #expect(xml.contains("tests=\"2\"") && html.hasSuffix("</html>\n"))
        #expect(try self.run(["--junit", "no/such/folder.xml"], folder).code == 74)
    }

    @Test("The list of revoked tokens stands beside the configuration; without it nothing is called equivalent")
    func revocations() throws {
        let folder = try folder("GET /ships: [401, 401]")
        let file = folder.url.appendingPathComponent("fleet.jsonc")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.firstIndex(of: "{"))
        try Data(
            (text[...start] + "\n\"revocations\": { \"file\": \"revoked.jsonl\" },"
                + text[text.index(after: start)...]).utf8
        ).write(to: file)
        _ = try folder.file("revoked.jsonl", "{\"sub\":\"u-1\"}\n")
        let words = ["test", "--config", "../fleet.jsonc", "ships.gatetest.yaml"]
        let tests = folder.url.appendingPathComponent("tests")
        let found = try CommandRun(words, folder: tests)
        #expect(found.code == 0 && found.errors.isEmpty, "\(found.output)\(found.errors)")
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("revoked.jsonl"))
        let ships = tests.appendingPathComponent("ships.gatetest.yaml")
        try Data(
            try String(contentsOf: ships, encoding: .utf8).replacing("[401, 401]", with: "[401, allow]").utf8
        ).write(to: ships)
        let gone = try CommandRun(words + ["--mutate"], folder: tests)
        #expect(gone.errors.contains("../revoked.jsonl is not here: nobody is revoked"), "\(gone.errors)")
        #expect(gone.output.contains("survived    /revocations removed"), "\(gone.output)")
    }
}
