/// The parser of response heads from upstreams: what `RequestParser` is for requests, and as strict.
///
/// Names may be any token, since backends send what they like; lines, framing and status line have one spelling only.
package struct ResponseParser: Sendable {
    /// The answer to one presentation of the buffer.
    package enum Outcome: Sendable {
        /// Nothing is wrong so far, and the head is not complete.
        case needMore
        /// The final head (or an asked-for 101) and the bytes it took.
        case head(ResponseHead, consumed: Int)
        /// A 1xx head other than 101 and the bytes it took; the parser is ready for the next head. The caller counts
        /// them.
        case interim(ResponseHead, consumed: Int)
        /// The response is refused: 502, and the connection is never used again.
        case refuse(ResponseRefusal)
    }

    /// The limits in force; `requestTargetBytes` and `nameRule` mean nothing here.
    package let limits: HeadLimits
    /// The method of the request that is being answered.
    package let method: Method
    /// Whether that request asked to switch protocols.
    package let upgradeAsked: Bool

    private var position = 0
    private var inFields = false
    private var status: UInt16 = 0
    private var version = HTTPVersion.http11
    private var reason = ByteRange.empty
    private var section: FieldSection
    private var refusal: ResponseRefusal?

    package init(limits: HeadLimits, method: Method, upgradeAsked: Bool = false) {
        self.limits = limits
        self.method = method
        self.upgradeAsked = upgradeAsked
        section = FieldSection(start: 0, maximumCount: 0, rule: .pass)
    }

    /// Forgets everything, for another head of the same exchange.
    package mutating func reset() {
        self = ResponseParser(limits: limits, method: method, upgradeAsked: upgradeAsked)
    }

    /// Goes on over `bytes`: those presented before, and more behind them; the head's first byte at offset 0.
    package mutating func parse(_ bytes: Span<UInt8>) -> Outcome {
        if let refusal { return .refuse(refusal) }
        let end = min(bytes.count, limits.headerBytes)
        let head = bytes.extracting(0..<end)
        if position == 0 { takeWholeLine(head) }
        if !inFields {
            if let code = scanStatusLine(head) { return refuse(code) }
        }
        if inFields {
            switch section.scan(head) {
            case .needMore: break
            case .refuse(let code): return refuse(code)
            case .done(let consumed): return finish(head, consumed)
            }
        }
        return end == limits.headerBytes ? refuse(.headTooLarge) : .needMore
    }

    private mutating func refuse(_ code: RefusalCode) -> Outcome {
        let refusal = ResponseRefusal(code)
        self.refusal = refusal
        return .refuse(refusal)
    }

    /// A usual status line that is there as a whole is taken at once, any other byte by byte.
    private mutating func takeWholeLine(_ bytes: Span<UInt8>) {
        guard let (line, next) = StatusLine.whole(bytes) else { return }
        status = line.status
        reason = line.reason
        beginFields(at: next)
    }

    private mutating func beginFields(at start: Int) {
        position = start
        section = FieldSection(start: start, maximumCount: limits.headerCount, rule: .pass)
        inFields = true
    }

    private static let shape = [UInt8]("HTTP/1._".utf8)

    /// `HTTP/1.[01] SP 3DIGIT [ SP reason ] CRLF` (RFC 9112 §4).
    private mutating func scanStatusLine(_ bytes: Span<UInt8>) -> RefusalCode? {
        while position < bytes.count {
            let byte = bytes[position]
            switch position {
            case 0..<7:
                guard byte == Self.shape[position] else { return .statusLineInvalid }
            case 7:
                guard byte == 0x30 || byte == 0x31 else { return .versionUnsupported }
                version = byte == 0x30 ? .http10 : .http11
            case 8:
                guard byte == 0x20 else { return .statusLineInvalid }
            case 9..<12:
                guard ByteClass.isDigit(byte) else { return .statusInvalid }
                status = status * 10 + UInt16(byte &- 0x30)
            case 12:
                guard (100..<600).contains(status) else { return .statusInvalid }
                guard byte == 0x20 || byte == 0x0D else { return byte == 0x0A ? .bareLF : .statusInvalid }
            default:
                if bytes[position - 1] == 0x0D {
                    guard byte == 0x0A else { return .bareCR }
                    let first = min(13, position - 1)
                    reason = ByteRange(first, position - 1)
                    beginFields(at: position + 1)
                    return nil
                }
                guard ByteClass.isFieldValue(byte) || byte == 0x0D else {
                    return byte == 0x0A ? .bareLF : .statusLineInvalid
                }
            }
            position += 1
        }
        return nil
    }

    private mutating func finish(_ bytes: Span<UInt8>, _ consumed: Int) -> Outcome {
        let meaning: ResponseMeaning
        do {
            meaning = try readMeaning(bytes)
        } catch {
            return refuse(error.code)
        }
        let fields = FieldLines(
            bytes: [UInt8](bytes, first: consumed), lines: section.takeLines(), present: section.present)
        let head = ResponseHead(
            fields: fields, status: status, version: version, reason: reason, framing: meaning.framing,
            declaredLength: meaning.declaredLength, keepAlive: meaning.keepAlive)
        reset()
        return head.isInterim ? .interim(head, consumed: consumed) : .head(head, consumed: consumed)
    }

    /// RFC 9112 §6.3, rules 1 and 3 to 8, and §9.3.
    private func readMeaning(_ bytes: Span<UInt8>) throws(ResponseRefusal) -> ResponseMeaning {
        var meaning = ResponseMeaning()
        var options = ConnectionOptions()
        var length: UInt64?
        var chunked = false
        for line in section.lines {
            switch line.id {
            case .connection: options.read(bytes, line.value)
            case .transferEncoding:
                guard version == .http11 else { throw ResponseRefusal(.transferEncodingHTTP10) }
                guard !chunked, bytes.matches(line.value, Literal.chunked) else {
                    throw ResponseRefusal(.transferEncodingInvalid)
                }
                chunked = true
            case .contentLength:
                let value = try readLength(bytes, line.value)
                guard length == nil || length == value else { throw ResponseRefusal(.contentLengthRepeated) }
                length = value
            default: break
            }
        }
        if status == 101, !upgradeAsked { throw ResponseRefusal(.upgradeUnasked) }
        meaning.keepAlive = version == .http11 ? !options.close : options.keepAlive && !options.close
        // A transfer coding overrules the length; a sender of both is not trusted with a second exchange.
        if !options.isValid || (chunked && length != nil) { meaning.keepAlive = false }
        meaning.declaredLength = chunked ? nil : length
        if status < 200 || status == 204 {
            // A body must not follow; an announced one means that its bytes may.
            if chunked || (length ?? 0) > 0 { meaning.keepAlive = false }
            if status == 204 || status < 200 { meaning.declaredLength = nil }
        } else if method == .head || status == 304 {
            meaning.framing = .none
        } else if chunked {
            meaning.framing = .chunked
        } else if let length {
            meaning.framing = .length(length)
        } else {
            meaning.framing = .untilClose
            meaning.keepAlive = false
        }
        return meaning
    }

    /// Equal repeats within one value are one length (RFC 9110 §8.6); anything else is a refusal.
    private func readLength(_ bytes: Span<UInt8>, _ value: ByteRange) throws(ResponseRefusal) -> UInt64 {
        if case .value(let length) = ContentLength.read(bytes, value) { return length }
        var list = ListMembers(value)
        var length: UInt64?
        while let member = list.next(in: bytes) {
            guard case .value(let next) = ContentLength.read(bytes, member) else {
                throw ResponseRefusal(.contentLengthInvalid)
            }
            guard length == nil || length == next else { throw ResponseRefusal(.contentLengthRepeated) }
            length = next
        }
        guard let length else { throw ResponseRefusal(.contentLengthInvalid) }
        return length
    }
}

/// What the fields of a response mean together, in view of the request.
private struct ResponseMeaning {
    var framing = MessageFraming.none
    var keepAlive = true
    var declaredLength: UInt64?
}
