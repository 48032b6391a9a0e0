import Foundation
import HTTP
import LlhttpPeer

/// The parser of this repository: head, body, and where the request ends.
enum GatehouseParser {
    static func read(_ bytes: [UInt8]) -> Reading {
        var parser = RequestParser(limits: HeadLimits())
        switch parser.parse(bytes.span) {
        case .needMore: return Reading(verdict: .incomplete)
        case .refuse(let refusal): return Reading(verdict: .refused, reason: refusal.code.rawValue)
        case .head(let head, let consumed): return body(bytes, head, consumed)
        }
    }

    private static func body(_ bytes: [UInt8], _ head: RequestHead, _ consumed: Int) -> Reading {
        switch head.framing {
        case .none, .untilClose: return accepted(head, .none, [], consumed)
        case .length(let length):
            guard UInt64(bytes.count - consumed) >= length else { return Reading(verdict: .incomplete) }
            let end = consumed + Int(length)
            return accepted(head, .length(length), [UInt8](bytes[consumed..<end]), end)
        case .chunked:
            var decoder = ChunkedDecoder()
            var body: [UInt8] = []
            var offset = consumed
            while true {
                switch decoder.next(bytes.span, at: &offset) {
                case .needMore: return Reading(verdict: .incomplete)
                case .data(let range): body += bytes[range]
                case .end: return accepted(head, .chunked, body, offset)
                case .refuse(let code): return Reading(verdict: .refused, reason: code.rawValue)
                }
            }
        }
    }

    private static func accepted(
        _ head: RequestHead, _ framing: Message.Framing, _ body: [UInt8], _ consumed: Int
    ) -> Reading {
        let fields = head.fields.map { line in
            Message.Field(
                name: head.fields.name(of: line).map(Octet.lower), value: [UInt8](head.fields.value(of: line)))
        }
        let message = Message(
            method: [UInt8](head.methodBytes), target: [UInt8](head.targetBytes),
            version: head.version == .http10 ? 10 : 11, fields: fields, framing: framing, body: body,
            consumed: consumed)
        return Reading(verdict: .accepted, message: message)
    }
}

/// llhttp, in process.
enum LlhttpParser {
    static var version: String { String(cString: llhttp_peer_version()) }

    static func read(_ bytes: [UInt8]) -> Reading {
        let capacity = bytes.count * 2 + 65_536
        let record = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = llhttp_peer_read(bytes, bytes.count, buffer.baseAddress, capacity)
        }
        var index = 0
        var reader = RecordReader {
            defer { index += 1 }
            return record[index]
        }
        return reader.reading()
    }
}

/// h11, in a python process that is asked in batches.
final class H11Parser {
    let version: String
    private let process = Process()
    private let requests = Pipe()
    private let records: ByteSource

    init(python: String, script: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, script]
        let answers = Pipe()
        process.standardInput = requests
        process.standardOutput = answers
        records = ByteSource(answers.fileHandleForReading)
        try process.run()
        let source = records
        var reader = RecordReader { source.next() }
        version = String(decoding: reader.string(), as: UTF8.self)
    }

    /// The readings of `batch`, in order.
    func read(_ batch: [[UInt8]]) throws -> [Reading] {
        var data = Data()
        Self.append(batch.count, to: &data)
        for bytes in batch {
            Self.append(bytes.count, to: &data)
            data.append(contentsOf: bytes)
        }
        try requests.fileHandleForWriting.write(contentsOf: data)
        let source = records
        return batch.map { _ in
            var reader = RecordReader { source.next() }
            return reader.reading()
        }
    }

    func close() {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static func append(_ number: Int, to data: inout Data) {
        for shift in [0, 8, 16, 24] { data.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// A pipe's bytes, one by one.
final class ByteSource {
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var index = 0

    init(_ handle: FileHandle) { self.handle = handle }

    func next() -> UInt8 {
        if index == buffer.count {
            buffer = [UInt8](handle.availableData)
            index = 0
            guard !buffer.isEmpty else {
                print("h11-peer.py ended")
                exit(2)
            }
        }
        defer { index += 1 }
        return buffer[index]
    }
}
