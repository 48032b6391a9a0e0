import EventLoop
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FunctionHost

/// Real processes, which speak the Runtime API by the standard library of Python.
@Suite("Functions as processes")
struct FunctionHostTests {
    /// What the tests' functions do is told by the event.
    private static let runtime = """
        import http.client, json, os, signal, subprocess, sys, time
        if os.environ.get("FAIL_INIT"):
            c = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            c.request("POST", "/2018-06-01/runtime/init/error", json.dumps({"errorType": "Runtime.ImportModuleError"}))
            print(c.getresponse().status, flush=True)
            sys.exit(1)
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None, headers={}):
            api.request(method, "/2018-06-01/runtime/" + path, body, headers)
            answer = api.getresponse()
            return answer, answer.read()
        while True:
            head, body = call("GET", "invocation/next")
            request, event = head.getheader("Lambda-Runtime-Aws-Request-Id"), json.loads(body)
            what = event.get("do")
            if what == "exit": sys.exit(event["status"])
            if what == "hang": time.sleep(600)
            if what == "print":
                for line in event["lines"]: print(line, flush=True)
            if what == "flood":
                for _ in range(event["megabytes"]): sys.stdout.write(("x" * 1023 + "\\n") * 1024)
                sys.stdout.flush()
            if what == "quiet":
                os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
                os.dup2(1, 2)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
            if what == "fork":
                child = subprocess.Popen(["sleep", "600"], start_new_session=True)
                event["child"] = child.pid
            if what == "large": body = b'"' + b"x" * event["bytes"] + b'"'
            elif what == "headers": body = json.dumps(dict(head.getheaders())).encode()
            elif what == "environment": body = json.dumps(dict(os.environ)).encode()
            elif what == "foreign":
                foreign, text = call("POST", "invocation/none/response", b"1")
                body = json.dumps([foreign.status, json.loads(text)]).encode()
            elif what == "again":
                again = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
                again.request("GET", "/2018-06-01/runtime/invocation/next")
                body = json.dumps([again.getresponse().status]).encode()
            elif what == "paths":
                body = json.dumps([call(m, p)[0].status for m, p in event["calls"]]).encode()
            else: body = json.dumps(event).encode()
            if what == "error":
                call("POST", f"invocation/{request}/error", json.dumps({"errorMessage": "Unauthorized", "errorType": "E"}))
            elif what == "stream":
                def parts():
                    for part in event["parts"]: yield part.encode()
                api.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", parts(),
                    {"Lambda-Runtime-Function-Response-Mode": "streaming"}, encode_chunked=True)
                api.getresponse().read()
            else:
                answer, _ = call("POST", f"invocation/{request}/response", body)
                if what == "large": print("status", answer.status, flush=True)
        """

    private final class Lines: Sendable {
        private let lines = Mutex<[FunctionLogLine]>([])
        func add(_ line: FunctionLogLine) { lines.withLock { $0.append(line) } }
        var all: [FunctionLogLine] { lines.withLock { $0 } }
        var texts: [String] { all.map { String(decoding: $0.text, as: UTF8.self) } }
    }

    private struct Setting {
        let host: FunctionHost
        let lines: Lines
        let plan: FunctionPlan

        func invoke(_ event: String, requestID: String = "r-1") async -> InvocationOutcome {
            await withCheckedContinuation { continuation in
                host.invoke(host.reserve(), plan, requestID: requestID, payload: Array(event.utf8)) {
                    continuation.resume(returning: $0)
                }
            }
        }

        func json(_ event: String, requestID: String = "r-1") async throws -> Any {
            guard case .payload(let bytes, isError: false) = await invoke(event, requestID: requestID) else {
                throw NoAnswer()
            }
            return try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        }
    }

    private struct NoAnswer: Error {}

    private static func plan(
        concurrency: Int = 1, timeout: Int = 60_000, variables: [FunctionPlan.Variable] = []
    ) -> FunctionPlan {
        FunctionPlan(
            name: "f", command: ["python3", "-c", runtime], folder: "/",
            environment: variables,
            arn: "arn:aws:lambda:us-east-1:123456789012:function:f", timeoutInMillis: timeout, concurrency: concurrency)
    }

    private static func run(
        _ plan: FunctionPlan = plan(), _ body: (Setting) async throws -> Void
    ) async throws {
        let lines = Lines()
        let host = try FunctionHost(
            FunctionHost.Options(
                executable: try Program.path(), path: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin",
                wallSeconds: { 1_795_341_590 }, wallMilliseconds: { 1_795_341_590_000 }, log: { lines.add($0) }))
        await host.adopt([plan])
        do {
            try await body(Setting(host: host, lines: lines, plan: plan))
        } catch {
            await host.stop()
            throw error
        }
        await host.stop()
    }

