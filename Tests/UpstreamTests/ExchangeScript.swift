import HTTP
import TestRandom

@testable import Upstream

/// A generated exchange: a request with its body in pieces, and an answer, right or wrong, in pieces.
struct ExchangeScript {
    enum Ending: CaseIterable {
        case keep, close
    }

    var method: Method
    var target: String
    var fields: String
    var body: [[UInt8]]
    var isChunked: Bool
    /// The whole answer, as the backend sends it.
    var answer: [UInt8]
    /// Where the backend pauses while it sends.
    var cuts: [Int]
    var ending: Ending
    /// The backend answers when the head is there, and not when the request is.
    var answersEarly: Bool
    /// The sink asks to wait after each piece, and goes on a turn later.
    var isHeldBack: Bool
    /// Nothing was changed at random, so the answer is one that any client takes.
    var isValid: Bool

    init(using random: inout SeededRandom) {
        func pick<Value>(_ values: [Value], _ random: inout SeededRandom) -> Value {
            values[Int.random(in: 0..<values.count, using: &random)]
        }
        method = pick([.get, .get, .head, .post, .post, .put, .patch, .delete, .options, .other], &random)
        target = pick(
            ["/", "/a?b=c", "/a/../b", "/%2e%41?x=%zz&&", "/\(String(repeating: "l", count: 3000))"], &random)
        fields = pick(
            ["", "X-A: 1\r\n", "Accept: */*\r\nX-B: b b\r\n", "Cookie: a=b; c=d\r\nX-Utf: \u{e9}\r\n"], &random)
        let hasBody = [.post, .put, .patch, .delete, .other].contains(method) && Bool.random(using: &random)
        isChunked = Bool.random(using: &random)
        body = []
        if hasBody {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let size = pick([1, 2, 15, 16, 17, 1000, 8191, 8192, 8193, 70_000], &random)
                body.append([UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: size))
            }
        }
        (answer, isValid) = Self.answer(to: method, using: &random)
        ending = pick(Ending.allCases, &random)
        answersEarly = Int.random(in: 0..<8, using: &random) == 0
        isHeldBack = Int.random(in: 0..<6, using: &random) == 0
        cuts = (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 0...1_000_000, using: &random) }
        let length = answer.count
        cuts = cuts.map { $0 % max(1, length) }.sorted()
    }

    var summary: String {
        let start = String(decoding: answer.prefix(300), as: UTF8.self).debugDescription
        let end = String(decoding: answer.suffix(40), as: UTF8.self).debugDescription
        return "\(method), body \(body.map(\.count)) \(isChunked ? "chunked" : ""), answer \(answer.count) bytes "
            + "\(start) … \(end), cuts \(cuts), \(ending) \(answersEarly ? "early" : "") \(isHeldBack ? "held" : "")"
    }

    private static func answer(to method: Method, using random: inout SeededRandom) -> ([UInt8], Bool) {
        func pick<Value>(_ values: [Value], _ random: inout SeededRandom) -> Value {
            values[Int.random(in: 0..<values.count, using: &random)]
        }
        var out = ""
        if Int.random(in: 0..<10, using: &random) == 0 {
            out += pick(
                [
                    "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                    "HTTP/1.1 102 Processing\r\n\r\n",
                ], &random)
        }
        let status = pick([200, 200, 200, 201, 204, 206, 301, 304, 400, 404, 413, 500, 503], &random)
        let version = Int.random(in: 0..<8, using: &random) == 0 ? "1.0" : "1.1"
        out += "HTTP/\(version) \(status) \(pick(["OK", "", "Really Fine \u{e9}"], &random))\r\n"
        out += pick(
            ["", "Content-Type: text/plain\r\n", "Set-Cookie: a\r\nSet-Cookie: b\r\n", "X-Empty:\r\n"], &random)
        if Int.random(in: 0..<6, using: &random) == 0 {
            out += pick(["Connection: close\r\n", "Connection: keep-alive\r\n"], &random)
        }
        let size = pick([0, 1, 2, 100, 5000, 16_384, 70_000], &random)
        let body = String(repeating: pick(["a", "b", "\r", "\n", "0"], &random), count: size)
        let mayHaveBody = method != .head && status != 204 && status != 304
        switch Int.random(in: 0..<(version == "1.0" ? 2 : 3), using: &random) {
        case 0:
            out += "Content-Length: \(size)\r\n\r\n"
            if mayHaveBody { out += body }
        case 1:
            out += "\r\n"
            if mayHaveBody { out += body }
        default:
            out += "Transfer-Encoding: chunked\r\n\r\n"
            guard mayHaveBody else { break }
            var rest = Substring(body)
            while !rest.isEmpty {
                let piece = rest.prefix(pick([1, 7, 4096, 100_000], &random))
                out += String(piece.utf8.count, radix: 16) + "\r\n" + piece + "\r\n"
                rest = rest.dropFirst(piece.count)
                if rest.utf8.count > 20_000, piece.count < 10 { break }
            }
            if !rest.isEmpty { out += String(rest.utf8.count, radix: 16) + "\r\n" + rest + "\r\n" }
            out += "0\r\n\r\n"
        }
        var bytes = Array(out.utf8)
        guard Int.random(in: 0..<3, using: &random) == 0 else { return (bytes, true) }
        let headEnd = min(bytes.count, 160)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[Int.random(in: 0..<headEnd, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: Int.random(in: 0..<headEnd, using: &random))
        case 2:
            let piece = pick(
                [
                    "\n", "\r", "\u{0}", "\r\nContent-Length: 3\r\n", "\r\nTransfer-Encoding: chunked\r\n", " ", ":",
                    "0",
                ],
                &random)
            bytes.insert(contentsOf: Array(piece.utf8), at: Int.random(in: 0..<headEnd, using: &random))
        case 3: bytes.removeLast(Int.random(in: 1...min(bytes.count, 50), using: &random))
        default: bytes += Array(pick(["x", "HTTP/1.1 200 OK\r\n\r\n", "\r\n"], &random).utf8)
        }
        return (bytes, false)
    }
}
