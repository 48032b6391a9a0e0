import EventLoop
import HTTP
import Testing

@testable import Upstream

@Suite("Requests to a backend", .everyWay)
struct TransferTests {
    @Test(
        "Every method arrives as it is, with our fields and nothing of libcurl's",
        arguments: [
            Method.get, .head, .post, .put, .patch, .delete, .options, .other,
        ])
    func methods(method: Method) throws {
        var head = ""
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            head = connection.text
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        for _ in 0..<2 {
            let sink = bench.start(method, "/a/../b?x=%2e&y", fields: "X-A: 1\r\nX-Empty: \r\n")
            bench.finish(sink)
            #expect(sink.ends == [nil])
            #expect(sink.statuses == [200])
            let name = String(decoding: UpstreamBench.name(of: method), as: UTF8.self)
            let length = [.post, .put, .patch].contains(method) ? "Content-Length: 0\r\n" : ""
            // An empty value may have a blank before it, or none.
            let lines = Set(head.split(separator: "\r\n").map { $0 == "X-Empty: " ? "X-Empty:" : String($0) })
            let wanted = "\(name) /a/../b?x=%2e&y HTTP/1.1\r\nHost: backend.test\r\nX-A: 1\r\nX-Empty:\r\n\(length)"
            #expect(lines == Set(wanted.split(separator: "\r\n").map(String.init)))
        }
        #expect(bench.backend.connections.count == 1)
    }

    @Test("A body of known length is sent as it is, and one of unknown length in chunks", arguments: [true, false])
    func bodies(known: Bool) throws {
        let text = String(repeating: "0123456789", count: 50_000)
        let bench = try UpstreamBench()
        let sink = bench.start(.post, body: known ? .length(500_000) : .stream, fields: "Content-Type: a/b\r\n")
        var sent = 0
        let bytes = Array(text.utf8)
        bench.run {
            while sent < bytes.count {
                let more = sink.send(Array(bytes[sent..<sent + 5000]))
                sent += 5000
                if sent == bytes.count { sink.endBody() }
                if !more { break }
            }
            return bench.backend.connections.first.map {
                known ? $0.text.hasSuffix(text) : $0.text.hasSuffix("\r\n0\r\n\r\n")
            } ?? false
        }
        let request = bench.backend.connections[0].text
        #expect(request.contains("\r\nContent-Length: 500000\r\n") == known)
        #expect(request.contains("\r\nTransfer-Encoding: chunked\r\n") == !known)
        #expect(request.contains("\r\nContent-Type: a/b\r\n"))
        #expect(!request.lowercased().contains("expect"))
        bench.backend.connections[0].answer(Backend.Connection.okay)
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(sink.text == "ok")
    }

    @Test("An upload holds its sender up while the backend does not read", arguments: [true, false])
    func uploadBackPressure(known: Bool) throws {
        let bench = try UpstreamBench()
        let size = 40_000_000
        let sink = bench.start(.put, body: known ? .length(UInt64(size)) : .stream)
        let piece = [UInt8](repeating: 0x61, count: 64_000)
        bench.backend.accepts = true
        bench.run { bench.backend.connections.first?.hasHead ?? false }
        let connection = bench.backend.connections[0]
        connection.reads = false
        var sent = 0
        var stood = 0
        while stood < 100 {
            let wants = sink.wants
            let more = sink.send(piece)
            sent += piece.count
            bench.turn(2)
            if !more, sink.wants == wants {
                stood += 1
                while stood < 100, sink.wants == wants {
                    bench.turn(1)
                    stood += 1
                }
            }
        }
        // What the kernel's buffers of both ends take may be several megabytes; our own part is bounded.
        #expect(sent < 30_000_000)
        connection.reads = true
        let wants = sink.wants
        bench.run { sink.wants > wants }
        #expect(sink.wants > wants)
        sink.cancel()
        bench.turn()
        #expect(bench.driver.transferCount == 0)
    }

