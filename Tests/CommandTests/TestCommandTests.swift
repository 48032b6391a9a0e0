import Foundation
import Testing

@Suite struct TestCommandTests {
    private func folder(_ rows: String = "GET /ships: [401, allow]", _ more: String = "") throws -> TemporaryFolder {
        try TestedFleet.folder(rows, more)
    }

    private func run(_ words: [String], _ folder: TemporaryFolder) throws -> CommandRun {
        try TestedFleet.run(words, folder)
    }

    @Test("The project's own tests pass, and leave no mutant alive") func own() throws {
        let run = try CommandRun(["test", "--ci", "--mutate", "tests"], environment: ["GATEHOUSE_CONFIG": ""])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains(" 0 survived"))
        #expect(run.output.contains("coverage: routes 7/7"))
    }

    @Test("The example has seven routes and six principals in twenty lines") func example() throws {
        let text = try String(
            contentsOf: CommandRun.root.appendingPathComponent("tests/ships.gatetest.yaml"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 == 20)
        let readme = try String(contentsOf: CommandRun.root.appendingPathComponent("README.md"), encoding: .utf8)
        #expect(readme.contains("```yaml\n\(text)```"))
        let run = try CommandRun(["test", "tests/ships.gatetest.yaml"])
        #expect(run.output.contains("42 checks: 42 passed, 0 failed"))
    }

    @Test("Exit codes say what happened") func codes() throws {
        #expect(try run([], folder()).code == 0)
        let failed = try run([], folder("GET /ships: [allow, allow]"))
        #expect(failed.code == 1)
        #expect(failed.output.contains("--> tests/ships.gatetest.yaml:10:"))
        let wrong = try run([], folder("GET /ships: [allow]"))
        #expect(wrong.code == 78 && wrong.errors.contains("GH7006"))
        #expect(try run(["nothing.yaml"], folder()).code == 66)
        let empty = try TemporaryFolder()
        #expect(try CommandRun(["test"], folder: empty.url).code == 66)
        #expect(try run(["--shard", "3/2"], folder()).code == 64)
        #expect(try run(["--min-coverage", "lines=1"], folder()).code == 64)
        #expect(try run(["--ci", "--update"], folder()).code == 64)
        #expect(try run(["--min-coverage", "routes=100"], folder()).code == 1)
        #expect(try run(["--mutate"], folder()).code == 1)
        let broken = try folder()
        _ = try broken.file("fleet.jsonc", "{")
        #expect(try run([], broken).code == 78)
    }

    @Test("The command that a failure shows reproduces it") func reproduction() throws {
        let folder = try folder("POST /ships: [allow, deny!]")
        let failed = try run([], folder)
        let shown = failed.output.split(separator: "\n").filter { $0.contains("show  gatehouse ") }
        #expect(shown.count == 2)
        for (line, code) in zip(shown, [Int32(1), 0]) {
            let words = line.split(separator: "gatehouse ")[1].split(separator: " ").map(String.init)
            let again = try CommandRun(words, folder: folder.url)
            #expect(again.code == code, "\(again.output)\(again.errors)")
            #expect(again.output.contains("POST /ships"))
        }
        let unknown = try CommandRun(
            ["authorize", "GET", "/ships", "--test", "tests/ships.gatetest.yaml", "--as", "capitan"], folder: folder.url
        )
        #expect(unknown.code == 64 && unknown.errors.contains("known: nobody, captain"))
        let late = try CommandRun(
            [
                "authorize", "GET", "/ships", "--test", "tests/ships.gatetest.yaml", "--as", "captain", "--advance",
                "2h",
            ],
            folder: folder.url)
        #expect(late.code == 1 && late.output.contains("is 1 h in the past"))
    }

    @Test("A part of the checks can be run, and coverage is then not judged") func selection() throws {
        let folder = try folder("GET /ships: [401, allow]\n      POST /ships: [401, allow]")
        #expect(try run(["--filter", "POST"], folder).output.contains("2 checks"))
        let none = try run(["--filter", "zzz"], folder)
        #expect(none.code == 1)
        #expect(none.errors.contains("no check was run: the filter takes none"))
        let shard = try run(["--shard", "1/4"], folder)
        #expect(shard.code == 0 && shard.output.contains("1 check:") && !shard.output.contains("coverage:"))
        #expect(shard.errors.isEmpty)
        for part in [["--filter", "POST"], ["--shard", "1/4"]] {
            for whole in [["--mutate"], ["--min-coverage", "routes=100"]] {
                let refused = try run(part + whole, folder)
                #expect(refused.code == 64 && refused.output.isEmpty)
                #expect(refused.errors.contains("\(whole[0]) needs all checks: leave \(part[0]) out"))
            }
        }
        let goals = try self.folder("GET /ships: [401, allow]", "coverage: { routes: 100 }")
        let part = try run(["--filter", "GET"], goals)
        #expect(part.code == 0 && part.errors.contains("the goals of coverage for fleet.jsonc were not judged"))
        #expect(try run([], goals).code == 1)
    }

    @Test("Goals of coverage are read strictly") func goals() throws {
        let folder = try folder()
        for (words, message) in [
            ("routes=100,routes=0", "\"routes\" stands twice"), ("routes", "\"routes\" is no goal"),
            ("lines=1", "write NAME=PERCENT with one of routes, cells, statements, claims"),
            ("routes=101", "\"routes=101\" is no goal"), ("routes=1,", "\"\" is no goal"),
        ] {
            let run = try run(["--min-coverage", words], folder)
            #expect(run.code == 64 && run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test("A file runs once however often it is named, and only regular files are read") func sameFile() throws {
        let folder = try folder()
        let tests = folder.url.appendingPathComponent("tests")
        try FileManager.default.createSymbolicLink(
            at: tests.appendingPathComponent("link.gatetest.yaml"),
            withDestinationURL: tests.appendingPathComponent("ships.gatetest.yaml"))
        let name = "tests/ships.gatetest.yaml"
        let words = [name, "./\(name)", "tests/../\(name)", "tests", tests.path]
        #expect(try run(words, folder).output.contains("2 checks:"))
        #expect(try run([], folder).output.contains("2 checks:"))

        let pipe = tests.appendingPathComponent("pipe.gatetest.yaml")
        let maker = try Process.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), arguments: [pipe.path])
        maker.waitUntilExit()
        #expect(maker.terminationStatus == 0)
        for words in [[], ["tests/pipe.gatetest.yaml"]] {
            let refused = try run(words, folder)
            #expect(refused.code == 66 && refused.errors.contains("tests/pipe.gatetest.yaml is no regular file"))
        }
        try FileManager.default.removeItem(at: pipe)
        // A folder with the name of a test file is a folder.
        try FileManager.default.createDirectory(
            at: tests.appendingPathComponent("x.gatetest.yaml"), withIntermediateDirectories: false)
        #expect(try run([], folder).code == 0)
        try FileManager.default.createSymbolicLink(
            atPath: tests.appendingPathComponent("gone.gatetest.yaml").path, withDestinationPath: "nowhere")
        #expect(try run([], folder).errors.contains("tests/gone.gatetest.yaml leads nowhere"))
    }

    @Test("A file of any size is not read") func size() throws {
        let folder = try folder()
        let file = folder.url.appendingPathComponent("tests/big.gatetest.yaml")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.truncate(atOffset: 32 << 20)
        #expect(try run([], folder).errors.contains("is larger than 16 MiB"))
        try handle.truncate(atOffset: 16 << 20 + 1)
        let run = try run([], folder)
        #expect(
            run.code == 66 && run.errors.contains("is larger than 16 MiB: cut it into several files"), "\(run.errors)")
    }

    @Test("Files that differ in their endings alone do not share snapshots") func sharedSnapshots() throws {
        let folder = try folder(
            "GET /ships: [401, allow]",
            "cases:\n  - { name: policy, request: GET /ships, as: captain, expect: { policy: snapshot } }")
        let file = folder.url.appendingPathComponent("tests/ships.gatetest.yaml")
        try FileManager.default.copyItem(at: file, to: folder.url.appendingPathComponent("tests/ships.gatetest.yml"))
        let run = try run([], folder)
        #expect(
            run.code == 78
                && run.errors.contains("tests/ships.gatetest.yaml keeps its snapshot as ships.policy.json too"))
    }

    @Test("Snapshots are written once, compared afterwards, and missing ones fail on build machines") func snapshots()
        throws
    {
        let folder = try folder(
            "GET /ships: [401, allow]",
            "cases:\n  - { name: policy, request: GET /ships, as: captain, expect: { policy: snapshot } }")
        let kept = folder.url.appendingPathComponent("tests/__snapshots__/ships.policy.json")
        let missing = try run(["--ci"], folder)
        #expect(missing.code == 1 && missing.output.contains("no snapshot is kept yet"))
        #expect(try run([], folder).code == 0)
        #expect(try String(contentsOf: kept, encoding: .utf8).contains("CommandFleet"))
        #expect(try run(["--ci"], folder).code == 0)
        try Data("{}".utf8).write(to: kept)
        #expect(try run([], folder).code == 1)
        let gone = folder.url.appendingPathComponent("tests/__snapshots__/ships.gone.json")
        try Data("{}".utf8).write(to: gone)
        #expect(try run(["-u"], folder).code == 0)
        #expect(try run(["--ci"], folder).code == 0)
        #expect(!FileManager.default.fileExists(atPath: gone.path))
    }

    @Test("An update takes snapshots of a sequence and still sees the rest fail, and mutants are not judged then")
    func updatedSequence() throws {
        let folder = try folder(
            "GET /ships: [401, allow]",
            """
            sequences:
              - name: s
                as: captain
                steps:
                  - { request: GET /ships, expect: { policy: snapshot } }
                  - { request: GET /ships, expect: { status: 418 } }
            """)
        for words in [["--update", "--mutate"], [], ["--update"]] {
            let run = try run(words, folder)
            #expect(run.code == 1 && run.output.contains("expected status 418"), "\(run.output)")
            #expect(!run.output.contains("killed"))
        }
        let notes = folder.url.appendingPathComponent("tests/__snapshots__/ships.notes.txt")
        try Data().write(to: notes)
        _ = try run(["--update"], folder)
        #expect(FileManager.default.fileExists(atPath: notes.path))
    }

    @Test(
        "Each format has its form",
        arguments: [
            ("human", "42 checks: "), ("plain", "passed: tests/ships.gatetest.yaml: fleet: GET /me as captain\n"),
            ("tap", "TAP version 13\n1..42\nok 1 - "),
            ("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "),
            ("json", "\"passed\": true"), ("github", "42 checks: 42 passed"),
        ])
    func formats(format: String, expected: String) throws {
        let run = try CommandRun(["test", "tests/ships.gatetest.yaml", "--format", format])
        #expect(run.code == 0 && run.output.contains(expected), "\(run.output.prefix(300))")
    }

    @Test("Several files run at once, and the report keeps their order") func parallel() throws {
        let folder = try folder()
        let tests = folder.url.appendingPathComponent("tests")
        let text = try String(contentsOf: tests.appendingPathComponent("ships.gatetest.yaml"), encoding: .utf8)
        for number in 1...9 {
            try Data(text.utf8).write(to: tests.appendingPathComponent("a\(number).gatetest.yaml"))
        }
        let one = try run(["--format", "tap", "--jobs", "1"], folder)
        let four = try run(["--format", "tap", "--jobs", "4"], folder)
        #expect(one.code == 0 && one.output.contains("1..20") && one.output == four.output)
        #expect(try run(["--jobs", "0"], folder).code == 64)
    }

    @Test("Secrets that a build machine lacks are stood in for, and it is said aloud") func missingSecret() throws {
        let folder = try folder()
        let file = folder.url.appendingPathComponent("fleet.jsonc")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing(":-test-vector-not-a-secret-0123456789abcdef", with: "").utf8).write(to: file)
        let run = try run([], folder)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("random secrets stand in for env:GATEHOUSE_FLEET_SECRET"))
        // Anything else that is missing is still an error.
        try Data(text.replacing("\"fleet00001\"", with: "\"${env:GATEHOUSE_NO_SUCH}\"").utf8).write(to: file)
        #expect(try self.run([], folder).code == 78)
    }

    @Test("Somebody who watches can ask for all, for what failed, and for an end") func watch() throws {
        let folder = try folder("GET /ships: [401, allow]\n      POST /ships: [401, deny]")
        let run = try CommandRun(["test", "--watch"], input: "f\nx\na\nq\n", folder: folder.url)
        #expect(run.code == 0, "\(run.errors)")
        let rounds = run.output.split(separator: "watching 2 files")
        #expect(rounds.count == 4)
        #expect(rounds[0].hasPrefix("error[GH7101]") && rounds[0].contains("4 checks: 3 passed, 1 failed"))
        #expect(rounds[1].contains("1 check: 0 passed, 1 failed") && rounds[2].contains("4 checks"))
        #expect(try self.run(["--watch", "--format", "tap"], folder).code == 64)
    }

    @Test("A watcher's update writes snapshots") func watchedUpdate() throws {
        let folder = try folder(
            "GET /ships: [401, allow]",
            "cases:\n  - { name: policy, request: GET /ships, as: captain, expect: { policy: snapshot } }")
        let kept = folder.url.appendingPathComponent("tests/__snapshots__/ships.policy.json")
        #expect(try run([], folder).code == 0)
        try Data("{}".utf8).write(to: kept)
        let run = try CommandRun(["test", "--watch"], input: "u\nq\n", folder: folder.url)
        #expect(
            run.output.contains("3 checks: 2 passed, 1 failed") && run.output.contains("3 checks: 3 passed, 0 failed"))
        #expect(try String(contentsOf: kept, encoding: .utf8).contains("CommandFleet"))
    }

    @Test("init --tests writes a first matrix that passes and leaves the rest open") func initTests() throws {
        let folder = try TemporaryFolder()
        let first = try CommandRun(["init", "--tests", "--name", "orders"], folder: folder.url)
        #expect(first.code == 0 && first.output.contains("tests/orders.gatetest.yaml"), "\(first.errors)")
        let run = try CommandRun(["test"], folder: folder.url)
        #expect(
            run.code == 0 && run.output.contains("8 checks: 8 passed, 0 failed, 1 cell open"),
            "\(run.output)\(run.errors)")
        // Neither the tests nor the configuration are ever replaced.
        #expect(try CommandRun(["init", "--tests"], folder: folder.url).code == 64)
        let fleet = try self.folder()
        try FileManager.default.moveItem(
            at: fleet.url.appendingPathComponent("fleet.jsonc"), to: fleet.url.appendingPathComponent("gateway.json"))
        let second = try CommandRun(["init", "--tests", "-q"], folder: fleet.url)
        #expect(second.code == 0 && second.output.isEmpty, "\(second.errors)")
        let text = try String(
            contentsOf: fleet.url.appendingPathComponent("tests/fleet.gatetest.yaml"), encoding: .utf8)
        #expect(text.contains("GET /logbook:") && text.contains("role: ~") && text.contains("config: ../gateway.json"))
        #expect(!FileManager.default.fileExists(atPath: fleet.url.appendingPathComponent("keys").path))
        _ = try fleet.file("gateway.json", "{")
        #expect(try CommandRun(["init", "--tests"], folder: fleet.url).code == 78)
    }

    @Test("explain knows the codes of test files") func explain() throws {
        let run = try CommandRun(["explain", "GH7104"])
        #expect(run.code == 0 && run.output.hasPrefix("GH7104: change that no test notices"))
        #expect(try CommandRun(["explain", "GH1103"]).code == 0)
    }
}
