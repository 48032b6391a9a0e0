import Foundation

/// A strict reader of Prometheus's text format 0.0.4: every family has a head, its samples follow it, names and labels
/// keep to the grammar, counters and histograms add up.
struct Exposition {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(description: "the last line has no end") }
        var family = ""
        var helped: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                let parts = line.split(separator: " ", maxSplits: 3)
                guard parts.count == 4, helped.insert(String(parts[2])).inserted else { throw Self.bad(line) }
            } else if line.hasPrefix("# TYPE ") {
                let parts = line.split(separator: " ")
                guard parts.count == 4, ["counter", "gauge", "histogram"].contains(parts[3]) else {
                    throw Self.bad(line)
                }
                family = String(parts[2])
                guard helped.contains(family), types[family] == nil else { throw Self.bad(line) }
                types[family] = String(parts[3])
                if parts[3] == "counter", !family.hasSuffix("_total") { throw Self.bad(line) }
            } else {
                let sample = try Self.sample(line)
                let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard suffixes.contains(where: { family + $0 == sample.name }) else { throw Self.bad(line) }
                if samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) {
                    throw Self.bad(line)
                }
                samples.append(sample)
            }
        }
        for (name, type) in types where type == "histogram" { try checkHistogram(name) }
    }

    /// The value of the one sample with this name and exactly these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private static func bad(_ line: some StringProtocol) -> Malformed { Malformed(description: "line: \(line)") }

    private static func sample(_ line: Substring) throws -> Sample {
        var rest = line
        func take(_ text: String) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }
        func name() throws -> String {
            let found = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard let first = found.first, !first.isNumber else { throw bad(line) }
            rest = rest.dropFirst(found.count)
            return String(found)
        }
        let metric = try name()
        var labels: [String: String] = [:]
        if take("{") {
            repeat {
                let label = try name()
                guard take("=\"") else { throw bad(line) }
                var value = ""
                while !take("\"") {
                    if take("\\") {
                        guard take("n") || take("\\") || take("\"") else { throw bad(line) }
                        value += "?"
                    } else {
                        guard let next = rest.popFirst() else { throw bad(line) }
                        value.append(next)
                    }
                }
                guard labels.updateValue(value, forKey: label) == nil else { throw bad(line) }
            } while take(",")
            guard take("}") else { throw bad(line) }
        }
        guard take(" "), let value = Double(rest), value.isFinite, value >= 0 else { throw bad(line) }
        return Sample(name: metric, labels: labels, value: value)
    }

    private func checkHistogram(_ name: String) throws {
        let groups = Dictionary(grouping: samples.filter { $0.name == name + "_bucket" }) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for (labels, buckets) in groups {
            let bounds = buckets.map { $0.labels["le"] == "+Inf" ? .infinity : Double($0.labels["le"] ?? "") ?? .nan }
            let values = buckets.map(\.value)
            guard bounds == bounds.sorted(), bounds.last == .infinity, values == values.sorted(),
                values.last == value(name + "_count", labels), value(name + "_sum", labels) != nil
            else { throw Malformed(description: "histogram \(name) \(labels)") }
        }
    }
}
