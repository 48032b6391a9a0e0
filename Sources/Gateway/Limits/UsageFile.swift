import EventLoop
import Limits

/// The file that keeps the counts of quotas: opened, repaired, locked against other processes, and appended to.
struct UsageFile: Sendable {
    /// Why it cannot be used, as a sentence without its name.
    struct Problem: Error, Sendable {
        var reason: String
    }

    let path: String
    private var file: FileDescriptor
    /// Bytes in the file as far as lines are whole.
    private var size: Int64
    private var lines: Int
    /// What was found wrong on opening, for the owner.
    private(set) var repair: String?

    /// Lines beyond those that hold, from which on the file is written anew.
    private static let slack = 4096
    private static let maximumBytes: Int64 = 1 << 30

    /// Opens or makes the file and puts what it says into the ledger. A cut or damaged line costs what it counted and
    /// nothing else; only a file that is none of ours is refused.
    init(_ path: String, into ledger: QuotaLedger, at seconds: Int64) throws(Problem) {
        self.path = path
        do throws(FileDescriptor.Failure) {
            file = try Self.open(path)
        } catch {
            throw Problem(reason: error.reason)
        }
        guard file.isRegular else { throw Problem(reason: "it is not a plain file") }
        guard file.lock(), file.isStill(at: path) else { throw Problem(reason: "another gateway counts in it") }
        size = file.size
        guard size <= Self.maximumBytes else { throw Problem(reason: "it is larger than a gateway writes") }
        let text: UsageText
        do throws(UsageText.Problem) {
            text = try UsageText(parsing: file.read(at: 0, count: Int(size)))
        } catch {
            throw Problem(
                reason: error == .newer
                    ? "a later version of gatehouse has written it" : "it exists and is no usage file")
        }
        lines = text.lines
        ledger.restore(text.records)
        if text.damagedLines > 0 {
            repair =
                "\(text.damagedLines) damaged line\(text.damagedLines == 1 ? " was" : "s were") left out; "
                + "\(text.records.count) counts were read"
        }
        if text.damagedLines > 0 {
            try rewrite(ledger.records(at: seconds))
            return
        }
        if size > 0 { return }
        do throws(FileDescriptor.Failure) {
            try file.write(UsageText.header)
            size = Int64(UsageText.header.count)
        } catch {
            throw Problem(reason: error.reason)
        }
    }

    private static func open(_ path: String) throws(FileDescriptor.Failure) -> FileDescriptor {
        try FileDescriptor.appending(path)
    }

    /// Appends the records, or writes the file anew when most of it no longer holds.
    mutating func write(_ changes: [QuotaRecord], all: () -> [QuotaRecord]) throws(Problem) {
        if lines + changes.count > Self.slack {
            let records = all()
            if lines + changes.count > 2 * records.count + Self.slack { return try rewrite(records) }
        }
        var bytes: [UInt8] = []
        for record in changes { record.append(to: &bytes) }
        do throws(FileDescriptor.Failure) {
            try file.write(bytes)
            size += Int64(bytes.count)
            lines += changes.count
            try file.sync()
        } catch {
            // Nothing half written stays; were it to stay, its checksum would give it away.
            do throws(FileDescriptor.Failure) { try file.truncate(to: size) } catch {}
            throw Problem(reason: error.reason)
        }
    }

    /// A new file takes the name of the old one when it is complete: at every moment the name leads to a whole one.
    private mutating func rewrite(_ records: [QuotaRecord]) throws(Problem) {
        let text = UsageText.text(of: records)
        do throws(FileDescriptor.Failure) {
            let fresh = try FileDescriptor.emptying("\(path).new")
            // Before it has the name, so that nobody comes in between.
            guard fresh.lock() else { throw FileDescriptor.Failure(code: 11) }
            try fresh.write(text)
            try fresh.sync()
            try FileDescriptor.rename("\(path).new", to: path)
            file = fresh
            size = Int64(text.count)
            lines = records.count
        } catch {
            throw Problem(reason: error.reason)
        }
    }
}
