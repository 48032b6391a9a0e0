import Testing
import Tokens

@testable import Recordings

@Suite("Client addresses in recordings")
struct ClientAddressTests {
    private static func header(
        _ name: String, _ value: String, _ rules: RedactionRules = RecordSamples.rules()
    ) -> String {
        let kinds = HeaderKinds(rules: rules)
        let field = RawField(Array(name.utf8), Array(value.utf8), kinds)
        return RecordSamples.text(RecordSamples.messages(rules).header(field.kind, field.value))
    }

    @Test(
        "No address that a proxy passes on is written, whatever the header",
        arguments: [
            "X-Forwarded-For", "x-forwarded-for", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP",
            "Fastly-Client-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address",
        ])
    func names(_ name: String) {
        for address in ["203.0.113.7", "203.0.113.7:4711", "2001:0:5ef5::1", "[2a00:1450::1]:443", "host.example"] {
            let written = Self.header(name, address)
            #expect(written != address && !written.contains("203.0.113") && !written.contains("2a00"))
            #expect(Self.header(name, address) == written)
        }
    }

    @Test("Pseudonyms keep the form: four octets, groups, ports, brackets, commas, and how often it is the same client")
    func form() throws {
        let list = Self.header("X-Forwarded-For", "203.0.113.7, 10.0.0.1:80,203.0.113.7, unknown")
        let parts = list.split(separator: ",").map { $0.drop { $0 == " " } }
        #expect(parts.count == 4 && parts[0] == parts[2] && parts[0] != parts[1] && parts[3] == "unknown")
        let octets = parts[0].split(separator: ".").compactMap { UInt8($0) }
        #expect(octets.count == 4 && octets[0] >= 240 && octets[0] < 255)
        #expect(parts[1].hasSuffix(":80") && list.contains(", "))
        let bracketed = Self.header("X-Forwarded-For", "[2a00:1450:4001::65]:443")
        #expect(bracketed.hasPrefix("[2001:db8:") && bracketed.hasSuffix("]:443"))
        #expect(bracketed.count { $0 == ":" } == 8)
        // The same client has the same name however its address is written.
        #expect(Self.header("X-Real-IP", "2A00:1450:4001::65") == Self.header("X-Real-IP", "2a00:1450:4001::65"))
    }

    @Test("Forwarded: for and by are replaced, the rest stays")
    func forwarded() {
        let value = #"for=203.0.113.7;proto=https;By="[2a00::1]:443";host=gate.example, For="203.0.113.7", for=unknown"#
        let written = Self.header("Forwarded", value)
        #expect(!written.contains("203.0.113.7") && !written.contains("2a00"))
        #expect(written.contains(";proto=https;By=\"[2001:db8:") && written.contains(";host=gate.example, For=\"24"))
        #expect(written.hasSuffix(", for=unknown"))
    }

    @Test("What was replaced once stays as it is, and a header that is a secret by configuration is hashed")
    func again() {
        for value in ["203.0.113.7", "2a00::1", "198.51.100.1, 2a00::2"] {
            let once = Self.header("X-Forwarded-For", value)
            #expect(Self.header("X-Forwarded-For", once) == once)
        }
        let rules = RecordSamples.rules(headers: ["x-real-ip"])
        #expect(Self.header("X-Real-IP", "203.0.113.7", rules).hasPrefix("h:"))
    }

    @Test("A token in such a header is not written either")
    func token() throws {
        let token = try RecordSamples.token()
        let written = Self.header("X-Forwarded-For", "203.0.113.7, \(RecordSamples.text(token))")
        #expect(!written.contains(RecordSamples.text(RecordSamples.signature(token))))
    }

    @Test("A policy that reads the client's address leaves a request undecidable, never the same")
    func replay() throws {
        let policy = #"""
             "type": "REST", "policy": { "Version": "2012-10-17", "Statement": [
              { "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
                "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } } } ] },
            """#
        let text = OfflineGate.configuration().replacing("\"type\": \"REST\",", with: policy)
        let gate = try OfflineGate(text)
        let exchange = try #require(
            gate.decide(
                OfflineGate.request("GET /health", token: nil, "X-Forwarded-For: 203.0.113.7\r\n"),
                at: .init(seconds: 1_795_262_400)))
        let line = gate.line(exchange)
        #expect(!line.holds("203.0.113.7") && !line.holds("10.0.0.1"))
        let result = try gate.replay(gate.opening + line)
        #expect(result.undecidable == 1 && result.same == 0 && result.drifted == 0)
    }
}
