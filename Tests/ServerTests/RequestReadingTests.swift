import EventLoop
import HTTP
import Testing

@testable import Server

@Suite("Reading requests")
struct RequestReadingTests {
    static let get = "GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n"
    static let okay = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    static func post(_ body: String, _ fields: String = "", path: String = "/p") -> String {
        "POST \(path) HTTP/1.1\r\nHost: gw.test\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func chunked(_ chunks: String, path: String = "/c") -> String {
        "POST \(path) HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)"
    }

    @Test(
        "A request that comes byte by byte is one request",
        arguments: [get, post("hello"), chunked("5\r\nhello\r\n0\r\n\r\n")])
    func byteByByte(request: String) throws {
        let bench = try ServerBench()
        bench.handler.exchanges = []
        let client = try bench.connect()
        for byte in request.utf8 { client.send([byte]) }
        #expect(bench.handler.targets.count == 1)
        #expect(client.text == Self.okay)
        #expect(bench.handler.refusals.isEmpty)
        #expect(!client.isOver)
    }

    @Test("A body reaches the handler whole, however it is framed and cut", arguments: [1, 2, 3, 7, 1000])
    func bodies(size: Int) throws {
        for request in [Self.post("hello world"), Self.chunked("6;x=y\r\nhello \r\n5\r\nworld\r\n0\r\nT: v\r\n\r\n")] {
            let bench = try ServerBench { exchange in exchange.onEnd = { exchange.answer("ok") } }
            let client = try bench.connect()
            let bytes = Array(request.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                client.send(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            let exchange = try #require(bench.handler.exchanges.first)
            #expect(String(decoding: exchange.body, as: UTF8.self) == "hello world")
            #expect(exchange.isEnded)
            #expect(client.text == Self.okay)
        }
    }

    @Test("Pipelined requests are answered in their order, one at a time")
    func pipelining() throws {
        let bench = try ServerBench { _ in }
        let client = try bench.connect()
        client.send(Self.get + Self.post("body") + Self.chunked("3\r\nabc\r\n0\r\n\r\n") + Self.get)
        #expect(bench.handler.targets == ["/a"])
        bench.handler.exchanges[0].answer("1")
        bench.turn()
        #expect(bench.handler.targets == ["/a", "/p"])
        #expect(bench.handler.exchanges[1].body == Array("body".utf8))
        bench.handler.exchanges[1].answer("2")
        bench.turn()
        bench.handler.exchanges[2].answer("3")
        bench.turn()
        bench.handler.exchanges[3].answer("4")
        #expect(client.text.split(separator: "\r\n\r\n").compactMap { $0.first } == ["H", "1", "2", "3", "4"])
        #expect(bench.handler.exchanges.allSatisfy { $0.isEnded && $0.cancellations.isEmpty })
    }

    @Test(
        "Two thousand pipelined requests answered at once and later alike come out in order", arguments: [true, false])
    func longPipeline(later: Bool) throws {
        let bench = try ServerBench { exchange in if !later { exchange.answer(exchange.target) } }
        let client = try bench.connect()
        var expected = ""
        var requests: [UInt8] = []
        for number in 0..<2000 {
            requests += Array("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            let target = "/\(number)"
            expected += "HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)"
        }
        var sent = 0
        while sent < requests.count {
            sent += client.push(Array(requests[sent...]))
            bench.turn(2)
            client.take()
            if later { Self.answerAll(bench, client) }
        }
        while bench.handler.exchanges.count < 2000 {
            if later { Self.answerAll(bench, client) } else { client.drain() }
        }
        if later { Self.answerAll(bench, client) }
        #expect(client.text == expected)
    }

    private static func answerAll(_ bench: ServerBench, _ client: Client) {
        while let last = bench.handler.exchanges.last, !last.isAnswered {
            last.answer(last.target)
            bench.turn(2)
            client.take()
        }
    }

    @Test("A client that pipelines without reading is held up, and goes on when it reads")
    func pipelineWithoutReading() throws {
        let bench = try ServerBench { $0.answer(String(repeating: "x", count: 1000)) }
        let client = try bench.connect(buffer: 4096)
        var requests: [UInt8] = []
        for _ in 0..<10_000 { requests += Array(Self.get.utf8) }
        var sent = 0
        for _ in 0..<200 where sent < requests.count {
            sent += client.push(Array(requests[sent...]))
            bench.turn(2)
        }
        let stream = try #require(bench.handler.exchanges.last?.stream)
        #expect(stream.unsentBytes < 300_000)
        #expect(bench.handler.exchanges.count < 1000)
        while sent < requests.count {
            sent += client.push(Array(requests[sent...]))
            bench.turn(2)
            while client.take() > 0 {}
        }
        client.drain()
        #expect(bench.handler.exchanges.count == 10_000)
    }

    @Test("100 Continue is sent only when the body is wanted and was waited for")
    func expect() throws {
        let asking = "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        let bench = try ServerBench { exchange in exchange.onEnd = { exchange.answer("ok") } }
        let client = try bench.connect()
        client.send(asking)
        #expect(client.text == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("hi")
        #expect(client.text == Self.okay)
        client.send("POST /e HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(client.text == "")

        // Answered before the body: nobody can tell what comes next, so the connection ends.
        let denying = try ServerBench { $0.answer("no", status: 403) }
        let denied = try denying.connect()
        denied.send(asking)
        #expect(denied.text == "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        denied.send("hi" + Self.get)
        #expect(denying.handler.targets == ["/e"])
        #expect(denied.isOver)
    }

    @Test("An unwanted body is read past up to a limit, and the next request is found behind it")
    func drain() throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        let body = String(repeating: "x", count: 100_000)
        client.send(Self.post(body) + Self.get)
        #expect(client.text == Self.okay + Self.okay)
        client.send(Self.chunked("186a0\r\n\(body)\r\n0\r\n\r\n") + Self.get)
        #expect(client.text == Self.okay + Self.okay)
        #expect(bench.handler.targets == ["/p", "/a", "/c", "/a"])
    }

    @Test("An unwanted body beyond the limit ends the connection, and nothing in it is ever a request")
    func drainLimit() throws {
        let bench = try ServerBench()
        let large = try bench.connect()
        large.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + Self.get)
        #expect(large.text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        large.half()
        #expect(large.isOver)
        let endless = try bench.connect()
        endless.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(endless.text == Self.okay)
        let chunk = "4000\r\n" + String(repeating: "x", count: 16_384) + "\r\n"
        for _ in 0..<20 { endless.send(chunk) }
        endless.send("0\r\n\r\n" + Self.get)
        #expect(bench.handler.targets == ["/p", "/c"])
        #expect(endless.isOver)
        #expect(endless.bytes.isEmpty)
    }

    @Test("A broken chunk of a body that was answered already brings no second answer")
    func brokenDrain() throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        client.send(Self.chunked("zz\r\n"))
        #expect(client.text == Self.okay)
        #expect(client.isOver)
        #expect(bench.handler.refusals.isEmpty)
    }

    @Test(
        "A refused request is answered once, closes, and what follows is not read",
        arguments: [
            ("GET  /x HTTP/1.1\r\n\r\n", 400), ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ])
    func refusals(request: String, status: Int) throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        client.send(request + Self.get + Self.get)
        let text = client.text
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(text.contains("\r\nConnection: close\r\n"))
        #expect(!text.dropFirst(5).contains("HTTP/1.1"))
        #expect(bench.handler.exchanges.isEmpty)
        #expect(bench.handler.refusals.count == 1)
        client.half()
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A refused HEAD gets no body")
    func refusedHead() throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
        #expect(client.text == "HTTP/1.1 413 Content Too Large\r\nContent-Length: 14\r\nConnection: close\r\n\r\n")
    }

