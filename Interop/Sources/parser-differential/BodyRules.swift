import HTTP

/// What we refuse in a chunked body although a peer accepts it or waits for more.
enum BodyRules {
    static let all: [DifferenceClass] = [
        faulty(
            "chunk-size", .chunkSizeInvalid, [.sizeMissing, .sizeLine],
            because: "hexadecimal digits, then an extension or CRLF (RFC 9112 §7.1)"),
        faulty(
            "chunk-size-overflow", .chunkSizeOverflow, [.sizeOverflow],
            because: "sizes below 2^63, in 32 digits at most"),
        HeadRules.refused("chunk-line-end", .chunkLineEnd, because: "chunk lines end in CRLF only") { shape in
            guard let fault = shape.chunkFault, [.lineEnd, .extensions, .sizeLine].contains(fault) else { return false }
            return RequestShape.hasBareLF(shape.body) || RequestShape.hasBareCR(shape.body)
        },
        faulty(
            "chunk-extension-grammar", .chunkExtensionInvalid, [.extensions, .lineEnd],
            because: "extensions follow the grammar: names, and values that are tokens or quoted (RFC 9112 §7.1.1)"),
        faulty("chunk-data-end", .chunkDataEnd, [.dataEnd], because: "CRLF behind chunk data, nothing else"),
        faulty(
            "trailer", .trailerInvalid, [.trailer, .trailerLineEnd],
            because: "trailers follow the grammar of fields (RFC 9112 §7.1.2)"),
        HeadRules.refused(
            "chunk-extension-too-long", .chunkExtensionTooLong,
            because: "all chunk extensions of a body have 16 KiB at most"
        ) {
            $0.body.count > 16 << 10
        },
        HeadRules.refused("trailer-too-large", .trailerTooLarge, because: "trailers have 8 KiB and 64 lines at most") {
            $0.body.count > 8 << 10 || $0.body.count { $0 == 0x0A } > 64
        },
    ]

    private static func faulty(
        _ name: String, _ code: RefusalCode, _ faults: [ChunkFault], because reason: String
    ) -> DifferenceClass {
        HeadRules.refused(name, code, because: reason) { shape in
            shape.chunkFault.map(faults.contains) == true
        }
    }
}
