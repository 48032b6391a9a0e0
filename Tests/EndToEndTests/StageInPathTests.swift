import Foundation
import TestSupport
import Testing

@Suite("The stage as the first segment of the path")
struct StageInPathTests {
    private static func text(_ type: String = "REST") -> String {
        var configuration = type == "REST" ? Configuration() : Configuration.http
        configuration.integration =
            type == "REST"
            ? ", \"requestParameters\": { \"integration.request.header.X-Stage\": \"context.stage\" }"
            : ", \"requestParameters\": { \"overwrite:header.x-stage\": \"$context.stage\" }"
        configuration.policy = """
            { "effect": "Allow", "resources": ["arn:aws:execute-api:*:*:*/dev/GET/guarded/*"] }
            """
        let name = type == "REST" ? "dev" : "$default"
        return configuration.text
            .replacingOccurrences(of: "\"defaultStage\": \"\(name)\"", with: "\"defaultStage\": \"dev\"")
            .replacingOccurrences(
                of: "\"stages\": { \"\(name)\": {",
                with: """
                    "stages": { "beta": { "includeStageInPath": true }, "gamma": {},
                                "dev": { "includeStageInPath": true,
                    """)
    }

    @Test("It chooses the stage and is not part of the resource", arguments: ["REST", "HTTP"])
    func chooses(_ type: String) async throws {
        try await GatewayHarness.run(Self.text(type)) { (gate) async throws in
            #expect(try gate.get("/dev/open/a").status == 200)
            #expect(try gate.get("/beta/open/b?x=1").status == 200)
            #expect(gate.received.map(\.target) == ["/open/a", "/open/b?x=1"])
            #expect(gate.received.map { $0["X-Stage"] } == ["dev", "beta"])
        }
    }

    @Test("Each stage's policy is judged by its own name")
    func policies() async throws {
        try await GatewayHarness.run(Self.text()) { (gate) async throws in
            let token = try Crew.captain()
            #expect(try gate.get("/beta/guarded/a", token: token).status == 403)
            #expect(try gate.get("/dev/guarded/a", token: token).status == 200)
            #expect(try gate.get("/dev/guarded/a").status == 401)
        }
    }

    @Test(
        "Anything that is not exactly a stage that is served is refused",
        arguments: [
            "/", "/open/a", "/nostage/open/a", "/gamma/open/a", "//dev/open/a", "/./dev/open/a", "/x/../dev/open/a",
            "/%64ev/open/a", "/DEV/open/a", "/dev%2Fopen/a", "/dev;a/open/a",
        ])
    func unknown(_ path: String) async throws {
        try await GatewayHarness.run(Self.text()) { (gate) async throws in
            let response = try gate.get(path)
            #expect(response.status == 403)
            #expect(response.text == #"{"message":"Forbidden"}"#)
            #expect(gate.received.isEmpty)
        }
        try await GatewayHarness.run(Self.text("HTTP")) { (gate) async throws in
            #expect(try gate.get(path).status == 404)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("A path cannot climb out of its stage", arguments: ["/dev/../beta/open/a", "/beta/%2e%2e/dev/open/a"])
    func climbing(_ path: String) async throws {
        try await GatewayHarness.run(Self.text()) { (gate) async throws in
            #expect(try gate.get(path).status == 400)
            #expect(gate.received.isEmpty)
        }
    }
}
