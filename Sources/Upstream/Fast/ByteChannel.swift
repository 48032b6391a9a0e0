import EventLoop

/// Who moves the bytes of a connection that libcurl has made.
package enum Carriage: Sendable, Hashable, CaseIterable {
    /// libcurl where it does TLS; else the connection's own socket, which costs less (`docs/Decisions/0010`).
    case ownSocket
    /// libcurl always: `curl_easy_send` and `curl_easy_recv`.
    case libcurl
}

/// The bytes of one connection, there and back.
enum ByteChannel {
    /// A socket of ours; libcurl has closed its own number for it.
    case socket(Int32)
    /// A connection that stays libcurl's.
    case libcurl(DialHandle, Int32)

    var fd: Int32 {
        switch self {
        case .socket(let fd), .libcurl(_, let fd): fd
        }
    }

    /// Whether bytes can wait inside, where the kernel does not see them.
    var hidesBytes: Bool { if case .libcurl = self { true } else { false } }

    /// Whether bytes that count as sent are still here and need another ``send(_:_:)``.
    var isHolding: Bool { if case .libcurl(let handle, _) = self { handle.isHolding } else { false } }

    /// Reads into the front of `buffer`, at most `limit` bytes. libcurl gives no more than 16 KiB.
    func receive(into buffer: inout [UInt8], atMost limit: Int) -> Socket.Outcome {
        switch self {
        case .socket(let fd): Socket.receive(fd, into: &buffer, atMost: limit)
        case .libcurl(let handle, _): handle.receive(into: &buffer)
        }
    }

    /// Sends of both, the second behind the first, what is taken now.
    func send(_ first: WireBuffer, _ second: WireBuffer) -> Socket.Outcome {
        switch self {
        case .socket(let fd):
            if second.isEmpty { return Socket.send(fd, first.bytes, from: first.sent) }
            if first.isEmpty { return Socket.send(fd, second.bytes, from: second.sent) }
            return Socket.send(fd, first.bytes, from: first.sent, second.bytes, from: second.sent)
        case .libcurl(let handle, _): return handle.send(first, second)
        }
    }

    func send(_ bytes: Span<UInt8>) -> Socket.Outcome {
        switch self {
        case .socket(let fd): Socket.send(fd, bytes)
        // The bytes must stay where they are until all are out, so they are copied.
        case .libcurl: .wouldBlock
        }
    }

    /// Tells the backend that no more bytes come; false when it cannot be told.
    func endSending() -> Bool {
        switch self {
        case .socket(let fd):
            Socket.shutdownWrite(fd)
            return true
        // libcurl cannot end one direction of TLS.
        case .libcurl: return false
        }
    }

    func close() {
        switch self {
        case .socket(let fd): Socket.close(fd)
        case .libcurl(let handle, _): handle.close()
        }
    }
}
