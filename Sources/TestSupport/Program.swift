import Foundation

/// Runs the built `gatehouse` as its users do.
package enum Program {
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package struct NotBuilt: Error {}

    /// The binary beside the one that runs the tests.
    static func path() throws(NotBuilt) -> String {
        var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("gatehouse").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        let built = Fixture.packageRoot.appendingPathComponent(".build/debug/gatehouse").path
        if FileManager.default.isExecutableFile(atPath: built) { return built }
        throw NotBuilt()
    }

    /// Runs to the end, in the package's root; blocks. The output of such runs is small enough for a pipe.
    package static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = Fixture.packageRoot
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let texts = [errors, output].map { pipe in
            String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: texts[1], errors: texts[0])
    }
}
