import EventLoop
import Foundation
import Routes

/// Tells which functions' code has changed and has come to rest, by the files below their folders.
struct FunctionCodeWatch {
    private struct Code: Equatable {
        var files: [String: FileStamp]
    }

    /// Larger folders are watched by their first files; what packages installed there does not change by hand.
    static let fileLimit = 2000
    private static let skipped: Set = ["node_modules", "__pycache__", ".git", ".build", ".venv", "venv"]

    private var folders: [String: String] = [:]
    private var known: [String: Code] = [:]
    private var moving: [String: Code] = [:]

    init(_ functions: [FunctionDefinition]) { follow(functions) }

    /// Other functions are there from now on; those that stay are as they were.
    mutating func follow(_ functions: [FunctionDefinition]) {
        folders = Dictionary(functions.map { ($0.name, $0.folder) }) { first, _ in first }
        known = known.filter { folders[$0.key] != nil }
        moving = [:]
        for (name, folder) in folders where known[name] == nil { known[name] = Self.look(folder) }
    }

    /// Looks once. The functions whose files are different from before and were the same at the look before.
    mutating func changed() -> [String] {
        var changed: [String] = []
        for (name, folder) in folders {
            let now = Self.look(folder)
            guard now != known[name] else {
                moving[name] = nil
                continue
            }
            guard now == moving[name] else {
                moving[name] = now
                continue
            }
            known[name] = now
            moving[name] = nil
            changed.append(name)
        }
        return changed.sorted()
    }

    private static func look(_ folder: String) -> Code {
        var files: [String: FileStamp] = [:]
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return Code(files: files) }
        for case let path as String in walk {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if skipped.contains(name) {
                walk.skipDescendants()
                continue
            }
            let full = folder + "/" + path
            // Reading a folder changes nothing, but making a __pycache__ in it does.
            guard walk.fileAttributes?[.type] as? FileAttributeType != .typeDirectory else { continue }
            files[path] = FileStamp(path: full)
            if files.count >= fileLimit { break }
        }
        return Code(files: files)
    }
}
