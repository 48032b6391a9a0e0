import Documents
import FunctionHost
import Gateway

/// How commands run functions of this machine.
enum HostedFunctions {
    static var hosting: FunctionHosting {
        FunctionHosting(path: ProcessEnvironment.setting("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
    }

    /// What they print goes to standard error, where it does not mix with the command's answer.
    static func show(_ line: FunctionLogLine) {
        guard line.kind != .report else { return }
        let text = DiagnosticPrinter.visible(String(decoding: TokenMask.masked(line.text), as: UTF8.self))
        StandardStreams.writeError("\(line.function): \(text)\n")
    }
}
