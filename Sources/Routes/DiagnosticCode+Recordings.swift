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
            "The last look at an entry found a signature in it that could not be taken out alone. The entry was cut down "
                + "to method, route, decision and principal. Please report where the token stood."),
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
        DiagnosticCode(
            "GH6202", "target of a replay not usable",
            "--to takes an http or https URL with a host, and a path that stands before every recorded one. A user name "
                + "or password in it would end up in reports and in the shell's history."),
        DiagnosticCode(
            "GH6203", "no token to send",
            "Recordings hold no signatures and no keys, so --tokens recorded sends only requests that never had any."),
        DiagnosticCode(
            "GH6204", "nothing to send",
            "Every request was left out: by the filter, because its method changes something, or because it can no "
                + "longer prove who it is from. The plan says which and how many."),
        DiagnosticCode(
            "GH6205", "target does not answer",
            "The first requests found nobody there, so the rest was not sent. Nothing can be said of the answers."),
        DiagnosticCode(
            "GH6206", "nobody to ask",
            "Before requests go to another machine, somebody has to agree: on a terminal, or with --yes."),
        DiagnosticCode(
            "GH6207", "token command failed",
            "The command of --tokens exec: must print one token and end with status 0, in the time of --token-timeout. "
                + "Requests of identities without a token are not sent."),
        DiagnosticCode(
            "GH6208", "map of tokens not usable",
            "The file of --tokens map: is a JSON object: for each sub a token, or as:NAME for a principal."),
    ]

    static let adviceOnRecordings = #"""
        GH2411 "record": { "redact": { "claims": { "drop": ["exp"] } } }
        Take the claim off the list; it is in every recording.

        GH2412 "bodyPointers": ["card.number"]
        Begin with a slash and write one name behind each: "/card/number".

        GH6001 gatehouse serve --record /full/disk.gtr.jsonl
        Make room, or name a plain file in a folder that this user may write.

        GH6002 gatehouse replay monday.gtr.jsonl.gz --offline
        Unpack it: gunzip -c monday.gtr.jsonl.gz | gatehouse replay - --offline.

        GH6003 gatehouse replay app.har --offline
        Import a HAR file first: gatehouse import har app.har -o app.gtr.jsonl.

        GH6004 {"startedDateTime":"2026-11-21T12:00:00Z",
        Look at the line and byte that are named, or leave it: the rest was read.

        GH6005 a copy that was broken off
        Copy the file again if the end matters; everything before it was read.

        GH6006 a body of 100 MB in a HAR file
        Export without bodies, or lower record.maxBodyBytes where it was recorded.

        GH6007 "request": "GET /ships"
        Write the member as HAR 1.2 has it, or leave the entry: the rest was read.

        GH6008 11,000 requests a second on two busy cores
        Record on a machine with a core to spare, or lower record.maxBodyBytes.

        GH6009 .gatehouse/salt with five bytes in it
        Make the folder of gateway.json writable, or remove the broken salt: a new one is made.

        GH6010 a token in a form that nobody thought of
        Report where the token stood, without the token.

        GH6101 { "entries": [] }
        Export the file from the network tab of the browser, or as HAR from the proxy.

        GH6103 "url": "about:blank"
        Leave the entry out; only requests over HTTP can be decided.

        GH6104 a HAR file without Authorization headers
        In DevTools choose "Export HAR (with sensitive data)"; the import drops every signature.

        GH6105 curl "$URL"
        Write the values into the command; nothing is expanded and no file is read.

        GH6106 GET /ships 200
        Write the log as JSON lines with httpMethod, path, status and requestTimeEpoch.

        GH6107 { "Records": [] }
        Give the JSON that a function behind API Gateway, or an authorizer, was called with.

        GH6201 "when": { "email": { "equals": "kathryn@fleet.example" } }
        Replay where the salt of the recording is, compare domains instead of persons, or look at the request by hand.

        GH6202 gatehouse replay monday.gtr.jsonl --to http://kathryn:secret@host/
        Write scheme, host and port alone, and say with --tokens who asks.

        GH6203 gatehouse replay monday.gtr.jsonl --to http://127.0.0.1:8080
        Say --tokens resign for a target that trusts your test keys, as:NAME, map:FILE or exec:COMMAND for any other.

        GH6204 a recording of POST requests alone
        Read the plan (--dry-run): --allow-unsafe, --tokens or another --filter lets more through.

        GH6205 a gateway that has not been started
        Start the target, or look at host and port of --to.

        GH6206 gatehouse replay monday.gtr.jsonl --to https://staging.example, in a pipeline
        Look at the plan with --dry-run, then add --yes.

        GH6207 --tokens exec:'vault read -field=token secret/$SUB'
        Run the command by hand with {"sub":"u-200"} on its standard input: it must print a token and nothing else.

        GH6208 { "u-200": 7 }
        Write { "u-200": "eyJ…", "u-100": "as:cadet", "*": "as:guest" }, where * stands for everybody else.
        """#
}
