import Documents

/// The kept policy documents of cases that say `policy: snapshot`.
package struct PolicySnapshots: Sendable {
    /// By the path of the test file, then by the name of the snapshot's own.
    private var texts: [String: [String: [UInt8]]]

    package init(_ texts: [String: [String: [UInt8]]] = [:]) {
        self.texts = texts
    }

    /// The text that is kept under a name; nil when there is none.
    func text(named name: String, beside file: String) -> [UInt8]? { texts[file]?[name] }

    /// Names that begin with the test file's own and that no case uses.
    func obsolete(beside file: String, used: Set<String>) -> [String] {
        let prefix = PolicySnapshotFile.stem(file) + "."
        return (texts[file] ?? [:]).keys.filter { $0.hasPrefix(prefix) && !used.contains($0) }.sorted()
    }
}

/// Where snapshots stand, and what they look like.
package enum PolicySnapshotFile {
    /// The folder beside the test files.
    package static let folder = "__snapshots__"

    /// `ships.policy-for-captain.json`: the file's own name without its endings, and the case in letters that every
    /// file system takes.
    package static func name(suite: String, case name: String) -> String { "\(stem(suite)).\(slug(name)).json" }

    /// `ships` of `tests/ships.gatetest.yaml`.
    package static func stem(_ suite: String) -> String {
        var stem = String(suite[(suite.lastIndex(of: "/").map { suite.index(after: $0) } ?? suite.startIndex)...])
        for ending in [".yaml", ".yml", ".jsonc", ".json", ".gatetest"] where stem.hasSuffix(ending) {
            stem = String(stem.dropLast(ending.count))
        }
        return stem
    }

    private static func slug(_ name: String) -> String {
        var out = ""
        for scalar in name.lowercased().unicodeScalars {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain { out.unicodeScalars.append(scalar) } else if out.last != "-", !out.isEmpty { out += "-" }
        }
        while out.last == "-" { out.removeLast() }
        return out.isEmpty ? "case" : out
    }

    /// The document as it is kept: indented, with a line end.
    package static func text(_ policy: [UInt8]) -> [UInt8] {
        guard let document = try? JSONParser.parse(policy) else { return policy }
        var writer = JSONWriter(indentation: 2)
        DataNode(document.root).write(to: &writer)
        return writer.bytes + [0x0A]
    }
}
