import TestSupport
import Testing

@Suite("Backends that fail")
struct UpstreamFailureTests {
    enum Trouble: String, CaseIterable {
        case down, slow, silentAfterHead, garbage, wrongVersion, endsEarly, noAnswer, twoLengths, ownEnd

        /// Status, body, and the reason in the log, by type of API.
        func expected(_ isREST: Bool) -> (status: Int, body: String, reason: String) {
            let internalError =
                isREST ? (502, #"{"message": "Internal server error"}"#) : (502, #"{"message":"Bad Gateway"}"#)
            switch self {
            case .down:
                return isREST
                    ? (504, #"{"message": "Network error communicating with endpoint"}"#, "upstream_connect")
                    : (503, #"{"message":"Service Unavailable"}"#, "upstream_connect")
            case .slow, .silentAfterHead:
                return isREST
                    ? (504, #"{"message": "Endpoint request timed out"}"#, "upstream_head_timeout")
                    : (503, #"{"message":"Service Unavailable"}"#, "upstream_head_timeout")
            case .garbage, .wrongVersion, .twoLengths:
                return (internalError.0, internalError.1, "upstream_bad_answer")
            case .endsEarly: return (internalError.0, internalError.1, "upstream_bad_answer")
            case .noAnswer, .ownEnd: return (internalError.0, internalError.1, "upstream_reset")
            }
        }

        var bytes: String {
            switch self {
            case .garbage: "what? no HTTP here\r\n\r\n"
            case .wrongVersion: "HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n"
            case .endsEarly: "HTTP/1.1 200 OK\r\nContent-Le"
            case .twoLengths: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
            default: ""
            }
        }
    }

    @Test("Each kind of failure has AWS's answer", arguments: Trouble.allCases, ["REST", "HTTP"])
    func failures(_ trouble: Trouble, _ type: String) async throws {
        var configuration = Configuration(type: type)
        // Short only where nothing is to come: others shall not be late because the machine is busy.
        let isLate = trouble == .slow || trouble == .silentAfterHead
        configuration.integration = ", \"timeoutInMillis\": \(isLate ? 200 : 29_000)"
        configuration.upstream = ", \"timeouts\": { \"connectInMillis\": 20000 }, \"retry\": { \"attempts\": 0 }"
        var port: UInt16?
        var raw: RawBackend?
        switch trouble {
        case .down:
            // tcpmux: nobody listens there, and no other test can be given it.
            port = 1
        case .garbage, .wrongVersion, .endsEarly, .noAnswer, .twoLengths:
            let backend = try RawBackend([trouble.bytes])
            port = backend.port
            raw = backend
        case .slow, .silentAfterHead, .ownEnd: break
        }
        defer { raw?.stop() }
        let expected = trouble.expected(type == "REST")
        let script: StubBackend.Script = { _ in trouble == .ownEnd ? .abort : .silence }
        try await GatewayHarness.run(configuration.text, backendPort: port, script: script) { (gate) async throws in
            let response = try gate.get("/open/x")
            #expect(response.status == expected.status)
            #expect(response.text == expected.body)
            if type == "REST" {
                #expect(response.values("x-amzn-errortype") == ["InternalServerErrorException"])
            } else {
                #expect(response.values("content-type") == (expected.status == 503 ? [] : ["application/json"]))
            }
            let line = try #require(gate.log.waitForLines(1).first)
            #expect(line.contains("\"reason\":\"\(expected.reason)\""), "\(line)")
            #expect(line.contains("\"level\":\"warning\""))
        }
    }

    @Test("When the rest of a body never comes the client can tell", arguments: ["REST", "HTTP"])
    func truncated(_ type: String) async throws {
        let backend = try RawBackend(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
        defer { backend.stop() }
        try await GatewayHarness.run(Configuration(type: type).text, backendPort: backend.port) { (gate) async throws in
            let client = try gate.client()
            client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            let bytes = try client.readToEnd()
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("half"))
            #expect(gate.log.waitForLines(1).first?.contains("upstream_truncated") == true)
        }
    }

    @Test("A body that stands still ends with the connection")
    func idle() async throws {
        var configuration = Configuration()
        configuration.upstream = ", \"timeouts\": { \"idleInMillis\": 100 }"
        try await GatewayHarness.run(configuration.text, script: { _ in .stalled(200, beginning: "abc") }) {
            (gate) async throws in
            let client = try gate.client()
            client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = String(decoding: try client.readToEnd(), as: UTF8.self)
            #expect(text.contains("abc"))
            #expect(!text.contains("0\r\n\r\n"))
            #expect(gate.log.waitForLines(1).first?.contains("upstream_idle_timeout") == true)
        }
    }

    @Test("A backend's own errors pass unchanged")
    func ownErrors() async throws {
        let script: StubBackend.Script = { _ in .answer(503, fields: "Retry-After: 7\r\n", body: "busy") }
        try await GatewayHarness.run(Configuration().text, script: script) { (gate) async throws in
            let response = try gate.get("/open/x")
            #expect(response.status == 503)
            #expect(response.text == "busy")
            #expect(response.values("retry-after") == ["7"])
            #expect(response.values("x-amzn-errortype").isEmpty)
        }
    }

    @Test("A POST is never sent twice when the backend ends the connection")
    func atMostOnce() async throws {
        var configuration = Configuration()
        configuration.upstream =
            ", \"retry\": { \"attempts\": 3, \"on\": [\"connect\", \"reset\"], \"budgetPercent\": 100 }"
        let backend = try RawBackend([""])
        defer { backend.stop() }
        try await GatewayHarness.run(configuration.text, backendPort: backend.port) { (gate) async throws in
            let request = "POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
            #expect(try gate.ask(request).status == 502)
            #expect(backend.connections == 1)
        }
    }
}
