import Documents
import PolicyTests
import Routes
import Tokens

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

    /// A file of a million cells has half of this.
    static let largestFile = 16 << 20

    /// What the words on the command line name; without any, every test file below the working folder. A file that is
    /// named in several ways counts once.
    static func find(_ words: [String]) throws(CommandFailure) -> [String] {
        var named: [String] = []
        for word in words.isEmpty ? ["."] : words {
            switch kind(word) {
            case .folder: search(word == "." ? "" : word.hasSuffix("/") ? word : word + "/", 0, &named)
            case .nothing:
                throw CommandFailure("\(DiagnosticPrinter.visible(word)) does not exist", ExitCodes.missingInput)
            case .file, .other: named.append(word)
            }
        }
        var known: Set<String> = []
        var found: [String] = []
        for path in named {
            try demandFile(path)
            if known.insert(canonical(path)).inserted { found.append(path) }
        }
        if found.isEmpty {
            throw CommandFailure(
                "there is no test file here: *.gatetest.yaml; gatehouse init --tests writes a first one",
                ExitCodes.missingInput)
        }
        return found
    }

    /// The same path for every way to name a file.
    static func canonical(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// Regular test files in a folder and below.
    static func below(_ folder: String) -> [String] {
        var named: [String] = []
        search(folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/", 0, &named)
        var known: Set<String> = []
        return named.filter { kind($0) == .file && known.insert(canonical($0)).inserted }
    }

    private static func search(_ folder: String, _ depth: Int, _ found: inout [String]) {
        guard depth <= maximumDepth,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
        else { return }
        for name in names.sorted() where !name.hasPrefix(".") && name != "node_modules" {
            let path = folder + name
            if kind(path) == .folder {
                search(path + "/", depth + 1, &found)
            } else if endings.contains(where: { name.hasSuffix($0) }) {
                found.append(path)
            }
        }
    }

    enum Kind {
        case file
        case folder
        /// A pipe, a socket or a device: to read one may wait for ever.
        case other
        case nothing
    }

    /// What a path leads to, symbolic links followed.
    static func kind(_ path: String) -> Kind {
        switch (try? FileManager.default.attributesOfItem(atPath: canonical(path)))?[.type] as? FileAttributeType {
        case FileAttributeType.typeRegular?: return .file
        case FileAttributeType.typeDirectory?: return .folder
        case nil, FileAttributeType.typeSymbolicLink?: return .nothing
        default: return .other
        }
    }

    private static func demandFile(_ path: String) throws(CommandFailure) {
        let problem: String
        switch kind(path) {
        case .file: return
        case .folder, .other: problem = "is no regular file"
        case .nothing: problem = "leads nowhere"
        }
        throw CommandFailure("\(DiagnosticPrinter.visible(path)) \(problem)", ExitCodes.missingInput)
    }

    /// The path of a file that a test file names: to read a pipe may wait for ever. What is not there is said by its
    /// reader.
    static func regular(_ path: String) throws(CommandFailure) -> String {
        if kind(path) == .other { try demandFile(path) }
        return path
    }

    /// The text of a test file.
    static func read(_ path: String) throws(CommandFailure) -> SourceText {
        try demandFile(path)
        let size = (try? FileManager.default.attributesOfItem(atPath: canonical(path)))?[.size] as? Int ?? 0
        guard size <= largestFile else {
            throw CommandFailure(
                "\(DiagnosticPrinter.visible(path)) is larger than \(largestFile >> 20) MiB: cut it into several files",
                ExitCodes.missingInput)
        }
        // It may have grown meanwhile.
        return SourceText(name: path, bytes: try StandardStreams.read(path, limit: largestFile))
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

    /// The list that the configuration names; as at the gate it need not be there yet, and then it is nil. A line that
    /// cannot be read is an error: what it revokes would be let in.
    static func revocations(of document: GatewayDocument) throws(CommandFailure) -> RevocationList? {
        guard let path = document.revocations?.path else { return RevocationList() }
        guard kind(path) == .file else { return nil }
        let (list, problems) = RevocationList.parse(try StandardStreams.read(path))
        if let problem = problems.first {
            throw CommandFailure(
                "\(DiagnosticPrinter.visible(path)):\(problem.line): \(problem.message)", ExitCodes.configuration)
        }
        return list
    }

    // MARK: Snapshots

    /// What is kept beside the files.
    static func snapshots(beside files: [String]) -> PolicySnapshots {
        var texts: [String: [String: [UInt8]]] = [:]
        for file in files {
            let folder = folder(of: file) + PolicySnapshotFile.folder
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { continue }
            for name in names where name.hasPrefix(PolicySnapshotFile.stem(file) + ".") {
                let path = "\(folder)/\(name)"
                if kind(path) == .file { texts[file, default: [:]][name] = try? StandardStreams.read(path) }
            }
        }
        return PolicySnapshots(texts)
    }

    static func write(_ snapshots: [String: [UInt8]], beside file: String) throws(CommandFailure) {
        let folder = folder(of: file) + PolicySnapshotFile.folder
        StandardStreams.makeFolder(folder)
        for (name, text) in snapshots.sorted(by: { $0.key < $1.key }) {
            try TestOutput.write("\(folder)/\(name)", text)
        }
    }

    static func removeSnapshots(_ names: [String], beside file: String) {
        for name in names { StandardStreams.remove(folder(of: file) + PolicySnapshotFile.folder + "/" + name) }
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
