import TestSupport
import Testing

@Suite("Paths and queries on their way to the backend")
struct PathTests {
    @Test(
        "The backend gets the path in its normal form",
        arguments: [
            ("/open/a/./b", "/open/a/b"), ("/open/a/../b", "/open/b"), ("/open//a///b", "/open/a/b"),
            ("/open/%61%62", "/open/ab"), ("/open/a%20b", "/open/a%20b"), ("/open/%c3%a9", "/open/%C3%A9"),
            ("/open/%7Euser", "/open/~user"), ("/open/a/", "/open/a/"),
        ])
    func normalForm(_ sent: String, _ expected: String) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            #expect(try gate.get(sent).status == 200)
            #expect(gate.received.map(\.target) == [expected])
        }
    }

    @Test(
        "A path without one meaning is refused",
        arguments: [
            "/open/%2e%2e%2fships", "/open/a%2fb", "/open/a%5Cb", "/open/%252e", "/open/a%00", "/open/%zz", "/open/%",
            "/../ships", "/open/%ff", "/open/a\\b",
        ])
    func refused(_ path: String) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            let response = try gate.get(path)
            #expect(response.status == 400)
            #expect(response.text == #"{"message":"Bad Request"}"#)
            #expect(gate.received.isEmpty)
        }
    }

    @Test(
        "A dot segment cannot walk from a public route into a guarded one",
        arguments: [
            "/open/../ships", "/open/%2e%2e/ships", "/open/.%2E/ships", "//ships", "/./ships", "/ships/", "/%73hips",
        ])
    func noWayAround(_ path: String) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            #expect(try gate.get(path).status == 401)
            #expect(gate.received.isEmpty)
        }
    }

    @Test(
        "The query arrives byte for byte",
        arguments: [
            "?a=1&a=2&b", "?", "?a=%2e%2E%2f&%61=+%20", "?x=/../admin", "?=&&=", "?a;b=c", "?q=%C3%A9%ff",
            "?sig=abc%2Bdef%3D%3D&z=1&a=2",
        ])
    func query(_ query: String) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            #expect(try gate.get("/open/a\(query)").status == 200)
            #expect(gate.received.map(\.target) == ["/open/a\(query)"])
        }
    }
}
