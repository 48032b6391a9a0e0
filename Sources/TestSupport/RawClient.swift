import EventLoop

/// An answer as it stood on the wire.
package struct RawResponse: Sendable {
    package var status: Int
    package var reason: String
    /// In the order of the wire, names as written.
    package var fields: [(name: String, value: String)]
    /// Without the framing of chunks.
    package var body: [UInt8]
    /// Head and body, byte for byte.
    package var raw: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// All values of a field, its name in any case.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    package subscript(_ name: String) -> String? { values(name).first }

    package var names: Set<String> { Set(fields.map { $0.name.lowercased() }) }
}

/// A blocking HTTP/1.1 client that sends exactly the bytes it is given and reads one answer at a time.
package final class RawClient {
    package enum Failure: Error {
        /// The connection ended; what had come is kept.
        case ended([UInt8])
        case late([UInt8])
        case malformed([UInt8])
    }

    package let socket: LoopbackSocket
    private var buffer: [UInt8] = []
    private let patience: Int

    /// `patience` in milliseconds bounds every single call.
    package init(port: UInt16, from source: [UInt8]? = nil, patience: Int = 10_000) throws {
        socket = try LoopbackSocket.connect(to: port, from: source)
        self.patience = patience
    }

    private var deadline: MonotonicTime { .now().advanced(milliseconds: patience) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Int { socket.send(bytes, until: deadline) }

    @discardableResult
    package func send(_ text: String) -> Int { send(Array(text.utf8)) }

    /// Sends a request and reads its answer; HEAD answers have no body.
    package func ask(_ request: String) throws -> RawResponse {
        send(request)
        return try read(head: request.hasPrefix("HEAD "))
    }

    /// The next answer, interim ones included.
    package func read(head isHead: Bool = false) throws -> RawResponse {
        let deadline = deadline
        var headEnd: Int?
        while headEnd == nil {
            headEnd = Self.endOfHead(buffer)
            if headEnd == nil { try more(deadline) }
        }
        let end = headEnd ?? 0
        var response = try Self.parse(Array(buffer[..<end]))
        if isHead || response.status < 200 || response.status == 204 || response.status == 304 {
            return take(&response, end)
        }
        if response["transfer-encoding"]?.lowercased() == "chunked" { return try readChunks(response, end, deadline) }
        if let length = response["content-length"].flatMap({ Int($0) }) {
            while buffer.count < end + length { try more(deadline) }
            response.body = Array(buffer[end..<(end + length)])
            return take(&response, end + length)
        }
        while true {
            do { try more(deadline) } catch Failure.ended { break }
        }
        response.body = Array(buffer[end...])
        return take(&response, buffer.count)
    }

    /// What has come, at least one byte.
    package func readSome() throws -> [UInt8] {
        if buffer.isEmpty { try more(deadline) }
        defer { buffer = [] }
        return buffer
    }

    /// Everything until the peer ends the connection. A reset ends it as well.
    package func readToEnd() throws -> [UInt8] {
        let deadline = deadline
        while true {
            do { try more(deadline) } catch Failure.ended { break }
        }
        defer { buffer = [] }
        return buffer
    }

    /// Whether the peer ends the connection without another byte.
    package func endsSilently() -> Bool { (try? readToEnd().isEmpty) ?? false }

    private func take(_ response: inout RawResponse, _ count: Int) -> RawResponse {
        response.raw = Array(buffer[..<count])
        buffer.removeFirst(count)
        return response
    }

    private func more(_ deadline: MonotonicTime) throws {
        switch socket.receive(until: deadline) {
        case .bytes(let bytes): buffer += bytes
        case .ended, .reset: throw Failure.ended(buffer)
        case .late: throw Failure.late(buffer)
        }
    }

    private func readChunks(_ head: RawResponse, _ start: Int, _ deadline: MonotonicTime) throws -> RawResponse {
        var response = head
        var offset = start
        while true {
            guard let lineEnd = Self.find([13, 10], in: buffer, from: offset) else {
                try more(deadline)
                continue
            }
            guard let size = Int(String(decoding: buffer[offset..<lineEnd], as: UTF8.self), radix: 16) else {
                throw Failure.malformed(buffer)
            }
            while buffer.count < lineEnd + 2 + size + 2 { try more(deadline) }
            response.body += buffer[(lineEnd + 2)..<(lineEnd + 2 + size)]
            offset = lineEnd + 2 + size + 2
            if size == 0 { return take(&response, offset) }
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        find([13, 10, 13, 10], in: bytes, from: 0).map { $0 + 4 }
    }

    static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= pattern.count, start <= bytes.count - pattern.count else { return nil }
        for index in start...(bytes.count - pattern.count) where bytes[index] == pattern[0] {
            if bytes[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
        }
        return nil
    }

    private static func parse(_ head: [UInt8]) throws -> RawResponse {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first else { throw Failure.malformed(head) }
        let words = first.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure.malformed(head)
        }
        let fields = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":") else { throw Failure.malformed(head) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (name: String(line[..<colon]), value: String(value))
        }
        return RawResponse(
            status: status, reason: words.count > 2 ? String(words[2]) : "", fields: fields, body: [], raw: [])
    }
}
