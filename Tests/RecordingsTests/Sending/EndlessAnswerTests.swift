import EventLoop
import Foundation
import TestSupport
import Testing

@testable import Recordings

/// An answer that never stands still and never ends.
@Suite("Replay to a URL whose answers do not end")
struct EndlessAnswerTests {
    /// Sends chunks until its peer has had enough; gives up by itself after twenty seconds.
    private static func serve(_ listener: Int32) {
        let deadline = MonotonicTime.now().advanced(milliseconds: 20_000)
        guard LoopbackSocket.wait(listener, readable: true, until: deadline) else { return }
        guard case .connection(let fd, _) = Socket.accept(listener) else { return }
        let socket = LoopbackSocket(fd: fd)
        _ = socket.receive(until: deadline)
        socket.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8), until: deadline)
        let chunk = Array("1\r\nx\r\n".utf8)
        while MonotonicTime.now() < deadline, socket.send(chunk, until: deadline) == chunk.count {}
    }

    @Test("The patience is for the whole answer: one that goes on and on counts as none")
    func endless() throws {
        let listener = try Socket.listen(.ipv4([127, 0, 0, 1], port: 0), backlog: 4)
        defer { Socket.close(listener) }
        guard case .ipv4(_, let port) = Socket.boundAddress(listener) else {
            Issue.record("no port")
            return
        }
        let thread = Thread { Self.serve(listener) }
        thread.start()
        let bench = try SendBench(SentSample().line)
        bench.mode = .none
        bench.headInMillis = 3000
        let outcome = try bench.send(port: port)
        #expect(outcome.result.unanswered == 1 && outcome.result.answered == 0)
        #expect(outcome.result.causes.map(\.now) == ["no whole answer in time"])
        // Somebody is there, so nothing is given up for that.
        #expect(outcome.unreachable == nil)
        #expect(try bench.report(outcome).hasFailed)
    }
}
