import Testing

@testable import HTTP

@Suite("Request heads")
struct RequestParserTests {
    @Test("A broken request is refused with its own code", arguments: RequestExamples.refused)
    func refuses(example: RequestExamples.Refused) {
        #expect(Feeding.request(example.text) == .refused(example.code))
    }

    @Test("A refusal does not depend on how the bytes arrive", arguments: RequestExamples.refused)
    func refusesInPieces(example: RequestExamples.Refused) {
        let bytes = Feeding.bytes(example.text)
        for size in [1, 2, 3, 7, 64] {
            #expect(Feeding.requestInPieces(bytes, size: size) == .refused(example.code), "pieces of \(size)")
        }
    }

    @Test("Every way to send a path-independent refusal closes the connection and answers 4xx or 5xx")
    func statuses() {
        for code in RefusalCode.allCases {
            let refusal = RequestRefusal(code)
            #expect([400, 405, 408, 413, 414, 417, 426, 431, 501, 505].contains(refusal.status))
            #expect(refusal.closes == !code.rawValue.hasPrefix("path_"))
        }
        #expect(RequestRefusal(.traceRefused).status == 405)
        #expect(RequestRefusal(.versionUnsupported).status == 505)
        #expect(RequestRefusal(.targetTooLong).status == 414)
        #expect(RequestRefusal(.fieldCount).status == 431)
        #expect(RequestRefusal(.transferEncodingAndLength).status == 400)
    }

    @Test("A refusal stays until the parser is reset")
    func refusalStays() {
        var parser = RequestParser(limits: HeadLimits())
        #expect(Feeding.describe(parser.parse(Feeding.bytes("GET  /").span)) == .refused(.requestLineInvalid))
        let good = Feeding.bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(Feeding.describe(parser.parse(good.span)) == .refused(.requestLineInvalid))
        parser.reset()
        guard case .head = parser.parse(good.span) else {
            Issue.record("still refused")
            return
        }
    }

    @Test("A good request is taken, whole and in pieces alike", arguments: RequestExamples.accepted)
    func accepts(text: String) {
        let bytes = Feeding.bytes(text)
        let whole = Feeding.request(bytes)
        #expect(whole != .needMore)
        #expect(!whole.text.hasPrefix("refuse"), "\(whole)")
        for size in [1, 2, 3, 7, 64] {
            #expect(Feeding.requestInPieces(bytes, size: size) == whole, "pieces of \(size)")
        }
    }

    @Test("Every true prefix of a head asks for more", arguments: RequestExamples.accepted)
    func prefixes(text: String) {
        let bytes = Feeding.bytes(text)
        var parser = RequestParser(limits: HeadLimits())
        guard case .head(_, let consumed) = parser.parse(bytes.span) else {
            Issue.record("not taken")
            return
        }
        for end in 0..<consumed {
            #expect(Feeding.request([UInt8](bytes[..<end])) == .needMore, "prefix of \(end)")
        }
        #expect(Feeding.request([UInt8](bytes[..<consumed])) == Feeding.request(bytes))
    }

    @Test("Pipelined requests come one by one from the same parser")
    func pipeline() throws {
        var parser = RequestParser(limits: HeadLimits())
        var buffer = Feeding.bytes("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: b\r\n\r\n")
        var seen: [String] = []
        while case .head(let head, let consumed) = parser.parse(buffer.span) {
            seen.append(Feeding.text(head.targetBytes) + Feeding.text(head.hostBytes))
            buffer.removeFirst(consumed)
        }
        #expect(seen == ["/onea", "/twob"])
        #expect(buffer.isEmpty)
    }

