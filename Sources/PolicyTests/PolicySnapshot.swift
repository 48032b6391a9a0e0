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
        return (texts[file] ?? [:]).keys.filter { name in
            guard name.hasPrefix(prefix), name.hasSuffix(".json"), name.utf8.count > prefix.utf8.count + 5 else {
                return false
            }
            // What has one more dot belongs to a test file with a longer name, and other letters are none of ours.
            return name.dropFirst(prefix.count).dropLast(5).utf8.allSatisfy(PolicySnapshotFile.isPlain)
                && !used.contains(name)
        }.sorted()
    }
}

/// Where snapshots stand, and what they look like.
package enum PolicySnapshotFile {
    /// The folder beside the test files.
    package static let folder = "__snapshots__"

    /// `ships.policy-for-captain.json`: the file's own name without its endings, and the case in letters that every
    /// file system takes. A case that is not made of such letters and single spaces alone has a number of its own behind
    /// them, so that `a/b` and `a b` are two files.
    package static func name(suite: String, case name: String) -> String {
        let slug = slug(name)
        let isExact =
            slug.count <= longest
            && slug == name.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "-")
            && !name.contains("-")
        let tail = isExact ? "" : "-" + digits(name)
        return "\(stem(suite)).\(slug.prefix(longest))\(tail).json"
    }

    /// Whether the name of a case may hold the byte in its file's name.
    static func isPlain(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "-")
    }

    /// File systems take names of 255 bytes.
    private static let longest = 120

    /// Eight digits that hardly another name has (FNV-1a, folded).
    private static func digits(_ name: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(UInt32(truncatingIfNeeded: hash ^ (hash >> 32)), radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    /// The name that a sequence's request goes by; they are counted from 1.
    static func step(_ number: Int, of sequence: String) -> String { "\(sequence) \(number)" }

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
