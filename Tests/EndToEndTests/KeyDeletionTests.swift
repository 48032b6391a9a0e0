import Documents
import TestSupport
import Testing

/// What a slip of the hand can do to the sample configuration: any key of it gone.
@Suite("The sample configuration without one of its keys")
struct KeyDeletionTests {
    /// The top-level gateway.json with the harness's addresses.
    private static func sample() throws -> String {
        try String(decoding: Fixture.file("gateway.json"), as: UTF8.self)
            .replacing("${env:GATEHOUSE_DEMO_LISTEN:-127.0.0.1:8080}", with: "${env:LISTEN}")
            .replacing("${env:GATEHOUSE_DEMO_BACKEND:-http://127.0.0.1:3000}", with: "${env:BACKEND}")
    }

    /// Every member at any depth: where it leads, and its bytes with the comma behind it.
    private static func members(_ bytes: [UInt8]) -> [(pointer: String, range: Range<Int>)] {
        var found: [(pointer: String, range: Range<Int>)] = []
        func visit(_ value: JSONValue, _ pointer: String) {
            for (index, element) in value.elements.enumerated() { visit(element, "\(pointer)/\(index)") }
            for member in value.members {
                var end = member.value.range.upperBound
                while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
                let hasComma = end < bytes.count && bytes[end] == UInt8(ascii: ",")
                let last = hasComma ? end + 1 : member.value.range.upperBound
                found.append(("\(pointer)/\(member.name)", member.key.range.lowerBound..<last))
                visit(member.value, "\(pointer)/\(member.name)")
            }
        }
        visit(JSONParser.parse(bytes, options: .configuration).document.root, "")
        return found
    }

    private static let guarded = [
        "GET /me", "GET /ships", "GET /ships/42", "POST /ships", "DELETE /ships/42", "DELETE /ships/42/", "GET /ships/",
    ]

    /// Nobody has signed these.
    private static let unsigned = [
        "", "Authorization: Bearer x\r\n", "X-Principal: u-200\r\nX-Rank: captain\r\n",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTIwMCIsInJhbmsiOiJjYXB0YWluIn0.\r\n",
    ]

    @Test("No guarded route answers 200 without a token, whichever key is gone")
    func deleted() async throws {
        let text = try Self.sample()
        let bytes = Array(text.utf8)
        let members = Self.members(bytes)
        #expect(members.count > 80)
        var started = 0
        for member in members where !["/server", "/server/listen"].contains(member.pointer) {
            let shorter = String(
                decoding: bytes[..<member.range.lowerBound] + bytes[member.range.upperBound...], as: UTF8.self)
            do {
                try await GatewayHarness.run(shorter) { gate in
                    started += 1
                    for route in Self.guarded {
                        for lines in Self.unsigned {
                            let answer = try gate.ask(
                                "\(route) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\(lines)\r\n")
                            #expect(answer.status != 200, "\(member.pointer) is gone: \(route) \(lines)")
                        }
                    }
                    #expect(gate.received.isEmpty, "\(member.pointer)")
                }
            } catch is GatewayHarness.Refused {
                // Not to start is the best answer.
            }
        }
        // The sample has keys that may go; a test in which nothing starts would prove nothing.
        #expect(started > 20, "\(started)")
    }

    @Test("The sample itself serves the captain and refuses those")
    func whole() async throws {
        try await GatewayHarness.run(try Self.sample()) { gate in
            for route in Self.guarded {
                let answer = try gate.ask("\(route) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                #expect(answer.status == 401, "\(route)")
            }
        }
    }
}
