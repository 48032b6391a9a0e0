import HTTP

/// The lines that only the server writes: status, framing, date and connection (RFC 9112 §4, §6, §9).
enum HTTP1Writer {
    /// About how many bytes all lines of the server take together, with the blank one.
    static let lines = 192

    /// An unusable reason phrase gives way to the standard one.
    static func statusLine(_ status: UInt16, reason: [UInt8], to room: inout ByteRoom) {
        if reason.isEmpty || !HeadWriter.statusLine(status, reason: reason, to: &room) {
            _ = HeadWriter.statusLine(status, to: &room)
        }
    }

    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` for seconds since 1970.
    static func dateLine(_ seconds: Int64) -> [UInt8] {
        var date = HTTPDate()
        return Array("Date: ".utf8) + date.bytes(at: seconds) + [0x0D, 0x0A]
    }
}
