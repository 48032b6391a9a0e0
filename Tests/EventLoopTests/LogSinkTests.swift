import Glibc
import Testing

@testable import EventLoop

@Suite("Log sink")
struct LogSinkTests {
    private static func pipe(nonBlocking: Bool = false) throws -> (read: Int32, write: Int32) {
        var fds: [Int32] = [0, 0]
        let code = unsafe fds.withUnsafeMutableBufferPointer { unsafe Glibc.pipe($0.baseAddress) }
        _ = try SystemError.check(code, "pipe")
        if nonBlocking { _ = fcntl(fds[1], F_SETFL, O_NONBLOCK) }
        Socket.ignoreBrokenPipes()
        return (fds[0], fds[1])
    }

    private static func line(_ number: Int) -> [UInt8] { Array("line \(number)\n".utf8) }

    private static func readAll(_ fd: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(fd, $0.baseAddress, $0.count) }
            if count <= 0 { return all }
            all += buffer[0..<count]
        }
    }

    @Test("A full disk loses lines and says how many, and nothing waits")
    func fullDisk() throws {
        let fd = unsafe open("/dev/full", O_WRONLY)
        try #require(fd >= 0)
        defer { Socket.close(fd) }
        let sink = try LogSink(fd: fd)
        for number in 0..<100 { sink.append(Self.line(number), count: 1) }
        sink.stop(milliseconds: 10_000)
        #expect(sink.droppedLines == 100)
    }

    @Test("A reader that stands still costs lines beyond the queue, never memory or time", arguments: [false, true])
    func stoppedReader(nonBlocking: Bool) throws {
        let (read, write) = try Self.pipe(nonBlocking: nonBlocking)
        let sink = try LogSink(fd: write, capacity: 10_000)
        let block = [UInt8](repeating: 0x61, count: 999) + [0x0A]
        // The pipe takes 64 KiB and the writer may hold one queue's worth; of 1,000 KB most must be dropped.
        for _ in 0..<1000 { sink.append(block, count: 1) }
        #expect(sink.droppedLines > 800)
        sink.stop(milliseconds: nonBlocking ? 50 : 0)
        Socket.close(read)
    }

    @Test("Every line is either written whole or counted")
    func accounting() throws {
        let (read, write) = try Self.pipe()
        let sink = try LogSink(fd: write, capacity: 1000)
        for number in 0..<5000 { sink.append(Self.line(number), count: 1) }
        sink.stop(milliseconds: 10_000)
        Socket.close(write)
        let lines = Self.readAll(read).split(separator: 0x0A)
        Socket.close(read)
        #expect(UInt64(lines.count) + sink.droppedLines == 5000)
        #expect(lines.allSatisfy { $0.starts(with: Array("line ".utf8)) })
    }

    @Test("Lines after the stop are counted as lost")
    func afterStop() throws {
        let (read, write) = try Self.pipe()
        let sink = try LogSink(fd: write)
        sink.append(Self.line(1), count: 1)
        sink.stop(milliseconds: 10_000)
        sink.append(Self.line(2), count: 3)
        #expect(sink.droppedLines == 3)
        Socket.close(write)
        #expect(Self.readAll(read) == Self.line(1))
        Socket.close(read)
    }
}
