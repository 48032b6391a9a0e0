import Foundation
import Limits
import Testing

@testable import Gateway

@Suite("The file of quotas")
struct UsageFileTests {
    private static func record(_ key: Int, _ used: UInt64) -> QuotaRecord {
        QuotaRecord(
            id: QuotaID(plan: "gold", key: "key-\(key)", period: .day),
            count: QuotaCount(start: 0, first: 0, used: used))
    }

    @Test("It is written anew before old lines fill the disk, under the same name and with the same lock")
    func compacts() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("usage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        var file = try UsageFile(url.path, into: QuotaLedger(), at: 0)
        var largest = 0
        for round in 1...UInt64(150) {
            let records = (0..<100).map { Self.record($0, round) }
            try file.write(records) { records }
            largest = max(largest, try Data(contentsOf: url).count)
            let text = try UsageText(parsing: Array(try Data(contentsOf: url)))
            #expect(text.records.count == 100 && text.records.allSatisfy { $0.count.used == round })
        }
        // 15,000 lines were written; never more than 4,096 and twice the counts stood there.
        #expect(largest < 4_400 * 40)
        #expect(!FileManager.default.fileExists(atPath: url.path + ".new"))
        #expect(throws: UsageFile.Problem.self) { try UsageFile(url.path, into: QuotaLedger(), at: 0) }
        let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("Cut at every byte it opens, is whole again afterwards, and counts go on from what was left")
    func repairs() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("usage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let whole = UsageText.text(of: [Self.record(1, 7), Self.record(1, 8)])
        for length in 0...whole.count {
            try Data(whole[..<length]).write(to: url)
            let ledger = QuotaLedger()
            var file: UsageFile? = try UsageFile(url.path, into: ledger, at: 0)
            let isCut = length > 0 && whole[length - 1] != 0x0A
            #expect((file?.repair != nil) == isCut, "\(length)")
            let used = ledger.cell(Self.record(1, 0).id).count?.used
            #expect(used == nil || used == 7 || used == 8)
            file = nil
            let again = try UsageText(parsing: Array(try Data(contentsOf: url)))
            #expect(again.damagedLines == 0)
            #expect(again.records.first?.count.used == used)
        }
    }
}
