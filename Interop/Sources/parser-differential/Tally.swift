import Foundation

/// Counts of one run, and an example of each class.
struct Tally {
    struct Example {
        let index: UInt64
        let bytes: [UInt8]
        let ours: Reading
        let theirs: Reading
    }

    struct Entry {
        var count = 0
        var examples: [Example] = []
    }

    private(set) var requests = 0
    private(set) var ours: [Reading.Verdict: Int] = [:]
    /// Our refusals by their codes.
    private(set) var refusals: [String: Int] = [:]
    /// Requests with the same verdict and content, per peer.
    private(set) var agreed: [Peer: Int] = [:]
    /// Of these the ones that both accepted.
    private(set) var agreedAccepted: [Peer: Int] = [:]
    private(set) var classes: [String: Entry] = [:]
    private(set) var unexplained: [String: Entry] = [:]

    mutating func add(_ reading: Reading) {
        requests += 1
        ours[reading.verdict, default: 0] += 1
        if reading.verdict == .refused { refusals[reading.reason, default: 0] += 1 }
    }

    mutating func agree(_ peer: Peer, _ reading: Reading) {
        agreed[peer, default: 0] += 1
        if reading.verdict == .accepted { agreedAccepted[peer, default: 0] += 1 }
    }

    mutating func add(_ difference: Difference, index: UInt64) {
        let example = Example(
            index: index, bytes: difference.bytes, ours: difference.ours, theirs: difference.theirs)
        if let found = DifferenceClasses.first(containing: difference) {
            Self.add(
                example,
                to: &classes["\(difference.peer.rawValue) \(difference.kind.rawValue) \(found.name)", default: Entry()])
        } else {
            Self.add(example, to: &unexplained[difference.signature, default: Entry()])
        }
    }

    /// The shortest examples are kept: they say most.
    private static func add(_ example: Example, to entry: inout Entry) {
        entry.count += 1
        entry.examples.append(example)
        guard entry.examples.count > 3 else { return }
        entry.examples.sort { $0.bytes.count < $1.bytes.count }
        entry.examples.removeLast()
    }

    /// One line for each count, for the script that adds the processes up; then the unexplained ones.
    func print() {
        Swift.print("requests\t\(requests)")
        for verdict in [Reading.Verdict.accepted, .refused, .incomplete] {
            Swift.print("ours\t\(verdict)\t\(ours[verdict] ?? 0)")
        }
        for (code, count) in refusals.sorted(by: { $0.key < $1.key }) { Swift.print("refused\t\(code)\t\(count)") }
        for peer in Peer.allCases {
            Swift.print("agreed\t\(peer.rawValue)\t\(agreed[peer] ?? 0)\t\(agreedAccepted[peer] ?? 0)")
        }
        for known in DifferenceClasses.all { Swift.print("reason\t\(known.name)\t\(known.reason)") }
        for (name, entry) in classes.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: " ", maxSplits: 2)
            Swift.print(
                "class\t\(parts.joined(separator: "\t"))\t\(entry.count)\t\(Self.show(entry.examples[0].bytes))")
        }
        for (signature, entry) in unexplained.sorted(by: { $0.value.count > $1.value.count }) {
            Swift.print("UNEXPLAINED\t\(entry.count)\t\(signature)")
            for example in entry.examples {
                Swift.print("  #\(example.index) \(Self.show(example.bytes))")
                if let mine = example.ours.message, let other = example.theirs.message {
                    Swift.print("    ours \(Self.show(mine))\n    theirs \(Self.show(other))")
                }
            }
        }
    }

    /// Printable on one line, whatever the bytes are.
    static func show(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        for byte in bytes.prefix(400) {
            switch byte {
            case 0x0D: text += "\\r"
            case 0x0A: text += "\\n"
            case 0x09: text += "\\t"
            case 0x5C: text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return bytes.count > 400 ? text + "... (\(bytes.count) bytes)" : text
    }

    private static func show(_ message: Message) -> String {
        let fields = message.fields.map { "\(show($0.name))=\(show($0.value))" }.joined(separator: " | ")
        return "\(show(message.method)) \(show(message.target)) \(message.version) [\(fields)] \(message.framing) "
            + "body \(show(message.body)) consumed \(message.consumed)"
    }
}
