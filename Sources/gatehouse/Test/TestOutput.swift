import Documents

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files that a test run writes: reports and snapshots.
enum TestOutput {
    /// Writes a regular file at once, so that nobody reads half of it; a link stays and its target changes. A device, a
    /// pipe or a link that leads nowhere yet is written into.
    static func write(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        // Through another description the end of a redirected file would be overwritten by what follows.
        if path == "/dev/stdout" { return StandardStreams.write(bytes) }
        switch TestFiles.kind(path) {
        case .folder: throw CommandFailure("\(DiagnosticPrinter.visible(path)) is a folder", ExitCodes.inputOutput)
        case .other: try StandardStreams.overwrite(path, bytes)
        case .nothing where StandardStreams.isThere(path): try StandardStreams.overwrite(path, bytes)
        case .file, .nothing:
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: TestFiles.canonical(path)), options: .atomic)
            } catch {
                throw CommandFailure("\(DiagnosticPrinter.visible(path)) cannot be written", ExitCodes.inputOutput)
            }
        }
    }

    /// Whether two paths lead to one file, by links of either kind too.
    static func isSame(_ one: String, _ two: String) -> Bool {
        let (first, second) = (TestFiles.canonical(one), TestFiles.canonical(two))
        if first == second { return TestFiles.kind(one) != .other }
        guard let identity = identity(first) else { return false }
        return identity == self.identity(second)
    }

    private static func identity(_ path: String) -> [Int]? {
        guard let found = try? FileManager.default.attributesOfItem(atPath: path),
            let system = found[.systemNumber] as? Int, let file = found[.systemFileNumber] as? Int
        else { return nil }
        // Of a device and a pipe any number of things may be written.
        return found[.type] as? FileAttributeType == .typeRegular ? [system, file] : nil
    }
}
