import EventLoop
import Foundation
import Gateway
import Routes
import TestSupport
import Testing

/// Functions as real processes behind the gate. They are small programs in Python that speak the Runtime API by
/// themselves, so that nothing must be installed; `scripts/serverless-session.py` runs the example with the runtime
/// client of PyPI.
@Suite("Functions that run here")
struct HostedFunctionTests {
    private static let program = """
        import http.client, json, os, sys, time
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None):
            api.request(method, "/2018-06-01/runtime/" + path, body)
            answer = api.getresponse()
            return answer, answer.read()
        def authorize(event):
            print("asked with", event["authorizationToken"], flush=True)
            if event["authorizationToken"] == "hang": time.sleep(600)
            if event["authorizationToken"] == "exit": sys.exit(3)
            if not event["authorizationToken"].startswith("Bearer"): raise Exception("Unauthorized")
            return {"principalId": os.environ["PRINCIPAL"], "context": {"rank": "captain"}, "policyDocument": {
                "Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}]}}
        def work(event):
            return {"statusCode": 201, "headers": {"X-Path": event["path"]}, "body": json.dumps({
                "caller": event["requestContext"].get("authorizer", {}).get("principalId"),
                "handler": os.environ["_HANDLER"], "task": os.environ["LAMBDA_TASK_ROOT"] == os.getcwd(),
                "region": os.environ["AWS_REGION"]})}
        while True:
            head, body = call("GET", "invocation/next")
            identity = head.getheader("Lambda-Runtime-Aws-Request-Id")
            event = json.loads(body)
            try:
                answer = authorize(event) if "authorizationToken" in event else work(event)
                call("POST", f"invocation/{identity}/response", json.dumps(answer))
            except Exception as problem:
                call("POST", f"invocation/{identity}/error",
                    json.dumps({"errorMessage": str(problem), "errorType": type(problem).__name__}))
        """

    private static func configuration(
        _ authorizer: String = "function:verify", _ members: String = "", server: String = ""
    ) -> String {
        let command = String(
            decoding: (try? JSONEncoder().encode(["python3", "-c", program])) ?? Data(), as: UTF8.self)
        return """
            {
              "version": 1,
              "api": { "type": "REST", "defaultStage": "dev", "region": "eu-west-1" },
              "server": { "listen": "${env:LISTEN}"\(server) },
              "functions": {
                "verify": { "command": \(command), "codeUri": "/", "environment": { "PRINCIPAL": "p-1" }\(members) },
                "work": { "command": \(command), "codeUri": "/", "handler": "any.thing" }
              },
              "authorizers": {
                "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                       "authorizerUri": "\(authorizer)", "authorizerResultTtlInSeconds": 0 }
              },
              "routes": {
                "GET /guarded": { "authorizer": "f", "integration": { "type": "AWS_PROXY", "uri": "function:work" } }
              }
            }
            """
    }

    private static func line(_ value: String) -> String { "Authorization: \(value)\r\n" }

    @Test("What the authorizer's process does not allow does not reach the backend's process")
    func refused() async throws {
        try await GatewayHarness.run(Self.configuration("function:verify", ", \"timeoutInSeconds\": 1")) { harness in
            for (identity, status) in [("no", 401), ("exit", 500), ("hang", 500)] {
                let response = try harness.get("/guarded", token: nil, Self.line(identity))
                #expect(response.status == status, "\(identity)")
            }
            #expect(try harness.get("/guarded").status == 401)
        }
    }

    @Test(
        "A request passes both processes, by whatever name the function is called",
        arguments: [
            "function:verify", "arn:aws:lambda:eu-west-1:123456789012:function:verify",
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:verify/invocations",
        ])
    func allowed(name: String) async throws {
        try await GatewayHarness.run(Self.configuration(name)) { harness in
            let response = try harness.get("/guarded", token: "t")
            #expect(response.status == 201)
            #expect(response.values("x-path") == ["/guarded"])
            let body = try #require(
                try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
            #expect(body["caller"] as? String == "p-1")
            #expect(body["handler"] as? String == "any.thing")
            #expect(body["task"] as? Bool == true)
            #expect(body["region"] as? String == "eu-west-1")
        }
    }

