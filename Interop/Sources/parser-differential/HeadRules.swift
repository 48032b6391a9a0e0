import HTTP

/// What we refuse in a head although a peer accepts it or waits for more. Each is decided by the rule itself, written
/// here a second time, and by the reason that our parser gave.
enum HeadRules {
    static let all: [DifferenceClass] = lines + requestLine + names + framing + meaning

    /// A class of requests that we refuse with one of `codes`.
    static func refused(
        _ name: String, _ codes: RefusalCode..., because reason: String,
        when rule: @escaping @Sendable (RequestShape) -> Bool
    ) -> DifferenceClass {
        DifferenceClass(name: name, reason: reason, peers: Peer.allCases, kinds: [.stricter, .earlier]) { difference in
            difference.code.map(codes.contains) == true && rule(difference.shape)
        }
    }

    private static let lines: [DifferenceClass] = [
        refused("bare-lf", .bareLF, because: "lines end in CRLF only (RFC 9112 §2.2 lets a server take LF)") {
            $0.hasBareLF
        },
        refused("bare-cr", .bareCR, because: "a CR without its LF is never a line end and never data (RFC 9112 §2.2)") {
            $0.hasBareCR
        },
        refused("obs-fold", .lineFolding, because: "folded lines are obsolete and read differently (RFC 9112 §5.2)") {
            $0.fieldLines.contains { $0.text.first.map(Octet.isBlank) == true }
        },
        refused("many-empty-lines", .leadingLines, because: "two empty lines before a request are enough") {
            $0.leadingLines > 2 || $0.bytes.starts(with: Array("\r\n\r\n\r".utf8))
        },
        refused("head-too-large", .headTooLarge, because: "a head has 10,240 bytes at most by default") {
            $0.head.count >= 10_240
        },
        refused("too-many-fields", .fieldCount, because: "a head has 200 fields at most by default") {
            $0.fieldLines.count > 200
        },
    ]

    private static let requestLine: [DifferenceClass] = [
        refused("method-no-token", .methodInvalid, because: "a method is a token (RFC 9110 §9.1)") { shape in
            let name = shape.head.prefix(while: Octet.isToken)
            return name.isEmpty || name.endIndex < shape.head.endIndex && shape.head[name.endIndex] != 0x20
        },
        refused("method-too-long", .methodTooLong, because: "methods have 32 bytes at most") {
            $0.head.prefix(while: Octet.isToken).count > 32
        },
        refused("connect", .connectRefused, because: "a gateway makes no tunnels") {
            $0.method.map(Octet.lower).elementsEqual("connect".utf8)
        },
        refused("trace", .traceRefused, because: "TRACE would send credentials back (RFC 9110 §9.3.8)") {
            $0.method.map(Octet.lower).elementsEqual("trace".utf8)
        },
        refused("empty-target", .requestLineInvalid, because: "one space, a target, one space (RFC 9112 §3)") {
            $0.target.isEmpty || $0.target.contains(0x0D) || $0.words.count == 2
        },
        refused("target-byte", .targetInvalid, because: "targets are visible ASCII (RFC 9112 §3.2)") {
            $0.target.contains { !(0x21...0x7E).contains($0) }
        },
        refused("target-fragment", .targetFragment, because: "a fragment is never sent (RFC 9112 §3.2)") {
            $0.target.contains(0x23)
        },
        refused("target-too-long", .targetTooLong, because: "targets have 8,192 bytes at most by default") {
            $0.target.count > 8192
        },
        refused("target-form", .targetForm, because: "origin-form, http or https absolute-form, and * (RFC 9112 §3.2)")
        {
            let target = $0.target.map(Octet.lower)
            return target.first != 0x2F && !target.starts(with: Array("http://".utf8))
                && !target.starts(with: Array("https://".utf8)) && target != [0x2A]
        },
        refused("target-userinfo", .targetUserInfo, because: "user information in a target misleads (RFC 9110 §4.2.4)")
        {
            $0.target.contains(0x40) && $0.target.first != 0x2F
        },
        refused("asterisk", .asteriskMisplaced, because: "* is for OPTIONS only (RFC 9112 §3.2.4)") {
            $0.target.elementsEqual([0x2A]) && !$0.method.elementsEqual("OPTIONS".utf8)
        },
        refused(
            "version", .versionInvalid, .versionUnsupported,
            because: "HTTP/1.0 and HTTP/1.1, with capitals, and nothing behind"
        ) {
            !$0.words.dropFirst(2).joined(separator: [0x20]).elementsEqual("HTTP/1.1".utf8)
                && !$0.words.dropFirst(2).joined(separator: [0x20]).elementsEqual("HTTP/1.0".utf8)
        },
    ]

    /// Where a field name ends: its first byte that is no token byte.
    private static func stop(_ line: RequestShape.Line) -> UInt8? {
        let name = line.text.prefix(while: Octet.isToken)
        return name.endIndex < line.text.endIndex ? line.text[name.endIndex] : nil
    }

