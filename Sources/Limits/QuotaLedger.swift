import Synchronization

/// All counts of a process. Configurations come and go; what was used stays used.
///
/// It has a cell for each key of each plan that a configuration names, and for those that a file named: callers cannot
/// make it grow.
package final class QuotaLedger: Sendable {
    private struct Entry {
        var cell: QuotaCell
        /// A configuration of this process has asked for it.
        var isNamed: Bool
    }

    private let cells = Mutex<[QuotaID: Entry]>([:])

    package init() {}

    /// The count of a key in a plan; the same one for every configuration.
    package func cell(_ id: QuotaID) -> QuotaCell {
        cells.withLock { cells in
            let cell = cells[id]?.cell ?? QuotaCell(id)
            cells[id] = Entry(cell: cell, isNamed: true)
            return cell
        }
    }

    /// Takes over what a file says. Only before the first request.
    package func restore(_ records: [QuotaRecord]) {
        cells.withLock { cells in
            for record in records {
                let entry = cells[record.id] ?? Entry(cell: QuotaCell(record.id), isNamed: false)
                entry.cell.restore(record.count)
                cells[record.id] = entry
            }
        }
    }

    /// What has changed since it was last written down.
    package func changes() -> [QuotaRecord] {
        let all = cells.withLock { $0.values.map(\.cell) }
        return all.compactMap { cell in cell.changedCount().map { QuotaRecord(id: cell.id, count: $0) } }
    }

    /// Everything worth keeping: of plans and keys that are no longer named only what still counts at `seconds`.
    package func records(at seconds: Int64) -> [QuotaRecord] {
        let all = cells.withLock { Array($0.values) }
        return all.compactMap { entry in
            guard let count = entry.cell.count else { return nil }
            let isOver = count.start < entry.cell.id.period.start(of: seconds)
            return isOver && !entry.isNamed ? nil : QuotaRecord(id: entry.cell.id, count: count)
        }
    }

    /// These have been written down.
    package func noteWritten(_ records: [QuotaRecord]) {
        for record in records { cells.withLock { $0[record.id]?.cell }?.noteWritten(record.count) }
    }
}
