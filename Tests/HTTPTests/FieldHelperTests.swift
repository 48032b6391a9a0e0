import Testing

@testable import HTTP

private func fields(_ text: String) -> FieldLines {
    Feeding.head("GET / HTTP/1.1\r\nHost: a\r\n\(text)\r\n", limits: HeadLimits(nameRule: .pass))?.fields
        ?? FieldLines()
}

private func relayed(_ lines: FieldLines) -> [String] {
    let hops = HopByHopFields(lines)
    return lines.filter { !hops.contains($0, in: lines) }.map { Feeding.text(lines.name(of: $0)) }
}

@Suite("Hop-by-hop fields")
struct HopByHopTests {
    @Test(
        "Names of the gateway, of routing and of framing cannot be nominated away",
        arguments: [
            "Host", "Content-Length", "Authorization", "Cookie", "X-Forwarded-For", "x-forwarded-prefix", "X-Real-IP",
            "Forwarded", "X-Amzn-Trace-Id", "X-Amz-Custom", "Content-Type", "Origin", "X-Api-Key", "Sec-Fetch-Mode",
        ])
    func ignoresNomination(name: String) {
        let value = name == "Content-Length" ? "0" : "v"
        let line = name == "Host" ? "" : "\(name): \(value)\r\n"
        let lines = fields("\(line)Connection: close, \(name)\r\n")
        #expect(relayed(lines).contains { $0.lowercased() == name.lowercased() })
    }

    @Test("The fixed list and nominated extension fields stay behind")
    func removes() {
        let lines = fields(
            "Keep-Alive: 1\r\nProxy-Connection: x\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: h2c\r\n"
                + "Proxy-Authorization: Basic x\r\nProxy-Authenticate: x\r\nHTTP2-Settings: x\r\n"
                + "Transfer-Encoding: chunked\r\nX-Hop: 1\r\nX-Hop2: 1\r\nX-Stays: 1\r\nX-Hop: 2\r\n"
                + "Connection: keep-alive, x-hop\r\nConnection: X-HOP2,close\r\n")
        #expect(relayed(lines) == ["Host", "X-Stays"])
    }

    @Test("Without Connection, or with the usual values, nothing is nominated")
    func usual() {
        #expect(!HopByHopFields(fields("X-A: 1\r\n")).hasNominations)
        #expect(!HopByHopFields(fields("Connection: keep-alive\r\n")).hasNominations)
        #expect(!HopByHopFields(fields("Connection: close, Upgrade\r\n")).hasNominations)
    }
}

@Suite("Reserved fields")
struct ReservedFieldTests {
    @Test(
        "A reserved name is found in every spelling",
        arguments: [
            "X-Claim-Sub", "x-claim-sub", "X_Claim_Sub", "X-Claim_Sub", "X.Claim.Sub", "x_cLaIm.", "X-Claim-", "X-User",
            "x_user", "X.USER",
        ])
    func finds(name: String) {
        let reserved = ReservedFields(patterns: ["X-Claim-*", "X_User"])
        #expect(reserved.contains(name: Feeding.bytes(name)))
        let lines = fields("\(name): root\r\n")
        #expect(lines.contains { reserved.contains($0, in: lines) })
    }

    @Test(
        "Other names are not",
        arguments: ["X-Claim", "X-Claims-Sub", "Y-X-Claim-Sub", "X-User-Id", "X-Use", "", "XClaim-Sub"])
    func leaves(name: String) {
        let reserved = ReservedFields(patterns: ["X-Claim-*", "X-User"])
        #expect(!reserved.contains(name: Feeding.bytes(name)))
        #expect(!ReservedFields().contains(name: Feeding.bytes(name)))
    }

    @Test("Names longer than any table are compared too")
    func long() {
        let name = String(repeating: "a", count: 100)
        let reserved = ReservedFields(patterns: [name])
        #expect(reserved.contains(name: Feeding.bytes(name.uppercased())))
        #expect(!reserved.contains(name: Feeding.bytes(name + "a")))
    }

