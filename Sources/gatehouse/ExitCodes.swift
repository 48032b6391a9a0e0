import ArgumentParser

/// One table for all commands.
enum ExitCodes {
    /// Allowed, valid, judged.
    static let yes = ExitCode(0)
    /// Denied, invalid token.
    static let no = ExitCode(1)
    /// Wrong usage; also what the argument parser returns.
    static let usage = ExitCode(64)
    /// An input file is missing.
    static let missingInput = ExitCode(66)
    /// A port or an upstream is unavailable.
    static let unavailable = ExitCode(69)
    /// Our own fault.
    static let software = ExitCode(70)
    /// Output could not be written.
    static let inputOutput = ExitCode(74)
    /// The configuration is wrong.
    static let configuration = ExitCode(78)

    static let help = """
        Exit codes: 0 yes (allowed, valid) · 1 no (denied, invalid token) · 64 wrong usage · 66 input file missing · \
        69 upstream or port unavailable · 70 our bug · 74 output not written · 78 configuration \
        invalid.
        """
}

/// Ends a command with a sentence on standard error.
struct CommandFailure: Error {
    /// Empty when everything has been said.
    let message: String
    let code: ExitCode

    init(_ message: String, _ code: ExitCode) {
        self.message = message
        self.code = code
    }

    /// Prints the sentence and gives what the argument parser ends the process with.
    func report() -> ExitCode {
        if !message.isEmpty { StandardStreams.writeError("gatehouse: \(message)\n") }
        return code
    }
}

extension ParsableCommand {
    /// Runs a command's body and turns its failures into an exit code.
    func reporting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as CommandFailure {
            throw failure.report()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw CommandFailure("\(error)", ExitCodes.software).report()
        }
    }
}
