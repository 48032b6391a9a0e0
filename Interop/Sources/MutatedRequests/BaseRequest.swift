import TestRandom

/// Requests before they are mutated: most are right, some are the known attacks, written anew.
enum BaseRequest {
    static func bytes(_ random: inout SeededRandom) -> [UInt8] {
        random.chance(1, in: 5) ? [UInt8](random.pick(shapes).utf8) : assembled(&random)
    }

    private static let methods = Choices(
        ["GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"],
        odd: ["TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "get", "QUERY", "BREW", "X-VERY-LONG-METHOD-NAME-INDEED-1"])

    private static let targets = Choices(
        [
            "/", "/", "/a", "/a/b?c=d", "/items/42", "/a%20b", "/a/../b", "//a", "/a?x=%zz&y", "/?", "/a;b=c", "/*",
            "http://a/", "http://a:8080/x?y", "https://a/x", "http://a", "HTTP://A/x", "/~!$&'()*+,;=:@", "/\"<>^`{|}",
        ],
        odd: [
            "/%2e%2e/x", "*", "http://u@a/x", "a:80", "http://[::1]:80/", "ftp://a/x", "/a#b", "/\u{E9}", "/x[]",
            "mailto:x", "/a\\b", "http://a?x", "http://", "http:///x", "http://a:/", "/a%2fb", "/a%00", "/%",
        ])

    private static let hosts = Choices(
        ["a", "a", "a", "a", "a:80", "api.example", "127.0.0.1:8080", "[::1]", "[::1]:80", "A", "a.", "x_y", "xn--a"],
        odd: [
            "", "u@a", "a:", "a:99999", "a b", "a,b", "a/x", "[::1", "1.2.3", "a%41", "..", "a..b", "[v1.a]",
            "[::1%25lo]",
        ])

    private static let versions = Choices(
        ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"],
        odd: ["HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "HTTP/01.1", "ICE/1.0", "HTTP/0.9"])

    /// Right ones, and one in twelve that is odd.
    private struct Choices {
        let right: [String]
        let odd: [String]

        init(_ right: [String], odd: [String]) {
            self.right = right
            self.odd = odd
        }

        func pick(_ random: inout SeededRandom) -> String {
            random.pick(random.chance(1, in: 12) ? odd : right)
        }
    }

    private static let fields = Choices(
        [
            "Accept: */*", "Accept-Encoding: gzip, br", "User-Agent: x/1 (y; z)", "Cookie: a=b; c=\"d\"", "X-A: 1",
            "X-A: 2",
            "Authorization: Bearer aaa.bbb.ccc", "X-Empty:", "X-Blank:  ", "X-Tab:\tv\t", "X-Trail: v  ",
            "X-Obs: \u{E9}",
            "X-Commas: ,,a,,", "x-lower: v", "X-UPPER: V", "X-Quoted: \"a\\\"b\"",
            "Connection: keep-alive", "Connection: close", "Connection: X-A, keep-alive", "Connection: ,close,",
            "Connection: upgrade", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk",
            "Upgrade: websocket", "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==", "Sec-WebSocket-Version: 13",
            "Expect: 100-continue", "Expect: 100-Continue", "TE: trailers", "Trailer: X-T", "Keep-Alive: timeout=5",
            "Proxy-Connection: keep-alive", "Proxy: http://evil", "X-Forwarded-For: 10.0.0.1",
            "Forwarded: for=10.0.0.1",
            "X-Original-URL: /admin", "Content-Type: application/json", "Date: Thu, 01 Jan 1970 00:00:00 GMT",
        ],
        odd: [
            "X_Under: 1", "X.Dot: 1", "X!#$%&'*+^`|~: 1", "Expect: 200-ok", "Connection: a b", "X-A: \u{1}",
            "X-A: 1\r\n 2",
        ])

    private static func assembled(_ random: inout SeededRandom) -> [UInt8] {
        let method = methods.pick(&random)
        var lines = ["\(method) \(targets.pick(&random)) \(versions.pick(&random))"]
        if !random.chance(1, in: 24) { lines.append("Host: \(hosts.pick(&random))") }
        for _ in 0..<Int.random(in: 0...5, using: &random) { lines.append(fields.pick(&random)) }
        var body = ""
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: break
        case 4...6:
            body = String(repeating: "b", count: Int.random(in: 0...40, using: &random))
            lines.append("\(random.pick(["Content-Length", "content-length", "CONTENT-LENGTH"])): \(body.utf8.count)")
        default:
            lines.append("Transfer-Encoding: \(random.pick(["chunked", "chunked", "Chunked", "chunked "]))")
            body = chunks(&random)
        }
        if random.chance(1, in: 400) {
            lines.append("X-Long: " + String(repeating: "v", count: Int.random(in: 9_000...17_000, using: &random)))
        }
        if random.chance(1, in: 400) {
            for index in 0..<Int.random(in: 190...210, using: &random) { lines.append("X-\(index): 1") }
        }
        let first = lines.removeFirst()
        if random.chance(1, in: 4) { lines.shuffle(using: &random) }
        lines.insert(first, at: 0)
        let empty =
            random.chance(1, in: 20) ? String(repeating: "\r\n", count: Int.random(in: 1...3, using: &random)) : ""
        return [UInt8]((empty + lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private static let extensions = [
        "", "", "", "", "", "", "", "", "", "", "", ";a", ";a=b", ";a=\"b;c\"", " ;a=b", ";a = b", ";", ";;", ";a=",
        " ", "\t;x", ";\u{E9}", ";a=\"\\\"\"",
        ";a=\"b",
    ]

    private static func chunks(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let data = String(repeating: "d", count: Int.random(in: 1...20, using: &random))
            var size = String(data.utf8.count, radix: 16, uppercase: random.chance(1, in: 2))
            if random.chance(1, in: 6) { size = "00" + size }
            var suffix = random.pick(extensions)
            if random.chance(1, in: 500) { suffix = ";" + String(repeating: "e", count: 17_000) }
            text += size + suffix + "\r\n" + data + "\r\n"
        }
        text += random.pick(["0", "0", "0", "00", "0;a=b"]) + "\r\n"
        for _ in 0..<Int.random(in: 0...2, using: &random) where random.chance(1, in: 2) {
            text += random.pick(trailers) + "\r\n"
        }
        return text + "\r\n"
    }

    private static let trailers = [
        "X-T: 1", "X-T: 1", "X-T: 1", "X-T: 1", "X-T: 1", "X-Empty:", "Content-Length: 5", "Transfer-Encoding: chunked",
        "Host: evil", "X_Under: 1", "X-T : 1",
        " folded", "no colon", "X-T: \u{1}", "X-Long: \(String(repeating: "t", count: 200))",
    ]

    /// The shapes of the attacks that the hardening rules name: framing doubts, odd lines, odd targets.
    private static let shapes: [String] = [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\nZ\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000000005\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\u{B}\r\n\r\nhello",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 37\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-A: a\rX-Claim-Sub: root\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET http://a/x HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;\nxx\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Claim-Sub: root\r\nHost: evil\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ]
}
