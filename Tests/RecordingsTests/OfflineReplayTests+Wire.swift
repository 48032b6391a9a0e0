import Documents
import Foundation
import Gateway
import Testing

@testable import Recordings

/// What the gate asks besides its policy: keys, limits, validators.
extension OfflineReplayTests {
    private static let demand = """
        "GET /ships": { "requestValidator": { "validateRequestParameters": true },
          "requestParameters": { "method.request.header.X-Must": true },
        """

    private static func demanding() -> String {
        OfflineGate.configuration().replacingOccurrences(of: "\"GET /ships\": {", with: demand)
    }

    @Test("Other keys under the same name: what was found good says nothing of them")
    func otherKeys() throws {
        let before = try OfflineGate(OfflineGate.configuration())
        let recording = try Self.recording(before, [Self.get("/ships", try Self.token()), Self.get()])
        let after = try OfflineGate(
            OfflineGate.configuration().replacingOccurrences(
                of: "${env:SECRET}", with: "another secret of thirty-two bytes or more"))
        let result = try after.replay(recording)
        #expect(result.undecidable == 1 && result.same == 1 && !result.hasDrift)
        #expect(result.undecidableReasons.keys.first?.contains("has other keys now") == true)
        var trusting = OfflineReplay(snapshot: after.snapshot, salt: RecordSamples.salt)
        trusting.trustsClaims = true
        #expect(try trusting.run(OfflineGate.reader(recording)).same == 2)
        // Another authorizer with the same keys is as good; without the salt nobody knows.
        let renamed = try OfflineGate(
            OfflineGate.configuration().replacingOccurrences(of: "\"session\"", with: "\"other\""))
        #expect(try renamed.replay(recording).same == 2)
        #expect(try renamed.replay(recording, salt: nil).undecidable == 1)
    }

    @Test("A request validator that came, and one that went, are drift: the gate's own 400 counts")
    func validators() throws {
        let plain = try OfflineGate(OfflineGate.configuration())
        let strict = try OfflineGate(Self.demanding())
        let token = try Self.token()
        let requests = [Self.get("/ships", token), OfflineGate.request("GET /ships", token: token, "X-Must: 1\r\n")]
        let came = try strict.replay(try Self.recording(plain, requests))
        #expect(came.same == 1 && came.causes.map(\.direction) == [.newlyDenied])
        #expect(came.causes.first?.now == "ALLOW Read, then 400 parameters_missing")
        var recorded = strict.opening
        for request in requests {
            var exchange = try #require(strict.decide(request, at: Self.now))
            if exchange.failure != nil {
                exchange.capture?.responseFields = Array("x-amzn-ErrorType: BadRequestException\r\n".utf8)
            }
            recorded += strict.line(exchange)
        }
        #expect(try strict.replay(recorded).same == 2)
        let went = try plain.replay(recorded)
        #expect(went.same == 1 && went.causes.map(\.direction) == [.newlyAllowed])
        #expect(went.causes.first?.was == "ALLOW Read, then 400 of the request validator")
    }

    @Test("A model that came looks at the recorded body, and says nothing of one that is not there")
    func models() throws {
        let policy = #""resources": ["GET/*"]"#
        let open = try OfflineGate(
            OfflineGate.configuration().replacingOccurrences(of: policy, with: #""resources": ["*"]"#))
        let token = try Self.token()
        let closed = try OfflineGate(
            OfflineGate.configuration(
                more: "\"models\": { \"M\": { \"schema\": { \"type\": \"object\", \"required\": [\"name\"] } } },"
            ).replacingOccurrences(of: policy, with: #""resources": ["*"]"#).replacingOccurrences(
                of: "\"POST /ships\": {",
                with: "\"POST /ships\": { \"requestValidator\": { \"validateRequestBody\": true }, "
                    + "\"requestModels\": { \"$default\": \"M\" },"))
        var recorded = open.opening
        for body in ["{\"name\":\"a\"}", "{}"] {
            let request = OfflineGate.request("POST /ships", token: token, "Content-Type: application/json\r\n")
            recorded += open.line(try #require(open.decide(request, at: Self.now, body: Array(body.utf8))))
        }
        let result = try closed.replay(recorded)
        #expect(result.same == 1 && result.causes.first?.now == "ALLOW Read, then 400 body_invalid")
    }

    @Test("server.limits and headerNames of today are kept: 414, 431 and 400")
    func limits() throws {
        let before = try OfflineGate(OfflineGate.configuration())
        let token = try Self.token()
        func outcome(_ server: String, _ request: String) throws -> String? {
            let gate = try OfflineGate(OfflineGate.configuration(more: "\"server\": { \(server) },"))
            return try gate.replay(try Self.recording(before, [request])).causes.first?.now
        }
        let long = Self.get("/ships?q=" + String(repeating: "a", count: 100), token)
        #expect(try outcome("\"limits\": { \"requestTargetBytes\": 64 }", long) == "---- 414 target_too_long")
        #expect(try outcome("\"limits\": { \"requestTargetBytes\": 128 }", long) == nil)
        let wide = OfflineGate.request(
            "GET /ships", token: token, "X-Wide: " + String(repeating: "a", count: 2000) + "\r\n")
        #expect(try outcome("\"limits\": { \"headerBytes\": 2048 }", wide) == "---- 431 head_too_large")
        #expect(try outcome("\"limits\": { \"headerBytes\": 4096 }", wide) == nil)
        let arn = Self.get("/ships/" + String(repeating: "a", count: 100), token)
        #expect(try before.replay(try Self.recording(before, [arn])).same == 1)
    }
}
