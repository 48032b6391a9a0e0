import Gateway
import Routes
import Testing

/// One point in which Gatehouse does not do what AWS does, with a check that it does what is said.
struct Difference: Sendable, CustomTestStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        /// Another answer would be unsafe, wrong or useless.
        case deliberate
        /// It could be done as AWS does; nobody has asked for it yet.
        case missing
        /// AWS's way is not known well enough.
        case unknown
    }

    var kind: Kind
    var aws: String
    var here: String
    var why: String
    /// Whether `here` is true.
    var holds: @Sendable () throws -> Bool

    init(
        _ kind: Kind, aws: String, here: String, why: String, holds: @escaping @Sendable () throws -> Bool
    ) {
        self.kind = kind
        self.aws = aws
        self.here = here
        self.why = why
        self.holds = holds
    }

    var testDescription: String { here }

    private static func isRefused(_ code: String, _ make: () throws -> GateBench) -> Bool {
        do {
            _ = try make()
            return false
        } catch let refused as GateBench.Refused {
            return refused.codes.contains(code)
        } catch {
            return false
        }
    }

    private static let proxy = #""type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000/up""#
    static let all = requests + answers + models + configuration

    static let requests: [Difference] = [
        Difference(
            .deliberate, aws: "HTTP_PROXY of REST APIs adds no `X-Forwarded-*`.",
            here: "`X-Forwarded-For`, `-Proto`, `-Host` and `-Port` are sent by HTTP_PROXY of both types.",
            why: "a backend behind a proxy of one's own needs them"
        ) {
            let lines = try GateBench(.rest).sent()
            return ["for", "proto", "host", "port"].allSatisfy { name in
                lines.contains { $0.hasPrefix("x-forwarded-\(name): ") }
            }
        },
        Difference(
            .deliberate, aws: "HTTP APIs write `Forwarded: by=…;for=…;host=…;proto=…`.",
            here: "`Forwarded` has no `by`, and nothing of what the client wrote there goes on.",
            why: "`by` is an address inside AWS, and a client could name another caller"
        ) {
            let lines = try GateBench(.http).sent(headers("Forwarded: for=203.0.113.9"))
            return lines.filter { $0.hasPrefix("forwarded: ") }
                == ["forwarded: for=192.0.2.1;host=gate.example;proto=http"]
        },
        Difference(
            .deliberate, aws: "`X-HTTP-Method-Override` changes the method of a request to a REST API.",
            here: "Headers that make a backend take another method or path are dropped.",
            why: "what was authorized is what must be done"
        ) {
            let bench = try GateBench(.rest)
            return try !bench.sent(headers("X-HTTP-Method-Override: DELETE", "X-Original-URL: /admin")).contains {
                $0.hasPrefix("x-http-method") || $0.hasPrefix("x-original")
            }
        },
        Difference(
            .deliberate,
            aws: "A header that a mapping sets comes from the client where the mapped value is missing (believed).",
            here: "A header that a mapping sets is never taken from the client.",
            why: "a backend that trusts it could be told anything"
        ) {
            let bench = try GateBench(
                .rest,
                integration: proxy
                    + #", "requestParameters": { "integration.request.header.X-User": "context.authorizer.principalId" }"#
            )
            return try !bench.sent(headers("X-User: admin", "x-USER: admin")).contains {
                $0.lowercased().contains("admin")
            }
        },
        Difference(
            .deliberate, aws: "Mapped values go into headers as they are.",
            here: "A mapped value that is not printable ASCII is percent-encoded, `%` included.",
            why: "no claim, answer or query may end its line"
        ) {
            let bench = try GateBench(
                .rest,
                integration: proxy
                    + #", "requestParameters": { "integration.request.header.X-Q": "method.request.querystring.q" }"#)
            return try bench.sent("GET", "/x/1?q=a%0D%0AX-Evil:1%25").contains("x-q: a%0D%0AX-Evil:1%25")
        },
        Difference(
            .deliberate, aws: "A mapping may set `Host` of an HTTP integration (believed).",
            here: "A mapping that sets `Host` is answered with 500, and `validate` warns.",
            why: "the backend that is named is the backend that is asked"
        ) {
            let bench = try GateBench(
                .rest, integration: proxy + #", "requestParameters": { "integration.request.header.Host": "'h'" }"#)
            return try bench.answer()?.status == 500
        },
        Difference(
            .deliberate, aws: "Paths with encoded slashes, dot segments and double encoding reach the backend.",
            here: "They are refused with 400, unless `profile` is `aws`.",
            why: "a path with two readings could be authorized as one and served as the other"
        ) {
            let bench = try GateBench(.rest, key: "ANY /{proxy+}")
            return try ["/x%2Fy", "/a/..%2Fb", "/%252e%252e/a"].allSatisfy {
                try bench.answer("GET", $0)?.status == 400
            }
        },
        Difference(
            .deliberate, aws: "`/x/` and `/x` are two routes of an HTTP API, each with its own authorizer.",
            here: "Where `/x` is guarded, `/x/` asks its authorizer as well.",
            why: "`$default` or a greedy route would open what `/x` closes"
        ) {
            let bench = try GateBench(
                """
                { "version": 1, "api": { "type": "HTTP" },
                  "authorizers": { "f": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
                    "authorizerUri": "http://127.0.0.1:9001/2015-03-31/functions/f/invocations" } },
                  "routes": { "GET /x": { "authorizer": "f", "integration": { \(proxy) } },
                    "$default": { "authorizationType": "NONE", "integration": { \(proxy) } } } }
                """)
            return try bench.answer("GET", "/x/")?.status == 401
        },
        Difference(
            .deliberate,
            aws: "Bodies with a member twice are taken; which one counts depends on the reader (believed).",
            here: "A body with a duplicate member does not fit any model.",
            why: "the model and the backend could look at different ones"
        ) {
            let bench = try GateBench(
                .rest,
                members:
                    ", \"requestValidator\": { \"validateRequestBody\": true }, \"requestModels\": { \"$default\": \"M\" }",
                top: "\"models\": { \"M\": { \"schema\": {} } },")
            return try bench.answer("POST", "/x/1", body: #"{"a":1,"a":2}"#)?.status == 400
        },
        Difference(
            .unknown, aws: "HTTP APIs add a `Content-Type` to requests without a body.",
            here: "Nothing is added.", why: "its value is not documented"
        ) { try !GateBench(.http).sent().contains { $0.hasPrefix("content-type") } },
        Difference(
            .unknown, aws: "`Via: HTTP/1.1 AmazonAPIGateway` on requests of HTTP APIs is believed.",
            here: "It is sent.", why: "backends were seen to get it, but no capture is published"
        ) { try GateBench(.http).sent().contains("via: HTTP/1.1 AmazonAPIGateway") },
        Difference(
            .unknown,
            aws: "HTTP APIs forward `X-Amzn-Trace-Id`; whether they make one for HTTP_PROXY is not documented.",
            here: "A good one of the client goes on; functions always get one.", why: "what is known is done"
        ) {
            let bench = try GateBench(.http)
            let trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"
            return try bench.sent(headers("X-Amzn-Trace-Id: \(trace)")).contains("x-amzn-trace-id: \(trace)")
                && !bench.sent(headers("X-Amzn-Trace-Id: x")).contains { $0.hasPrefix("x-amzn-trace-id") }
        },
        Difference(
            .deliberate, aws: "REST and HTTP APIs switch to no other protocol.",
            here:
                "`\"webSocket\": true` on a route lets its backend take the connection over after an authorized handshake.",
            why: "backends with a WebSocket need a gate, too"
        ) {
            let offer = headers(
                "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            func upgrades(_ members: String) throws -> Bool {
                try GateBench(.http, members: members).sent(offer).contains("upgrade: websocket")
            }
            return try upgrades(", \"webSocket\": true") && !upgrades("")
        },
        Difference(
            .missing, aws: "Edge-optimised APIs add CloudFront's headers.",
            here: "Every API is a regional one.", why: "functions seldom depend on them"
        ) { try !GateBench(.rest).sent().contains { $0.hasPrefix("cloudfront") || $0.hasPrefix("x-amz-cf") } },
    ]

    static let answers: [Difference] = [
        Difference(
            .deliberate,
            aws:
                "HTTP_PROXY of REST APIs was seen to drop `Content-Encoding` of answers; the documentation says that it passes.",
            here: "It passes.", why: "without it the client could not read the body"
        ) {
            try GateBench(.rest).answer(to: ["Content-Encoding: gzip"]).lines.contains("content-encoding: gzip")
        },
        Difference(
            .deliberate, aws: "A REST API adds `Content-Type: application/json` to every answer without one.",
            here: "The same, but for 304.", why: "a 304 would change the type of what the client has stored"
        ) {
            let bench = try GateBench(.rest)
            return try bench.answer(to: []).lines.contains("content-type: application/json")
                && !bench.answer(to: [], status: 304).lines.contains { $0.hasPrefix("content-type") }
        },
        Difference(
            .deliberate, aws: "Variables in templates of gateway responses are put in as they are.",
            here:
                "They are escaped for JSON, XML and HTML, by the `Content-Type` that is sent, whatever the template is called.",
            why: "a caller could write into the answers that others parse"
        ) {
            let bench = try GateBench(
                .rest,
                top:
                    #""gatewayResponses": { "DEFAULT_4XX": { "responseTemplates": { "application/json": "{\"q\":\"$method.request.querystring.q\"}" } } },"#
            )
            return try bench.answer("GET", "/none?q=%22,%22a%22:%221")?.body == #"{"q":"\",\"a\":\"1"}"#
        },
        Difference(
            .unknown, aws: "How a template is chosen among several content types is not documented.",
            here: "By `Accept`, then `application/json`, then the first.", why: "as for integration responses"
        ) {
            let bench = try GateBench(
                .rest,
                top:
                    #""gatewayResponses": { "DEFAULT_4XX": { "responseTemplates": { "text/plain": "t", "text/html": "h" } } },"#
            )
            return try bench.answer("GET", "/none", ["Accept: text/html"])?.body == "h"
                && bench.answer("GET", "/none")?.body == "t"
        },
        Difference(
            .unknown,
            aws: "Whether a gateway response without a template changes the body of a denial is not documented.",
            here: "The built-in body stays, with its capital `Message`.", why: "so it was seen with headers for CORS"
        ) {
            let bench = try GateBench(
                .rest, top: "\"gatewayResponses\": { \"DEFAULT_4XX\": { \"statusCode\": 400 } },",
                api: #", "policy": { "Statement": [] }"#)
            return try bench.answer()?.body.hasPrefix(#"{"Message":"#) == true
        },
        Difference(
            .unknown, aws: "Whether HTTP APIs add `Vary: Origin` to answers with CORS headers is not documented.",
            here: "Nothing is added.", why: "captures show none"
        ) {
            let bench = try GateBench(.http, top: "\"cors\": { \"allowOrigins\": [\"https://a.example\"] },")
            let answer = try bench.answer("GET", "/none", ["Origin: https://a.example"])
            return answer?.lines.contains("access-control-allow-origin: https://a.example") == true
                && answer?.lines.contains { $0.hasPrefix("vary") } == false
        },
        Difference(
            .deliberate, aws: "Two `Origin` lines are joined (believed).", here: "With two of them nobody may call.",
            why: "which one a browser meant cannot be known"
        ) {
            let bench = try GateBench(.http, top: "\"cors\": { \"allowOrigins\": [\"https://a.example\"] },")
            return try bench.answer("GET", "/none", ["Origin: https://a.example", "Origin: https://b.example"])?.lines
                .contains { $0.hasPrefix("access-control") } == false
        },
        Difference(
            .deliberate,
            aws: "Answers of HTTP_PROXY are limited to 10 MB, and without `binaryMediaTypes` they are read as UTF-8.",
            here: "They pass as they are, whatever their size.",
            why: "a proxy that damages pictures helps nobody; `binaryMediaTypes` counts for functions"
        ) { try GateBench(.rest).answer(to: ["Content-Type: image/png"], body: "\u{1}").status == 200 },
    ]

    static let models: [Difference] = [
        Difference(
            .deliberate, aws: "A UUID that a client sends in `x-amzn-RequestId` becomes the request's (believed).",
            here: "Every request gets a new one.",
            why: "nobody else may choose by which name a request is found in a log"
        ) {
            let bench = try GateBench(
                .rest,
                top:
                    #""gatewayResponses": { "DEFAULT_4XX": { "responseTemplates": { "text/plain": "$context.requestId" } } },"#
            )
            let own = "3152b799-8954-4eda-91bc-9a23a7e80001"
            let answer = try bench.answer("GET", "/none", ["x-amzn-RequestId: \(own)"])
            return answer?.body.count == own.count && answer?.body != own
        },
        Difference(
            .deliberate, aws: "Models compare numbers with all their digits (believed).",
            here:
                "Models compare numbers as doubles: bounds beyond 2^53, and `enum` and `uniqueItems` with integers beyond 2^63, do not tell neighbours apart.",
            why: "most backends read them so; numbers that must be exact are better sent as strings"
        ) {
            func fits(_ schema: String, _ body: String) throws -> Bool {
                try GateBench(
                    .rest,
                    members:
                        ", \"requestValidator\": { \"validateRequestBody\": true }, \"requestModels\": { \"$default\": \"M\" }",
                    top: "\"models\": { \"M\": { \"schema\": \(schema) } },"
                ).answer("POST", "/x/1", body: body) == nil
            }
            return try fits(#"{"maximum":9007199254740992}"#, "9007199254740993")
                && fits(#"{"enum":[18446744073709551615]}"#, "18446744073709551616")
                && !fits(#"{"enum":[9007199254740992]}"#, "9007199254740993")
        },
    ]

    static let configuration: [Difference] = [
        Difference(
            .deliberate, aws: "REST APIs know no CORS; console and SAM create OPTIONS methods with a MOCK integration.",
            here:
                "`cors` of a REST API stands for these methods, on every resource that has no OPTIONS of its own; of several origins the caller's is answered.",
            why: "nobody should write them by hand"
        ) {
            let bench = try GateBench(
                .rest, top: "\"cors\": { \"allowOrigins\": [\"https://a.example\", \"https://b.example\"] },")
            let answer = try bench.answer("OPTIONS", "/x/1", ["Origin: https://b.example"])
            return answer?.status == 200
                && answer?.lines.contains("access-control-allow-origin: https://b.example") == true
        },
        Difference(
            .deliberate, aws: "A schema's unknown keywords are ignored.",
            here: "A model with a keyword that is not of draft 4 is refused.",
            why: "ignoring it would let through what its author shut out"
        ) {
            isRefused("GH3330") {
                try GateBench(.rest, top: "\"models\": { \"M\": { \"schema\": { \"const\": 1 } } },")
            }
        },
        Difference(
            .missing, aws: "HTTP and MOCK integrations have request and response templates (VTL).",
            here: "`requestTemplates` and `responseTemplates` of integrations are refused; MOCK has `response`.",
            why: "no template language is built"
        ) {
            isRefused("GH2104") {
                try GateBench(.rest, integration: proxy + #", "requestTemplates": { "application/json": "" }"#)
            }
                || isRefused("GH2105") {
                    try GateBench(.rest, integration: proxy + #", "requestTemplates": { "application/json": "" }"#)
                }
        },
        Difference(
            .missing, aws: "Mappings of bodies know wildcards and slices.",
            here: "A path that may name several values is refused.", why: "one header takes one value"
        ) {
            isRefused("GH2407") {
                try GateBench(
                    .rest,
                    integration: proxy
                        + #", "requestParameters": { "integration.request.header.X": "method.request.body.a[*]" }"#)
            }
        },
        Difference(
            .missing, aws: "Methods can be guarded by IAM and by Cognito user pools.",
            here: "`AWS_IAM` and `COGNITO_USER_POOLS` are refused.", why: "not built"
        ) {
            isRefused("GH2110") {
                try GateBench(
                    """
                    { "version": 1, "api": { "type": "REST" }, "routes": {
                      "GET /x": { "authorizationType": "AWS_IAM", "integration": { \(proxy) } } } }
                    """)
            }
        },
    ]

    private static func headers(_ lines: String...) -> HeaderLines { HeaderLines(lines: lines) }
}

/// Lines of a request.
struct HeaderLines: Sendable {
    var lines: [String]
}

extension GateBench {
    /// What the backend gets of a GET with these lines.
    func sent(_ headers: HeaderLines) throws -> [String] { try sent("GET", "/x/1", headers.lines) }
}