    @Test(
        "Override and forwarding fields are known",
        arguments: ["Proxy", "x_original_url", "X-HTTP-Method-Override", "X-Rewrite-Url"])
    func overrides(name: String) {
        #expect(ReservedFields.overrides.contains(name: Feeding.bytes(name)))
        #expect(!ReservedFields.overrides.contains(name: Feeding.bytes("Proxy-Connection")))
        #expect(ReservedFields.forwarding.contains(name: Feeding.bytes("X_Forwarded_Prefix")))
    }

    @Test("Patterns are names or prefixes of names")
    func patterns() {
        for pattern in ["", "*", "X *", "X*Y", "*X", "X:", "X-\u{E9}"] {
            #expect(!ReservedFields.isValid(pattern: pattern), "\(pattern)")
        }
        for pattern in ["X", "X-*", "x_y.*"] { #expect(ReservedFields.isValid(pattern: pattern), "\(pattern)") }
    }
}

@Suite("Field names and lines")
struct FieldLinesTests {
    @Test(
        "Every known name is found in any case, and none by a near miss",
        arguments: FieldID.allCases.filter { $0 != .other })
    func names(id: FieldID) {
        let name = Feeding.text(id.lowercasedName)
        for spelling in [name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst()] {
            #expect(FieldSyntax.id(of: Feeding.bytes(spelling)) == id)
            #expect(
                fields("Q: 1\r\n\(spelling == "host" ? "q" : "x")-\(spelling): 1\r\n").first(id)?.value.count ?? 0 <= 1)
        }
        for miss in [name + "x", "x" + name, String(name.dropLast()) + "_", name.replacing("-", with: "_") + "."] {
            #expect(FieldSyntax.id(of: Feeding.bytes(miss)) != id, "\(miss)")
        }
        // A name that differs in its first byte only shares the tail with the known one.
        if name.utf8.count > 8 { #expect(FieldSyntax.id(of: Feeding.bytes("q" + name.dropFirst())) == .other) }
    }

    @Test("All known names are distinct")
    func distinct() {
        #expect(Set(FieldID.allCases.map(\.lowercasedName)).count == FieldID.allCases.count)
        #expect(FieldID.allCases.count <= 128)
    }

    @Test("A set holds what was put in and nothing else")
    func sets() {
        for id in FieldID.allCases {
            var set = FieldIDSet()
            set.insert(id)
            for other in FieldID.allCases { #expect(set.contains(other) == (other == id)) }
        }
    }

    @Test("Lines can be added to, but broken ones are not")
    func append() throws {
        var lines = fields("X: 1\r\n")
        for (name, value) in [
            ("", "a"), ("a b", "a"), ("a:", "a"), ("a", "b\r\nc: d"), ("a", "b\0"), ("a", "b\n"), ("é", "b"),
        ] {
            let isAdded = lines.append(name: Feeding.bytes(name), value: Feeding.bytes(value))
            #expect(!isAdded, "\(name)")
        }
        #expect(lines.count == 2)
        lines.append(name: Feeding.bytes("COOKIE"), value: Feeding.bytes(" \tx=1 "))
        let cookie = try #require(lines.last(.cookie))
        #expect(Feeding.text(lines.value(of: cookie)) == "x=1")
        #expect(Feeding.text(lines.name(of: cookie)) == "COOKIE")
        #expect(lines.valueEquals(cookie, Feeding.bytes("x=1")))
    }
}

@Suite("Query strings")
struct QueryStringTests {
    private func split(_ text: String) -> [String] {
        let query = QueryString(Feeding.bytes(text), ByteRange(0, text.utf8.count))
        return query.map { parameter in
            let name = Feeding.text(query.slice(parameter.name))
            return name + (parameter.hasValue ? "|" + Feeding.text(query.slice(parameter.value)) : "")
        }
    }

    @Test("Parameters are split at & and the first =, nothing decoded")
    func splits() {
        #expect(split("") == [])
        #expect(split("&&") == [])
        #expect(split("a") == ["a"])
        #expect(split("a=") == ["a|"])
        #expect(split("=b") == ["|b"])
        #expect(split("a=1&b=2&&a=3=4&c;d=%26&") == ["a|1", "b|2", "a|3=4", "c;d|%26"])
        #expect(split("=") == ["|"])
    }

