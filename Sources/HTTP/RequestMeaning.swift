/// What a request's fields mean together: framing, host, persistence, expectation and upgrade.
///
/// Any doubt is a refusal: a proxy that guesses is what request smuggling needs (RFC 9112 §6.3, §11.2).
struct RequestMeaning {
    private(set) var host: ByteRange?
    private(set) var framing = MessageFraming.none
    private(set) var keepAlive = true
    private(set) var expectsContinue = false
    private(set) var upgrade = UpgradeOffer.none

    /// The lines that count, found in one pass.
    private struct Found {
        var host: ByteRange?
        var length: ByteRange?
        var coding: ByteRange?
        var expect: ByteRange?
        var upgrade: ByteRange?
        var upgradeCount = 0
    }

    init(
        _ bytes: Span<UInt8>, _ lines: [FieldLine], _ present: FieldIDSet, _ line: RequestLine
    ) throws(RequestRefusal) {
        var found = Found()
        var options = ConnectionOptions()
        for field in lines {
            switch field.id {
            case .host:
                guard found.host == nil else { throw RequestRefusal(.hostRepeated) }
                found.host = field.value
            case .contentLength:
                guard found.length == nil else { throw RequestRefusal(.contentLengthRepeated) }
                found.length = field.value
            case .transferEncoding:
                guard found.coding == nil else { throw RequestRefusal(.transferEncodingInvalid) }
                found.coding = field.value
            case .expect:
                guard found.expect == nil else { throw RequestRefusal(.expectationUnknown) }
                found.expect = field.value
            case .upgrade:
                found.upgrade = field.value
                found.upgradeCount += 1
            case .connection:
                options.read(bytes, field.value)
            default: break
            }
        }
        try readHost(bytes, found.host, line)
        try readFraming(bytes, found, line.version)
        guard options.isValid else { throw RequestRefusal(.connectionInvalid) }
        keepAlive = line.version == .http11 ? !options.close : options.keepAlive && !options.close
        try readExpectation(bytes, found.expect, line.version)
        if let offer = found.upgrade, options.upgrade, line.version == .http11 {
            guard found.upgradeCount == 1, bytes.matches(offer, Literal.webSocket) else {
                upgrade = .other
                return
            }
            try checkWebSocket(bytes, lines, line.method)
            upgrade = .webSocket
        }
    }

    /// RFC 9112 §3.2: exactly one valid `Host` in HTTP/1.1; the authority of an absolute target replaces it.
    private mutating func readHost(
        _ bytes: Span<UInt8>, _ value: ByteRange?, _ line: RequestLine
    ) throws(RequestRefusal) {
        if let value {
            guard Authority.isValid(bytes, value) else { throw RequestRefusal(.hostInvalid) }
        } else if line.version == .http11 {
            throw RequestRefusal(.hostMissing)
        }
        host = line.authority ?? value
    }

    private mutating func readFraming(
        _ bytes: Span<UInt8>, _ found: Found, _ version: HTTPVersion
    ) throws(RequestRefusal) {
        if let coding = found.coding {
            guard version == .http11 else { throw RequestRefusal(.transferEncodingHTTP10) }
            guard found.length == nil else { throw RequestRefusal(.transferEncodingAndLength) }
            guard bytes.matches(coding, Literal.chunked) else { throw RequestRefusal(.transferEncodingInvalid) }
            framing = .chunked
        } else if let length = found.length {
            switch ContentLength.read(bytes, length) {
            case .value(let count): framing = .length(count)
            case .invalid: throw RequestRefusal(.contentLengthInvalid)
            case .tooLarge: throw RequestRefusal(.contentLengthTooLarge)
            }
        }
    }

    /// RFC 9110 §10.1.1: only the exact `100-continue` is known; HTTP/1.0 expectations are ignored.
    private mutating func readExpectation(
        _ bytes: Span<UInt8>, _ value: ByteRange?, _ version: HTTPVersion
    ) throws(RequestRefusal) {
        guard let value, version == .http11 else { return }
        guard bytes.matches(value, Literal.continue100) else { throw RequestRefusal(.expectationUnknown) }
        switch framing {
        case .none, .untilClose: break
        case .length(let count): expectsContinue = count > 0
        case .chunked: expectsContinue = true
        }
    }

    /// RFC 6455 §4.2.1: a broken handshake is refused here, so that nobody behind takes it for a tunnel.
    private func checkWebSocket(_ bytes: Span<UInt8>, _ lines: [FieldLine], _ method: Method) throws(RequestRefusal) {
        var key: ByteRange?
        var version: ByteRange?
        for field in lines {
            if field.id == .secWebSocketKey {
                guard key == nil else { throw RequestRefusal(.webSocketInvalid) }
                key = field.value
            } else if field.id == .secWebSocketVersion {
                guard version == nil else { throw RequestRefusal(.webSocketInvalid) }
                version = field.value
            }
        }
        guard let version, version.count == 2, bytes[Int(version.start)] == 0x31, bytes[Int(version.start) + 1] == 0x33
        else { throw RequestRefusal(.webSocketVersion) }
        guard method == .get, framing == .none || framing == .length(0), let key, Self.isWebSocketKey(bytes, key) else {
            throw RequestRefusal(.webSocketInvalid)
        }
    }

    /// Sixteen bytes in base64: 22 digits and `==`.
    private static func isWebSocketKey(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        guard range.count == 24 else { return false }
        let start = Int(range.start)
        for index in start..<(start + 22) {
            let byte = bytes[index]
            guard ByteClass.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2F else { return false }
        }
        return bytes[start + 22] == 0x3D && bytes[start + 23] == 0x3D
    }
}

/// The `Content-Length` grammar: `1*DIGIT` and nothing else (RFC 9110 §8.6).
enum ContentLength {
    enum Reading {
        case value(UInt64)
        case invalid
        /// Digits only, but beyond 2^63-1.
        case tooLarge
    }

    /// More digits than any length needs; leading zeros count.
    private static let maximumDigits = 64

    static func read(_ bytes: Span<UInt8>, _ range: ByteRange) -> Reading {
        guard !range.isEmpty, range.count <= maximumDigits else { return .invalid }
        var value: UInt64 = 0
        if range.count <= 18 {
            // So few digits are below 2^63 whatever they are.
            for index in range.indices {
                guard ByteClass.isDigit(bytes[index]) else { return .invalid }
                value = value &* 10 &+ UInt64(bytes[index] &- 0x30)
            }
            return .value(value)
        }
        var overflow = false
        for index in range.indices {
            let byte = bytes[index]
            guard ByteClass.isDigit(byte) else { return .invalid }
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(UInt64(byte &- 0x30))
            overflow = overflow || first || second
            value = sum
        }
        return overflow || value > UInt64(Int64.max) ? .tooLarge : .value(value)
    }
}
