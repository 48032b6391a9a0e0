/// The parts of a request line, and the reading of its target (RFC 9112 §3).
struct RequestLine: Sendable {
    var method = Method.other
    var methodRange = ByteRange.empty
    var target = ByteRange.empty
    var form = TargetForm.origin
    var path = ByteRange.empty
    var query: ByteRange?
    /// The authority of an absolute-form target.
    var authority: ByteRange?
    var version = HTTPVersion.http11

    private static let connect = [UInt8]("connect".utf8)
    private static let trace = [UInt8]("trace".utf8)

    /// CONNECT would make a tunnel and TRACE would echo credentials; neither is ever served, in any spelling.
    func refusedMethod(_ bytes: Span<UInt8>) -> RefusalCode? {
        guard method == .other else { return nil }
        if bytes.matches(methodRange, Self.connect) { return .connectRefused }
        if bytes.matches(methodRange, Self.trace) { return .traceRefused }
        return nil
    }

    /// Finds path, query and authority of `target`, whose bytes are visible ASCII without `#`.
    mutating func readTarget(_ bytes: Span<UInt8>) -> RefusalCode? {
        let first = bytes[Int(target.start)]
        if first == 0x2F {
            form = .origin
            splitQuery(bytes, from: Int(target.start))
            return nil
        }
        if first == 0x2A, target.count == 1 {
            guard method == .options else { return .asteriskMisplaced }
            form = .asterisk
            path = ByteRange(start: target.end, end: target.end)
            return nil
        }
        return readAbsolute(bytes)
    }

    private mutating func readAbsolute(_ bytes: Span<UInt8>) -> RefusalCode? {
        let prefix: Int
        if bytes.hasPrefix(Literal.http, in: target) {
            prefix = Literal.http.count
        } else if bytes.hasPrefix(Literal.https, in: target) {
            prefix = Literal.https.count
        } else {
            return .targetForm
        }
        let start = Int(target.start) + prefix
        let end = Int(target.end)
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == 0x2F || byte == 0x3F { break }
            if byte == 0x40 { return .targetUserInfo }
            index += 1
        }
        let authority = ByteRange(start, index)
        guard Authority.isValid(bytes, authority) else { return .hostInvalid }
        self.authority = authority
        form = .absolute
        splitQuery(bytes, from: index)
        return nil
    }

    private mutating func splitQuery(_ bytes: Span<UInt8>, from start: Int) {
        let end = Int(target.end)
        var index = start
        while index < end, bytes[index] != 0x3F { index += 1 }
        path = ByteRange(start, index)
        query = index < end ? ByteRange(index + 1, end) : nil
    }
}
