import HTTP

/// The lines that only the server writes: status, framing, date and connection (RFC 9112 §4, §6, §9).
enum HTTP1Writer {
    static let lineEnd: [UInt8] = [0x0D, 0x0A]
    static let lastChunk = Array("0\r\n\r\n".utf8)
    static let connectionClose = Array("Connection: close\r\n".utf8)
    static let connectionKeepAlive = Array("Connection: keep-alive\r\n".utf8)
    static let connectionUpgrade = Array("Connection: Upgrade\r\n".utf8)
    private static let dateName = Array("Date: ".utf8)

    /// An unusable reason phrase gives way to the standard one.
    static func statusLine(_ status: UInt16, reason: [UInt8], to out: inout [UInt8]) {
        if reason.isEmpty || !HeadWriter.statusLine(status, reason: reason[...], to: &out) {
            _ = HeadWriter.statusLine(status, to: &out)
        }
    }

    static func date(_ value: [UInt8], to out: inout [UInt8]) {
        out.append(contentsOf: dateName)
        out.append(contentsOf: value)
        out.append(contentsOf: lineEnd)
    }
}
