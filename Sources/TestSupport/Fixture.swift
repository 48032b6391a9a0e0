package import Foundation

/// Files under the top-level `fixtures/`, shared by all test targets. SwiftPM resources would have to lie inside one.
package enum Fixture {
    package struct Missing: Error, CustomStringConvertible {
        package var description: String
    }

    /// The folder that holds Package.swift, found upward from this file.
    package static let packageRoot: URL = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) { break }
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// The bytes of `fixtures/PATH`.
    package static func load(_ path: String) throws(Missing) -> [UInt8] { try file("fixtures/\(path)") }

    package static func text(_ path: String) throws(Missing) -> String {
        String(decoding: try load(path), as: UTF8.self)
    }

    /// A file named from the package's root.
    package static func file(_ path: String) throws(Missing) -> [UInt8] {
        let url = packageRoot.appendingPathComponent(path)
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw Missing(description: "\(path) cannot be read")
        }
        return Array(data)
    }
}