    @Test("Components are decoded once; broken triplets stay")
    func decodes() {
        for (raw, expected) in [
            ("a+b%20c", "a b c"), ("%2B", "+"), ("%252e", "%2e"), ("%zz%4", "%zz%4"), ("%", "%"),
            ("caf%C3%A9", "caf\u{E9}"),
        ] {
            #expect(Feeding.text(QueryString.decode(Feeding.bytes(raw)[...])) == expected)
        }
        #expect(Feeding.text(PercentDecoding.decode(Feeding.bytes("a+b%2f")[...])) == "a+b/")
    }

    @Test("A request's query is read in place")
    func ofRequest() throws {
        let head = try #require(Feeding.head("GET /x?token=a%20b&y HTTP/1.1\r\nHost: a\r\n\r\n"))
        let query = QueryString(head)
        let first = try #require(query.first { _ in true })
        #expect(Feeding.text(query.decoded(first.value)) == "a b")
        let none = try #require(Feeding.head("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(QueryString(none).map { $0 }.isEmpty)
    }
}

@Suite("Forwarded addresses")
struct ForwardedForTests {
    private func value(_ text: String, trusted: Bool) -> String {
        var buffer: [UInt8] = []
        ForwardedFor.value(fields(text), peer: Feeding.bytes("192.0.2.1")[...], peerIsTrusted: trusted, to: &buffer)
        return Feeding.text(buffer)
    }

    private func client(_ text: String) -> String {
        Feeding.text(
            ForwardedFor.clientAddress(fields(text), peer: Feeding.bytes("10.0.0.1")[...]) {
                Feeding.text($0).hasPrefix("10.") || Feeding.text($0) == "fd00::1"
            })
    }

    @Test("An untrusted peer's list is replaced, a trusted one's continued")
    func appends() {
        #expect(value("X-Forwarded-For: 10.0.0.9\r\n", trusted: false) == "192.0.2.1")
        #expect(value("", trusted: true) == "192.0.2.1")
        #expect(value("X-Forwarded-For:\r\n", trusted: true) == "192.0.2.1")
        #expect(value("X-Forwarded-For: a, b\r\nX-Forwarded-For: c\r\n", trusted: true) == "a, b, c, 192.0.2.1")
    }

    @Test("The client is the rightmost address that is not trusted; nonsense ends the walk")
    func clients() {
        #expect(client("") == "10.0.0.1")
        #expect(client("X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n") == "2.2.2.2")
        #expect(client("X-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.0.0.7\r\n") == "2.2.2.2")
        #expect(client("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 10.0.0.7\r\n") == "1.1.1.1")
        #expect(client("X-Forwarded-For: 10.0.0.8, 10.0.0.7\r\n") == "10.0.0.8")
        #expect(client("X-Forwarded-For: 1.1.1.1, unknown, 10.0.0.7\r\n") == "10.0.0.7")
        #expect(client("X-Forwarded-For: 1.1.1.1,,\r\n") == "10.0.0.1")
        #expect(client("X-Forwarded-For: 2.2.2.2:8080\r\n") == "2.2.2.2")
        #expect(client("X-Forwarded-For: 3.3.3.3, [fd00::1]:80\r\n") == "3.3.3.3")
        #expect(client("X-Forwarded-For: 2001:db8::1\r\n") == "2001:db8::1")
    }

