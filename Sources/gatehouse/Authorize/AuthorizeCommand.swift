import ArgumentParser
import Authorizers
import Documents
import Gateway
import Policies
import Routes
import Tokens

/// `gatehouse authorize METHOD PATH`: one request through the phases of the gateway, without a socket.
struct AuthorizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize", abstract: "Decide one request and explain every step.",
        discussion: """
            Examples:
              gatehouse authorize DELETE /ships/42 --as cadet
              gatehouse authorize GET /ships --token @captain.jwt --clock 2026-11-20T12:00:00Z
              gatehouse authorize --curl - <<'END'
                (paste a request that the browser copied as "cURL (bash)")
                END

            The request is METHOD and PATH, a curl command or an event. Who asks is a principal of the configuration \
            (--as), claims that are signed in memory with the authorizer's own secret (--claim, --claims), a token, or \
            a header. Nothing is forwarded; authorizer functions and remote keys are asked as the gateway would.
            Exit code 0: allowed; 1: anything else.
            """)

    enum EventVersion: String, ExpressibleByArgument, CaseIterable {
        case v1
        case v2
    }

    enum EventOwner: String, ExpressibleByArgument, CaseIterable {
        case authorizer
        case integration
    }

    @Argument(help: "The method.", completion: Completions.methods) var method: String?
    @Argument(help: "The path, with its query if any.", completion: Completions.paths) var path: String?

    @Option(help: "A curl command instead: itself, @FILE, or - for standard input.")
    var curl: String?

    @Option(help: "A Lambda event instead (TOKEN, REQUEST or proxy; 1.0 or 2.0): FILE, or - for standard input.")
    var event: String?

    @Option(
        name: .customLong("as"), help: "Ask as this principal of the configuration.",
        completion: Completions.principals)
    var principal: String?

    @Option(help: "A test file whose clock, configuration and principals count; see `gatehouse test`.")
    var test: String?
    @Option(help: "With --test: how long after the file's clock, such as 301s.") var advance: SpanArgument?

    @Option(help: ClaimArgument.help) var claim: [ClaimArgument] = []
    @Option(help: "A file with an object of claims, or - for standard input.") var claims: String?

    @Option(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument?

    @Option(
        name: [.customShort("H"), .customLong("header")], help: "A header line, `Name: value`; may be given again.")
    var headers: [String] = []

    @Option(help: "What time it is: ISO 8601, or seconds since 1970.")
    var clock: ClockArgument?

    @Flag(name: .customLong("no-cache"), help: "Keep nothing of tokens and answers.") var withoutCache = false
    @Option(help: "A second request, `METHOD PATH`, by the same caller: shows what the cache does.")
    var then: [String] = []

    @Flag(help: "Print JSON, a superset of AWS's TestInvokeAuthorizer answer.") var json = false
    @Flag(help: "Print only the policy document that was issued.") var policy = false
    @Flag(help: "Print exactly what a Lambda authorizer would return.") var lambdaResponse = false
    @Option(help: "Print the event that a function would get, in payload format v1 or v2.") var out: EventVersion?
    @Option(help: "Whose event: authorizer or integration (default: the authorizer's where the route has one).")
    var outFor: EventOwner?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let sources = [method != nil, curl != nil, event != nil].count { $0 }
        if sources != 1 || (method != nil) != (path != nil) {
            throw ValidationError("give the request once: METHOD PATH, --curl or --event")
        }
        if token != nil, principal != nil || !claim.isEmpty || claims != nil {
            throw ValidationError("--token excludes --as, --claim and --claims: who asks is given once")
        }
        if [json, policy, lambdaResponse, out != nil].count(where: { $0 }) > 1 {
            throw ValidationError("--json, --policy, --lambda-response and --out exclude each other")
        }
        if !then.isEmpty, policy || lambdaResponse || out != nil {
            throw ValidationError("--then explains several requests: it goes with --json or with nothing")
        }
        if advance != nil, test == nil { throw ValidationError("--advance needs --test") }
        if test != nil, method == nil || token != nil || !claim.isEmpty || claims != nil || !then.isEmpty || out != nil
        {
            throw ValidationError(
                "--test takes METHOD PATH, headers and --as from the file; nothing else says who asks")
        }
        if outFor != nil, out == nil { throw ValidationError("--out-for needs --out") }
    }

    func run() async throws {
        do {
            try await decide()
        } catch let failure as CommandFailure {
            throw failure.report()
        }
    }

    private func decide() async throws {
        if let test, let method, let path { return try decide(method, path, test) }
        let (request, stage) = try readRequest()
        let session = try await AuthorizeSession(
            options: options, output: output, eventStage: stage, usesCache: !withoutCache)
        defer { Task.immediate { await session.close() } }
        let speaker = try readSpeaker(session)
        var first = request
        if let token { first.identity = .token(try token.read()) }
        let now = clock?.time ?? ClockArgument.now
        // The event of an authorizer is the question: nothing has been decided when it is asked.
        let asks = out == nil || outFor == .integration
        var result = try await session.decide(first, as: speaker, at: now, asks: asks)
        if let attempt = try await attempt(session, result, at: now) { result.explanation.attempt = attempt }
        var results = [result]
        for words in then {
            let parts = words.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { throw CommandFailure("--then takes \"METHOD PATH\"", ExitCodes.usage) }
            var next = first
            next.method = Array(parts[0].utf8)
            next.target = Array(parts[1].utf8)
            result = try await session.decide(next, as: speaker, at: now)
            results.append(result)
        }
        let isShown = try show(results, session.snapshot)
        if !result.isAllowed, !isShown { throw ExitCodes.no }
    }

    /// As a principal of a test file: what `gatehouse test` would decide.
    private func decide(_ method: String, _ path: String, _ test: String) throws {
        let decision = PrincipalDecision(file: test, principal: principal, advance: advance, clock: clock?.time)
        let result = try decision.run(
            method: method, path: path, headers: headers, options: options, writer: output.diagnostics)
        _ = try show([result], nil)
        if !result.isAllowed { throw ExitCodes.no }
    }

    // MARK: Input

    private func readRequest() throws(CommandFailure) -> (OfflineRequest, stage: String?) {
        var request = OfflineRequest()
        var stage: String?
        if let curl {
            let isNamed = curl == "-" || curl.hasPrefix("@")
            let text =
                isNamed ? try StandardStreams.read(curl == "-" ? "-" : String(curl.dropFirst())) : Array(curl.utf8)
            request = try CurlCommand(text).request
        } else if let event {
            let read = try RequestEvent(try StandardStreams.read(event))
            (request, stage) = (read.request, read.stage)
        } else {
            request.method = Array((method ?? "").utf8)
            request.target = Array((path ?? "").utf8)
        }
        for header in headers { try request.add(header: header) }
        return (request, stage)
    }

    /// Who asks by name or by claims; nil when the request brings its own identity or none.
    private func readSpeaker(_ session: AuthorizeSession) throws(CommandFailure) -> PrincipalDefinition? {
        var speaker: PrincipalDefinition?
        if let principal {
            speaker = try PrincipalChoice.find(principal, in: session.snapshot.document)
        } else if claims != nil || !claim.isEmpty {
            speaker = PrincipalChoice.unnamed(in: session.snapshot.document)
        }
        if let claims { speaker?.add(try PrincipalChoice.claims(inFile: claims)) }
        speaker?.add(claim.map { PrincipalDefinition.Claim($0.name, $0.json) })
        return speaker
    }

    /// A command that would be allowed; only where the request was given by method and path.
    private func attempt(
        _ session: AuthorizeSession, _ result: AuthorizeSession.Result, at now: WallTime
    ) async throws(CommandFailure) -> String? {
        guard let method, let path, headers.isEmpty, out == nil, !result.isAllowed else { return nil }
        var identity = AuthorizeAttempt.Identity.none
        if let token, case .token(let bytes)? = result.request.identity {
            identity = .token(bytes, shown: token.shown)
        } else if principal != nil || !claim.isEmpty || claims != nil, let speaker = try readSpeaker(session) {
            identity = .speaker(
                speaker, name: principal,
                words: (claims.map { ["--claims", $0] } ?? []) + claim.flatMap { ["--claim", $0.text] })
        }
        let attempt = AuthorizeAttempt(
            session: session, method: method, path: path, identity: identity, clock: clock,
            common: options.words)
        return try await attempt.find(after: result, at: now)
    }

    // MARK: Output

    /// True when the output answers the question whatever was decided: the event of an authorizer.
    private func show(
        _ results: [AuthorizeSession.Result], _ snapshot: GatewaySnapshot?
    ) throws(CommandFailure) -> Bool {
        guard let result = results.first else { return false }
        let explanation = result.explanation
        if json {
            StandardStreams.write(ExplanationJSON.write(results) + [0x0A])
        } else if let out, let snapshot {
            return try show(out, result, snapshot)
        } else if policy || lambdaResponse {
            guard let identity = result.exchange?.identity else {
                StandardStreams.writeError(output.printer.render(explanation))
                return false
            }
            var writer = JSONWriter(indentation: 2)
            if policy { identity.policy.write(to: &writer) } else { identity.writeLambdaResponse(to: &writer) }
            StandardStreams.write(writer.bytes + [0x0A])
        } else {
            let texts = results.map { output.printer.render($0.explanation) }
            StandardStreams.write(texts.joined(separator: "\n"))
        }
        return false
    }

    private func show(
        _ version: EventVersion, _ result: AuthorizeSession.Result, _ snapshot: GatewaySnapshot
    ) throws(CommandFailure) -> Bool {
        if version == .v2, snapshot.apiType == .rest {
            throw CommandFailure("REST APIs have events of version 1.0 only: --out v1", ExitCodes.usage)
        }
        let format = version == .v1 ? PayloadFormat.version1 : .version2
        if let exchange = result.exchange {
            if outFor != .integration, let event = OfflineEvents.authorizer(exchange, format) {
                StandardStreams.write(event + [0x0A])
                return true
            }
            if outFor == .authorizer, exchange.route != nil {
                throw CommandFailure("the request's route has no authorizer", ExitCodes.usage)
            }
            if result.isAllowed {
                let event = OfflineEvents.integration(exchange, format, body: result.request.body)
                StandardStreams.write(event + [0x0A])
                return true
            }
        }
        // What is refused reaches no function.
        StandardStreams.writeError(output.printer.render(result.explanation))
        return false
    }
}
