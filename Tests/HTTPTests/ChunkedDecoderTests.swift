import Testing

@testable import HTTP

@Suite("Chunked bodies")
struct ChunkedDecoderTests {
    static let refused: [RequestExamples.Refused] = [
        .init(.chunkSizeInvalid, "\r\n\r\n"),
        .init(.chunkSizeInvalid, "0x5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "-5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "+5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "0_5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "5these\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, " 5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "5 \r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "5 5\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, ";x\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeInvalid, "Z\r\n"),
        .init(.chunkSizeInvalid, "5\u{0B}\r\nhello"),
        .init(.chunkSizeInvalid, "5\r\nhello\r\n\r\n0\r\n\r\n"),
        .init(.chunkSizeOverflow, "10000000000000005\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkSizeOverflow, String(repeating: "f", count: 40) + "\r\nhello"),
        .init(.chunkSizeOverflow, "ffffffffffffffff\r\nhello"),
        .init(.chunkSizeOverflow, "8000000000000000\r\nhello"),
        .init(.chunkSizeOverflow, "1\r\na\r\n7fffffffffffffff\r\nhello"),
        .init(.chunkSizeOverflow, String(repeating: "0", count: 33) + "\r\n\r\n"),
        .init(.chunkLineEnd, "5\nhello\n0\n\n"),
        .init(.chunkLineEnd, "5\r\r;ABCD\r\nhello"),
        .init(.chunkLineEnd, "5\rx"),
        .init(.chunkLineEnd, "5;x\rx\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkLineEnd, "1;\nxx\r\n0\r\n\r\n"),
        .init(.chunkLineEnd, "5\r\nhello\r\n0\n\n"),
        .init(.chunkExtensionInvalid, "5;\0\r\nhello"),
        .init(.chunkExtensionInvalid, "5;a=\u{7F}\r\nhello"),
        .init(.chunkExtensionInvalid, "5;\rx\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5; \r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;;a\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a;\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;=b\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=;b\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=b=c\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a \r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a b\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=b c\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;\u{E9}\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a/b\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\"b\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\"b\\\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\"b\0\"\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=\"b\" \r\nhello\r\n0\r\n\r\n"),
        .init(.chunkExtensionInvalid, "5;a=b\"c\"\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkLineEnd, "5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n"),
        .init(.chunkDataEnd, "5\r\nhello0\r\n\r\n"),
        .init(.chunkDataEnd, "5\r\nhello\n0\r\n\r\n"),
        .init(.chunkDataEnd, "5\r\nhello\rx0\r\n\r\n"),
        .init(.chunkDataEnd, "5\r\nhello world\r\n0\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nno colon here\r\n\r\n"),
        .init(.trailerInvalid, "0\r\n: x\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nX : x\r\n\r\n"),
        .init(.trailerInvalid, "0\r\n X: x\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nX: x\r\n y\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nX: x\ny\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nX: x\ry\r\n\r\n"),
        .init(.trailerInvalid, "0\r\nX: \0\r\n\r\n"),
        .init(.trailerInvalid, "0\r\n\rX"),
        .init(.trailerInvalid, "0\r\n\n"),
        .init(.trailerTooLarge, "0\r\nX: " + String(repeating: "a", count: 8192)),
        .init(.trailerTooLarge, "0\r\n" + String(repeating: "X:\r\n", count: 65)),
        .init(.chunkExtensionTooLong, "5;" + String(repeating: "a", count: 65_536)),
        .init(
            .chunkExtensionTooLong,
            String(repeating: "1;" + String(repeating: "a", count: 99) + "\r\nx\r\n", count: 165)),
    ]

    @Test("A broken body is refused, however it arrives", arguments: refused)
    func refuses(example: RequestExamples.Refused) {
        let bytes = Feeding.bytes(example.text)
        for size in [1, 2, 3, 1000, bytes.count] {
            #expect(Feeding.chunks(bytes, size: size) == .refused(example.code), "pieces of \(size)")
        }
    }

    @Test(
        "A good body is decoded to its data, however it arrives, and ends where it should",
        arguments: [
            ("0\r\n\r\n", "", 5), ("000\r\n\r\nGET", "", 7), ("5\r\nhello\r\n0\r\n\r\n", "hello", 15),
            ("5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\nGET /", "hello", 29), ("5 ; a\r\nhello\r\n0\r\n\r\n", "hello", 19),
            ("5\t;\ta = b ; c\r\nhello\r\n0\r\n\r\n", "hello", 27), ("5;a=\"\"\r\nhello\r\n0\r\n\r\n", "hello", 20),
            ("5;a=\"\\\";\\\\\u{E9}\t=\" ;b\r\nhello\r\n0\r\n\r\n", "hello", 32),
            ("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", 35),
            ("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello", 30),
            ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 14),
            ("1\r\nx\r\n0\r\nX-Claim-Sub: root\r\nHost: evil\r\nE:\r\n\r\nrest", "x", 46),
        ])
    func decodes(text: String, body: String, consumed: Int) {
        let bytes = Feeding.bytes(text)
        for size in [1, 2, 3, 5, 1000] {
            #expect(Feeding.chunks(bytes, size: size) == Verdict(text: "end \(body) \(consumed)"), "pieces of \(size)")
        }
    }

    @Test("A body cut short never ends")
    func truncated() {
        let bytes = Feeding.bytes("5\r\nhello\r\n0\r\nX: y\r\n\r\n")
        for end in 0..<bytes.count {
            let verdict = Feeding.chunks([UInt8](bytes[..<end]), size: 4)
            #expect(verdict.text.hasPrefix("open"), "\(end): \(verdict)")
        }
    }

    @Test("A size beyond the body limit is refused before its data, at the border")
    func bodyLimit() {
        let limits = ChunkedLimits(bodyBytes: 6)
        #expect(
            Feeding.chunks(Feeding.bytes("5\r\nhello\r\n1\r\nx\r\n0\r\n\r\n"), size: 3, limits: limits).text
                == "end hellox 21")
        #expect(
            Feeding.chunks(Feeding.bytes("5\r\nhello\r\n2\r\n"), size: 3, limits: limits) == .refused(.bodyTooLarge))
        #expect(Feeding.chunks(Feeding.bytes("7\r\n"), size: 3, limits: limits) == .refused(.bodyTooLarge))
        #expect(
            Feeding.chunks(Feeding.bytes("7fffffffffffffff\r\n"), size: 3, limits: limits) == .refused(.bodyTooLarge))
    }

    @Test("Refusals stay, and nothing is read behind the end")
    func final() {
        var decoder = ChunkedDecoder()
        let bytes = Feeding.bytes("0\r\n\r\nzzz")
        var offset = 0
        #expect(step(&decoder, bytes, &offset) == .end)
        #expect(offset == 5)
        #expect(step(&decoder, bytes, &offset) == .end)
        #expect(offset == 5)
        #expect(decoder.isEnded)
        var broken = ChunkedDecoder()
        offset = 5
        #expect(step(&broken, bytes, &offset) == .refuse(.chunkSizeInvalid))
        offset = 0
        #expect(step(&broken, bytes, &offset) == .refuse(.chunkSizeInvalid))
    }

    private func step(_ decoder: inout ChunkedDecoder, _ bytes: [UInt8], _ offset: inout Int) -> ChunkedDecoder.Action {
        decoder.next(bytes.span, at: &offset)
    }
}
