import Foundation
import TestSupport
import Testing

@Suite("gatehouse authorize: curl commands, events and functions")
struct AuthorizeEventTests {
    // MARK: curl

    @Test(
        "A curl command that cannot be read for sure is refused",
        arguments: [
            ("wget http://x/", "does not begin with curl"),
            ("curl http://x/ --proxy http://y", "--proxy is not known"),
            ("curl http://x/ -Z", "-Z is not known"),
            ("curl -H 'A: b'", "there is no URL"),
            ("curl http://x/ http://y/", "2 URLs"),
            ("curl http://x/ -H", "-H needs a value"),
            ("curl 'http://x/", "single quote is not closed"),
            ("curl \"http://x/", "double quote is not closed"),
            ("curl http://x/ | sh", "beyond one command"),
            ("curl http://x/; curl http://y/", "more than one command"),
            ("curl http://x/$PATH", "behind a $"),
            ("curl \"http://x/`id`\"", "backticks"),
            ("curl http://x/{a,b}", "several requests"),
            ("curl -b cookies.txt http://x/", "file of cookies"),
            ("curl -u me http://x/", "no password"),
            ("curl ftp://x/", "neither http nor https"),
            ("curl ^\"http://x/^\"", "cmd"),
            ("curl -H @file http://x/", "@file"),
            ("curl http://x/\n-H 'A: b'", "second line"),
        ])
    func refused(command: String, problem: String) throws {
        let run = try CommandRun(["authorize", "--curl", command])
        #expect(run.code == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("gatehouse: --curl: ") && run.errors.contains(problem), "\(run.errors)")
    }

    @Test(
        "A curl command is the request that curl sends",
        arguments: [
            ("curl http://x/ships", "GET /ships"),
            ("$ curl 'https://x/ships' \\\n  -H 'accept: */*' \\\n  --compressed ;", "GET /ships"),
            ("curl -d a=b http://x/ships", "POST /ships"),
            ("curl --data-raw $'{\"a\":\"\\u0021\\'\\x41\"}' http://x/ships", "POST /ships"),
            ("curl --json '{}' http://x/ships", "POST /ships"),
            ("curl -G -d a=b --data-urlencode 'c=d e' http://x/ships?z", "GET /ships?z&a=b&c=d%20e"),
            ("curl -I http://x/ships", "HEAD /ships"),
            ("curl -XDELETE \"http://x/ships/4\"2", "DELETE /ships/42"),
            ("curl --request PUT --url x/ships/../me#top", "PUT /me"),
            ("curl -sSL -o /dev/null -w '%{http_code}' http://x/a", "GET /a"),
            ("curl -T f http://x/up", "PUT /up"), ("curl -F a=b http://x/up", "POST /up"),
            ("curl -X OPTIONS --request-target '/ships?x' http://x", "OPTIONS /ships?x"),
        ])
    func requests(command: String, expected: String) throws {
        let run = try CommandRun([
            "authorize", "--curl", command, "--out", "v1", "--config", "fixtures/gateway/echo.jsonc",
        ])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        let event = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let query = (event["multiValueQueryStringParameters"] as? [String: [String]] ?? [:])
        let parts = expected.split(separator: "?", maxSplits: 1)
        #expect("\(event["httpMethod"] ?? "") \(event["path"] ?? "")" == String(parts[0]))
        let wanted = parts.count == 2 ? parts[1].split(separator: "&").map { $0.prefix { $0 != "=" } } : []
        #expect(Set(query.keys) == Set(wanted.map(String.init)))
    }

    @Test("Brackets that a browser has escaped are literal, and then a matter of the gateway's own grammar")
    func brackets() throws {
        for command in ["curl 'http://x/a\\{b\\}'", "curl -g 'http://x/a{b}'"] {
            let run = try CommandRun(["authorize", "--curl", command])
            #expect(run.code == 1)
            #expect(run.output.hasPrefix("----  400  GET /a{b}"))
        }
    }

    @Test("Headers, cookies, passwords and bodies of a curl command arrive, and its own can be replaced or removed")
    func curlHeaders() throws {
        let command = """
            curl 'https://u:p%40@shop.example/ships' -H 'X-A: 1' -H 'x-b;' -H 'Accept:' -b 'c=1; d=2' -A agent \\
              -e 'http://from/;auto' -r 0-9 -H 'Host: other.example' --data-binary $'a\\nb' -H 'User-Agent: mine'
            """
        let run = try CommandRun(
            ["authorize", "--curl", "-", "--out", "v1", "--config", "fixtures/gateway/echo.jsonc"], input: command)
        let event = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let raw = try #require(event["multiValueHeaders"] as? [String: [String]])
        let headers = Dictionary(raw.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: +)
        #expect(headers["x-a"] == ["1"])
        #expect(headers["x-b"] == [""])
        #expect(headers["accept"] == nil)
        #expect(headers["cookie"] == ["c=1; d=2"])
        #expect(headers["user-agent"] == ["agent", "mine"])
        #expect(headers["referer"] == ["http://from/"])
        #expect(headers["range"] == ["bytes=0-9"])
        #expect(headers["host"] == ["other.example"])
        #expect(headers["authorization"] == ["Basic dTpwQA=="])
        #expect(headers["content-type"] == ["application/x-www-form-urlencoded"])
        #expect(headers["x-forwarded-proto"] == ["https"])
        #expect(event["body"] as? String == "a\nb")
    }

