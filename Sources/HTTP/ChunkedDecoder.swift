/// Limits of one chunked body.
package struct ChunkedLimits: Sendable, Hashable {
    /// Bytes of all chunk extensions together, the blanks and semicolons before them included.
    package var extensionBytes: Int
    /// Bytes of the trailer section with its line ends.
    package var trailerBytes: Int
    /// Number of trailer lines.
    package var trailerCount: Int
    /// Bytes of the decoded body; 0 means no limit.
    package var bodyBytes: UInt64

    package init(
        extensionBytes: Int = 16 << 10, trailerBytes: Int = 8 << 10, trailerCount: Int = 64, bodyBytes: UInt64 = 0
    ) {
        self.extensionBytes = extensionBytes
        self.trailerBytes = trailerBytes
        self.trailerCount = trailerCount
        self.bodyBytes = bodyBytes
    }
}

/// Decodes one chunked body (RFC 9112 §7.1) without copying: it tells which bytes of the caller's buffer are data.
///
/// Every line ends in CRLF; sizes are hexadecimal digits only; extensions and trailers are checked, counted and dropped. The answer does not depend on how the bytes were cut into pieces. A declared size beyond the limit is
/// refused when its line ends, before any of its data.
package struct ChunkedDecoder: Sendable {
    /// One step.
    package enum Action: Sendable, Hashable {
        /// All bytes of the span were used; the body goes on.
        case needMore
        /// These bytes of the span are data; ask again.
        case data(Range<Int>)
        /// The body ended; the offset is the first byte behind it.
        case end
        /// The body is broken; the connection cannot be used again.
        case refuse(RefusalCode)
    }

    private enum Phase: UInt8 {
        case size, extensions, sizeLineFeed
        case data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerText, trailerLineFeed, finalLineFeed
        case ended
    }

    /// The limits in force.
    package let limits: ChunkedLimits

    private var phase = Phase.size
    private var remaining: UInt64 = 0
    private var digits = 0
    private var chunkExtension = ChunkExtension(semicolon: false)
    private var extensionCount = 0
    private var trailerBytes = 0
    private var trailerLines = 0
    private var nameBytes = 0
    private var refusal: RefusalCode?

    /// Number of data bytes reported so far.
    package private(set) var bodyBytes: UInt64 = 0

    /// Digits of one size, leading zeros included; sixteen significant ones fill 64 bits.
    private static let maximumDigits = 32

    package init(limits: ChunkedLimits = ChunkedLimits()) {
        self.limits = limits
    }

    /// Whether the end of the body was seen.
    package var isEnded: Bool { phase == .ended }

    /// Takes the next step over `bytes` from `offset`, which is moved past what was used.
    ///
    /// Call it until the answer is not `.data`.
    package mutating func next(_ bytes: Span<UInt8>, at offset: inout Int) -> Action {
        if let refusal { return .refuse(refusal) }
        while phase != .ended {
            guard offset < bytes.count else { return .needMore }
            if phase == .data { return .data(takeData(bytes.count, &offset)) }
            if let code = step(bytes[offset]) {
                refusal = code
                return .refuse(code)
            }
            offset += 1
        }
        return .end
    }

    private mutating func takeData(_ end: Int, _ offset: inout Int) -> Range<Int> {
        let available = UInt64(truncatingIfNeeded: end - offset)
        let count = min(available, remaining)
        let first = offset
        offset += Int(truncatingIfNeeded: count)
        remaining -= count
        bodyBytes &+= count
        if remaining == 0 { phase = .dataReturn }
        return first..<offset
    }

    private mutating func step(_ byte: UInt8) -> RefusalCode? {
        switch phase {
        case .size: return size(byte)
        case .extensions: return extensionByte(byte)
        case .sizeLineFeed:
            guard byte == 0x0A else { return .chunkLineEnd }
            return endOfSizeLine()
        case .dataReturn:
            guard byte == 0x0D else { return .chunkDataEnd }
            phase = .dataLineFeed
        case .dataLineFeed:
            guard byte == 0x0A else { return .chunkDataEnd }
            phase = .size
            digits = 0
        case .trailerStart, .trailerName, .trailerText, .trailerLineFeed, .finalLineFeed:
            trailerBytes += 1
            guard trailerBytes <= limits.trailerBytes else { return .trailerTooLarge }
            return trailer(byte)
        case .data, .ended: break
        }
        return nil
    }

    private mutating func size(_ byte: UInt8) -> RefusalCode? {
        if let value = ByteClass.hexValue(byte) {
            digits += 1
            guard digits <= Self.maximumDigits, remaining >> 60 == 0 else { return .chunkSizeOverflow }
            remaining = remaining << 4 | UInt64(value)
            return nil
        }
        guard digits > 0 else { return .chunkSizeInvalid }
        switch byte {
        case 0x0D: phase = .sizeLineFeed
        case 0x3B, 0x20, 0x09:
            phase = .extensions
            chunkExtension = ChunkExtension(semicolon: byte == 0x3B)
            return countExtensionByte()
        default: return byte == 0x0A ? .chunkLineEnd : .chunkSizeInvalid
        }
        return nil
    }

    private mutating func countExtensionByte() -> RefusalCode? {
        extensionCount += 1
        return extensionCount <= limits.extensionBytes ? nil : .chunkExtensionTooLong
    }

    private mutating func extensionByte(_ byte: UInt8) -> RefusalCode? {
        if byte == 0x0D, chunkExtension.mayEnd {
            phase = .sizeLineFeed
            return nil
        }
        if byte == 0x0A { return .chunkLineEnd }
        // Blanks with no extension behind them are no part of the grammar.
        let isBlank = chunkExtension.isBlank
        guard chunkExtension.take(byte) else { return isBlank ? .chunkSizeInvalid : .chunkExtensionInvalid }
        return countExtensionByte()
    }

    private mutating func endOfSizeLine() -> RefusalCode? {
        guard remaining > 0 else {
            phase = .trailerStart
            return nil
        }
        let (total, overflow) = bodyBytes.addingReportingOverflow(remaining)
        if overflow || total > UInt64(Int64.max) { return .chunkSizeOverflow }
        if limits.bodyBytes > 0, total > limits.bodyBytes { return .bodyTooLarge }
        phase = .data
        return nil
    }

    private mutating func trailer(_ byte: UInt8) -> RefusalCode? {
        switch phase {
        case .trailerStart:
            if byte == 0x0D {
                phase = .finalLineFeed
                return nil
            }
            trailerLines += 1
            guard trailerLines <= limits.trailerCount else { return .trailerTooLarge }
            nameBytes = 0
            phase = .trailerName
            return trailerName(byte)
        case .trailerName: return trailerName(byte)
        case .trailerText:
            if byte == 0x0D {
                phase = .trailerLineFeed
            } else if !ByteClass.isFieldValue(byte) {
                return .trailerInvalid
            }
        case .trailerLineFeed:
            guard byte == 0x0A else { return .trailerInvalid }
            phase = .trailerStart
        default:
            guard byte == 0x0A else { return .trailerInvalid }
            phase = .ended
        }
        return nil
    }

    private mutating func trailerName(_ byte: UInt8) -> RefusalCode? {
        if byte == 0x3A, nameBytes > 0 {
            phase = .trailerText
            return nil
        }
        guard ByteClass.isToken(byte) else { return .trailerInvalid }
        nameBytes += 1
        return nil
    }
}
