import HTTP
import TestRandom
import Testing

@testable import Upstream

@Suite("Reading answers")
struct AnswerReaderTests {
    /// What a caller learns from an answer, pieces of body joined.
    struct Reading: Equatable {
        var interims: [UInt16] = []
        var status: UInt16?
        var body: [UInt8] = []
        var isComplete = false
        var surplus = 0
        var refusal: RefusalCode?
        var keepAlive = false
        var ending: AnswerReader.Ending?
    }

    static func read(_ pieces: [[UInt8]], method: Method = .get, upgrade: Bool = false) -> Reading {
        let reader = AnswerReader(method: method, upgradeAsked: upgrade)
        var reading = Reading()
        for piece in pieces {
            if reading.isComplete {
                reading.surplus += piece.count
                continue
            }
            var offset = 0
            asking: while true {
                switch reader.next(piece.span, at: &offset) {
                case .needMore: break asking
                case .interim(let head): reading.interims.append(head.status)
                case .head(let head): reading.status = head.status
                case .data(let range): reading.body += piece[range]
                case .end:
                    reading.isComplete = true
                    reading.surplus += piece.count - offset
                    break asking
                case .refuse(let code):
                    reading.refusal = code
                    return reading
                }
            }
            if !reading.isComplete, offset != piece.count { Issue.record("bytes were left without a reason") }
        }
        reading.keepAlive = reader.keepAlive
        if !reading.isComplete { reading.ending = reader.connectionEnded(orderly: true) }
        return reading
    }

    static func read(_ text: String, method: Method = .get, upgrade: Bool = false) -> Reading {
        read([Array(text.utf8)], method: method, upgrade: upgrade)
    }

    @Test(
        "A broken answer is refused for what it breaks",
        arguments: [
            ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", RefusalCode.bareLF),
            ("HTTP/2 200\r\n\r\n", .statusLineInvalid), ("ICY 200 OK\r\n\r\n", .statusLineInvalid),
            ("HTTP/1.1 2000 OK\r\n\r\n", .statusInvalid),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", .contentLengthInvalid),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .contentLengthRepeated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .transferEncodingInvalid),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", .upgradeUnasked),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .chunkSizeInvalid),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", .chunkDataEnd),
        ])
    func refusals(answer: String, code: RefusalCode) {
        #expect(Self.read(answer).refusal == code)
    }

    @Test(
        "An answer that ends early says how much of it came",
        arguments: [
            ("", AnswerReader.Ending.silent), ("HTTP/1.1 2", .headless),
            ("HTTP/1.1 100 Continue\r\n\r\n", .headless),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd", .truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n", .truncated),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", .complete),
        ])
    func endings(answer: String, ending: AnswerReader.Ending) {
        #expect(Self.read(answer).ending == ending)
    }

    @Test("A body that only the end of the connection ends is not complete when the connection breaks")
    func broken() {
        let reader = AnswerReader(method: .get, upgradeAsked: false)
        var offset = 0
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\nhalf".utf8)
        while case .head = reader.next(bytes.span, at: &offset) {}
        #expect(reader.connectionEnded(orderly: false) == .truncated)
    }

    @Test("Sixteen interim answers are taken, and no more")
    func interims() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
        let final = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let most = Self.read(String(repeating: interim, count: 16) + final)
        #expect(most.interims.count == 16 && most.isComplete)
        #expect(Self.read(String(repeating: interim, count: 17) + final).refusal == .statusInvalid)
    }

    @Test("Bytes behind an answer are told from it, also where no body may be")
    func surplus() {
        #expect(Self.read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP").surplus == 4)
        #expect(Self.read("HTTP/1.1 204 No Content\r\n\r\nx").surplus == 1)
        #expect(Self.read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", method: .head).surplus == 3)
        #expect(Self.read("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc").surplus == 3)
    }

    @Test("After a 101 that was asked for, all is data")
    func tunnel() {
        let reading = Self.read(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u{1}HTTP/1.1 200 OK\r\n",
            upgrade: true)
        #expect(reading.status == 101)
        #expect(reading.body == Array("\u{1}HTTP/1.1 200 OK\r\n".utf8))
        #expect(reading.ending == .complete)
    }

    @Test("An answer means the same however it is cut", arguments: 0..<40)
    func cuts(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<50 {
            let script = ExchangeScript(using: &random)
            let bytes = script.answer
            let whole = Self.read([bytes], method: script.method)
            var pieces: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...max(1, bytes.count / 3), using: &random))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            #expect(Self.read(pieces, method: script.method) == whole, "seed \(seed)")
            #expect(Self.read(bytes.map { [$0] }, method: script.method) == whole, "seed \(seed)")
        }
    }
}
