import Testing
import Tokens

@Suite("Sec-WebSocket-Accept")
struct WebSocketAcceptTests {
    @Test(
        "The values of RFC 6455 and of Python's hashlib",
        arguments: [
            ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        ])
    func known(_ key: String, _ accept: String) {
        #expect(String(decoding: WebSocketAccept.value(forKey: key.utf8), as: UTF8.self) == accept)
    }
}
