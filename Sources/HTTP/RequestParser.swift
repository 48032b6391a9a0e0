/// The one parser of HTTP/1.1 request heads: strict, resumable, linear in the bytes however they are cut.
///
/// The caller presents the same growing buffer, the message's first byte at offset 0, until the answer is not
/// `.needMore`. After `.head` the parser is ready for the next message; a refusal stays until `reset()`. Grammar: RFC
/// 9112 §2 to §6, with every leniency that it allows left out: no bare LF, no folding, no blank before a colon, no
/// repeated `Content-Length`, no transfer coding but `chunked`, at most two empty lines before a request.
package struct RequestParser: Sendable {
    /// The answer to one presentation of the buffer.
    package enum Outcome: Sendable {
        /// Nothing is wrong so far, and the head is not complete.
        case needMore
        /// The head and the number of bytes it took, empty lines before it included.
        case head(RequestHead, consumed: Int)
        /// The request is refused.
        case refuse(RequestRefusal)
    }

    private enum Phase: UInt8 {
        case leading, method, target, version, fields
    }

    /// The limits in force.
    package let limits: HeadLimits

    private var phase = Phase.leading
    private var position = 0
    /// Offset of the request line.
    private var base = 0
    private var methodEnd = 0
    private var targetStart = 0
    private var line = RequestLine()
    private var section: FieldSection
    private var refusal: RequestRefusal?

    /// The longest method: longer ones are answered 501 (RFC 9112 §3).
    private static let methodBytes = 32

    package init(limits: HeadLimits) {
        self.limits = limits
        section = FieldSection(start: 0, maximumCount: 0, rule: .strict)
    }

    /// Forgets everything, for the next message.
    package mutating func reset() {
        self = RequestParser(limits: limits)
    }

    /// Whether a byte of a request was seen, empty lines aside: a silent connection differs from a slow head.
    package var hasStarted: Bool { phase != .leading }

    /// Goes on over `bytes`: those presented before, and more behind them.
    package mutating func parse(_ bytes: Span<UInt8>) -> Outcome {
        if let refusal { return .refuse(refusal) }
        if phase == .leading { takeWholeLine(bytes) }
        if phase == .leading {
            if let code = skipEmptyLines(bytes) { return refuse(code) }
            if phase == .leading { return .needMore }
        }
        // Nothing beyond the limit is looked at, so the answer is the same however much arrived at once.
        let end = min(bytes.count, base + limits.headerBytes)
        let head = bytes.extracting(0..<end)
        if phase != .fields {
            if let code = scanRequestLine(head) { return refuse(code) }
        }
        if phase == .fields {
            switch section.scan(head) {
            case .needMore: break
            case .refuse(let code): return refuse(code)
            case .done(let consumed): return finish(head, consumed)
            }
        }
        return end - base == limits.headerBytes ? refuse(phase == .target ? .targetTooLong : .headTooLarge) : .needMore
    }

    private mutating func refuse(_ code: RefusalCode) -> Outcome {
        let refusal = RequestRefusal(code)
        self.refusal = refusal
        return .refuse(refusal)
    }

    /// A usual request line that is there as a whole is taken at once, any other byte by byte.
    private mutating func takeWholeLine(_ bytes: Span<UInt8>) {
        guard position == 0 else { return }
        let head = bytes.extracting(first: min(bytes.count, limits.headerBytes))
        guard let (line, next) = RequestLine.whole(head, maximumTarget: limits.requestTargetBytes) else { return }
        self.line = line
        beginFields(at: next)
    }

    private mutating func beginFields(at start: Int) {
        position = start
        phase = .fields
        section = FieldSection(start: start, maximumCount: limits.headerCount, rule: limits.nameRule)
    }

    /// At most two empty lines are left over from a client's previous body (RFC 9112 §2.2).
    private mutating func skipEmptyLines(_ bytes: Span<UInt8>) -> RefusalCode? {
        while position < bytes.count {
            let byte = bytes[position]
            if position & 1 == 1 {
                guard byte == 0x0A else { return .bareCR }
            } else if byte == 0x0D {
                if position == 4 { return .leadingLines }
            } else if byte == 0x0A {
                return .bareLF
            } else {
                base = position
                phase = .method
                return nil
            }
            position += 1
        }
        return nil
    }

    private mutating func scanRequestLine(_ bytes: Span<UInt8>) -> RefusalCode? {
        if phase == .method {
            if let code = scanMethod(bytes) { return code }
        }
        if phase == .target {
            if let code = scanTarget(bytes) { return code }
        }
        if phase == .version {
            return scanVersion(bytes)
        }
        return nil
    }

    private mutating func scanMethod(_ bytes: Span<UInt8>) -> RefusalCode? {
        while position < bytes.count {
            let byte = bytes[position]
            if !ByteClass.isToken(byte) {
                guard byte == 0x20, position > base else { return byte == 0x0A ? .bareLF : .methodInvalid }
                methodEnd = position
                position += 1
                targetStart = position
                phase = .target
                line.methodRange = ByteRange(base, methodEnd)
                line.method = Method(bytes, line.methodRange)
                return line.refusedMethod(bytes)
            }
            if position - base == Self.methodBytes { return .methodTooLong }
            position += 1
        }
        return nil
    }

    private mutating func scanTarget(_ bytes: Span<UInt8>) -> RefusalCode? {
        let stop = min(bytes.count, targetStart + limits.requestTargetBytes)
        var index = position
        while index < stop {
            let byte = bytes[index]
            // VCHAR of ASCII except "#"; everything else ends the target or refuses it.
            if byte &- 0x21 >= 0x5E || byte == 0x23 { break }
            index += 1
        }
        position = index
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        switch byte {
        case 0x20:
            guard index > targetStart else { return .requestLineInvalid }
            line.target = ByteRange(targetStart, index)
            if let code = line.readTarget(bytes) { return code }
            position = index + 1
            phase = .version
            return nil
        case 0x23: return .targetFragment
        case 0x0A: return .bareLF
        case 0x0D: return .requestLineInvalid
        default: return byte &- 0x21 < 0x5E ? .targetTooLong : .targetInvalid
        }
    }

    /// `HTTP/1.0` or `HTTP/1.1` and CRLF; what is there is compared at once, so that nonsense is refused early.
    private mutating func scanVersion(_ bytes: Span<UInt8>) -> RefusalCode? {
        var major: UInt8 = 0
        var minor: UInt8 = 0
        for offset in 0..<min(10, bytes.count - position) {
            let byte = bytes[position + offset]
            switch offset {
            case 5:
                guard ByteClass.isDigit(byte) else { return .versionInvalid }
                major = byte
            case 7:
                guard ByteClass.isDigit(byte) else { return .versionInvalid }
                minor = byte
            case 8:
                guard byte == 0x0D else { return byte == 0x0A ? .bareLF : .versionInvalid }
                guard major == 0x31, minor == 0x30 || minor == 0x31 else { return .versionUnsupported }
            case 9:
                guard byte == 0x0A else { return .bareCR }
            default:
                guard byte == Self.versionShape[offset] else { return byte == 0x0A ? .bareLF : .versionInvalid }
            }
        }
        guard bytes.count - position >= 10 else { return nil }
        line.version = minor == 0x30 ? .http10 : .http11
        beginFields(at: position + 10)
        return nil
    }

    private static let versionShape = [UInt8]("HTTP/_._".utf8)

    private mutating func finish(_ bytes: Span<UInt8>, _ consumed: Int) -> Outcome {
        let meaning: RequestMeaning
        do {
            meaning = try RequestMeaning(bytes, section.lines, section.present, line)
        } catch {
            return refuse(error.code)
        }
        let fields = FieldLines(
            bytes: [UInt8](bytes, first: consumed), lines: section.takeLines(), present: section.present)
        let head = RequestHead(
            fields: fields, method: line.method, methodRange: line.methodRange, target: line.target,
            targetForm: line.form, path: line.path, query: line.query, host: meaning.host, version: line.version,
            framing: meaning.framing, keepAlive: meaning.keepAlive, expectsContinue: meaning.expectsContinue,
            upgrade: meaning.upgrade)
        reset()
        return .head(head, consumed: consumed)
    }
}