    @Test("A peer that is not trusted is the client")
    func untrustedPeer() {
        let lines = fields("X-Forwarded-For: 1.1.1.1\r\n")
        let client = ForwardedFor.clientAddress(lines, peer: Feeding.bytes("9.9.9.9")[...]) { _ in false }
        #expect(Feeding.text(client) == "9.9.9.9")
    }
}

@Suite("Written heads and values")
struct HeadWriterTests {
    @Test("A value that would end its line is refused and leaves nothing behind")
    func refuses() {
        var buffer: [UInt8] = []
        for (name, value) in [
            ("X", "a\r\nY: 1"), ("X", "a\n"), ("X", "a\r"), ("X", "a\0"), ("X", "\u{7F}"), ("", "a"), ("X:", "a"),
            ("X Y", "a"), ("X\r\n", "a"),
        ] {
            #expect(!HeadWriter.field(name: Feeding.bytes(name), value: Feeding.bytes(value), to: &buffer))
        }
        for (method, target) in [("G T", "/"), ("GET", "/a b"), ("GET", ""), ("", "/")] {
            let (method, target) = (Feeding.bytes(method), Feeding.bytes(target))
            let isGood = HeadWriter.isRequestLine(method: method.span, target: target.span)
            #expect(!isGood)
        }
        buffer.append(expecting: 64) { room in
            #expect(!HeadWriter.statusLine(200, reason: Feeding.bytes("a\r\n"), to: &room))
            #expect(!HeadWriter.statusLine(99, to: &room))
        }
        #expect(!HeadWriter.chunkHead(0, to: &buffer))
        #expect(!HeadWriter.chunkHead(-1, to: &buffer))
        #expect(buffer.isEmpty)
    }

    @Test("What is written is what the parsers read")
    func roundTrip() throws {
        var buffer = Feeding.bytes("POST /a?b HTTP/1.1\r\n")
        HeadWriter.field(name: Feeding.bytes("Host"), value: Feeding.bytes("a"), to: &buffer)
        buffer.append(expecting: 40) { room in
            HeadWriter.put(.length(1_234_567_890), to: &room)
            room.put("\r\n")
        }
        #expect(
            Feeding.text(buffer) == "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567890\r\n\r\n")
        #expect(Feeding.head(Feeding.text(buffer))?.framing == .length(1_234_567_890))
        var response: [UInt8] = []
        response.append(expecting: 64) { room in HeadWriter.statusLine(404, to: &room) }
        response.append(expecting: 40) { room in HeadWriter.put(.chunked, to: &room) }
        HeadWriter.field(name: Feeding.bytes("Age"), number: 0, to: &response)
        response += [0x0D, 0x0A]
        #expect(Feeding.response(Feeding.text(response))?.framing == .chunked)
        #expect(Feeding.text(response).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
    }

    @Test("Chunks written are chunks read")
    func chunks() {
        var buffer: [UInt8] = []
        for count in [1, 15, 16, 255, 4096] {
            HeadWriter.chunkHead(count, to: &buffer)
            buffer.append(contentsOf: [UInt8](repeating: 0x61, count: count))
            HeadWriter.chunkEnd(to: &buffer)
        }
        buffer.append(contentsOf: HeadWriter.lastChunk)
        let body = String(repeating: "a", count: 1 + 15 + 16 + 255 + 4096)
        #expect(Feeding.chunks(buffer, size: 100) == Verdict(text: "end \(body) \(buffer.count)"))
    }

    @Test("Numbers", arguments: [0, 1, 9, 10, 99, 100, 255, 4096, UInt64(UInt32.max), UInt64.max])
    func numbers(value: UInt64) {
        var buffer: [UInt8] = []
        HeadWriter.decimal(value, to: &buffer)
        #expect(Feeding.text(buffer) == "\(value)")
        buffer = []
        buffer.append(expecting: 16) { room in HeadWriter.hexadecimal(value, to: &room) }
        #expect(Feeding.text(buffer) == String(value, radix: 16))
    }

    @Test(
        "Claims become values that cannot end a line and decode to themselves",
        arguments: [
            ("alice", "alice"), ("a\r\nX-Admin: 1", "a%0D%0AX-Admin: 1"), ("a\0b", "a%00b"), ("\t", "%09"),
            ("caf\u{E9}", "caf%C3%A9"), ("100%", "100%25"), (" a b ", "%20a b%20"), ("", ""), (" ", "%20"),
            ("\u{7F}", "%7F"),
        ])
    func claims(raw: String, expected: String) {
        let encoded = FieldValueEncoding.encode(Feeding.bytes(raw))
        #expect(Feeding.text(encoded) == expected)
        #expect(Feeding.text(PercentDecoding.decode(encoded[...])) == raw)
        var buffer: [UInt8] = []
        #expect(HeadWriter.field(name: Feeding.bytes("X"), value: encoded, to: &buffer))
    }
}
