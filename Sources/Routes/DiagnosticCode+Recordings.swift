extension DiagnosticCode {
    /// What recordings, imports and replays have to say.
    static let recordings: [DiagnosticCode] = [
        DiagnosticCode(
            "GH6001", "recording cannot be written",
            "Requests are served all the same; those that could not be written are counted. Make room, or name a file "
                + "in a folder that may be written."),
        DiagnosticCode(
            "GH6002", "compressed or in another encoding", "Recordings and HAR files are read as UTF-8 text: unpack it."
        ),
        DiagnosticCode(
            "GH6003", "not a recording",
            "A recording begins with a line that says so. A HAR file becomes one by `gatehouse import har`."),
        DiagnosticCode(
            "GH6004", "line not readable",
            "The line is not JSON and was passed over; all others count. It may have been edited by hand."),
        DiagnosticCode(
            "GH6005", "ends in the middle of an entry",
            "The process that wrote it was killed, or the copy is not complete. Everything before counts."),
        DiagnosticCode(
            "GH6006", "entry too large", "One entry is held in memory at a time; this one passes the bound."),
        DiagnosticCode(
            "GH6007", "entry of another form", "A member is missing or of another type; the entry was passed over."),
        DiagnosticCode(
            "GH6008", "requests are missing",
            "The recorder could not keep up or could not write, and dropped requests rather than hold them up."),
        DiagnosticCode(
            "GH6009", "salt cannot be used",
            "Pseudonyms are made with the secret in .gatehouse/salt beside gateway.json. Without it recordings would "
                + "not be safe to share, so nothing is recorded."),
        DiagnosticCode(
            "GH6010", "secret kept out of a recording",
            "The last look at an entry found a signature in it, and the entry was not written. This is a bug of "
                + "Gatehouse: please report where the token stood."),
        DiagnosticCode(
            "GH6101", "not a HAR file",
            "A HAR file is a JSON object with log.entries, as browsers and proxies export it."),
        DiagnosticCode(
            "GH6103", "request cannot be used", "What is imported must be a request that the gateway would read."),
        DiagnosticCode(
            "GH6104", "exported without credentials",
            "Browsers leave Authorization and cookies out of a \"sanitized\" HAR. In DevTools choose \"Export HAR (with "
                + "sensitive data)\": what Gatehouse writes of it holds no signature."),
        DiagnosticCode(
            "GH6105", "curl command not understood", "Paste it as DevTools copies it (\"Copy as cURL (bash)\")."),
        DiagnosticCode(
            "GH6106", "access log line not understood",
            "Understood are API Gateway's CLF format and JSON lines with httpMethod, path and status."),
        DiagnosticCode(
            "GH6107", "event not understood",
            "Understood are the events that functions get: proxy events 1.0 and 2.0, and those of authorizers."),
        DiagnosticCode(
            "GH6201", "undecidable",
            "The decision reads what the recording no longer holds: a claim that became a pseudonym, a signature that "
                + "was never good, a function's answer. It is counted by itself, never as \"same\"."),
    ]
}
