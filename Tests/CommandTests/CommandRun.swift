import Foundation
import Testing

/// The built executable, run once with arguments, and everything it said.
struct CommandRun {
    let code: Int32
    let output: String
    let errors: String

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `gatehouse`, which the package manager puts beside the test bundle.
    static var executable: URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
            .appendingPathComponent("gatehouse")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return root.appendingPathComponent(".build/debug/gatehouse")
    }

    /// - Parameter redirections: of the shell, such as `> /dev/full`.
    init(
        _ arguments: [String], input: String = "", redirections: String = "", environment: [String: String] = [:],
        folder: URL = Self.root
    ) throws {
        let process = Process()
        process.executableURL = redirections.isEmpty ? Self.executable : URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            redirections.isEmpty
            ? arguments : ["-c", "exec \"$0\" \"$@\" \(redirections)", Self.executable.path] + arguments
        process.currentDirectoryURL = folder
        var variables = ["LANG": "C.UTF-8", "GATEHOUSE_CONFIG": "fixtures/gateway/fleet.jsonc"]
        if folder != Self.root { variables["GATEHOUSE_CONFIG"] = nil }
        for (name, value) in environment { variables[name] = value }
        process.environment = variables
        // Files hold any amount of output, so that no pipe can fill up and stop the process.
        let files = try (0..<3).map { _ in try TemporaryFolder().file("stream", "") }
        try Data(input.utf8).write(to: files[0])
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        code = process.terminationStatus
        output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        for file in files { try FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    }

    /// A command as it is printed for a shell, the program's name left out; from the project's folder.
    init(shell words: String) throws {
        try self.init([], redirections: words)
    }

    /// The output without white space around it.
    var text: String { output.trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// A folder of its own for one test.
struct TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func file(_ name: String, _ text: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file
    }
}

/// A fixed time at which tokens of these tests are made and judged.
let noon = "2026-11-21T12:00:00Z"

/// Signs with the fleet's key and returns the token.
func fleetToken(
    _ claims: [String] = ["sub=u-100", "rank=15", "role=captain"], expires: String = "+1h"
) throws -> String {
    let words = claims.flatMap { ["--claim", $0] }
    let run = try CommandRun(["token", "sign", "--authorizer", "session", "--exp", expires, "--clock", noon] + words)
    try #require(run.code == 0, "\(run.errors)")
    return run.text
}
