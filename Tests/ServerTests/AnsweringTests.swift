import EventLoop
import HTTP
import Testing

@testable import Server

@Suite("Answering")
struct AnsweringTests {
    static func request(_ method: String = "GET", version: String = "1.1", fields: String = "") -> String {
        "\(method) /a HTTP/\(version)\r\nHost: gw.test\r\n\(fields)\r\n"
    }

    @Test("An answer of unknown length is chunked")
    func chunked() throws {
        let bench = try ServerBench { exchange in
            exchange.begin(.stream)
            exchange.write("hello")
            exchange.write("")
            exchange.write("0123456789abcdef")
            exchange.stream.finish()
        }
        let client = try bench.connect()
        client.send(Self.request())
        #expect(
            client.text
                == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
        )
        #expect(!client.isOver)
    }

    @Test("For HTTP/1.0 it ends with the connection")
    func http10() throws {
        let bench = try ServerBench { exchange in
            exchange.begin(.stream)
            exchange.write("hello")
            exchange.stream.finish()
        }
        let client = try bench.connect()
        client.send(Self.request(version: "1.0", fields: "Connection: keep-alive\r\n"))
        #expect(client.text == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
        #expect(client.sawEnd)
    }

    @Test("HTTP/1.0 keeps its connection only when it asks to, and is told so")
    func http10KeepAlive() throws {
        let bench = try ServerBench()
        let client = try bench.connect()
        client.send(Self.request(version: "1.0", fields: "Connection: keep-alive\r\n"))
        #expect(client.text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok")
        #expect(!client.isOver)
        client.send(Self.request(version: "1.0"))
        #expect(client.text.contains("Connection: close"))
        #expect(client.isOver)
    }

    @Test(
        "HEAD, 204 and 304 carry no body, whatever the handler writes",
        arguments: [
            ("HEAD", 200, AnswerBody.length(5), "Content-Length: 5\r\n"),
            ("HEAD", 200, .lengthOnly(7), "Content-Length: 7\r\n"),
            ("HEAD", 200, .stream, "Transfer-Encoding: chunked\r\n"), ("GET", 204, .none, ""),
            ("GET", 204, .length(5), ""),
            ("GET", 204, .stream, ""), ("GET", 304, .none, ""), ("GET", 304, .lengthOnly(9), "Content-Length: 9\r\n"),
        ])
    func bodyless(method: String, status: UInt16, body: AnswerBody, fields: String) throws {
        let bench = try ServerBench { exchange in
            exchange.begin(body, status: status)
            exchange.write("hello")
            exchange.stream.finish()
        }
        let client = try bench.connect()
        client.send(Self.request(method))
        let text = client.text
        #expect(text.hasSuffix("\r\n\(fields)\r\n"))
        #expect(text.hasPrefix("HTTP/1.1 \(status)"))
        #expect(!client.isOver)
        client.send(Self.request(method))
        #expect(client.text == text)
    }

    @Test("An answer without a body that might have one says that it is empty")
    func emptyAnswer() throws {
        let bench = try ServerBench { exchange in
            exchange.begin(.none)
            exchange.stream.finish()
        }
        let client = try bench.connect()
        client.send(Self.request())
        #expect(client.text == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("Bytes beyond the announced length are not sent, and too few break the connection")
    func wrongLength() throws {
        let bench = try ServerBench { exchange in
            exchange.begin(.length(3))
            exchange.write(exchange.method == .get ? "abcdef" : "ab")
            exchange.stream.finish()
        }
        let client = try bench.connect()
        client.send(Self.request())
        #expect(client.text.hasSuffix("\r\n\r\nabc"))
        client.send(Self.request("DELETE"))
        #expect(client.text.hasSuffix("\r\n\r\nab"))
        #expect(client.isOver)
    }

    @Test("Exactly one answer: a second one, and calls after the end, change nothing")
    func oneAnswer() throws {
        let bench = try ServerBench { exchange in
            exchange.answer("ok")
            exchange.answer("again")
            exchange.write("more")
            exchange.stream.finish()
            exchange.stream.abort()
            exchange.stream.inform(status: 103, fields: [])
        }
        let client = try bench.connect()
        client.send(Self.request())
        #expect(client.text == RequestReadingTests.okay)
        client.send(Self.request())
        #expect(client.text == RequestReadingTests.okay)
    }

    @Test("Interim answers go to HTTP/1.1 clients before the final one only")
    func interim() throws {
        let bench = try ServerBench { exchange in
            exchange.stream.inform(status: 103, fields: Array("Link: <a>\r\n".utf8))
            exchange.answer("ok")
        }
        let client = try bench.connect()
        client.send(Self.request())
        #expect(client.text == "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + RequestReadingTests.okay)
        client.send(Self.request(version: "1.0"))
        #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test("A client can tell an aborted answer from a complete one", arguments: ["1.0", "1.1"])
    func abort(version: String) throws {
        for body in [AnswerBody.stream, .length(100)] {
            let listener = try LoopbackBench { exchange in
                exchange.begin(body)
                exchange.write("part")
            }
            let client = try listener.connect()
            client.send(Self.request(version: version))
            listener.run { !listener.bench.handler.exchanges.isEmpty }
            listener.bench.handler.exchanges[0].stream.abort()
            client.receive { client.isOver }
            if case .stream = body, version == "1.0" {
                #expect(client.sawReset)
            } else {
                #expect(client.sawEnd)
                #expect(!client.text.hasSuffix("0\r\n\r\n"))
            }
            #expect(listener.bench.server.connectionCount == 0)
        }
    }

    @Test("A handler is asked to wait when the client does not read, and called when it does")
    func backPressure() throws {
        let bench = try ServerBench { $0.begin(.stream) }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.request())
        let exchange = bench.handler.exchanges[0]
        exchange.wantsRest = true
        let piece = String(repeating: "x", count: 16_384)
        var pieces = 0
        while exchange.write(piece), pieces < 1000 { pieces += 1 }
        #expect(pieces < 100)
        #expect(exchange.stream.unsentBytes < 400_000)
        #expect(exchange.writables == 0)
    }

    @Test("The call comes also when the turn's end finds the socket writable before epoll says so")
    func writableAtTurnEnd() throws {
        let bench = try ServerBench { exchange in
            exchange.wantsRest = true
            exchange.begin(.stream)
        }
        let client = try bench.connect(buffer: 4096)
        client.send(Self.request())
        let exchange = bench.handler.exchanges[0]
        let piece = String(repeating: "x", count: 16_384)
        for _ in 0..<20 {
            while exchange.write(piece) {}
            let calls = exchange.writables
            bench.turn()
            // Room is made and something else asks for the turn's end at once.
            while client.take() > 0 {}
            exchange.write("y")
            client.drain()
            #expect(exchange.writables == calls + 1)
        }
        exchange.stream.finish()
        #expect(client.text.hasSuffix("0\r\n\r\n"))
    }

    @Test("Nothing is kept of a piece before which the connection is found broken")
    func brokenBeforePiece() throws {
        let bench = try ServerBench { exchange in
            exchange.wantsRest = true
            exchange.begin(.length(300_000))
        }
        let client = try bench.connect()
        #expect(client.push(Array(Self.request().utf8)) > 0)
        bench.loop.runTurn()
        let exchange = try #require(bench.handler.exchanges.first)
        // The head is out; a small piece waits for company.
        exchange.write("y")
        #expect(exchange.stream.unsentBytes == 1)
        #expect(client.far.end(both: true))
        exchange.write(String(repeating: "x", count: 200_000))
        #expect(exchange.stream.unsentBytes == 0)
        #expect(exchange.cancellations == [.clientGone])
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A handler that is told of the client's end in the middle of its own writing is told once")
    func goneWhileWriting() throws {
        let bench = try ServerBench { exchange in
            exchange.wantsRest = true
            exchange.begin(.stream)
        }
        let client = try bench.connect()
        client.send(Self.request())
        let exchange = bench.handler.exchanges[0]
        client.close()
        let piece = String(repeating: "x", count: 100_000)
        for _ in 0..<10 { exchange.write(piece) }
        exchange.stream.finish()
        exchange.stream.abort()
        bench.turn()
        #expect(exchange.cancellations == [.clientGone])
        #expect(bench.server.connectionCount == 0)
    }

    @Test("A handler may end the exchange from inside any of its calls")
    func endsInside() throws {
        let bench = try ServerBench { exchange in
            switch exchange.target {
            case "/abort": exchange.stream.abort()
            case "/body": exchange.onBody = { _ in exchange.stream.abort() }
            case "/answer": exchange.onBody = { _ in exchange.answer("early") }
            default: exchange.onEnd = { exchange.stream.abort() }
            }
        }
        for (target, answered) in [("/abort", false), ("/body", false), ("/answer", true), ("/end", false)] {
            let client = try bench.connect()
            client.send("POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(client.text.contains("early") == answered)
            #expect(client.isOver != answered)
        }
        #expect(bench.handler.exchanges.allSatisfy { $0.cancellations.isEmpty })
    }
}
