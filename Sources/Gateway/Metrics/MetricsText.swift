package import EventLoop
import HTTP

/// Writes the text format of Prometheus, version 0.0.4. All samples of a family must follow its head.
package struct MetricsText {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    package private(set) var bytes: [UInt8] = []
    private var name = ""

    package init() {}

    /// `help` is one line.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        raw("# HELP \(name) ")
        escape(help, quotes: false)
        raw("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    package mutating func sample(_ value: UInt64, _ labels: [(String, String)] = []) {
        head("", labels)
        HeadWriter.decimal(value, to: &bytes)
        raw("\n")
    }

    package mutating func sample(nanoseconds: UInt64, _ labels: [(String, String)] = []) {
        head("", labels)
        seconds(nanoseconds)
        raw("\n")
    }

    package mutating func histogram(_ counts: DurationCounts, _ labels: [(String, String)] = []) {
        var sum: UInt64 = 0
        for (index, count) in counts.counts.enumerated() {
            sum &+= count
            let bound = index < counts.bounds.count ? Self.seconds(counts.bounds[index]) : "+Inf"
            head("_bucket", labels + [("le", bound)])
            HeadWriter.decimal(sum, to: &bytes)
            raw("\n")
        }
        head("_sum", labels)
        seconds(counts.sum)
        raw("\n")
        head("_count", labels)
        HeadWriter.decimal(sum, to: &bytes)
        raw("\n")
    }

    private mutating func head(_ suffix: String, _ labels: [(String, String)]) {
        raw(name + suffix)
        for (index, label) in labels.enumerated() {
            raw(index == 0 ? "{" : ",")
            raw("\(label.0)=\"")
            escape(label.1, quotes: true)
            raw("\"")
        }
        raw(labels.isEmpty ? " " : "} ")
    }

    private mutating func escape(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): raw("\\\\")
            case 0x0A: raw("\\n")
            case UInt8(ascii: "\"") where quotes: raw("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private mutating func seconds(_ nanoseconds: UInt64) { raw(Self.seconds(nanoseconds)) }

    /// Exact, without zeros at the end.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let rest = nanoseconds % 1_000_000_000
        let whole = String(nanoseconds / 1_000_000_000)
        if rest == 0 { return whole }
        let digits = String(rest)
        var text = whole + "." + String(repeating: "0", count: 9 - digits.count) + digits
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
