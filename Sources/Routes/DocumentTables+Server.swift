extension DocumentTables {
    package static let server = DocumentSection(
        "server", "\"server\"",
        [
            DocumentKey(
                "listen",
                .either([
                    .string, .section(listener), .list(of: .either([.string, .section(listener)]), minimum: 1),
                ]), "host:port, [v6]:port or unix:/path, or a list of these", default: "\"127.0.0.1:8080\""),
            DocumentKey("workers", .integer(1...1024), "Threads that serve; the number of cores when absent"),
            DocumentKey("timeouts", .section(timeouts), "How long clients are waited for"),
            DocumentKey("limits", .section(limits), "How much clients may send"),
            DocumentKey("trustedProxies", .list(of: .string), "Addresses whose X-Forwarded-* are believed"),
            DocumentKey("reservedHeaders", .list(of: .string), "Header names never accepted from a client"),
            DocumentKey("pathNormalization", .section(pathNormalization), "Paths with two readings"),
            DocumentKey(
                "headerNames", .choice(["strict", "drop", "pass"]), "Header names outside letters, digits and hyphen",
                default: "\"strict\""),
            DocumentKey("log", .section(log), "Log format and level"),
            DocumentKey("admin", .section(admin), "For the owner, on this machine only"),
            DocumentKey("tls", .section(tls), "Certificates of the listeners", status: .planned),
            DocumentKey(
                "http2", .either([.boolean, .choice(["priorKnowledge"])]), "HTTP/2 on the listeners", status: .planned),
        ])

    package static let listener = DocumentSection(
        "server.listen", "a listener",
        [
            DocumentKey("address", .string, "host:port, [v6]:port or unix:/path", required: true),
            DocumentKey("tls", .section(tls), "Certificates of this listener", status: .planned),
            DocumentKey(
                "http2", .either([.boolean, .choice(["priorKnowledge"])]), "HTTP/2 on this listener", status: .planned),
            DocumentKey("proxyProtocol", .boolean, "Clients are named by the PROXY protocol", status: .planned),
        ])

    package static let timeouts = DocumentSection(
        "server.timeouts", "\"server.timeouts\"",
        [
            DocumentKey("headerInMillis", .integer(millis), "For the whole head of a request", default: "10000"),
            DocumentKey("bodyIdleInMillis", .integer(millis), "Between two pieces of a body", default: "30000"),
            DocumentKey(
                "bodyMinimumBytesPerSecond", .integer(count), "Slowest body accepted; 0 means any", default: "500"),
            DocumentKey("keepAliveInMillis", .integer(millis), "For the next request", default: "75000"),
            DocumentKey("writeIdleInMillis", .integer(millis), "For the client to take some bytes", default: "30000"),
            DocumentKey(
                "webSocketIdleInMillis", .integer(millis), "Without a byte through a WebSocket, in either direction",
                default: "600000"),
            DocumentKey("drainInMillis", .integer(millis), "For running requests at the end", default: "30000"),
        ])

    package static let limits = DocumentSection(
        "server.limits", "\"server.limits\"",
        [
            DocumentKey("headerBytes", .integer(256...1_048_576), "Request line and fields together", default: "10240"),
            DocumentKey("headerCount", .integer(1...10_000), "Fields of a request", default: "200"),
            DocumentKey("requestTargetBytes", .integer(16...1_048_576), "Path and query", default: "8192"),
            DocumentKey("bodyBytes", .integer(bytes), "Body of a request; 0 means no limit", default: "10485760"),
            DocumentKey("connections", .integer(1...10_000_000), "Connections at once", default: "20000"),
            DocumentKey(
                "connectionsPerAddress", .integer(0...10_000_000), "Connections of one client; 0 means no limit",
                default: "0"),
            DocumentKey(
                "requestsPerConnection", .integer(count), "Requests on one connection; 0 means no limit", default: "0"),
            DocumentKey(
                "integrationTimeoutInMillis", .integer(50...86_400_000),
                "Until the head of a backend's answer; 29000 on REST and 30000 on HTTP when absent"),
        ])

    package static let pathNormalization = DocumentSection(
        "server.pathNormalization", "\"server.pathNormalization\"",
        [
            DocumentKey(
                "encodedSlash", .choice(["reject", "keep"]), "Paths that hold %2F or %5C", default: "\"reject\""),
            DocumentKey(
                "ambiguous", .choice(["reject", "allow"]), "Paths that others could read as another route",
                default: "\"reject\""),
        ])

    package static let log = DocumentSection(
        "server.log", "\"server.log\"",
        [
            DocumentKey(
                "format", .choice(["json", "text"]),
                "One JSON object or one line of text for each request; absent: text at a terminal, JSON elsewhere"),
            DocumentKey(
                "level", .choice(["debug", "info", "warning", "error"]), "Least level that is written",
                default: "\"info\""),
            DocumentKey(
                "principal", .choice(["clear", "hash", "off"]), "How principal_id is written", default: "\"clear\""),
        ])

    package static let admin = DocumentSection(
        "server.admin", "\"server.admin\"",
        [
            DocumentKey(
                "listen", .string,
                "127.0.0.1:port, [::1]:port or unix:/path: there the functions of this document answer the Lambda Invoke API",
                required: true),
            DocumentKey("inspector", .boolean, "Serve the inspector", status: .planned),
            DocumentKey("metrics", .boolean, "Answer GET /metrics there", default: "true"),
        ])

    package static let tls = DocumentSection(
        "server.tls", "\"server.tls\"",
        [
            DocumentKey("certificateFile", .string, "PEM file of the certificate chain"),
            DocumentKey("privateKeyFile", .string, "PEM file of the private key"),
            DocumentKey("minimumVersion", .choice(["1.2", "1.3"]), "Oldest TLS version", default: "\"1.2\""),
            DocumentKey("certificates", .list(of: .section(certificate)), "Further certificates by server name"),
            DocumentKey("clientCertificates", .section(clientCertificates), "Certificates of clients"),
        ])

    package static let certificate = DocumentSection(
        "server.tls.certificates", "a certificate",
        [
            DocumentKey("serverNames", .list(of: .string, minimum: 1), "Names it is used for", required: true),
            DocumentKey("certificateFile", .string, "PEM file of the certificate chain", required: true),
            DocumentKey("privateKeyFile", .string, "PEM file of the private key", required: true),
        ])

    package static let clientCertificates = DocumentSection(
        "server.tls.clientCertificates", "\"clientCertificates\"",
        [
            DocumentKey("authoritiesFile", .string, "PEM file of the accepted authorities", required: true),
            DocumentKey("mode", .choice(["request", "require"]), "Whether one must be shown", default: "\"require\""),
        ])

    package static let upstream = DocumentSection(
        "upstreams.NAME", "an upstream",
        [
            DocumentKey("targets", .list(of: .section(target), minimum: 1), "Its servers", required: true),
            DocumentKey(
                "balance", .choice(["roundRobin", "leastRequests", "hash"]), "Which is chosen", status: .planned),
            DocumentKey("healthCheck", .section(healthCheck), "Probes that are sent", status: .planned),
            DocumentKey("outlier", .section(outlier), "Servers that fail are left out", status: .planned),
            DocumentKey("retry", .section(retry), "What is tried again"),
            DocumentKey("limits", .section(upstreamLimits), "How much is sent at once"),
            DocumentKey("timeouts", .section(upstreamTimeouts), "How long it is waited for"),
            DocumentKey(
                "lane", lane, "fast: the gateway's own HTTP/1.1; classic: libcurl's", default: "\"fast\""),
            DocumentKey("tls", .section(upstreamTLS), "Certificates towards the servers", status: .planned),
            DocumentKey("http2", .boolean, "HTTP/2 towards the servers", status: .planned),
        ])

    package static let target = DocumentSection(
        "upstreams.NAME.targets", "a target",
        [
            DocumentKey("url", .string, "Scheme, host and port", required: true),
            DocumentKey("weight", .integer(1...1000), "Share among several", default: "1"),
        ])

    package static let retry = DocumentSection(
        "upstreams.NAME.retry", "\"retry\"",
        [
            DocumentKey("attempts", .integer(0...10), "Additional attempts; 0 means none", default: "1"),
            DocumentKey(
                "on", .list(of: .choice(["connect", "reset", "503"])),
                "Failures that are tried again", default: "[\"connect\", \"reset\"]"),
            DocumentKey(
                "budgetPercent", .integer(0...100), "Share of running requests that may be retries", default: "20"),
        ])

    package static let upstreamLimits = DocumentSection(
        "upstreams.NAME.limits", "\"limits\" of an upstream",
        [
            DocumentKey("connections", .integer(1...1_000_000), "Connections of one worker", default: "512"),
            DocumentKey("pending", .integer(0...1_000_000), "Requests waiting for a connection", default: "1024"),
        ])

    package static let upstreamTimeouts = DocumentSection(
        "upstreams.NAME.timeouts", "\"timeouts\" of an upstream",
        [
            DocumentKey("connectInMillis", .integer(millis), "Until connected", default: "2000"),
            DocumentKey(
                "firstByteInMillis", .integer(millis), "Until the head of the answer; the server's limit when absent"),
            DocumentKey("idleInMillis", .integer(millis), "Between two pieces of the answer", default: "29000"),
        ])

    package static let healthCheck = DocumentSection(
        "upstreams.NAME.healthCheck", "\"healthCheck\"",
        [
            DocumentKey("path", .string, "What is asked for", required: true),
            DocumentKey("intervalInMillis", .integer(millis), "Between two probes", default: "2000"),
            DocumentKey("timeoutInMillis", .integer(millis), "For the answer", default: "1000"),
            DocumentKey("unhealthyThreshold", .integer(1...100), "Failures until it is left out", default: "3"),
            DocumentKey("healthyThreshold", .integer(1...100), "Successes until it is used again", default: "2"),
        ])

    package static let outlier = DocumentSection(
        "upstreams.NAME.outlier", "\"outlier\"",
        [
            DocumentKey("consecutiveFailures", .integer(1...1000), "Failures in a row", default: "5"),
            DocumentKey("ejectInMillis", .integer(millis), "How long it is left out", default: "10000"),
            DocumentKey("maximumEjectedPercent", .integer(0...100), "Most servers left out", default: "50"),
        ])

    package static let upstreamTLS = DocumentSection(
        "upstreams.NAME.tls", "\"tls\" of an upstream",
        [
            DocumentKey("authoritiesFile", .string, "PEM file of the accepted authorities"),
            DocumentKey("serverName", .string, "Name the certificate must have"),
            DocumentKey("certificateFile", .string, "PEM file of our certificate"),
            DocumentKey("privateKeyFile", .string, "PEM file of its key"),
        ])
}
