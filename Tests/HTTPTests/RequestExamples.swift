import Testing

@testable import HTTP

/// Requests with the verdict that each must get, shared by the tests of refusal, feeding and mutation.
enum RequestExamples {
    struct Refused: Sendable, CustomTestStringConvertible {
        let code: RefusalCode
        let text: String
        var testDescription: String { "\(code.rawValue): \(text.prefix(80).debugDescription)" }

        init(_ code: RefusalCode, _ text: String) {
            self.code = code
            self.text = text
        }
    }

    private static let host = "Host: gw.test\r\n"

    private static func get(_ fields: String) -> String { "GET /t/x HTTP/1.1\r\n\(host)\(fields)\r\n" }
    private static func post(_ fields: String) -> String { "POST /t/x HTTP/1.1\r\n\(host)\(fields)\r\n0\r\n\r\n" }

    static let refused: [Refused] = startLines + fields + hosts + framings + others

    private static let startLines: [Refused] = [
        Refused(.leadingLines, "\r\n\r\n\r\nGET / HTTP/1.1\r\n"),
        Refused(.bareCR, "\rGET / HTTP/1.1\r\n\r\n"),
        Refused(.bareLF, "\nGET / HTTP/1.1\r\n\r\n"),
        Refused(.methodInvalid, " GET / HTTP/1.1\r\n\r\n"),
        Refused(.methodInvalid, "GET\t/x\tHTTP/1.1\r\n\(host)\r\n"),
        Refused(.methodInvalid, "G\0T /x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.methodInvalid, "G(T /x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.methodInvalid, "\u{16}\u{3}\u{1}\u{2}\0\u{1}"),
        Refused(.methodInvalid, "GET\r\n\r\n"),
        Refused(.bareLF, "GET\n/x HTTP/1.1\r\n"),
        Refused(.methodTooLong, String(repeating: "A", count: 33)),
        Refused(.connectRefused, "CONNECT 127.0.0.1:22 HTTP/1.1\r\n\(host)\r\n"),
        Refused(.traceRefused, "TRACE / HTTP/1.1\r\n\(host)\r\n"),
        Refused(.traceRefused, "trace / HTTP/1.1\r\n\(host)\r\n"),
        Refused(.requestLineInvalid, "GET  /x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.requestLineInvalid, "GET /x\r\n\(host)\r\n"),
        Refused(.bareLF, "GET /x\nHTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetInvalid, "GET /x\u{1}y HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetInvalid, "GET /x\u{7F}y HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetInvalid, "GET /caf\u{E9} HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetInvalid, "GET /x\ty HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetFragment, "GET /x#y HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetForm, "GET x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetForm, "GET ! HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetForm, "GET gw.test:80 HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetForm, "GET file:///etc/passwd HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetForm, "OPTIONS *x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.asteriskMisplaced, "GET * HTTP/1.1\r\n\(host)\r\n"),
        Refused(.asteriskMisplaced, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Refused(.targetUserInfo, "GET http://gw.test@evil.example/ HTTP/1.1\r\n\(host)\r\n"),
        Refused(.hostInvalid, "GET http:///x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.hostInvalid, "GET http://a:80x/x HTTP/1.1\r\n\(host)\r\n"),
        Refused(.targetTooLong, "GET /" + String(repeating: "a", count: 8192) + " HTTP/1.1\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x HTTP/1.1 \r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x  HTTP/1.1\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x HTTP/1.10\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x http/1.1\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x HTTP/\r\r1.1\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x HTTP/4294967297.1\r\n\(host)\r\n"),
        Refused(.versionInvalid, "GET /x y HTTP/1.1\r\n\(host)\r\n"),
        Refused(.versionUnsupported, "GET /x HTTP/2.0\r\n\(host)\r\n"),
        Refused(.versionUnsupported, "GET /x HTTP/1.2\r\n\(host)\r\n"),
        Refused(.versionUnsupported, "GET /x HTTP/0.9\r\n\(host)\r\n"),
        Refused(.bareLF, "GET /x HTTP/1.1\n\(host)\r\n"),
        Refused(.bareCR, "GET /x HTTP/1.1\rHost: gw.test\r\r"),
    ]

    private static let fields: [Refused] = [
        Refused(.lineFolding, "GET /x HTTP/1.1\r\n \(host)\r\n"),
        Refused(.lineFolding, "POST /x HTTP/1.1\r\n\tContent-Length: 1\r\n\(host)\r\nX"),
        Refused(.lineFolding, get("X-A: 1\r\n 2\r\n")),
        Refused(.lineFolding, get("X-A: 1\r\n\t2\r\n")),
        Refused(.lineFolding, get("Transfer-Encoding:\r\n chunked\r\n")),
        Refused(.spaceBeforeColon, get("Content-Length : 5\r\n")),
        Refused(.spaceBeforeColon, get("X-A\t: 5\r\n")),
        Refused(.spaceBeforeColon, get("X A: 5\r\n")),
        Refused(.colonMissing, get("Transfer-\r\nEncoding: chunked\r\n")),
        Refused(.fieldNameEmpty, get(": ignored\r\n")),
        Refused(.fieldNameTooLong, get(String(repeating: "X", count: 1025) + ": 1\r\n")),
        Refused(.fieldNameTooLong, get(String(repeating: "X", count: 1025) + " : 1\r\n")),
        Refused(.fieldNameTooLong, get(String(repeating: "_", count: 1025) + "\r\n")),
        Refused(.fieldNameInvalid, get("X-Invalid[]: test\r\n")),
        Refused(.fieldNameInvalid, get("X\0A: test\r\n")),
        Refused(.fieldNameInvalid, get("Content-Length\u{85}: 10\r\n")),
        Refused(.fieldNameInvalid, get("\u{0B}X: 10\r\n")),
        Refused(.fieldNameRefused, get("X_Claim_Sub: root\r\n")),
        Refused(.fieldNameRefused, get("X.Claim.Sub: root\r\n")),
        Refused(.fieldNameRefused, get("Transfer_Encoding: chunked\r\n")),
        Refused(.fieldValueInvalid, get("X-A: a\0b\r\n")),
        Refused(.fieldValueInvalid, get("X-A: a\u{7}b\r\n")),
        Refused(.fieldValueInvalid, get("X-A: a\u{7F}b\r\n")),
        Refused(.fieldValueInvalid, get("X-A:\0\r\n")),
        Refused(.bareCR, get("X-A: a\rb\r\n")),
        Refused(.bareCR, get("X-A: a\r\rb\r\n")),
        Refused(.bareCR, get("X-A: a\rX-Claim-Sub: root\r\n")),
        Refused(.bareLF, get("X-A: a\nX-Claim-Sub: root\r\n")),
        Refused(.bareLF, get("X-A: a\n\r\n")),
        Refused(.bareLF, get("X-A\n: a\r\n")),
        Refused(.bareLF, get("\nX-A: a\r\n")),
        Refused(.bareCR, "GET /x HTTP/1.1\r\n\(host)\r\r\n"),
        Refused(.bareCR, "GET /x HTTP/1.1\r\n\(host)\rX: 1\r\n\r\n"),
        Refused(.headTooLarge, get("X-Big: " + String(repeating: "a", count: 20_000) + "\r\n")),
        Refused(.fieldNameTooLong, get(String(repeating: "X", count: 20_000) + ": 1\r\n")),
        Refused(.fieldCount, get(String(repeating: "a:\r\n", count: 200))),
    ]

    private static let hosts: [Refused] =
        [
            Refused(.hostMissing, "GET /x HTTP/1.1\r\n\r\n"),
            Refused(.hostMissing, "GET http://gw.test/x HTTP/1.1\r\n\r\n"),
            Refused(.hostRepeated, get("Host: evil.example\r\n")),
            Refused(.hostRepeated, get(host)),
            Refused(.hostRepeated, "GET /x HTTP/1.0\r\n\(host)\(host)\r\n"),
            Refused(.hostInvalid, "GET http://gw.test/x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        ]
        + [
            "", "gw.test, evil.example", "a b", "a/x", "u@a", "a?x", "a#x", "a:80x", "a:", "a:65536", "a:123456",
            "[::1", "::1", "[::1]x", "[::1]:x", "[]", "[:]", "[1::2::3]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
            "[::g]", "[12345::]", "[::1%25eth0]", "[v1.a]", "[1:2:3:4:5:6:7::8]", "[1:]", "[::1.2.3]", "a..b", ".a",
            "a%41",
            "a,b", "a\\b", "1.2.3", "1.2.3.256", "01.2.3.4", "127.1", "2130706433", "a.1", ":80", "a:b:80", "caf\u{E9}",
            String(repeating: "a", count: 256),
        ].map { Refused(.hostInvalid, "GET /x HTTP/1.1\r\nHost: \($0)\r\n\r\n") }

    private static let framings: [Refused] =
        ["+5", "-5", "0x5", "1_0", "5 5", "5;", "\"5\"", "", "5a", "5.0", "5,5", "5, 6", "\u{A0}5", "٥", "1e3"].map {
            Refused(.contentLengthInvalid, post("Content-Length: \($0)\r\n"))
        }
        + [
            Refused(.fieldValueInvalid, post("Content-Length: \u{0B}5\r\n")),
            Refused(.contentLengthRepeated, post("Content-Length: 5\r\nContent-Length: 6\r\n")),
            Refused(.contentLengthRepeated, post("Content-Length: 5\r\ncontent-length: 5\r\n")),
            Refused(.contentLengthRepeated, post("Content-Length: \r\nContent-Length: 42\r\n")),
            Refused(.contentLengthTooLarge, post("Content-Length: 18446744073709551621\r\n")),
            Refused(.contentLengthTooLarge, post("Content-Length: 9223372036854775808\r\n")),
            Refused(.contentLengthTooLarge, post("Content-Length: " + String(repeating: "9", count: 40) + "\r\n")),
            Refused(.contentLengthInvalid, post("Content-Length: " + String(repeating: "0", count: 65) + "\r\n")),
            Refused(.transferEncodingAndLength, post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n")),
            Refused(.transferEncodingAndLength, post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")),
            Refused(.transferEncodingInvalid, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
            Refused(.transferEncodingInvalid, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
            Refused(
                .transferEncodingHTTP10, "POST /x HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Refused(.fieldValueInvalid, post("Transfer-Encoding: \u{0B}chunked\r\n")),
        ]
        + [
            "xchunked", "chunked, identity", "identity, chunked", ",chunked", "chunked,", "\"chunked\"", "chunked;q=1",
            "\u{A0}chunked", "chunked x", "gzip", "gzip, chunked", "", "chunked, chunked", "chunke", "chunkedd",
        ].map { Refused(.transferEncodingInvalid, post("Transfer-Encoding: \($0)\r\n")) }

    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let offer = "Connection: Upgrade\r\nUpgrade: websocket\r\n"

    private static let others: [Refused] = [
        Refused(.connectionInvalid, get("Connection: close;x\r\n")),
        Refused(.connectionInvalid, get("Connection: \"close\"\r\n")),
        Refused(.connectionInvalid, get("Connection: " + String(repeating: "a,", count: 65) + "\r\n")),
        Refused(.expectationUnknown, post("Content-Length: 5\r\nExpect: y 100-continue\r\n")),
        Refused(.expectationUnknown, post("Content-Length: 5\r\nExpect: \r\n")),
        Refused(.expectationUnknown, post("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n")),
        Refused(.webSocketVersion, get(offer + key + "Sec-WebSocket-Version: 1337\r\n")),
        Refused(.webSocketVersion, get(offer + key)),
        Refused(.webSocketInvalid, get(offer + "Sec-WebSocket-Version: 13\r\n")),
        Refused(.webSocketInvalid, get(offer + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n")),
        Refused(.webSocketInvalid, get(offer + key + key + "Sec-WebSocket-Version: 13\r\n")),
        Refused(.webSocketInvalid, post(offer + key + "Sec-WebSocket-Version: 13\r\nContent-Length: 5\r\n")),
    ]

    /// The longest field name that is taken.
    static let longName = get(String(repeating: "X", count: 1024) + ": 1\r\n")

    /// Heads that must be taken.
    static let accepted: [String] = [
        longName,
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET /lead HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "\r\n\r\nGET /lead HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "GET /t/x?c=%2e%2E%7e%41&d= HTTP/1.1\r\nHost: GW.TEST.:8080\r\n\r\nGET /next HTTP/1.1\r\n",
        "GET /x? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: [2001:db8::192.0.2.1]\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: [1:2:3:4:5:6:7:8]\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: [::]\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: my_service.local\r\n\r\n",
        "get /x HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "PURGE /x HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "GET http://other.test:81/abs?q HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "GET HTTPS://other.test HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "GET http://other.test?q=/x@y HTTP/1.1\r\nHost: gw.test\r\n\r\n",
        "GET /x HTTP/1.0\r\n\r\n",
        "GET /x HTTP/1.0\r\nHost: gw.test\r\nConnection: keep-alive\r\nExpect: nonsense\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost:gw.test\r\nX-Empty:\r\nX-Empty2: \t \r\nX-B: caf\u{E9}\r\nX-T: a\tb  c \t\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 005\r\n\r\nhello",
        "POST /p HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello",
        "POST /p HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding:\tChunked\t\r\n\r\n0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\nConnection: ,x-a ,, Keep-Alive\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: gw.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: gw.test\r\nUpgrade: websocket\r\n\r\n",
        "GET /c HTTP/1.1\r\nHost: gw.test\r\n\(offer)\(key)Sec-WebSocket-Version: 13\r\n\r\n",
    ]
}
