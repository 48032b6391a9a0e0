import ArgumentParser
import Documents

/// `gatehouse version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    static let number = "0.1.0"

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        if json {
            var writer = JSONWriter()
            writer.object { $0.member("version", Self.number) }
            StandardStreams.write(writer.bytes + [0x0A])
        } else {
            StandardStreams.write("Gatehouse \(Self.number)\n")
        }
    }
}
