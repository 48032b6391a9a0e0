import Testing

@testable import HTTP

/// What is taken eight bytes at a time reads as what is taken byte by byte, whatever byte stands where.
@Suite("Bytes looked at eight at a time")
struct WholeLineTests {
    /// Every byte in the place of every byte, and before it.
    private static func variants(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.indices.flatMap { index in
            (0...255).flatMap { (byte: UInt8) -> [[UInt8]] in
                var changed = bytes
                changed[index] = byte
                var longer = bytes
                longer.insert(byte, at: index)
                return [changed, longer]
            }
        }
    }

    @Test(
        "A request with any byte anywhere has one verdict, whole and byte by byte",
        arguments: [
            "GET /a?b HTTP/1.1\r\nHost: a.b\r\nX: y \r\n\r\n",
            "DELETE /abcdefg HTTP/1.1\r\nhost:abcdefgh.ijkl:80\r\n\r\n",
        ])
    func requests(text: String) {
        for bytes in Self.variants(of: Feeding.bytes(text)) {
            let whole = Feeding.request(bytes)
            #expect(whole == Feeding.requestInPieces(bytes, size: 1), "\(Feeding.text(bytes).debugDescription)")
        }
    }

    @Test("So has a response")
    func responses() {
        for bytes in Self.variants(of: Feeding.bytes("HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n")) {
            let whole = Feeding.responseInPieces(bytes, size: bytes.count)
            #expect(whole == Feeding.responseInPieces(bytes, size: 1), "\(Feeding.text(bytes).debugDescription)")
        }
    }

    @Test("A NUL before the method is refused")
    func nulFirst() {
        #expect(Feeding.request("\0GET / HTTP/1.1\r\nHost: a\r\n\r\n") == .refused(.methodInvalid))
        #expect(Method(Feeding.bytes("\0GET")) == .other)
        #expect(Method([]) == .other)
    }

    @Test("Limits hold for lines that are there as a whole")
    func limits() {
        let bytes = Feeding.bytes("GET /abcd HTTP/1.1\r\nHost: a\r\nName: value\r\n\r\n")
        for limit in 0...bytes.count {
            for limits in [
                HeadLimits(headerBytes: limit), HeadLimits(headerCount: limit), HeadLimits(requestTargetBytes: limit),
            ] {
                let whole = Feeding.request(bytes, limits: limits)
                #expect(whole == Feeding.requestInPieces(bytes, size: 1, limits: limits), "\(limits)")
            }
        }
        #expect(Feeding.request(bytes, limits: HeadLimits(headerCount: 1)) == .refused(.fieldCount))
        #expect(Feeding.request(bytes, limits: HeadLimits(requestTargetBytes: 4)) == .refused(.targetTooLong))
        #expect(Feeding.request(bytes, limits: HeadLimits(headerBytes: bytes.count - 1)) == .refused(.headTooLarge))
    }

    @Test("Every known name is found in any case, and no name that is nearly one", arguments: FieldID.allCases)
    func names(id: FieldID) {
        guard id != .other else { return }
        let name = Feeding.text(id.lowercasedName)
        for spelling in [name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst()] {
            let head = Feeding.head("GET / HTTP/1.0\r\n\(spelling): 1\r\n\r\n")
            if let head { #expect(head.fields.first(id) != nil, "\(spelling)") }
            #expect(FieldSyntax.id(of: Feeding.bytes(spelling)) == id)
        }
        for index in id.lowercasedName.indices {
            var near = id.lowercasedName
            // The same bits but those of case: control bytes become digits when they are folded carelessly.
            near[index] ^= 0x20
            let known = FieldSyntax.id(of: near)
            #expect(known == (ByteClass.isAlphanumeric(near[index]) && near[index] >= 0x40 ? id : .other), "\(near)")
        }
    }

    @Test("A path within a head has the normal form that it has alone")
    func paths() {
        for path in Self.variants(of: Feeding.bytes("/ab/c-")) {
            let head = Feeding.bytes("GET ") + path + Feeding.bytes(" HTTP/1.1")
            let range = ByteRange(4, 4 + path.count)
            #expect(Self.normal(head, range) == Self.normal(path, ByteRange(0, path.count)), "\(Feeding.text(path))")
        }
    }

    private static func normal(_ bytes: [UInt8], _ path: ByteRange) -> String {
        do {
            let normal = try NormalPath.normalize(bytes, path: path)
            return "\(Array(normal.bytes)) \(normal.isUnchanged) \(normal.foldedVariant().map { "\($0)" } ?? "-")"
        } catch {
            return "\(error)"
        }
    }

    @Test("A host within a head is as valid as alone", arguments: ["a.bc", "1.a", "a:80", "a.b.", "1.2"])
    func hosts(text: String) {
        for host in Self.variants(of: Feeding.bytes(text)) {
            let head = Feeding.bytes("Host: ") + host + Feeding.bytes("\r\n\r\n")
            let range = ByteRange(6, 6 + host.count)
            let own = ByteRange(0, host.count)
            #expect(Authority.isValid(head.span, range) == Authority.isValid(host.span, own), "\(host)")
            let inside = Authority.host(head.span, range)
            #expect(inside.count == Authority.host(host.span, own).count, "\(host)")
        }
    }

    @Test("The same targets may stand in a first line, short and long")
    func targets() {
        for byte in UInt8.min...UInt8.max {
            let method: [UInt8] = [0x41]
            let short: [UInt8] = [0x2F, byte]
            let long = [0x2F] + [UInt8](repeating: 0x61, count: 9) + [byte]
            let isGood = HeadWriter.isRequestLine(method: method.span, target: short.span)
            #expect(isGood == (0x21...0x7E).contains(byte))
            let isGoodWhenLong = HeadWriter.isRequestLine(method: method.span, target: long.span)
            #expect(isGoodWhenLong == isGood)
        }
    }

    @Test("Numbers are written with all their digits")
    func decimals() {
        for value: UInt64 in [0, 9, 10, 99, 100, 999, 1000, 1001, 123_456, 10_000_000, .max] {
            var out: [UInt8] = [0x78]
            HeadWriter.decimal(value, to: &out)
            #expect(Feeding.text(out) == "x\(value)")
        }
    }
}
