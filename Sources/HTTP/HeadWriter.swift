/// Appends heads and chunk heads to a buffer of bytes; formats nothing that is not asked for, allocates nothing itself.
///
/// Lines whose parts would break the grammar are refused: the function returns false and the buffer is as before.
package enum HeadWriter {
    private static let version = [UInt8](" HTTP/1.1\r\n".utf8)
    private static let statusStart = [UInt8]("HTTP/1.1 ".utf8)
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let separator: [UInt8] = [0x3A, 0x20]
    private static let contentLength = [UInt8]("Content-Length: ".utf8)
    private static let chunked = [UInt8]("Transfer-Encoding: chunked\r\n".utf8)
    /// The end of a chunked body without trailers.
    package static let lastChunk = [UInt8]("0\r\n\r\n".utf8)

    /// `METHOD target HTTP/1.1`; false when the method is no token or the target is empty or not visible ASCII.
    @discardableResult
    package static func requestLine(
        method: ArraySlice<UInt8>, target: ArraySlice<UInt8>, to buffer: inout [UInt8]
    ) -> Bool {
        guard !method.isEmpty, !target.isEmpty else { return false }
        for byte in method where !ByteClass.isToken(byte) { return false }
        for byte in target where byte &- 0x21 >= 0x5E { return false }
        buffer.append(contentsOf: method)
        buffer.append(0x20)
        buffer.append(contentsOf: target)
        buffer.append(contentsOf: version)
        return true
    }

    /// Whether these may stand in a first line: the method is a token, the target visible ASCII.
    package static func isRequestLine(method: Span<UInt8>, target: Span<UInt8>) -> Bool {
        guard !method.isEmpty, !target.isEmpty else { return false }
        for index in method.indices where !ByteClass.isToken(method[index]) { return false }
        for index in target.indices where target[index] &- 0x21 >= 0x5E { return false }
        return true
    }

    /// `HTTP/1.1 status reason`; false when the status is not in 100...999 or the reason holds a control byte.
    @discardableResult
    package static func statusLine(_ status: UInt16, reason: ArraySlice<UInt8>, to buffer: inout [UInt8]) -> Bool {
        guard (100...999).contains(status), isValue(reason) else { return false }
        buffer.append(contentsOf: statusStart)
        decimal(UInt64(status), to: &buffer)
        buffer.append(0x20)
        buffer.append(contentsOf: reason)
        buffer.append(contentsOf: lineEnd)
        return true
    }

    /// `HTTP/1.1 status` with the usual reason phrase.
    @discardableResult
    package static func statusLine(_ status: UInt16, to buffer: inout [UInt8]) -> Bool {
        statusLine(status, reason: ReasonPhrase.bytes(for: status)[...], to: &buffer)
    }

    /// `Name: value`; false when the name is no token or the value holds CR, LF, NUL or another control byte.
    @discardableResult
    package static func field(
        name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, to buffer: inout [UInt8]
    ) -> Bool {
        guard !name.isEmpty, isValue(value) else { return false }
        for byte in name where !ByteClass.isToken(byte) { return false }
        buffer.append(contentsOf: name)
        buffer.append(contentsOf: separator)
        buffer.append(contentsOf: value)
        buffer.append(contentsOf: lineEnd)
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
        buffer.append(contentsOf: separator)
        buffer.append(contentsOf: fields.value(of: line))
        buffer.append(contentsOf: lineEnd)
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
        buffer.append(contentsOf: separator)
        decimal(number, to: &buffer)
        buffer.append(contentsOf: lineEnd)
        return true
    }

    /// The field that frames a body: `Content-Length`, `Transfer-Encoding: chunked`, or nothing.
    package static func framing(_ framing: MessageFraming, to buffer: inout [UInt8]) {
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            buffer.append(contentsOf: contentLength)
            decimal(count, to: &buffer)
            buffer.append(contentsOf: lineEnd)
        case .chunked:
            buffer.append(contentsOf: chunked)
        }
    }

    /// The same into room that was reserved.
    package static func put(_ framing: MessageFraming, to room: inout ByteRoom) {
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            room.put("Content-Length: ")
            room.put(decimal: count)
            room.put("\r\n")
        case .chunked: room.put("Transfer-Encoding: chunked\r\n")
        }
    }

    /// The blank line that ends a head.
    package static func end(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: lineEnd)
    }

    /// The size line of a chunk; `count` must not be 0, which would end the body: false then.
    @discardableResult
    package static func chunkHead(_ count: Int, to buffer: inout [UInt8]) -> Bool {
        guard count > 0 else { return false }
        hexadecimal(UInt64(count), to: &buffer)
        buffer.append(contentsOf: lineEnd)
        return true
    }

    /// The line end behind a chunk's data.
    package static func chunkEnd(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: lineEnd)
    }

    /// A number in decimal digits.
    package static func decimal(_ value: UInt64, to buffer: inout [UInt8]) {
        // Divisions by a constant are multiplications; small numbers are by far the most.
        if value < 10 { return buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        if value < 1000 {
            if value >= 100 { buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value / 100)) }
            buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value / 10 % 10))
            return buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
        }
        let start = buffer.count
        var rest = value
        while rest > 0 {
            buffer.append(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        buffer[start...].reverse()
    }

    /// A number in lower-case hexadecimal digits.
    package static func hexadecimal(_ value: UInt64, to buffer: inout [UInt8]) {
        var shift = 60
        while shift > 0, value >> UInt64(shift) == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0x0F
            buffer.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
            shift -= 4
        }
    }

    private static func isValue(_ bytes: ArraySlice<UInt8>) -> Bool {
        for byte in bytes where !ByteClass.isFieldValue(byte) { return false }
        return true
    }
}