    private static func isAlive(_ process: Int) -> Bool { kill(pid_t(process), 0) == 0 }

    @Test("A function gets its event and answers")
    func answer() async throws {
        try await Self.run { setting in
            let answer = await setting.invoke(#"{"rank":"15"}"#)
            #expect(answer == .payload(Array(#"{"rank": "15"}"#.utf8), isError: false))
        }
    }

    @Test("The headers of Lambda come with the event")
    func headers() async throws {
        try await Self.run { setting in
            let headers = try #require(
                try await setting.json(#"{"do":"headers"}"#, requestID: "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                    as? [String: String])
            #expect(headers["Lambda-Runtime-Aws-Request-Id"] == "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            #expect(
                headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:aws:lambda:us-east-1:123456789012:function:f")
            #expect(headers["Lambda-Runtime-Deadline-Ms"] == "1795341650000", "a minute after the test's clock")
            #expect(headers["Content-Type"] == "application/json")
        }
    }

    @Test("A process gets its own environment and nothing of the gateway's")
    func environment() async throws {
        unsafe setenv("GATEHOUSE_FUNCTION_SECRET", "of the gateway", 1)
        var plan = Self.plan(variables: [.init("TABLE", "sessions")])
        plan.command = ["env"]
        try await Self.run(plan) { setting in
            _ = await setting.invoke("{}")
            await setting.host.stop()
            var variables: [String: String] = [:]
            for line in setting.lines.texts {
                let parts = line.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            }
            #expect(variables["TABLE"] == "sessions")
            #expect(variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand")
            #expect(variables["AWS_LAMBDA_LOG_STREAM_NAME"]?.contains("[$LATEST]") == true)
            let known: Set = [
                "PATH", "TABLE", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_INITIALIZATION_TYPE",
                "AWS_LAMBDA_LOG_STREAM_NAME",
            ]
            #expect(Set(variables.keys) == known)
        }
    }

    @Test("What a handler raises is an error with its text")
    func handlerError() async throws {
        try await Self.run { setting in
            let answer = await setting.invoke(#"{"do":"error"}"#)
            guard case .payload(let bytes, isError: true) = answer else {
                Issue.record("not an error: \(answer)")
                return
            }
            #expect(String(decoding: bytes, as: UTF8.self).contains("Unauthorized"))
        }
    }

    @Test("A streamed answer is put together")
    func streamed() async throws {
        try await Self.run { setting in
            let answer = await setting.invoke(#"{"do":"stream","parts":["{\"a\":","1","}"]}"#)
            #expect(answer == .payload(Array(#"{"a":1}"#.utf8), isError: false))
        }
    }

    @Test("A process that ends in the middle fails its invocation; the next one gets another process")
    func exits() async throws {
        try await Self.run { setting in
            let answer = await setting.invoke(#"{"do":"exit","status":7}"#, requestID: "r-9")
            #expect(
                answer
                    == .error("Runtime.ExitError", "RequestId: r-9 Error: Runtime exited with error: exit status 7"))
            #expect(await setting.invoke("{}") == .payload(Array("{}".utf8), isError: false))
        }
    }

    @Test("A process that hangs is killed at its deadline")
    func hangs() async throws {
        try await Self.run(Self.plan(timeout: 300)) { setting in
            let answer = await setting.invoke(#"{"do":"hang"}"#)
            #expect(
                answer == .error("Sandbox.Timedout", "RequestId: r-1 Error: Task timed out after 0.30 seconds"))
        }
    }

    @Test("A process that has closed its output, deaf to signals, is killed and missed as any other")
    func quiet() async throws {
        try await Self.run(Self.plan(timeout: 300)) { setting in
            let late = InvocationOutcome.timedOut("r-1", milliseconds: 300)
            #expect(await setting.invoke(#"{"do":"quiet"}"#) == late)
            // The host stops only when no process is left.
        }
    }

    @Test("A stranger's request to the Runtime API is turned away")
    func strangers() async throws {
        var plan = Self.plan()
        let stranger = """
            import http.client, os
            api = os.environ["AWS_LAMBDA_RUNTIME_API"]
            for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
                c = http.client.HTTPConnection(api)
                c.request("GET", "/2018-06-01/runtime/invocation/next", headers=headers)
                print("status", c.getresponse().status, flush=True)

            """
        plan.command = ["python3", "-c", stranger + Self.runtime]
        try await Self.run(plan) { setting in
            #expect(await setting.invoke("{}") == .payload(Array("{}".utf8), isError: false))
            #expect(setting.lines.texts.filter { $0 == "status 403" }.count == 2)
        }
    }

    @Test("Answers up to 6 MB pass, larger ones are Lambda's error")
    func largeAnswers() async throws {
        try await Self.run { setting in
            guard case .payload(let bytes, isError: false) = await setting.invoke(#"{"do":"large","bytes":6291000}"#)
            else {
                Issue.record("6 MB did not pass")
                return
            }
            #expect(bytes.count == 6_291_002)
            #expect(await setting.invoke(#"{"do":"large","bytes":10000000}"#) == .tooLarge())
            #expect(await setting.invoke("{}") == .payload(Array("{}".utf8), isError: false))
            #expect(setting.lines.texts.contains("status 413"))
        }
    }

    @Test("Calls out of order are refused as Lambda refuses them")
    func outOfOrder() async throws {
        try await Self.run { setting in
            let foreign = try #require(try await setting.json(#"{"do":"foreign"}"#) as? [Any])
            #expect(foreign.first as? Int == 400)
            #expect((foreign.last as? [String: String])?["errorType"] == "InvalidRequestID")
            #expect(try await setting.json(#"{"do":"again"}"#) as? [Int] == [403])
            let statuses = try await setting.json(
                #"{"do":"paths","calls":[["GET","init/error"],["POST","init/error"],["GET","other"],["PUT","invocation/next"]]}"#
            )
            #expect(statuses as? [Int] == [405, 403, 404, 405])
        }
    }

    @Test("What is printed comes line by line with the request it belongs to; a report ends each invocation")
    func printed() async throws {
        try await Self.run { setting in
            _ = await setting.invoke(#"{"do":"print","lines":["first","second"]}"#, requestID: "r-5")
            await setting.host.stop()
            let output = setting.lines.all.filter { $0.kind == .output }
            #expect(output.map { String(decoding: $0.text, as: UTF8.self) } == ["first", "second"])
            #expect(output.allSatisfy { $0.requestID == "r-5" })
            let reports = setting.lines.all.filter { $0.kind == .report }
            #expect(reports.count == 1)
            #expect(reports.first?.requestID == "r-5")
            #expect((reports.first?.duration ?? 0) > 0)
            #expect((reports.first?.initDuration ?? 0) > 0)
        }
    }

    @Test("Output without end holds nobody up")
    func flood() async throws {
        try await Self.run(Self.plan(timeout: 60_000)) { setting in
            let answer = await setting.invoke(#"{"do":"flood","megabytes":20}"#)
            guard case .payload(_, isError: false) = answer else {
                Issue.record("no answer: \(answer)")
                return
            }
        }
    }

    @Test("A function that cannot start says why to its caller")
    func initError() async throws {
        try await Self.run(Self.plan(variables: [.init("FAIL_INIT", "1")])) { setting in
            let answer = await setting.invoke("{}")
            guard case .payload(let bytes, isError: true) = answer else {
                Issue.record("not an error: \(answer)")
                return
            }
            #expect(String(decoding: bytes, as: UTF8.self).contains("Runtime.ImportModuleError"))
        }
    }

    @Test("A program that is not there is named")
    func missingProgram() async throws {
        var plan = Self.plan()
        plan.command = ["no-such-interpreter"]
        try await Self.run(plan) { setting in
            let answer = await setting.invoke("{}")
            #expect(
                answer
                    == .failed(
                        "no-such-interpreter cannot be started: no such file or folder, or not in the PATH"))
            #expect(setting.lines.all.contains { $0.kind == .problem })
        }
    }

    @Test("Nothing that a function started outlives it, a session of its own or not")
    func descendants() async throws {
        var child = 0
        try await Self.run { setting in
            let event = try #require(try await setting.json(#"{"do":"fork"}"#) as? [String: Any])
            child = try #require(event["child"] as? Int)
            #expect(Self.isAlive(child))
        }
        #expect(!Self.isAlive(child))
    }

    @Test("Many invocations over four processes with crashes and hangs: each gets exactly one answer")
    func mixture() async throws {
        // Ample for those that answer, on a busy machine too; two hang for so long.
        try await Self.run(Self.plan(concurrency: 4, timeout: 10_000)) { setting in
            let answers = await withTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let event =
                            switch number {
                            case 50, 51: #"{"do":"hang"}"#
                            case _ where number % 20 == 7: #"{"do":"exit","status":1}"#
                            default: #"{"number":\#(number)}"#
                            }
                        return (number, event, await setting.invoke(event, requestID: "r-\(number)"))
                    }
                }
                var all: [(Int, String, InvocationOutcome)] = []
                for await answer in group { all.append(answer) }
                return all
            }
            #expect(answers.count == 200)
            for (number, event, outcome) in answers {
                guard case .payload(let bytes, let isError) = outcome else {
                    Issue.record("\(event): \(outcome)")
                    continue
                }
                #expect(isError == event.contains("do"), "\(event)")
                if !isError { #expect(bytes == Array(#"{"number": \#(number)}"#.utf8)) }
            }
        }
    }
}
