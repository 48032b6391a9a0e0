import Foundation

enum TestedFleet {
    /// A folder with the fleet's configuration and one test file.
    static func folder(_ rows: String = "GET /ships: [401, allow]", _ more: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fleet = CommandRun.root.appendingPathComponent("fixtures/gateway")
        for name in ["fleet.jsonc", "old-key.txt"] {
            try FileManager.default.copyItem(
                at: fleet.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
        }
        let tests = folder.url.appendingPathComponent("tests")
        try FileManager.default.createDirectory(at: tests, withIntermediateDirectories: true)
        try Data(
            """
            version: 1
            config: ../fleet.jsonc
            clock: 2026-11-21T12:00:00Z
            principals:
              nobody: { token: missing }
              captain: { claims: { sub: u-1, rank: 15, role: captain } }
            matrix:
              - name: m
                rows:
                  \(rows)
            \(more)
            """.utf8
        ).write(to: tests.appendingPathComponent("ships.gatetest.yaml"))
        return folder
    }

    static func run(_ words: [String], _ folder: TemporaryFolder) throws -> CommandRun {
        try CommandRun(["test"] + words, folder: folder.url)
    }
}
