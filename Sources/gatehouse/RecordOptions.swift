import ArgumentParser
import Documents
import Gateway
import Recordings
import Routes

/// `--record FILE`: keeps requests, answers and decisions, without secrets.
struct RecordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record every request with its decision, appended to FILE. Signatures, cookies and personal claims do not "
                + "reach the file.", valueName: "file"))
    var record: String?

    /// Nil when nobody asked for it. `configuration` is the path of gateway.json, whose folder holds the salt.
    func begin(_ snapshot: GatewaySnapshot, configuration: String) throws(CommandFailure) -> Recorder? {
        guard let record else { return nil }
        return try Self.recorder(record, snapshot.document.record, configuration: configuration)
    }

    /// A recorder that is at work.
    static func recorder(
        _ path: String, _ definition: RecordDefinition, configuration: String
    ) throws(CommandFailure) -> Recorder {
        let settings = Recorder.Settings(
            path: path, rules: RedactionRules(definition), salt: try salt(configuration: configuration),
            programVersion: VersionCommand.number)
        do throws(RecordingProblem) {
            return try Recorder(settings) {
                StandardStreams.writeError("gatehouse: \(DiagnosticPrinter.visible($0))\n")
            }
        } catch {
            throw CommandFailure(error.text, ExitCodes.inputOutput)
        }
    }

    static func salt(configuration: String) throws(CommandFailure) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        do throws(RecordingProblem) {
            return try SaltFile.load(
                folder: ProcessEnvironment(documentPath: configuration).folder, random: &random)
        } catch {
            throw CommandFailure(error.text, ExitCodes.inputOutput)
        }
    }

    static func banner(_ recorder: Recorder) -> String {
        let repair = recorder.repair.map { "  (\($0))" } ?? ""
        return "  recording \(recorder.path)   signatures dropped, cookies and keys hashed, personal claims "
            + "pseudonymised\(repair)\n"
    }

    /// Writes what waits and says what the file holds; a recording with gaps must not pass for a whole one.
    static func end(_ recorder: Recorder) throws(CommandFailure) {
        let isThrough = recorder.stop()
        let counts = recorder.counts
        StandardStreams.writeError("gatehouse: recorded \(counts.written) requests in \(recorder.path)\n")
        if isThrough, counts.isComplete { return }
        throw CommandFailure(
            "[GH6008] not in the recording: \(counts.dropped) dropped, \(counts.lost) not written, "
                + "\(counts.withheld) withheld\(isThrough ? "" : ", and what was still waiting")", ExitCodes.inputOutput
        )
    }
}