    @Test("A body that breaks its framing cancels the exchange; the client is answered while that is possible")
    func brokenBody() throws {
        let bench = try ServerBench { exchange in
            if exchange.target == "/early" { exchange.begin(.stream); exchange.write("x") }
        }
        let client = try bench.connect()
        client.send(Self.chunked("5\r\nhelloXX"))
        #expect(client.text.hasPrefix("HTTP/1.1 400 "))
        #expect(bench.handler.exchanges[0].cancellations == [.refused(RequestRefusal(.chunkDataEnd))])
        let early = try bench.connect()
        bench.handler.exchanges = []
        early.send("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(early.text.hasSuffix("1\r\nx\r\n"))
        early.send("zz\r\n")
        #expect(early.text == "")
        #expect(early.isOver)
    }

    @Test("A body beyond the limit is refused when its length is known, else when the limit is passed")
    func bodyLimit() throws {
        var settings = ServerSettings()
        settings.bodyBytes = 10
        let bench = try ServerBench(settings) { exchange in exchange.onEnd = { exchange.answer("ok") } }
        let client = try bench.connect()
        client.send(Self.post("0123456789"))
        #expect(client.text == Self.okay)
        client.send(Self.chunked("5\r\nhello\r\n6\r\n"))
        #expect(client.text.hasPrefix("HTTP/1.1 413 "))
        #expect(bench.handler.exchanges[1].cancellations == [.refused(RequestRefusal(.bodyTooLarge))])
        #expect(!bench.handler.exchanges[1].isEnded)
    }

    @Test("A paused body stays in the socket; what was read goes to the handler when it resumes")
    func pause() throws {
        let bench = try ServerBench { exchange in
            exchange.onBody = { _ in exchange.stream.pauseBody() }
            exchange.onEnd = { exchange.answer("ok") }
        }
        let client = try bench.connect()
        client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
        let exchange = try #require(bench.handler.exchanges.first)
        let body = [UInt8](repeating: 0x78, count: 2_000_000)
        var sent = 0
        var stood = 0
        while stood < 10 {
            let count = client.push(Array(body[sent...]))
            stood = count == 0 ? stood + 1 : 0
            sent += count
            bench.turn(2)
        }
        #expect(exchange.body.count <= 65_536)
        #expect(sent < 1_000_000)
        for _ in 0..<100_000 where !exchange.isEnded {
            exchange.stream.resumeBody()
            if sent < body.count { sent += client.push(Array(body[sent...])) }
            bench.turn(2)
        }
        #expect(exchange.body.count == 2_000_000)
        #expect(client.text == Self.okay)
    }

    @Test("A half-closed client gets its answer, however large, and then the end")
    func halfClose() throws {
        let bench = try ServerBench { _ in }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.get)
        client.half()
        bench.handler.exchanges[0].answer(String(repeating: "x", count: 500_000))
        var received = 0
        // Through buffers as small as these, the kernel itself waits now and then before it sends on.
        for _ in 0..<100_000 where !client.isOver { received += client.text.utf8.count }
        received += client.text.utf8.count
        #expect(received > 500_000)
        #expect(client.isOver)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("Every request that came whole before a client's end is served, and the last answer says close")
    func halfCloseBehindRequests() throws {
        let bench = try ServerBench { _ in }
        let client = try bench.connect()
        let post = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        client.send(String(repeating: Self.get, count: 9) + post)
        client.half()
        for number in 0..<10 {
            try #require(bench.handler.exchanges.count == number + 1)
            let exchange = bench.handler.exchanges[number]
            #expect(exchange.isEnded && exchange.cancellations.isEmpty)
            exchange.answer("\(number)")
            bench.turn()
            let text = client.text
            #expect(text.hasSuffix("\r\n\r\n\(number)"))
            #expect(text.contains("Connection: close") == (number == 9))
        }
        #expect(bench.handler.exchanges[9].body == Array("hello".utf8))
        #expect(client.isOver)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("Also those that wait for a client to take earlier answers, answered at once")
    func halfCloseBehindLargeAnswers() throws {
        let bench = try ServerBench { $0.answer(String(repeating: "x", count: 500_000)) }
        let client = try bench.connect(buffer: 4096)
        client.send(String(repeating: Self.get, count: 5))
        client.half()
        var text = ""
        for _ in 0..<100_000 where !client.isOver { text += client.text }
        text += client.text
        #expect(text.utf8.count(where: { $0 == UInt8(ascii: "x") }) == 2_500_000)
        #expect(text.ranges(of: "HTTP/1.1 200").count == 5)
        #expect(text.ranges(of: "Connection: close").count == 1)
        #expect(bench.server.connectionCount == 0)
    }

    @Test("What is cut off by the end is no request: earlier ones are answered, an exchange that began is cancelled")
    func halfCloseInTheMiddle() throws {
        let post = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"
        for rest in ["GET / HT", post] {
            let bench = try ServerBench { _ in }
            let client = try bench.connect()
            client.send(Self.get + Self.get + rest)
            client.half()
            for number in 0..<2 {
                try #require(bench.handler.exchanges.count == number + 1)
                bench.handler.exchanges[number].answer("ok")
                bench.turn()
            }
            #expect(client.text.ranges(of: "HTTP/1.1 200").count == 2)
            #expect(client.isOver)
            #expect(bench.handler.exchanges.count == (rest == post ? 3 : 2))
            #expect(bench.handler.exchanges.count { $0.cancellations == [.clientGone] } == (rest == post ? 1 : 0))
            #expect(bench.server.connectionCount == 0)
        }
    }

    @Test("A client that half-closes while the answer waits in our buffer still gets all of it")
    func lateHalfClose() throws {
        for fields in ["", "Connection: close\r\n"] {
            let bench = try ServerBench { $0.answer(String(repeating: "x", count: 500_000)) }
            let client = try bench.connect(buffer: 4096)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
            client.half()
            #expect(client.text.utf8.count > 500_000)
            #expect(client.isOver)
        }
    }

    @Test("A client that ends in the middle of a head or a body is let go, and its exchange is cancelled")
    func truncated() throws {
        let bench = try ServerBench { _ in }
        let head = try bench.connect()
        head.send("GET / HTT")
        head.half()
        #expect(head.isOver)
        let body = try bench.connect()
        body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        body.half()
        #expect(bench.handler.exchanges[0].cancellations == [.clientGone])
        #expect(!bench.handler.exchanges[0].isEnded)
        #expect(body.isOver)
        #expect(bench.server.connectionCount == 0)
    }

    @Test(
        "A client that vanishes while its answer is awaited is noticed, also behind its half-close",
        arguments: [true, false])
    func vanished(halfFirst: Bool) throws {
        let bench = try ServerBench { _ in }
        let client = try bench.connect()
        client.send(Self.get)
        if halfFirst { client.half() }
        client.close()
        bench.turn()
        #expect(bench.handler.exchanges[0].cancellations == [.clientGone])
        #expect(bench.server.connectionCount == 0)
    }
}