    @Test("The token of a pasted request decides")
    func curlToken() throws {
        let token = try fleetToken()
        let command = "curl 'http://127.0.0.1:8080/ships' \\\n  -H 'authorization: Bearer \(token)' --compressed"
        #expect(try CommandRun(["authorize", "--curl", command, "--clock", noon]).code == 0)
        let bearer = "curl --oauth2-bearer \(token) http://h/ships"
        #expect(try CommandRun(["authorize", "--curl", bearer, "--clock", noon]).code == 0)
        #expect(try CommandRun(["authorize", "--curl", "curl http://h/ships", "--clock", noon]).code == 1)
        #expect(try CommandRun(["authorize", "GET", "/ships", "--curl", "curl http://h/"]).code == 64)
        #expect(try CommandRun(["authorize", "--curl", "@/nonexistent"]).code == 66)
    }

    // MARK: Events

    @Test(
        "Something that is no event is refused",
        arguments: [
            "", "[]", "{}", #"{"type":"TOKEN"}"#, #"{"type":"TOKEN","authorizationToken":"x","methodArn":"GET/x"}"#,
            #"{"version":"2.0"}"#, #"{"httpMethod":"GET"}"#,
            #"{"httpMethod":"GET","path":"/","body":"%","isBase64Encoded":true}"#,
        ])
    func noEvent(json: String) throws {
        let run = try CommandRun(["authorize", "--event", "-"], input: json)
        #expect(run.code == 64)
        #expect(run.errors.hasPrefix("gatehouse: --event: "))
    }

    @Test(
        "Events of every kind give their request, and --out gives the event back",
        arguments: [
            ("rest-token.json", "DENY  401  GET /ships/42"), ("rest-request.json", "DENY  401  GET /ships/42"),
            ("rest-proxy.json", "DENY  401  "), ("http-request-1.0.json", "DENY  401  "),
            ("http-request-2.0.json", "DENY  401  GET /ships/42"), ("http-proxy-1.0.json", "DENY  401  "),
            ("http-proxy-2.0.json", "DENY  401  "),
        ])
    func events(file: String, head: String) throws {
        let run = try CommandRun(["authorize", "--event", "fixtures/events/\(file)"])
        #expect(run.code == 1)
        #expect(run.output.hasPrefix(head) || run.output.hasPrefix("----  403  "), "\(run.output)")
        // Stages that the configuration does not have are said aloud.
        #expect(run.errors.isEmpty || run.errors.contains("which is not configured; decided for stage \"dev\""))
    }

    @Test("The TOKEN event that --out prints decides as the request did")
    func roundTrip() throws {
        let token = try fleetToken()
        let out = try CommandRun(["authorize", "GET", "/ships/7", "--token", token, "--clock", noon, "--out", "v1"])
        #expect(out.code == 0)
        #expect(
            out.output.hasPrefix("{\"type\":\"TOKEN\",\"authorizationToken\":\"Bearer \(token)\",\"methodArn\":\"arn:"))
        let again = try CommandRun(["authorize", "--event", "-", "--clock", noon], input: out.output)
        #expect(again.code == 0)
        #expect(again.output.contains("GET /ships/{shipId}   shipId=7"))
        // The function in front of a route is not called for it: nobody listens at its port.
        let function = try CommandRun(
            [
                "authorize", "GET", "/function/a", "-H", "X-Caller: me", "--out", "v1", "--config",
                "fixtures/denials/rest.jsonc",
            ])
        #expect(function.code == 0 && function.output.hasPrefix("{\"type\":\"REQUEST\""))
        #expect(try CommandRun(["authorize", "GET", "/nowhere", "--out", "v1"]).code == 1)
        // A REST API has no events of version 2.0.
        #expect(try CommandRun(["authorize", "GET", "/ships", "--out", "v2"]).code == 64)
        #expect(try CommandRun(["authorize", "GET", "/health", "--out", "v1", "--out-for", "authorizer"]).code == 64)
        #expect(try CommandRun(["authorize", "GET", "/ships", "--out-for", "authorizer"]).code == 64)
    }

    @Test(
        "HTTP APIs have events of both versions, for the authorizer and for the integration", arguments: ["v1", "v2"])
    func versions(version: String) throws {
        let words = [
            "authorize", "GET", "/admin?x=1", "--claim", "sub=u-1", "--claim", "rank=captain", "--out", version,
            "--config", "fixtures/gateway/fleet-http.jsonc",
        ]
        let secret = ["SECRET": "test-vector-not-a-secret-0123456789abcdef", "LISTEN": "127.0.0.1:8080"]
        // The file names keys by RS256 unless somebody lists HS256: its key has an alg.
        let run = try CommandRun(words, environment: secret)
        let event = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(event["version"] as? String == (version == "v1" ? "1.0" : "2.0"))
        #expect(event["type"] as? String == "REQUEST")
        #expect(event["identitySource"] != nil)
        let behind = try CommandRun(words + ["--out-for", "integration"], environment: secret)
        let proxy = try #require(try JSONSerialization.jsonObject(with: Data(behind.output.utf8)) as? [String: Any])
        #expect(proxy["type"] == nil)
        let authorizer = (proxy["requestContext"] as? [String: Any])?["authorizer"] as? [String: Any]
        #expect(authorizer?["principalId"] as? String == "u-1" || authorizer?["lambda"] != nil)
        // Who is refused reaches no function.
        let denied = try CommandRun(
            words.map { $0 == "rank=captain" ? "rank=cadet" : $0 } + ["--out-for", "integration"], environment: secret)
        #expect(denied.code == 1 && denied.output.isEmpty && denied.errors.contains("NoCadets"))
    }
}