    @Test("The parts of a head are where they belong")
    func parts() throws {
        let head = try #require(
            Feeding.head(
                "POST /a/b?x=1&y HTTP/1.1\r\nhOsT: gw.test:80\r\nX-Thing:  a b \t\r\nContent-Length: 12\r\n"
                    + "Cookie: a=1\r\ncookie: b=2\r\nExpect: 100-continue\r\n\r\n"))
        #expect(head.method == .post)
        #expect(Feeding.text(head.methodBytes) == "POST")
        #expect(Feeding.text(head.rawPath) == "/a/b")
        #expect(Feeding.text(head.queryBytes) == "x=1&y")
        #expect(Feeding.text(head.hostBytes) == "gw.test:80")
        #expect(head.framing == .length(12))
        #expect(head.keepAlive)
        #expect(head.expectsContinue)
        #expect(head.fields.count(.cookie) == 2)
        #expect(head.fields.first(.authorization) == nil)
        let thing = try #require(head.fields.first(lowercasedName: Feeding.bytes("x-thing")))
        #expect(thing.id == .other)
        #expect(Feeding.text(head.fields.name(of: thing)) == "X-Thing")
        #expect(Feeding.text(head.fields.value(of: thing)) == "a b")
        let cookies = head.fields.all(.cookie).map { Feeding.text(head.fields.value(of: $0)) }
        #expect(cookies == ["a=1", "b=2"])
    }

    @Test("The authority of an absolute target replaces the Host field")
    func absoluteForm() throws {
        let head = try #require(Feeding.head("GET http://a.test:81/p?q HTTP/1.1\r\nHost: evil.test\r\n\r\n"))
        #expect(Feeding.text(head.hostBytes) == "a.test:81")
        #expect(Feeding.text(head.rawPath) == "/p")
        #expect(Feeding.text(head.queryBytes) == "q")
        #expect(head.targetForm == .absolute)
        let bare = try #require(Feeding.head("GET http://a.test?q=/x HTTP/1.1\r\nHost: evil.test\r\n\r\n"))
        #expect(bare.path.isEmpty)
        #expect(Feeding.text(bare.queryBytes) == "q=/x")
    }

    @Test(
        "Persistence follows version and Connection",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
            ("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", false),
            ("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
            ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
            ("HTTP/1.0", "Connection: keep-alive, close\r\n", false), ("HTTP/1.1", "Connection: closed\r\n", true),
        ])
    func persistence(version: String, fields: String, expected: Bool) throws {
        let head = try #require(Feeding.head("GET / \(version)\r\nHost: a\r\n\(fields)\r\n"))
        #expect(head.keepAlive == expected)
    }

    @Test("An upgrade counts only with Connection: upgrade, and WebSocket only when complete")
    func upgrades() throws {
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        func offer(_ fields: String) -> UpgradeOffer? {
            Feeding.head("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")?.upgrade
        }
        #expect(offer("Upgrade: websocket\r\n") == UpgradeOffer.none)
        #expect(offer("Connection: upgrade\r\n") == UpgradeOffer.none)
        #expect(offer("Connection: upgrade\r\nUpgrade: h2c\r\n") == .other)
        #expect(offer("Connection: upgrade\r\nUpgrade: websocket, h2c\r\n") == .other)
        #expect(offer("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" + key) == .webSocket)
    }

    @Test("The name rule refuses, drops or passes names outside letters, digits and hyphen")
    func nameRules() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nX_Claim_Sub: root\r\nX-Ok: 1\r\n\r\n"
        #expect(Feeding.request(text) == .refused(.fieldNameRefused))
        let dropped = try #require(Feeding.head(text, limits: HeadLimits(nameRule: .drop)))
        #expect(dropped.fields.map { Feeding.text(dropped.fields.name(of: $0)) } == ["Host", "X-Ok"])
        let passed = try #require(Feeding.head(text, limits: HeadLimits(nameRule: .pass)))
        #expect(passed.fields.count == 3)
        let invalid = text.replacing("X_Claim", with: "X[Claim")
        #expect(Feeding.request(invalid, limits: HeadLimits(nameRule: .pass)) == .refused(.fieldNameInvalid))
    }

    @Test("A dropped framing field does not frame")
    func droppedFraming() throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
        #expect(Feeding.head(text, limits: HeadLimits(nameRule: .drop))?.framing == .length(3))
    }
}