    @Test(
        "An answer is passed on whole, whatever its framing",
        arguments: [
            ("Content-Length: 5\r\n\r\nhello", false),
            ("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nT: 1\r\n\r\n", false),
            ("\r\nhello", true), ("Connection: close\r\nContent-Length: 5\r\n\r\nhello", true),
        ])
    func answers(answer: String, closes: Bool) throws {
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            connection.answer("HTTP/1.1 200 Fine\r\nX-B: 2\r\n" + answer)
            if closes { connection.close() }
        }
        for count in 1...2 {
            let sink = bench.start()
            bench.finish(sink)
            #expect(sink.ends == [nil])
            #expect(sink.text == "hello")
            #expect(sink.lines.first == "X-B: 2")
            #expect(bench.backend.connections.count == (closes ? count : 1))
        }
        #expect(bench.driver.transferCount == 0)
    }

    @Test(
        "HEAD, 204 and 304 have no body and keep the connection",
        arguments: [
            (Method.head, "200 OK\r\nContent-Length: 5"), (.get, "204 No Content\r\nX: y"),
            (.get, "304 Not Modified\r\nContent-Length: 9"),
        ])
    func bodyless(method: Method, head: String) throws {
        let bench = try UpstreamBench { $0.answerEach("HTTP/1.1 \(head)\r\n\r\n") }
        for _ in 0..<3 {
            let sink = bench.start(method)
            bench.finish(sink)
            #expect(sink.ends == [nil])
            #expect(sink.body == [])
        }
        #expect(bench.backend.connections.count == 1)
    }

    @Test("A HEAD request with a body is complete with the head of its answer", arguments: [true, false])
    func headWithBody(known: Bool) throws {
        let bench = try UpstreamBench()
        let sink = bench.start(.head, body: known ? .length(5) : .stream)
        sink.send("hello")
        sink.endBody()
        bench.run { bench.backend.connections.first?.text.contains("hello") ?? false }
        bench.turn()
        bench.backend.connections[0].send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        bench.finish(sink)
        #expect(sink.ends == [nil] && sink.statuses == [200] && sink.text.isEmpty)
    }

    @Test("A first field line that begins with a blank is a bad answer, however often the lane has been used")
    func foldedFirstLine() throws {
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            let answer =
                connection.text.contains("/folded") ? "HTTP/1.1 200 OK\r\n X: a\r\n" : "HTTP/1.1 200 OK\r\nX: 1\r\n"
            connection.answer(answer + "Content-Length: 2\r\n\r\nok")
        }
        for _ in 0..<3 {
            let sink = bench.start()
            bench.finish(sink)
            #expect(sink.text == "ok")
            let folded = bench.start(.get, "/folded")
            bench.finish(folded)
            // libcurl has no word of its own for it.
            #expect(folded.error?.kind == (Way.current == .classic ? .other : .badAnswer))
        }
    }

    @Test("100 is swallowed, 103 is passed on, and endless interim answers are a bad answer")
    func interims() throws {
        let bench = try UpstreamBench {
            $0.answerEach(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + Backend.Connection.okay)
        }
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.interims == [103])
        #expect(sink.text == "ok")
        bench.backend.script = { $0.answerEach(String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 17)) }
        let endless = bench.start()
        bench.finish(endless)
        #expect(endless.error?.kind == .badAnswer)
    }

    @Test(
        "An answer that breaks the grammar is a bad answer, and its connection is never used again",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nX-A : a\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n", "HTTP/2 200\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "garbage\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 100_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X: a\r\n", count: 501) + "\r\n",
        ])
    func badAnswers(answer: String) throws {
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            connection.answer(answer)
        }
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.ends.count == 1)
        #expect(sink.error?.kind == .badAnswer)
        #expect(sink.statuses == [])
        bench.backend.script = { $0.answerEach() }
        let next = bench.start()
        bench.finish(next)
        #expect(next.text == "ok")
        #expect(bench.backend.connections.count == 2)
    }

    @Test(
        "A doubtful framing, surplus bytes or a body where none belongs cost the connection, not the answer",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
            "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil",
        ])
    func poisoned(answer: String) throws {
        let bench = try UpstreamBench { $0.answerEach(answer) }
        let sink = bench.start()
        bench.finish(sink)
        #expect(sink.ends == [nil])
        #expect(!sink.text.contains("evil"))
        bench.backend.script = { $0.answerEach() }
        let next = bench.start()
        bench.finish(next)
        #expect(next.statuses == [200])
        #expect(next.text == "ok")
        #expect(bench.backend.connections.count == 2)
    }

    @Test(
        "Bytes behind an answer are never the next one, whether they come with it or later", arguments: [true, false])
    func surplus(later: Bool) throws {
        let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
        for head in ["304 Not Modified\r\n\r\n", "204 No Content\r\n\r\n", "200 OK\r\nContent-Length: 2\r\n\r\nok"] {
            let bench = try UpstreamBench { $0.answerEach("HTTP/1.1 " + head + (later ? "" : evil)) }
            let sink = bench.start()
            bench.finish(sink)
            #expect(sink.ends == [nil])
            if later {
                bench.backend.connections[0].send(evil)
                bench.turn()
            }
            bench.backend.script = { $0.answerEach() }
            let next = bench.start()
            bench.finish(next)
            #expect(next.text == "ok")
        }
    }

    @Test("Names are resolved, and the resolver's own sockets disturb nothing")
    func names() throws {
        let bench = try UpstreamBench { connection in
            guard connection.hasHead else { return }
            connection.answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            connection.close()
        }
        for number in 0..<20 {
            bench.address.host = number % 2 == 0 ? "localhost" : "127.0.0.1"
            // Each address is asked for anew: another port would not do, another patience does.
            bench.address.connectInMillis += 1
            let sinks = (0..<3).map { _ in bench.start() }
            bench.run { sinks.allSatisfy(\.isOver) }
            #expect(sinks.allSatisfy { $0.text == "ok" && $0.ends == [nil] })
        }
    }

    @Test(
        "An answer that ends early is truncated, never complete",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", UpstreamError.Kind.truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .truncated),
            ("HTTP/1.1 200 OK\r\nContent-Le", .badAnswer), ("", .reset),
        ])
    func truncated(answer: String, kind: UpstreamError.Kind) throws {
        for resets in [false, true] {
            let bench = try UpstreamBench { connection in
                guard connection.hasHead else { return }
                connection.answer(answer)
                if resets, answer.isEmpty { connection.reset() } else { connection.close() }
            }
            let sink = bench.start()
            bench.finish(sink)
            #expect(sink.error?.kind == kind)
            #expect(sink.ends.count == 1)
        }
    }
}