    @Test("Tokens that a function prints do not reach the log, its other words do")
    func log() async throws {
        let token = try TokenMint.standard().token(#"{"sub":"u"}"#)
        let text = try await Self.logged { harness in _ = try harness.get("/guarded", token: token) }
        #expect(text.contains("asked with Bearer [token]"))
        #expect(text.contains("\"msg\":\"function report\",\"function\":\"verify\""))
        #expect(!text.contains(token))
    }

    private static func logged(_ body: (GatewayHarness) throws -> Void) async throws -> String {
        var text = ""
        try await GatewayHarness.run(configuration()) { harness in
            try body(harness)
            await harness.stopGateway()
            text = harness.log.text
        }
        return text
    }

    @Test("A reload puts other functions in force and leaves those alone that have not changed")
    func reload() async throws {
        try await GatewayHarness.run(Self.configuration()) { harness in
            #expect(try harness.get("/guarded", token: "t").status == 201)
            let changed = Self.configuration().replacingOccurrences(of: "p-1", with: "p-2")
            let difference = try await harness.reload(changed)
            #expect(difference.summary == "1 function changed")
            let response = try harness.get("/guarded", token: "t")
            #expect(String(decoding: response.body, as: UTF8.self).contains("p-2"))
        }
    }

    @Test("A function that nobody runs is refused when the configuration is read")
    func unknown() async throws {
        await #expect(throws: GatewayHarness.Refused.self) {
            try await GatewayHarness.run(Self.configuration("function:verifi")) { _ in }
        }
    }

    // MARK: The Invoke API

    private static let admin = ", \"admin\": { \"listen\": \"127.0.0.1:0\" }"

    private static func invoke(
        _ harness: GatewayHarness, _ name: String, _ lines: String = "", body: String, host: String = "127.0.0.1"
    ) throws -> RawResponse {
        let port = try #require(harness.service.adminAddress?.port)
        return try RawClient(port: port).ask(
            "POST /2015-03-31/functions/\(name)/invocations HTTP/1.1\r\nHost: \(host)\r\n\(lines)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    @Test("Pages in a browser, unknown functions and broken payloads are turned away by the Invoke API")
    func invokeRefusals() async throws {
        try await GatewayHarness.run(Self.configuration(server: Self.admin)) { harness in
            let event = #"{"path":"/x","requestContext":{}}"#
            #expect(try Self.invoke(harness, "work", "Origin: https://evil.example\r\n", body: event).status == 403)
            #expect(try Self.invoke(harness, "work", body: event, host: "evil.example").status == 403)
            let unknown = try Self.invoke(harness, "other", body: event)
            #expect(unknown.status == 404)
            #expect(unknown.values("x-amzn-errortype") == ["ResourceNotFoundException"])
            #expect(try Self.invoke(harness, "work", body: "{").status == 400)
            #expect(try Self.invoke(harness, "work", "X-Amz-Invocation-Type: Other\r\n", body: event).status == 400)
            #expect(try Self.invoke(harness, "..%2f", body: event).status == 404)
        }
    }

    @Test("The Invoke API runs a function, and says when it failed")
    func invokes() async throws {
        try await GatewayHarness.run(Self.configuration(server: Self.admin)) { harness in
            let event = #"{"path":"/x","requestContext":{}}"#
            let arn = "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Awork"
            for name in ["work", arn] {
                let response = try Self.invoke(harness, name, body: event)
                #expect(response.status == 200)
                #expect(response.values("x-amz-executed-version") == ["$LATEST"])
                #expect(String(decoding: response.body, as: UTF8.self).contains("\"statusCode\": 201"))
            }
            let failed = try Self.invoke(harness, "verify", body: #"{"authorizationToken":"no"}"#)
            #expect(failed.status == 200)
            #expect(failed.values("x-amz-function-error") == ["Unhandled"])
            #expect(try Self.invoke(harness, "work", "X-Amz-Invocation-Type: DryRun\r\n", body: event).status == 204)
            #expect(try Self.invoke(harness, "work", "X-Amz-Invocation-Type: Event\r\n", body: event).status == 202)
        }
    }
}
