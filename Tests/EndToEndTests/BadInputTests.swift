import EventLoop
import TestRandom
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
    @Test("A token of 1 MB is refused as a head that is too large", arguments: ["REST", "HTTP"])
    func hugeToken(_ type: String) async throws {
        try await GatewayHarness.run(Configuration(type: type).text) { (gate) async throws in
            let client = try gate.client()
            let token = String(repeating: "a", count: 1 << 20)
            client.send("GET /guarded/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
            let response = try client.read()
            #expect(response.status == 431)
            #expect(response.text == #"{"message":"Request Header Fields Too Large"}"#)
            #expect(response.values("connection") == ["close"])
            #expect(gate.received.isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("head_too_large") == true)
            #expect(try gate.get("/guarded/x", token: Crew.captain()).status == 200)
        }
    }

    static let tokens = [
        "", ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "===.===.===", "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9..", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "e30.e30.e30",
        "\u{00e9}.\u{00e9}.\u{00e9}", "eyJhbGciOiJIUzI1NiJ9.!!!!.AAAA", "bnVsbA.bnVsbA.AAAA", "W10.W10.AAAA",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "  eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "a b.c d.e f",
    ]

    @Test("Garbage in the place of a token is 401 and leaves nothing at the backend", arguments: tokens)
    func garbage(_ token: String) async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            for scheme in ["Bearer ", "bearer ", ""] {
                #expect(try gate.get("/guarded/x", "Authorization: \(scheme)\(token)\r\n").status == 401)
            }
            #expect(gate.received.isEmpty)
            #expect(gate.log.waitForLines(3).count == 3)
        }
    }

    @Test("No single changed character of a token is admitted")
    func everyCharacter() async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            let token = Array(try Crew.captain().utf8)
            let client = try gate.client()
            func status(_ token: [UInt8]) throws -> Int {
                let text = String(decoding: token, as: UTF8.self)
                return try client.ask("GET /guarded/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(text)\r\n\r\n")
                    .status
            }
            #expect(try status(token) == 200)
            for index in token.indices {
                var changed = token
                changed[index] = token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(try status(changed) == 401, "character \(index)")
            }
            for shorter in [token.dropLast(), token.dropFirst()] { #expect(try status(Array(shorter)) == 401) }
            #expect(gate.received.count == 1)
        }
    }

    static let heads = [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /\r\n\r\n",
        "\u{16}\u{03}\u{01}\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /open/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET /open/x HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "GET /open/x HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /open/x HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", "GET  /open/x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /open/x HTTP/2.0\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    @Test("A malformed request is refused, ends the connection, and leaves nothing at the backend", arguments: heads)
    func malformed(_ head: String) async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            let client = try gate.client()
            client.send(head)
            let response = try client.read()
            #expect((400...505).contains(response.status))
            #expect(response.values("connection") == ["close"])
            #expect(response.text.hasPrefix("{\"message\":"))
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.received.isEmpty)
            #expect(gate.log.waitForLines(1).count == 1)
        }
    }

    @Test(
        "A client that resets its connection takes its request back from the backend, also after ending its side",
        arguments: [false, true])
    func reset(isHalfClosed: Bool) async throws {
        try await GatewayHarness.run(Configuration().text, script: { _ in .silence }) { (gate) async throws in
            do {
                let client = try gate.client()
                client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
                if isHalfClosed { client.socket.endWriting() }
                try await gate.reach { gate.received.count == 1 }
                client.socket.resetOnClose()
            }
            // Long before the 29 s that the backend would have.
            #expect(gate.log.waitForLines(1).first?.contains(#""reason":"client_gone""#) == true)
        }
    }

    @Test("A client that vanishes at any moment leaves no open exchange", arguments: [1, 2, 3])
    func vanishing(_ seed: UInt64) async throws {
        var configuration = Configuration()
        configuration.server = ", \"workers\": 2, \"timeouts\": { \"drainInMillis\": 600000 }"
        // A client that ends its side in order may still want the answer: only time ends such a request.
        configuration.integration = ", \"timeoutInMillis\": 5000"
        let script: StubBackend.Script = { request in
            switch request.target.utf8.last {
            case UInt8(ascii: "s"): .silence
            case UInt8(ascii: "b"): .answer(200, body: String(repeating: "b", count: 300_000))
            default: .answer(200)
            }
        }
        try await GatewayHarness.run(configuration.text, script: script) { (gate) async throws in
            let token = try Crew.captain()
            _ = try await Threads.run(4) { thread in
                var random = SeededRandom(seed: seed * 1000 + UInt64(thread))
                for _ in 0..<40 {
                    let path = ["x", "s", "b"][Int(random.next() % 3)]
                    let body =
                        random.next().isMultiple(of: 2)
                        ? "Content-Length: 100000\r\n\r\n" + String(repeating: "z", count: 100_000) : "\r\n"
                    let request = Array(
                        "POST /guarded/\(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\(body)".utf8)
                    // Half of the clients send everything, so that answers are on their way as well.
                    let cut =
                        random.next().isMultiple(of: 2) ? request.count : Int(random.next() % UInt64(request.count))
                    let client = try gate.client()
                    client.send(Array(request[..<cut]))
                    switch random.next() % 3 {
                    case 0: client.socket.resetOnClose()
                    case 1: client.socket.endWriting()
                    default: break
                    }
                    if random.next().isMultiple(of: 4) {
                        _ = client.socket.receive(until: .now().advanced(milliseconds: 1))
                    }
                }
            }
            let response = try gate.get("/guarded/x", token: token)
            #expect(
                response.status == 200,
                "\(gate.log.lines.suffix(3)) \(gate.backend.journal.begun) \(gate.received.count)")
            #expect(
                gate.received.allSatisfy { request in
                    request.body.allSatisfy { $0 == UInt8(ascii: "z") } && request.body.count <= 100_000
                })
            // Draining ends when no connection is left: with an exchange left open this takes ten minutes.
            await gate.stopGateway()
        }
    }
}
