import Foundation
import TestSupport
import Testing

@Suite("Policy tests that ask a function at its address")
struct PolicyTestFunctionTests {
    /// The project's command over a folder of its own.
    private func run(
        _ backend: StubBackend, _ words: [String] = [], row: String = "[allow, 401, 401]"
    ) throws -> Program.Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = folder.appendingPathComponent("gateway.json")
        try Data(
            """
            {
              "version": 1,
              "api": { "type": "REST", "defaultStage": "dev", "defaultAuthorizer": "f" },
              "server": { "listen": "127.0.0.1:0" },
              "authorizers": {
                "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                       "authorizerUri": "http://127.0.0.1:\(backend.port)/2015-03-31/functions/auth/invocations" }
              },
              "routes": {
                "GET /a": { "integration": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:1/a" } }
              }
            }
            """.utf8
        ).write(to: configuration)
        let tests = folder.appendingPathComponent("a.gatetest.yaml")
        try Data(
            """
            version: 1
            principals:
              good: { token: { value: good } }
              bad: { token: { value: bad } }
              none: { token: missing }
            matrix:
              - rows: { GET /a: \(row) }
            """.utf8
        ).write(to: tests)
        return try Program.run(["test", "--config", configuration.path, tests.path] + words)
    }

    @Test("The function's answers count") func answers() async throws {
        let backend = try StubBackend { request in
            if String(decoding: request.body, as: UTF8.self).contains("\"good\"") {
                return .answer(
                    200,
                    body: """
                        {"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[
                        {"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}}
                        """)
            }
            return .answer(
                200, fields: "X-Amz-Function-Error: Unhandled\r\n", body: #"{"errorMessage":"Unauthorized"}"#)
        }
        try await backend.open()
        let outcome = try run(backend)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        // Without a token nobody is asked.
        #expect(backend.journal.requests.count == 2)
        #expect(backend.journal.requests.allSatisfy { $0.target == "/2015-03-31/functions/auth/invocations" })
        await backend.close()
    }

    @Test("A function that cannot be had is a failure with its reason") func unreachable() async throws {
        let backend = try StubBackend { _ in .abort }
        try await backend.open()
        let outcome = try run(backend, ["--format", "plain"])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("500 authorizer_unreachable"), "\(outcome.output)")
        await backend.close()
    }

    @Test("Mutants ask nobody") func mutants() async throws {
        let backend = try StubBackend { request in
            let isGood = String(decoding: request.body, as: UTF8.self).contains("\"good\"")
            return .answer(
                200, fields: isGood ? "" : "X-Amz-Function-Error: Unhandled\r\n",
                body: isGood
                    ? #"{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}}"#
                    : #"{"errorMessage":"Unauthorized"}"#)
        }
        try await backend.open()
        let outcome = try run(backend, ["--mutate"])
        #expect(outcome.output.contains("1 mutant: 1 killed, 0 survived"), "\(outcome.output)")
        #expect(backend.journal.requests.count == 2)
        // A mutant is not noticed only because nobody answers it.
        let blind = try run(backend, ["--mutate"], row: "[allow, ~, ~]")
        #expect(blind.output.contains("1 mutant: 0 killed, 1 survived"), "\(blind.output)")
        await backend.close()
    }
}
