/// What a parser made of the first request in some bytes.
struct Reading {
    enum Verdict: UInt8 {
        case incomplete, accepted, refused
    }

    var verdict: Verdict
    /// Why it was refused, in the parser's own word; else empty.
    var reason = ""
    /// The request with its body, when it was accepted.
    var message: Message?
}

/// A request in the form in which parsers are compared.
struct Message: Equatable {
    enum Framing: Equatable {
        case none
        case length(UInt64)
        case chunked
    }

    struct Field: Equatable {
        /// In lower case.
        var name: [UInt8]
        /// Without blanks around it.
        var value: [UInt8]
    }

    var method: [UInt8]
    var target: [UInt8]
    /// 10 or 11.
    var version: UInt8
    var fields: [Field]
    var framing: Framing
    /// Decoded, without trailers.
    var body: [UInt8]
    /// Bytes of the input that the request took.
    var consumed: Int

    /// The parts in which two messages differ.
    func differences(from other: Message) -> [String] {
        var names: [String] = []
        if method != other.method { names.append("method") }
        if target != other.target { names.append("target") }
        if version != other.version { names.append("version") }
        if fields != other.fields { names.append("fields") }
        if framing != other.framing { names.append("framing") }
        if body != other.body { names.append("body") }
        if consumed != other.consumed { names.append("consumed") }
        return names
    }
}

/// Reads the records that both peers answer with; the format stands in `h11-peer.py`.
struct RecordReader {
    private let next: () -> UInt8

    /// `next` gives the record byte by byte.
    init(next: @escaping () -> UInt8) { self.next = next }

    mutating func reading() -> Reading {
        let verdict = Reading.Verdict(rawValue: next()) ?? .incomplete
        let reason = String(decoding: string(), as: UTF8.self)
        return Reading(verdict: verdict, reason: reason, message: verdict == .accepted ? message() : nil)
    }

    mutating func string() -> [UInt8] {
        let count = Int(number(4))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(next()) }
        return bytes
    }

    private func number(_ bytes: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<bytes { value |= UInt64(next()) << (8 * UInt64(index)) }
        return value
    }

    private mutating func message() -> Message {
        let method = string()
        let target = string()
        let version = next()
        let kind = next()
        let length = number(8)
        var fields: [Message.Field] = []
        while next() == 1 {
            let name = string().map(Octet.lower)
            fields.append(Message.Field(name: name, value: Octet.trim(string())))
        }
        let body = string()
        return Message(
            method: method, target: target, version: version, fields: fields,
            framing: kind == 2 ? .chunked : kind == 1 ? .length(length) : .none, body: body, consumed: Int(number(4)))
    }
}

/// Octets as this program reads them: nothing here is shared with the parser under test.
enum Octet {
    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(lower(byte)) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(lower(byte)) }

    /// RFC 9110 §5.6.2 `tchar`.
    static func isToken(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

    /// RFC 9110 §5.5: VCHAR, SP, HTAB, obs-text.
    static func isFieldValue(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }

    static func trim(_ bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
        var rest = [UInt8](bytes)[...]
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return [UInt8](rest.drop(while: isBlank))
    }
}
