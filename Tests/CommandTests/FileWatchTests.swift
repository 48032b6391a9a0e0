import EventLoop
import Foundation
import Testing

@testable import gatehouse

@Suite("Files that are watched")
struct FileWatchTests {
    /// Files that the test changes by name.
    private final class Disk {
        let folder: URL

        init() throws { folder = try TemporaryFolder().url }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
        }

        func look(_ name: String) -> FileStamp? { FileStamp(path: folder.appendingPathComponent(name).path) }

        deinit { try? FileManager.default.removeItem(at: folder) }
    }

    @Test("Nothing is told while nothing changes, and a change only when it has come to rest, once")
    func rest() throws {
        let disk = try Disk()
        try disk.write("a", "1")
        var watch = FileWatch(["a", "gone"], look: disk.look)
        func hasChanged() -> Bool { watch.hasChanged(look: disk.look) }
        #expect(!hasChanged())
        try disk.write("a", "2")
        #expect(!hasChanged())
        try disk.write("a", "3")
        #expect(!hasChanged())
        #expect(hasChanged())
        #expect(!hasChanged())
    }

    @Test("A file that comes or goes is a change; one that is no longer named is none")
    func comingAndGoing() throws {
        let disk = try Disk()
        var watch = FileWatch(["a", "b"], look: disk.look)
        func hasChanged() -> Bool { watch.hasChanged(look: disk.look) }
        try disk.write("b", "1")
        #expect(!hasChanged())
        #expect(hasChanged())
        watch.follow(["a"], look: disk.look)
        try disk.write("b", "2")
        #expect(!hasChanged())
        #expect(!hasChanged())
        try disk.write("a", "1")
        _ = hasChanged()
        #expect(hasChanged())
        try FileManager.default.removeItem(at: disk.folder.appendingPathComponent("a"))
        _ = hasChanged()
        #expect(hasChanged())
    }

    @Test("A file that stays named keeps its place: what changed meanwhile is not lost")
    func following() throws {
        let disk = try Disk()
        try disk.write("a", "1")
        var watch = FileWatch(["a"], look: disk.look)
        func hasChanged() -> Bool { watch.hasChanged(look: disk.look) }
        try disk.write("a", "2")
        watch.follow(["a", "b"], look: disk.look)
        _ = hasChanged()
        #expect(hasChanged())
    }
}