@Suite("Limits of request heads")
struct RequestLimitTests {
    @Test(
        "A head of exactly the limit is taken, one byte more is refused, whole or in pieces",
        arguments: [40, 100, 5000])
    func headerBytes(limit: Int) {
        let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
        let limits = HeadLimits(headerBytes: limit)
        for extra in [0, 1, 2, 500] {
            let filler = String(repeating: "v", count: limit - frame.utf8.count + extra)
            let bytes = Feeding.bytes("GET / HTTP/1.1\r\nHost: a\r\nX: \(filler)\r\n\r\n")
            for size in [1, 13, bytes.count] {
                let verdict = Feeding.requestInPieces(bytes, size: size, limits: limits)
                #expect(verdict.text.hasPrefix("refuse") == (extra > 0), "extra \(extra) pieces of \(size): \(verdict)")
                if extra > 0 { #expect(verdict == .refused(.headTooLarge)) }
            }
        }
    }

    @Test("Empty lines before a request do not count")
    func leadingLines() {
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let limits = HeadLimits(headerBytes: text.utf8.count)
        #expect(Feeding.head("\r\n\r\n" + text, limits: limits) != nil)
    }

    @Test("A head without end is refused as soon as the limit is reached, not later")
    func endless() {
        let limits = HeadLimits(headerBytes: 64)
        let start = Feeding.bytes("GET / HTTP/1.1\r\nX: ")
        let bytes = start + [UInt8](repeating: 0x61, count: 100)
        #expect(Feeding.request([UInt8](bytes[..<63]), limits: limits) == .needMore)
        #expect(Feeding.request([UInt8](bytes[..<64]), limits: limits) == .refused(.headTooLarge))
    }

    @Test("A target of exactly the limit is taken, one byte more is 414")
    func target() {
        let limits = HeadLimits(requestTargetBytes: 10)
        #expect(Feeding.head("GET /123456789 HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) != nil)
        #expect(Feeding.request("GET /123456789", limits: limits) == .needMore)
        for size in [1, 5, 100] {
            let bytes = Feeding.bytes("GET /1234567890 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(Feeding.requestInPieces(bytes, size: size, limits: limits) == .refused(.targetTooLong))
        }
    }

    @Test("A target that fills the whole head is 414 too")
    func targetFillsHead() {
        let limits = HeadLimits(headerBytes: 100)
        #expect(
            Feeding.request("GET /" + String(repeating: "a", count: 200), limits: limits) == .refused(.targetTooLong))
    }

    @Test("As many fields as the limit are taken, one more is refused before its line ends")
    func count() {
        let limits = HeadLimits(headerCount: 3)
        let start = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n"
        #expect(Feeding.head(start + "\r\n", limits: limits)?.fields.count == 3)
        #expect(Feeding.request(start, limits: limits) == .needMore)
        #expect(Feeding.request(start + "C", limits: limits) == .refused(.fieldCount))
    }

    @Test("Dropped fields count too")
    func droppedCount() {
        let limits = HeadLimits(headerCount: 2, nameRule: .drop)
        let text = "GET / HTTP/1.1\r\nHost: a\r\nA_A: 1\r\nB_B: 2\r\n\r\n"
        #expect(Feeding.request(text, limits: limits) == .refused(.fieldCount))
    }

    @Test("Limits of nothing refuse everything and trap nowhere")
    func zero() {
        let limits = HeadLimits(headerBytes: 0, headerCount: 0, requestTargetBytes: 0)
        #expect(Feeding.request("GET / HTTP/1.1\r\n", limits: limits) == .refused(.headTooLarge))
        let small = HeadLimits(headerBytes: -5, headerCount: -5, requestTargetBytes: -5)
        #expect(Feeding.request("GET / HTTP/1.1\r\n", limits: small) == .refused(.headTooLarge))
    }
}
