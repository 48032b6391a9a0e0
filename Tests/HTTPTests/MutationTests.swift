import TestRandom
import Testing

@testable import HTTP

/// Seeded mutations of good and bad examples: nothing traps, pieces never change a verdict, and a message that is taken
/// has one reading by an independent, slow reader.
@Suite("Mutated messages")
struct MutationTests {
    private static let insertions: [String] = [
        "\r", "\n", "\r\n", " ", "\t", "\0", ":", ",", ";", "0", "5", "-", "_", "\u{B}", "\u{7F}",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "\r\n\r\n", "HTTP/1.1", "/", "?", "#", "%", "chunked", "\"",
    ]

    private static func mutate(_ bytes: [UInt8], _ generator: inout SeededRandom) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let position = Int.random(in: 0...result.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where position < result.count:
                result.remove(at: position)
            case 1 where position < result.count:
                result[position] = UInt8.random(in: 0...255, using: &generator)
            case 2 where position < result.count:
                result[position] ^= 0x20
            case 3:
                let end = min(result.count, position + Int.random(in: 0..<20, using: &generator))
                result.insert(contentsOf: result[position..<end], at: position)
            default:
                let text = insertions[Int.random(in: insertions.indices, using: &generator)]
                result.insert(contentsOf: text.utf8, at: position)
            }
        }
        return result
    }

    @Test("Requests", arguments: [UInt64(11), 12, 13, 14])
    func requests(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        // Good examples three times, since most mutants of either kind are refused.
        let good = RequestExamples.accepted
        let examples = (good + good + good + RequestExamples.refused.map(\.text).filter { $0.utf8.count < 600 })
            .map { Feeding.bytes($0) }
        var taken = 0
        for _ in 0..<6000 {
            let bytes = Self.mutate(examples[Int.random(in: examples.indices, using: &generator)], &generator)
            var parser = RequestParser(limits: HeadLimits())
            let outcome = parser.parse(bytes.span)
            let whole = Feeding.describe(outcome)
            let size = Int.random(in: 1...9, using: &generator)
            #expect(Feeding.requestInPieces(bytes, size: size) == whole)
            guard case .head(let head, let consumed) = outcome else { continue }
            taken += 1
            #expect(Self.hasOneReading(head, [UInt8](bytes[..<consumed])), "\(Feeding.text(bytes).debugDescription)")
        }
        #expect(taken > 300)
    }

    /// Reads an accepted head again, line by line, with nothing in common with the parser.
    private static func hasOneReading(_ head: RequestHead, _ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0) else { return false }
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0D, index + 1 >= bytes.count || bytes[index + 1] != 0x0A { return false }
            if byte == 0x0A, index == 0 || bytes[index - 1] != 0x0D { return false }
        }
        var lines = String(decoding: bytes, as: Unicode.ASCII.self).split(
            separator: "\r\n", omittingEmptySubsequences: false
        ).map(String.init)
        while lines.first == "" { lines.removeFirst() }
        let parts = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, lines.suffix(2) == ["", ""], !lines.dropLast(2).contains("") else { return false }
        func values(_ name: String) -> [String] {
            lines.filter { $0.lowercased().filter { $0 != "_" && $0 != " " && $0 != "\t" }.hasPrefix(name + ":") }.map {
                $0.drop { $0 != ":" }.dropFirst().trimmingBlanks()
            }
        }
        let lengths = values("content-length")
        let codings = values("transfer-encoding")
        let hosts = values("host")
        switch head.framing {
        case .none:
            guard lengths.isEmpty, codings.isEmpty else { return false }
        case .length(let count):
            guard codings.isEmpty, lengths.count == 1, UInt64(lengths[0]) == count, lengths[0].first != "+" else {
                return false
            }
        case .chunked:
            guard lengths.isEmpty, codings.count == 1, codings[0].lowercased() == "chunked", parts[2] == "HTTP/1.1"
            else {
                return false
            }
        case .untilClose: return false
        }
        return head.version == .http10 ? hosts.count <= 1 : hosts.count == 1 && parts[2] == "HTTP/1.1"
    }

    @Test("Responses", arguments: [UInt64(21), 22])
    func responses(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let examples = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello", "HTTP/1.1 204\r\n\r\n",
            "HTTP/1.0 301 Moved\r\nLocation: /x\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n",
        ].map { Feeding.bytes($0) }
        var taken = 0
        for _ in 0..<6000 {
            let bytes = Self.mutate(examples[Int.random(in: examples.indices, using: &generator)], &generator)
            let whole = Feeding.responseInPieces(bytes, size: max(bytes.count, 1), method: .get)
            let size = Int.random(in: 1...9, using: &generator)
            #expect(Feeding.responseInPieces(bytes, size: size, method: .get) == whole)
            if whole.text.hasPrefix("final") { taken += 1 }
        }
        #expect(taken > 300)
    }

    @Test("Chunked bodies", arguments: [UInt64(31), 32])
    func chunked(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let example = Feeding.bytes("5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nX: y\r\n\r\nGET")
        var ended = 0
        for _ in 0..<8000 {
            let bytes = Self.mutate(example, &generator)
            let whole = Feeding.chunks(bytes, size: max(bytes.count, 1))
            #expect(Feeding.chunks(bytes, size: Int.random(in: 1...9, using: &generator)) == whole)
            if whole.text.hasPrefix("end") { ended += 1 }
        }
        #expect(ended > 200)
    }

    @Test("Noise never traps")
    func noise() {
        var generator = SeededRandom(seed: 99)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = Feeding.request(bytes)
            _ = Feeding.responseInPieces(bytes, size: 50)
            _ = Feeding.chunks(bytes, size: 50)
            _ = try? NormalPath.normalize(bytes)
            _ = FieldValueEncoding.encode(bytes)
            _ = Authority.isValid(bytes.span, ByteRange(0, bytes.count))
            let range = bytes.count
            _ = QueryString(bytes, ByteRange(0, range)).map { $0 }
        }
    }

    @Test("A head fed byte by byte costs linear time")
    func linear() {
        let bytes = Feeding.bytes(
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "v", count: 200_000) + "\r\n\r\n")
        let verdict = Feeding.requestInPieces(bytes, size: 1, limits: HeadLimits(headerBytes: 1 << 20))
        #expect(!verdict.text.hasPrefix("refuse") && verdict != .needMore)
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
