/// The text of a usage file: a first line that names the format, then a line for each count as it changed. The last
/// line of a count is the one that holds, so that writing is appending and a crash can only spoil the end.
package struct UsageText: Sendable, Hashable {
    /// The file is something else, and must not be written over.
    package enum Problem: Error, Sendable, Hashable {
        case notUsage
        /// Of a later version of the format.
        case newer
    }

    package static let header = Array("gatehouse usage 1\n".utf8)

    /// The last of each count.
    package private(set) var records: [QuotaRecord] = []
    /// Lines that were not whole, the cut end among them.
    package private(set) var damagedLines = 0
    /// Lines of all kinds, the first excepted.
    package private(set) var lines = 0

    /// An empty file, and one whose first line was cut, hold nothing.
    package init(parsing text: [UInt8]) throws(Problem) {
        guard text.starts(with: Self.header) else {
            if text.isEmpty { return }
            if Self.header.starts(with: text) {
                damagedLines = 1
                return
            }
            throw text.starts(with: Self.header.dropLast(2)) ? .newer : .notUsage
        }
        var found: [QuotaID: QuotaCount] = [:]
        var rest = text[Self.header.count...]
        while !rest.isEmpty {
            lines += 1
            guard let end = rest.firstIndex(of: 0x0A) else {
                damagedLines += 1
                break
            }
            if let record = QuotaRecord(rest[..<end]) {
                found[record.id] = record.count
            } else {
                damagedLines += 1
            }
            rest = rest[(end + 1)...]
        }
        records = found.map { QuotaRecord(id: $0.key, count: $0.value) }
    }

    /// A file that holds each count once.
    package static func text(of records: [QuotaRecord]) -> [UInt8] {
        records.reduce(into: header) { $1.append(to: &$0) }
    }
}
