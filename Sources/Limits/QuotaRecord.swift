/// One line of a usage file: a count with a checksum before it.
package struct QuotaRecord: Sendable, Hashable {
    package var id: QuotaID
    package var count: QuotaCount

    package init(id: QuotaID, count: QuotaCount) {
        self.id = id
        self.count = count
    }

    /// The line with its end. Names hold neither spaces nor line ends (``DocumentNames``).
    package func append(to out: inout [UInt8]) {
        let text = "\(id.plan) \(id.key) \(id.period.rawValue) \(count.start) \(count.first) \(count.used)"
        out += Checksum.text(of: Array(text.utf8)[...])
        out.append(0x20)
        out += Array(text.utf8)
        out.append(0x0A)
    }

    /// Nil for a line, without its end, that is not whole.
    package init?(_ line: ArraySlice<UInt8>) {
        guard line.count > 9, line[line.startIndex + 8] == 0x20 else { return nil }
        let body = line.dropFirst(9)
        guard line.prefix(8).elementsEqual(Checksum.text(of: body)) else { return nil }
        let words = body.split(separator: 0x20, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count == 6, let period = QuotaPeriod(rawValue: words[2]), let start = Int64(words[3]),
            let first = Int64(words[4]), let used = UInt64(words[5])
        else { return nil }
        id = QuotaID(plan: words[0], key: words[1], period: period)
        count = QuotaCount(start: start, first: first, used: used)
    }
}

/// CRC-32 of IEEE 802.3: it finds what a crash or a bad disk does to a line. It is no protection against people.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    /// Eight digits in lower case.
    static func text(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = String(crc32(bytes), radix: 16)
        return Array(repeating: UInt8(ascii: "0"), count: 8 - digits.utf8.count) + Array(digits.utf8)
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
    }
}
