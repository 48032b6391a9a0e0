import TestRandom

/// One small harm done to a request.
enum Mutation {
    /// Pieces that have fooled some parser, put in anywhere.
    private static let pieces: [String] = [
        "\r", "\n", "\r\n", "\r\n\r\n", "\n\n", "\r\r\n", "\0", " ", "\t", "  ", "\u{B}", "\u{C}", "\u{7F}", "\u{1}",
        ":", ",", ";", "=", "\"", "\\", "/", "?", "#", "%", "@", "*", "_", ".", "-", "+", "0", "1", "5", "0x", "a", "F",
        "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Content-Length: 6\r\n", "content-length:5\r\n",
        "Content-Length: +5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: 005\r\n", "Content-Length:\r\n",
        "Content-Length: -1\r\n", "Content-Length: 18446744073709551621\r\n", "Content_Length: 5\r\n",
        "Content-Length : 5\r\n", "Content-Length: 5 \r\n", "Content-Length: 0x5\r\n",
        "Transfer-Encoding: chunked\r\n", "transfer-encoding:CHUNKED\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding: \u{B}chunked\r\n", "Transfer_Encoding: chunked\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chunked,\r\n", "Transfer-Encoding: xchunked\r\n",
        "Host: b\r\n", "Host:\r\n", "Host: u@a\r\n", "Host: a b\r\n", "Host: a, b\r\n", "Host: a:80x\r\n",
        "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: upgrade\r\n", "Connection: a b\r\n",
        "Connection: close, X-A\r\n", "Upgrade: websocket\r\n", "Upgrade: h2c\r\n", "Expect: 100-continue\r\n",
        "Expect: 200-ok\r\n", "Trailer: X-T\r\n", "X_Under: 1\r\n", "X-A: 1\r\n 2\r\n", " X-Led: 1\r\n", ": none\r\n",
        "X-A : 1\r\n", "X-A\r\n", "X-A: \u{1}\r\n", "X-é: 1\r\n", "X-A: é\r\n",
        "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.10", " HTTP/1.1\r\n", "http/1.1",
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "GET ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http://b/",
        "CONNECT ",
        "0\r\n\r\n", "5\r\nhello\r\n", "1;\r\n", ";a=b", ";a=\"b c\"", "ffffffffffffffff", "10000000000000000",
        "chunked", "X-T: 1\r\n",
    ]

    static func apply(to bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else {
            bytes = [UInt8](random.pick(pieces).utf8)
            return
        }
        let position = place(in: bytes, &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 3: bytes[position] ^= 0x20
        case 4, 5: bytes.remove(at: position)
        case 6: bytes.removeSubrange(position..<min(bytes.count, position + length(8, &random)))
        case 7:
            let end = min(bytes.count, position + length(24, &random))
            bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 8:
            let end = min(bytes.count, position + length(24, &random))
            let piece = [UInt8](bytes[position..<end])
            bytes.insert(contentsOf: piece, at: place(in: bytes, &random))
        case 9:
            if random.chance(1, in: 2) { bytes.removeLast(bytes.count - position) }
        case 10:
            bytes.swapAt(position, place(in: bytes, &random))
        case 11:
            // Whole lines repeated, or put in the place of others.
            let start = lineStart(in: bytes, position)
            let end = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            let line = [UInt8](bytes[start..<end])
            bytes.insert(contentsOf: line, at: lineStart(in: bytes, place(in: bytes, &random)))
        case 12:
            bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
        case 13, 14, 15:
            // Pieces that are lines do most harm where a line begins.
            bytes.insert(contentsOf: [UInt8](random.pick(pieces).utf8), at: lineStart(in: bytes, position))
        case 16:
            let piece = [UInt8](random.pick(pieces).utf8)
            bytes.replaceSubrange(position..<min(bytes.count, position + piece.count), with: piece)
        default:
            bytes.insert(contentsOf: [UInt8](random.pick(pieces).utf8), at: position)
        }
    }

    private static func length(_ most: Int, _ random: inout SeededRandom) -> Int {
        Int.random(in: 1...most, using: &random)
    }

    /// Anywhere, or near the delimiters that parsers decide at.
    private static func place(in bytes: [UInt8], _ random: inout SeededRandom) -> Int {
        // Harm in the first line hides everything behind it: half of the places are elsewhere.
        let lineEnd = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let first = lineEnd < bytes.count && random.chance(1, in: 2) ? lineEnd : 0
        var position = Int.random(in: first..<bytes.count, using: &random)
        if random.chance(1, in: 2) { return position }
        for _ in 0..<64 where position + 1 < bytes.count {
            switch bytes[position] {
            case 0x0D, 0x0A, 0x3A, 0x20, 0x3B, 0x2C: return position
            default: position += 1
            }
        }
        return position
    }

    private static func lineStart(in bytes: [UInt8], _ position: Int) -> Int {
        guard let feed = bytes[..<min(position, bytes.count)].lastIndex(of: 0x0A) else { return 0 }
        return feed + 1
    }
}
