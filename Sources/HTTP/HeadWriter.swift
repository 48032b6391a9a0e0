/// Appends heads and chunk heads to a buffer of bytes; formats nothing that is not asked for, allocates nothing itself.
///
/// Lines whose parts would break the grammar are refused: the function returns false and the buffer is as before.
package enum HeadWriter {
    /// The end of a chunked body without trailers.
    package static let lastChunk = [UInt8]("0\r\n\r\n".utf8)

    /// Whether these may stand in a first line: the method is a token, the target visible ASCII.
    package static func isRequestLine(method: Span<UInt8>, target: Span<UInt8>) -> Bool {
        guard !method.isEmpty, !target.isEmpty, VisibleText.isVisible(target) else { return false }
        for index in method.indices where !ByteClass.isToken(method[index]) { return false }
        return true
    }

    /// `HTTP/1.1 status reason`; false when the status is not in 100...999 or the reason holds a control byte.
    @discardableResult
    package static func statusLine(_ status: UInt16, reason: [UInt8], to room: inout ByteRoom) -> Bool {
        guard (100...999).contains(status), FieldSyntax.isValue(reason) else { return false }
        room.put("HTTP/1.1 ")
        room.put(decimal: UInt64(status))
        room.put(0x20)
        room.put(reason)
        room.put("\r\n")
        return true
    }

    /// `HTTP/1.1 status` with the usual reason phrase.
    @discardableResult
    package static func statusLine(_ status: UInt16, to room: inout ByteRoom) -> Bool {
        let index = Int(status) - 100
        guard usualLines.indices.contains(index) else { return statusLine(status, reason: [], to: &room) }
        room.put(usualLines[index])
        return true
    }

    /// The status lines of 100...599, made once.
    private static let usualLines: [[UInt8]] = (100..<600).map { (status: UInt16) -> [UInt8] in
        var line: [UInt8] = []
        line.append(expecting: 48) { room in
            statusLine(status, reason: ReasonPhrase.bytes(for: status), to: &room)
        }
        return line
    }

    /// `Name: value`; false when the name is no token or the value holds CR, LF, NUL or another control byte.
    @discardableResult
    package static func field(
        name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, to buffer: inout [UInt8]
    ) -> Bool {
        guard !name.isEmpty, isValue(value) else { return false }
        for byte in name where !ByteClass.isToken(byte) { return false }
        buffer.append(contentsOf: name)
        buffer.append(0x3A)
        buffer.append(0x20)
        buffer.append(contentsOf: value)
        endLine(&buffer)
        return true
    }

    /// The same for whole arrays.
    @discardableResult
    package static func field(name: [UInt8], value: [UInt8], to buffer: inout [UInt8]) -> Bool {
        field(name: name[...], value: value[...], to: &buffer)
    }

    /// A line of a parsed head, whose syntax was checked then.
    package static func field(_ line: FieldLine, of fields: FieldLines, to buffer: inout [UInt8]) {
        let name = Int(line.name.end)
        let value = Int(line.value.start)
        let end = Int(line.value.end)
        let bytes = fields.bytes
        // Nearly every line stands as it would be written, so that one copy does.
        if value == name + 2, end + 1 < bytes.count, bytes[name] == 0x3A, bytes[name + 1] == 0x20, bytes[end] == 0x0D,
            bytes[end + 1] == 0x0A
        {
            buffer.append(contentsOf: bytes[Int(line.name.start)..<end + 2])
            return
        }
        buffer.append(contentsOf: fields.name(of: line))
        buffer.append(0x3A)
        buffer.append(0x20)
        buffer.append(contentsOf: fields.value(of: line))
        endLine(&buffer)
    }

    /// The same into room that was reserved.
    package static func put(_ line: FieldLine, of fields: borrowing FieldLines, to room: inout ByteRoom) {
        let name = Int(line.name.end)
        let value = Int(line.value.start)
        let end = Int(line.value.end)
        let bytes = fields.bytes.span
        if value == name + 2, end + 1 < bytes.count, bytes[name] == 0x3A, bytes[name + 1] == 0x20, bytes[end] == 0x0D,
            bytes[end + 1] == 0x0A
        {
            return room.put(bytes.extracting(Int(line.name.start)..<end + 2))
        }
        room.put(bytes.extracting(line.name.indices))
        room.put(": ")
        room.put(bytes.extracting(line.value.indices))
        room.put("\r\n")
    }

    /// `Name: number`; false when the name is no token.
    @discardableResult
    package static func field(name: [UInt8], number: UInt64, to buffer: inout [UInt8]) -> Bool {
        guard FieldSyntax.isName(name) else { return false }
        buffer.append(contentsOf: name)
        buffer.append(0x3A)
        buffer.append(0x20)
        decimal(number, to: &buffer)
        endLine(&buffer)
        return true
    }

    /// The field that frames a body: `Content-Length`, `Transfer-Encoding: chunked`, or nothing.
    package static func put(_ framing: MessageFraming, to room: inout ByteRoom) {
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            room.put("Content-Length: ")
            room.put(decimal: count)
            room.put("\r\n")
        case .chunked:
            room.put("Transfer-Encoding: chunked\r\n")
        }
    }

    /// Two bytes one by one cost a third of what an array of two does.
    @inline(__always)
    private static func endLine(_ buffer: inout [UInt8]) {
        buffer.append(0x0D)
        buffer.append(0x0A)
    }

    /// The size line of a chunk; `count` must not be 0, which would end the body: false then.
    @discardableResult
    package static func chunkHead(_ count: Int, to buffer: inout [UInt8]) -> Bool {
        guard count > 0 else { return false }
        buffer.append(expecting: 20) { room in chunkHead(count, to: &room) }
        return true
    }

    /// The same into room that was reserved.
    @discardableResult
    package static func chunkHead(_ count: Int, to room: inout ByteRoom) -> Bool {
        guard count > 0 else { return false }
        hexadecimal(UInt64(count), to: &room)
        room.put("\r\n")
        return true
    }

    /// The line end behind a chunk's data.
    package static func chunkEnd(to buffer: inout [UInt8]) {
        endLine(&buffer)
    }

    /// A number in decimal digits.
    package static func decimal(_ value: UInt64, to buffer: inout [UInt8]) {
        buffer.append(expecting: 20) { room in room.put(decimal: value) }
    }

    /// A number in lower-case hexadecimal digits.
    static func hexadecimal(_ value: UInt64, to room: inout ByteRoom) {
        var shift = 60
        while shift > 0, value >> UInt64(shift) == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0x0F
            room.put(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
            shift -= 4
        }
    }

    private static func isValue(_ bytes: ArraySlice<UInt8>) -> Bool {
        for byte in bytes where !ByteClass.isFieldValue(byte) { return false }
        return true
    }
}
