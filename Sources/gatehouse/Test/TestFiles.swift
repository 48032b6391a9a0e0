import Documents
import PolicyTests

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Test files and what stands beside them.
enum TestFiles {
    private static let endings = [".gatetest.yaml", ".gatetest.yml", ".gatetest.jsonc", ".gatetest.json"]
    /// Folders below the working one that are searched.
    private static let maximumDepth = 8

    /// What the words on the command line name; without any, every test file below the working folder.
    static func find(_ words: [String]) throws(CommandFailure) -> [String] {
        var found: [String] = []
        for word in words.isEmpty ? ["."] : words {
            if isFolder(word) {
                search(word == "." ? "" : word.hasSuffix("/") ? word : word + "/", 0, &found)
            } else if StandardStreams.exists(word) {
                found.append(word)
            } else {
                throw CommandFailure("\(DiagnosticPrinter.visible(word)) does not exist", ExitCodes.missingInput)
            }
        }
        if found.isEmpty {
            throw CommandFailure(
                "there is no test file here: *.gatetest.yaml; gatehouse init --tests writes a first one",
                ExitCodes.missingInput)
        }
        return found
    }

    private static func search(_ folder: String, _ depth: Int, _ found: inout [String]) {
        guard depth <= maximumDepth,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
        else { return }
        for name in names.sorted() where !name.hasPrefix(".") && name != "node_modules" {
            let path = folder + name
            if endings.contains(where: { name.hasSuffix($0) }) {
                found.append(path)
            } else if isFolder(path) {
                search(path + "/", depth + 1, &found)
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    /// The folder of a file with a slash at its end, or nothing.
    static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

    /// A path that a file names, from the working folder; `..` is taken out where a name stands before it.
    static func resolve(_ path: String, from file: String) -> String {
        if path.hasPrefix("/") { return path }
        var parts: [Substring] = []
        for part in (folder(of: file) + path).split(separator: "/", omittingEmptySubsequences: false) {
            if part == "." || (part.isEmpty && !parts.isEmpty) { continue }
            if part == "..", let last = parts.last, last != "..", !last.isEmpty {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    // MARK: Snapshots

    /// What is kept beside the files.
    static func snapshots(beside files: [String]) -> PolicySnapshots {
        var texts: [String: [String: [UInt8]]] = [:]
        for file in files {
            let folder = folder(of: file) + PolicySnapshotFile.folder
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { continue }
            for name in names where name.hasPrefix(PolicySnapshotFile.stem(file) + ".") {
                texts[file, default: [:]][name] = try? StandardStreams.read("\(folder)/\(name)")
            }
        }
        return PolicySnapshots(texts)
    }

    static func write(_ snapshots: [String: [UInt8]], beside file: String) throws(CommandFailure) {
        let folder = folder(of: file) + PolicySnapshotFile.folder
        StandardStreams.makeFolder(folder)
        for (name, text) in snapshots.sorted(by: { $0.key < $1.key }) { try replace("\(folder)/\(name)", text) }
    }

    static func removeSnapshots(_ names: [String], beside file: String) {
        for name in names { StandardStreams.remove(folder(of: file) + PolicySnapshotFile.folder + "/" + name) }
    }

    /// Writes a file whole, whatever stood there.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure("\(DiagnosticPrinter.visible(path)) cannot be written", ExitCodes.inputOutput)
        }
    }

    /// When each file was last changed, for `--watch`.
    static func stamps(_ paths: [String]) -> [String: Date] {
        var stamps: [String: Date] = [:]
        for path in paths {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            stamps[path] = attributes?[.modificationDate] as? Date ?? .distantPast
        }
        return stamps
    }
}