    private static let names: [DifferenceClass] = [
        refused("space-before-colon", .spaceBeforeColon, because: "no blank before the colon (RFC 9112 §5.1)") {
            $0.fieldLines.contains { line in
                line.text.first.map(Octet.isToken) == true && stop(line).map(Octet.isBlank) == true
            }
        },
        refused("no-colon", .colonMissing, because: "a field line has a colon (RFC 9112 §5)") {
            $0.fieldLines.contains { line in stop(line) == nil || stop(line) == 0x0D }
        },
        refused("empty-name", .fieldNameEmpty, because: "a field has a name (RFC 9110 §5.1)") {
            $0.fieldLines.contains { $0.text.first == 0x3A }
        },
        refused("name-no-token", .fieldNameInvalid, because: "a field name is a token (RFC 9110 §5.1)") {
            $0.fieldLines.contains { line in
                stop(line).map { $0 != 0x3A && !Octet.isBlank($0) && $0 != 0x0D } == true
            }
        },
        refused("name-too-long", .fieldNameTooLong, because: "a field name has 1,024 bytes at most") {
            $0.fieldLines.contains { $0.text.prefix(while: Octet.isToken).count > 1024 }
        },
        refused(
            "odd-name", .fieldNameRefused,
            because: "backends read X_A as X-A: names have letters, digits and - only, unless `server.headerNames` says else"
        ) {
            $0.fieldLines.contains { line in
                let name = line.text.prefix(while: Octet.isToken)
                return stop(line) == 0x3A && name.contains { !Octet.isAlphanumeric($0) && $0 != 0x2D }
            }
        },
        refused("value-byte", .fieldValueInvalid, because: "no control byte but HTAB in a value (RFC 9110 §5.5)") {
            $0.fieldLines.contains { $0.text.contains { $0 != 0x0D && !Octet.isFieldValue($0) } }
        },
    ]

    private static let framing: [DifferenceClass] = [
        refused("length-and-coding", .transferEncodingAndLength, because: "two framings are none (RFC 9112 §6.1)") {
            !$0.values("content-length").isEmpty && !$0.values("transfer-encoding").isEmpty
        },
        refused("coding-in-1.0", .transferEncodingHTTP10, because: "HTTP/1.0 knows no codings (RFC 9112 §6.1)") {
            $0.version.elementsEqual("HTTP/1.0".utf8) && !$0.values("transfer-encoding").isEmpty
        },
        refused("coding", .transferEncodingInvalid, because: "one Transfer-Encoding, and its value is chunked") {
            let values = $0.values("transfer-encoding")
            return values.count > 1 || values.first.map { !$0.map(Octet.lower).elementsEqual("chunked".utf8) } == true
        },
        refused("length-repeated", .contentLengthRepeated, because: "one Content-Length, even if all say the same") {
            $0.values("content-length").count > 1
        },
        refused(
            "length-value", .contentLengthInvalid, because: "Content-Length is digits only, 64 at most (RFC 9110 §8.6)"
        ) {
            $0.values("content-length").contains { $0.isEmpty || $0.count > 64 || !$0.allSatisfy(Octet.isDigit) }
        },
        refused("length-too-large", .contentLengthTooLarge, because: "lengths are below 2^63") {
            $0.values("content-length").contains { digits in
                let text = String(decoding: digits.drop { $0 == 0x30 }, as: UTF8.self)
                return !text.isEmpty && (UInt64(text) ?? .max) > UInt64(Int64.max)
            }
        },
    ]

    private static let meaning: [DifferenceClass] = [
        refused("host-missing", .hostMissing, because: "HTTP/1.1 has a Host (RFC 9112 §3.2)") {
            $0.headEnd != nil && $0.values("host").isEmpty
        },
        refused("host-repeated", .hostRepeated, because: "one Host (RFC 9112 §3.2)") { $0.values("host").count > 1 },
        refused(
            "host-value", .hostInvalid, because: "a host with one reading: no user information, list, blank or bad port"
        ) {
            $0.values("host").contains { !HostRule.holds($0) }
                || HostRule.authority(of: $0.target).map { !HostRule.holds($0) } == true
        },
        refused(
            "connection-members", .connectionInvalid, because: "Connection lists at most 64 tokens (RFC 9110 §7.6.1)"
        ) {
            let members = $0.members("connection")
            return members.count > 64 || members.contains { !$0.allSatisfy(Octet.isToken) }
        },
        refused(
            "expectation", .expectationUnknown, because: "one Expect, and its value is 100-continue (RFC 9110 §10.1.1)"
        ) {
            let values = $0.values("expect")
            return values.count > 1 || values.contains { !$0.map(Octet.lower).elementsEqual("100-continue".utf8) }
        },
        refused(
            "websocket", .webSocketInvalid, .webSocketVersion,
            because: "an offered WebSocket handshake is complete (RFC 6455 §4.2.1)"
        ) { shape in
            guard shape.members("upgrade").contains(Array("websocket".utf8)) else { return false }
            let isGet = shape.method.elementsEqual("GET".utf8)
            let keys = shape.values("sec-websocket-key")
            let hasBody =
                !shape.values("transfer-encoding").isEmpty
                || shape.values("content-length").contains { $0.contains { $0 != 0x30 } }
            let versions = shape.values("sec-websocket-version")
            return !isGet || hasBody || keys.count != 1 || versions != [Array("13".utf8)] || !isKey(keys[0])
        },
    ]

    /// Sixteen bytes in base64.
    private static func isKey(_ value: [UInt8]) -> Bool {
        value.count == 24 && value.suffix(2) == [0x3D, 0x3D]
            && value.dropLast(2).allSatisfy { Octet.isAlphanumeric($0) || $0 == 0x2B || $0 == 0x2F }
    }
}
