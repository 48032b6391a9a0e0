import HTTP
import Testing

@Suite("Answers to a WebSocket handshake")
struct WebSocketAnswerTests {
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let good = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: \(accept)\r\n"

    private func isValid(_ fields: String, line: String = "HTTP/1.1 101 Switching Protocols") throws -> Bool {
        var parser = ResponseParser(limits: HeadLimits(), method: .get, upgradeAsked: true)
        let bytes = Array("\(line)\r\n\(fields)\r\n".utf8)
        guard case .head(let head, _) = parser.parse(bytes.span) else { return false }
        return WebSocketAnswer.isValid(head, accept: Array(Self.accept.utf8))
    }

    @Test(
        "Anything but the one right answer is none",
        arguments: [
            "", "Connection: Upgrade\r\nUpgrade: websocket\r\n",
            "Upgrade: websocket\r\nSec-WebSocket-Accept: \(accept)\r\n",
            "Connection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n",
            "Connection: keep-alive\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: \(accept)\r\n",
            "Connection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Accept: \(accept)\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\nSec-WebSocket-Accept: \(accept)\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: \(accept)=\r\n",
            good + "Sec-WebSocket-Accept: \(accept)\r\n", good + "Upgrade: websocket\r\n",
        ])
    func refuses(_ fields: String) throws {
        #expect(try !isValid(fields))
    }

    @Test("Names and the protocol are compared without case")
    func accepts() throws {
        #expect(try isValid(Self.good))
        #expect(
            try isValid(
                "connection: keep-alive, UPGRADE\r\nupgrade: WebSocket\r\nsec-websocket-accept: \(Self.accept)\r\n"))
        #expect(try !isValid(Self.good, line: "HTTP/1.0 101 Switching Protocols"))
    }
}
