import Authorizers
import Documents
import EventLoop
import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// A configuration, ready to decide requests offline: keys are fetched and functions asked when a request needs them.
struct AuthorizeSession {
    /// One request with its decision.
    struct Result {
        var request: OfflineRequest
        /// Nil when the head was refused.
        var exchange: Exchange?
        var explanation: Explanation

        var isAllowed: Bool { exchange != nil && exchange?.failure == nil }
    }

    let snapshot: GatewaySnapshot
    private let gateway: OfflineGateway

    /// - Parameter eventStage: the stage that an event names; it counts where the configuration has it and nobody names
    ///   another one.
    init(
        options: ConfigurationOptions, output: OutputOptions, eventStage: String?, usesCache: Bool
    ) async throws(CommandFailure) {
        let checked = try options.check(fetcher: PatientKeyFetcher())
        guard var snapshot = checked.snapshot else {
            throw output.refuse(checked)
        }
        if let eventStage, options.stageName == nil, eventStage != snapshot.stage.name {
            if snapshot.document.stage(named: eventStage)?.isUsable == true,
                case .snapshot(let other, _) = GatewayBuilder.build(
                    snapshot.document, stageName: eventStage, fetcher: PatientKeyFetcher())
            {
                snapshot = other
            } else {
                let shown = DiagnosticPrinter.visible(eventStage)
                StandardStreams.writeError(
                    "gatehouse: the event is of stage \"\(shown)\", which is not configured; "
                        + "decided for stage \"\(snapshot.stage.name)\"\n")
            }
        }
        self.snapshot = snapshot
        var random = SystemRandomNumberGenerator()
        do throws(SystemError) {
            gateway = try OfflineGateway(
                snapshot, usesCache: usesCache, seed: (random.next(), random.next()),
                hosting: HostedFunctions.hosting, log: { HostedFunctions.show($0) })
        } catch {
            throw CommandFailure("no thread can be started: \(error.reason)", ExitCodes.software)
        }
        if let revocations = snapshot.document.revocations, StandardStreams.isThere(revocations.path) {
            let (list, problems) = RevocationList.parse(try StandardStreams.read(revocations.path))
            for problem in problems.prefix(10) {
                StandardStreams.writeError(
                    "gatehouse: \(DiagnosticPrinter.visible("\(revocations.path): \(problem.message)"))\n")
            }
            await gateway.revoke(list)
        }
    }

    func close() async { await gateway.close() }

    /// Decides one request. `speaker` gets a token that is made for the occasion; without `asks` no function is called.
    func decide(
        _ request: OfflineRequest, as speaker: PrincipalDefinition?, at now: WallTime, asks: Bool = true
    ) async throws(CommandFailure) -> Result {
        var request = withStage(request)
        if let speaker { request.identity = try identity(of: speaker, for: request, at: now) }
        let head: RequestHead
        switch try request.head(for: snapshot) {
        case .request(let made): head = made
        case .refused(let refusal):
            let explanation = Explanation(
                refusal: refusal, method: String(decoding: request.method, as: UTF8.self),
                path: String(decoding: request.target, as: UTF8.self), snapshot: snapshot)
            return Result(request: request, exchange: nil, explanation: explanation)
        }
        var random = SystemRandomNumberGenerator()
        let exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: request.client,
            peer: request.client, isSecure: request.isSecure, localPort: port(request), receivedAt: now)
        do throws(SystemError) {
            let decision = try await gateway.decide(exchange, body: request.body, asks: asks)
            var explanation = Explanation(of: decision.exchange, conversations: decision.conversations)
            if let speaker, !speaker.name.isEmpty { explanation.speaker = speaker.name }
            return Result(request: request, exchange: decision.exchange, explanation: explanation)
        } catch {
            throw CommandFailure("the network cannot be used: \(error.reason)", ExitCodes.software)
        }
    }

    /// An event shows the path without the stage; where paths begin with it, it is put back.
    private func withStage(_ request: OfflineRequest) -> OfflineRequest {
        guard !snapshot.stagesInPath.isEmpty, request.comesFromEvent else { return request }
        var whole = request
        whole.target = Array("/\(snapshot.stage.name)".utf8) + request.target
        whole.comesFromEvent = false
        return whole
    }

    private func port(_ request: OfflineRequest) -> UInt16 {
        if case .internet(_, let port)? = snapshot.document.server.listen.first?.value, !request.isSecure {
            return port
        }
        return request.isSecure ? 443 : 80
    }

    private func identity(
        of speaker: PrincipalDefinition, for request: OfflineRequest, at now: WallTime
    ) throws(CommandFailure) -> OfflineRequest.Identity? {
        guard case .request(let head) = try request.head(for: snapshot),
            let authorizer = OfflineRequest.authorizer(for: head, snapshot)
        else { return nil }
        guard let mint = PrincipalMint(authorizer.definition, in: snapshot.document) else {
            throw CommandFailure(
                "authorizer \"\(authorizer.definition.name)\" is a function: only it knows which tokens are good; "
                    + "pass one with --token", ExitCodes.usage)
        }
        do throws(ConfiguredSigner.Problem) {
            return try mint.token(for: speaker, at: now).map { .token($0) }
        } catch {
            throw CommandFailure(error.sentence, ExitCodes.usage)
        }
    }
}
