import Testing

@testable import HTTP

@Suite("Response heads")
struct ResponseParserTests {
    static let refused: [RequestExamples.Refused] = [
        .init(.statusLineInvalid, "SSH-2.0-OpenSSH_9.2\r\n"),
        .init(.statusLineInvalid, "<html>"),
        .init(.statusLineInvalid, "\r\nHTTP/1.1 200 OK\r\n\r\n"),
        .init(.statusLineInvalid, "http/1.1 200 OK\r\n\r\n"),
        .init(.statusLineInvalid, "HTTP/2 200 OK\r\n\r\n"),
        .init(.versionUnsupported, "HTTP/1.2 200 OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1  200 OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 20 OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 abc OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 099 OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 600 OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 200OK\r\n\r\n"),
        .init(.statusInvalid, "HTTP/1.1 +20 OK\r\n\r\n"),
        .init(.bareLF, "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
        .init(.bareLF, "HTTP/1.1 200\n\n"),
        .init(.bareCR, "HTTP/1.1 200 OK\rSet-Cookie: x=1\r\n\r\n"),
        .init(.bareCR, "HTTP/1.1 200\rX"),
        .init(.statusLineInvalid, "HTTP/1.1 200 O\0K\r\n\r\n"),
        .init(.fieldValueInvalid, "HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\n"),
        .init(.bareCR, "HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: x=1\r\n\r\n"),
        .init(.bareLF, "HTTP/1.1 200 OK\r\nX-A: a\nSet-Cookie: x=1\r\n\r\n"),
        .init(.colonMissing, "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
        .init(.spaceBeforeColon, "HTTP/1.1 200 OK\r\nX-A : a\r\n\r\n"),
        .init(.lineFolding, "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n\r\n"),
        .init(.contentLengthInvalid, "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n"),
        .init(.contentLengthInvalid, "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n"),
        .init(.contentLengthInvalid, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        .init(.contentLengthInvalid, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        .init(.contentLengthRepeated, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n"),
        .init(.contentLengthRepeated, "HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\n"),
        .init(.contentLengthInvalid, "HTTP/1.1 204 OK\r\nContent-Length: x\r\n\r\n"),
        .init(.transferEncodingInvalid, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        .init(.transferEncodingInvalid, "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n"),
        .init(
            .transferEncodingInvalid,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init(.transferEncodingHTTP10, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init(.upgradeUnasked, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
        .init(.headTooLarge, "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 20_000)),
        .init(.headTooLarge, "HTTP/1.1 200 " + String(repeating: "a", count: 20_000)),
        .init(.fieldCount, "HTTP/1.1 200 OK\r\n" + String(repeating: "a:\r\n", count: 201)),
    ]

    @Test("A broken response is refused, however it arrives", arguments: refused)
    func refuses(example: RequestExamples.Refused) {
        let bytes = Feeding.bytes(example.text)
        for size in [1, 2, 7, max(bytes.count, 1)] {
            #expect(Feeding.responseInPieces(bytes, size: size) == .refused(example.code), "pieces of \(size)")
        }
    }

    struct Framed: Sendable {
        let method: Method
        let start: String
        let fields: String
        let framing: MessageFraming
        let keepAlive: Bool
    }

    @Test(
        "Method, status and fields decide how the body ends",
        arguments: [
            Framed(
                method: .get, start: "200 OK", fields: "Content-Length: 5\r\n", framing: .length(5), keepAlive: true),
            Framed(
                method: .get, start: "200 OK", fields: "Content-Length: 5, 5\r\nContent-Length: 5\r\n",
                framing: .length(5), keepAlive: true),
            Framed(
                method: .get, start: "200 OK", fields: "Transfer-Encoding: chunked\r\n", framing: .chunked,
                keepAlive: true),
            Framed(
                method: .get, start: "200 OK", fields: "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                framing: .chunked, keepAlive: false),
            Framed(method: .get, start: "200 OK", fields: "", framing: .untilClose, keepAlive: false),
            Framed(
                method: .get, start: "200", fields: "Connection: close\r\nContent-Length: 0\r\n", framing: .length(0),
                keepAlive: false),
            Framed(
                method: .get, start: "200 OK", fields: "Connection: \"x\r\nContent-Length: 0\r\n", framing: .length(0),
                keepAlive: false),
            Framed(method: .head, start: "200 OK", fields: "Content-Length: 5\r\n", framing: .none, keepAlive: true),
            Framed(
                method: .head, start: "200 OK", fields: "Transfer-Encoding: chunked\r\n", framing: .none,
                keepAlive: true),
            Framed(method: .head, start: "200 OK", fields: "", framing: .none, keepAlive: true),
            Framed(method: .get, start: "204 No", fields: "", framing: .none, keepAlive: true),
            Framed(method: .get, start: "204 No", fields: "Content-Length: 5\r\n", framing: .none, keepAlive: false),
            Framed(
                method: .get, start: "204 No", fields: "Transfer-Encoding: chunked\r\n", framing: .none,
                keepAlive: false),
            Framed(method: .get, start: "304 No", fields: "Content-Length: 5\r\n", framing: .none, keepAlive: true),
            Framed(method: .post, start: "500 ", fields: "Content-Length: 1\r\n", framing: .length(1), keepAlive: true),
        ])
    func framing(example: Framed) throws {
        let text = "HTTP/1.1 \(example.start)\r\n\(example.fields)\r\n"
        let head = try #require(Feeding.response(text, method: example.method))
        #expect(head.framing == example.framing)
        #expect(head.keepAlive == example.keepAlive)
        let whole = Feeding.responseInPieces(Feeding.bytes(text), size: 10_000, method: example.method)
        #expect(Feeding.responseInPieces(Feeding.bytes(text), size: 1, method: example.method) == whole)
    }

    @Test("HTTP/1.0 answers live on only when they say so")
    func http10() throws {
        let closing = try #require(Feeding.response("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"))
        #expect(!closing.keepAlive)
        let keeping = try #require(
            Feeding.response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n"))
        #expect(keeping.keepAlive)
    }

    @Test("Interim heads are told apart and the same parser reads the final one")
    func interim() throws {
        var parser = ResponseParser(limits: HeadLimits(), method: .get)
        var buffer = Feeding.bytes(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        )
        var seen: [UInt16] = []
        reading: while true {
            switch parser.parse(buffer.span) {
            case .interim(let head, let consumed):
                seen.append(head.status)
                #expect(head.framing == .none)
                buffer.removeFirst(consumed)
            case .head(let head, let consumed):
                seen.append(head.status)
                buffer.removeFirst(consumed)
                break reading
            case .needMore, .refuse:
                Issue.record("stopped after \(seen)")
                break reading
            }
        }
        #expect(seen == [100, 103, 200])
        #expect(buffer.isEmpty)
    }

    @Test("A 101 that was asked for is final")
    func switching() throws {
        let text = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        let head = try #require(Feeding.response(text, upgradeAsked: true))
        #expect(!head.isInterim)
        #expect(head.framing == .none)
    }

    @Test("Names of any token and bytes above ASCII pass; the reason may be empty")
    func lenient() throws {
        let head = try #require(Feeding.response("HTTP/1.1 200 \r\nX_Odd.Name: caf\u{E9}\r\nContent-Length: 0\r\n\r\n"))
        #expect(head.reasonBytes.isEmpty)
        #expect(head.fields.count == 2)
        let odd = try #require(Feeding.response("HTTP/1.1 404 Not\tF\u{F6}und\r\n\r\n"))
        #expect(Feeding.text(odd.reasonBytes) == "Not\tF\u{F6}und")
    }

    @Test("The limit counts every byte of the head, at the border")
    func limit() {
        let frame = "HTTP/1.1 200 OK\r\nX: \r\n\r\n"
        for extra in [0, 1] {
            let filler = String(repeating: "v", count: 100 - frame.utf8.count + extra)
            let bytes = Feeding.bytes("HTTP/1.1 200 OK\r\nX: \(filler)\r\n\r\n")
            for size in [1, 1000] {
                let verdict = Feeding.responseInPieces(bytes, size: size, limits: HeadLimits(headerBytes: 100))
                #expect((verdict == .refused(.headTooLarge)) == (extra == 1))
            }
        }
    }
}
