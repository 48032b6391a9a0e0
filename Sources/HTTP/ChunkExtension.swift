/// The grammar of what may follow a chunk's size on its line, byte by byte (RFC 9112 §7.1.1):
/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`.
struct ChunkExtension: Sendable {
    private enum Phase: UInt8 {
        /// Blanks, before a semicolon has to come.
        case blank
        case nameStart, name, nameBlank
        case valueStart, value, quoted, quotedPair, quotedEnd, valueBlank
    }

    private var phase: Phase

    /// After the first byte behind the size: a semicolon or a blank.
    init(semicolon: Bool) {
        phase = semicolon ? .nameStart : .blank
    }

    /// Whether no semicolon has come yet.
    var isBlank: Bool { phase == .blank }

    /// Whether the line may end here.
    var mayEnd: Bool { phase == .name || phase == .value || phase == .quotedEnd }

    /// Takes the next byte; false when it may not stand there.
    mutating func take(_ byte: UInt8) -> Bool {
        switch phase {
        case .quoted:
            if byte == 0x22 {
                phase = .quotedEnd
            } else if byte == 0x5C {
                phase = .quotedPair
            }
            return ByteClass.isFieldValue(byte)
        case .quotedPair:
            phase = .quoted
            return ByteClass.isFieldValue(byte)
        default: break
        }
        if ByteClass.isBlank(byte) {
            switch phase {
            case .name: phase = .nameBlank
            case .value, .quotedEnd: phase = .valueBlank
            default: break
            }
            return true
        }
        switch (byte, phase) {
        case (0x3B, .blank), (0x3B, .name), (0x3B, .nameBlank), (0x3B, .value), (0x3B, .quotedEnd), (0x3B, .valueBlank):
            phase = .nameStart
        case (0x3D, .name), (0x3D, .nameBlank): phase = .valueStart
        case (0x22, .valueStart): phase = .quoted
        case (_, .nameStart), (_, .name):
            phase = .name
            return ByteClass.isToken(byte)
        case (_, .valueStart), (_, .value):
            phase = .value
            return ByteClass.isToken(byte)
        default: return false
        }
        return true
    }
}
