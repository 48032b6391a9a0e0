import Limits
import Testing

struct UsageTextTests {
    private static func record(_ key: String, _ used: UInt64, start: Int64 = 86_400) -> QuotaRecord {
        QuotaRecord(
            id: QuotaID(plan: "gold", key: key, period: .day), count: QuotaCount(start: start, first: 0, used: used))
    }

    private static func written(_ records: [QuotaRecord]) -> [UInt8] { UsageText.text(of: records) }

    private static func used(_ text: UsageText) -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: text.records.map { ($0.id.key, $0.count.used) })
    }

    @Test(
        "A file that is something else is not taken for one of ours",
        arguments: ["{\"version\": 1}", "x", "gatehouse usage 1", "gatehouse usage 2\n", "gatehouse usage\n", "\n"])
    func otherFiles(_ text: String) throws {
        if text == "gatehouse usage 1" {
            #expect(try UsageText(parsing: Array(text.utf8)).damagedLines == 1)
            return
        }
        let problem: UsageText.Problem = text.hasPrefix("gatehouse usage 2") ? .newer : .notUsage
        #expect(throws: problem) { try UsageText(parsing: Array(text.utf8)) }
    }

    @Test("Cut at any byte, the file opens, and of each count the last whole line holds")
    func cut() throws {
        let text = Self.written([Self.record("a", 1), Self.record("b", 7), Self.record("a", 2)])
        var seen: Set<UInt64> = []
        for length in 0...text.count {
            let part = try UsageText(parsing: Array(text[..<length]))
            #expect(part.damagedLines <= 1)
            let used = Self.used(part)["a"] ?? 0
            #expect(used <= 2)
            #expect(used >= (seen.max() ?? 0))
            seen.insert(used)
        }
        #expect(seen == [0, 1, 2])
        #expect(Self.used(try UsageText(parsing: text)) == ["a": 2, "b": 7])
    }

    @Test("A spoilt byte costs its line and no other")
    func spoilt() throws {
        let text = Self.written([Self.record("a", 1), Self.record("b", 7), Self.record("c", 9)])
        for index in UsageText.header.count..<text.count {
            for bit in [UInt8(1), 0x20, 0x80] {
                var spoilt = text
                spoilt[index] ^= bit
                let parsed = try UsageText(parsing: spoilt)
                #expect(parsed.damagedLines >= 1)
                #expect(parsed.records.allSatisfy { [1, 7, 9].contains($0.count.used) })
                #expect(parsed.records.count >= 1)
            }
        }
    }

    @Test("What is written down is read again, the largest numbers too")
    func roundTrip() throws {
        let records = [Self.record("k.1_-$", .max, start: .min), Self.record("z", 0, start: .max)]
        let text = try UsageText(parsing: Self.written(records))
        #expect(Set(text.records) == Set(records))
        #expect(text.lines == 2 && text.damagedLines == 0)
        #expect(try UsageText(parsing: []).records.isEmpty)
    }

    @Test("Only changes are written again, and counts of plans that are gone are kept while they count")
    func ledger() {
        let ledger = QuotaLedger()
        ledger.restore([Self.record("gone", 3), Self.record("old", 3, start: 0), Self.record("named", 4, start: 0)])
        _ = ledger.cell(QuotaID(plan: "gold", key: "named", period: .day))
        #expect(ledger.changes().isEmpty)
        #expect(Set(ledger.records(at: 86_401).map(\.id.key)) == ["gone", "named"])
        let one = Subscription(
            throttle: nil, quota: Quota(limit: 9, period: .day),
            cell: ledger.cell(QuotaID(plan: "gold", key: "gone", period: .day)))
        #expect(one.take(nil, at: 0, seconds: 86_402) == nil)
        let changes = ledger.changes()
        #expect(changes == [Self.record("gone", 4)])
        ledger.noteWritten(changes)
        #expect(ledger.changes().isEmpty)
    }
}
