package import Authorizers
package import EventLoop
package import FunctionHost
import Policies
import Routes
package import Tokens
import Upstream

/// What an authorizer's function was asked and said, for the owner who asked on purpose.
package struct FunctionConversation: Sendable {
    /// `http://127.0.0.1:9001`
    package let address: String
    package let event: [UInt8]
    /// The answer as it came; nil when there was none.
    package let answer: [UInt8]?
    package let isFunctionError: Bool
    package let nanoseconds: UInt64
}

/// A request that has been decided without a listening socket.
package struct OfflineDecision: Sendable {
    package let exchange: Exchange
    /// The calls that were made for it, in order; none for what was kept.
    package let conversations: [FunctionConversation]
}

/// For commands: keys are fetched when a request lacks them, by whoever decides it.
package struct PatientKeyFetcher: KeyFetcher {
    package init() {}

    package func fetch(_ slot: KeySlot) {}
}

/// Decides requests as the gateway would, functions and fetched keys included, but forwards none.
///
/// The snapshot must have been built with ``PatientKeyFetcher``. Caches live as long as this object.
package actor OfflineGateway: ThreadActor {
    package nonisolated let thread: EventThread
    private let snapshot: GatewaySnapshot
    private let usesCache: Bool
    private let workspace: AuthorizerWorkspace
    private let hosting: FunctionHosting
    private let log: @Sendable (FunctionLogLine) -> Void
    private var invoker: FunctionInvoker?
    private var call: FunctionCall?
    private var fetch: KeyFetch?
    private var conversations: [FunctionConversation] = []

    /// Keys and functions that a request waits for; more rounds than any route has authorizers.
    private static let rounds = 8

    package init(
        _ snapshot: GatewaySnapshot, usesCache: Bool = true, seed: (UInt64, UInt64), hosting: FunctionHosting,
        log: @escaping @Sendable (FunctionLogLine) -> Void
    ) throws(SystemError) {
        self.hosting = hosting
        self.log = log
        thread = try EventThread()
        self.snapshot = snapshot
        self.usesCache = usesCache
        let limits = usesCache ? TokenCacheLimits(snapshot.document.tokenCache) : nil
        workspace = AuthorizerWorkspace(cacheLimits: limits, seed: seed)
        thread.start(name: "offline") {}
    }

    /// Puts the list of revoked tokens in force, as `serve` does.
    package func revoke(_ list: RevocationList) { snapshot.revocations?.replace(with: list) }

    /// - Parameters:
    ///   - body: of the request, for the models that check it.
    ///   - asks: false leaves a request undecided that waits for a function or a key.
    package func decide(
        _ undecided: Exchange, body: [UInt8] = [], asks: Bool = true
    ) async throws(SystemError) -> OfflineDecision {
        var exchange = undecided
        conversations = []
        let began = MonotonicTime.now()
        var step = RequestPipeline.run(&exchange, in: workspace, isFinal: false)
        for _ in 0..<Self.rounds {
            switch step {
            case .wait where !asks, .ask where !asks:
                return OfflineDecision(exchange: exchange, conversations: [])
            case .wait:
                try await fetchKeys(for: exchange)
                step = RequestPipeline.run(&exchange, in: workspace)
            case .ask(let question, let address):
                let result = try await ask(question, address, exchange)
                exchange.authorizerNanoseconds = conversations.last?.nanoseconds ?? 0
                exchange.functionResults[ObjectIdentifier(question.authorizer)] = result
                step = RequestPipeline.run(&exchange, in: workspace)
            default:
                if exchange.isAdmitted, exchange.failure == nil,
                    let failure = exchange.route?.validator.checkBody(body, exchange)
                {
                    exchange.failure = failure
                }
                exchange.totalNanoseconds = MonotonicTime.now().since(began)
                return OfflineDecision(exchange: exchange, conversations: conversations)
            }
        }
        exchange.failure = .authorizerFailed(
            AuthorizerFailure(reason: "internal", detail: "the request waits for more than any route can"))
        return OfflineDecision(exchange: exchange, conversations: conversations)
    }

    package func close() async {
        let host = invoker?.host
        await host?.stop()
        invoker?.driver.shutDown()
        invoker = nil
        thread.stop()
    }

    // MARK: Waiting

    private func network() throws(SystemError) -> FunctionInvoker {
        if let invoker { return invoker }
        Socket.ignoreBrokenPipes()
        TransferDriver.prepareLibrary()
        guard let made = TransferDriver(thread: thread) else { throw SystemError(code: 12, call: "curl_multi_init") }
        let invoker = FunctionInvoker.offline(made, hosting, log: log) { number, outcome in
            Task.immediate { await self.functionAnswered(number, outcome) }
        }
        self.invoker = invoker
        return invoker
    }

    private func functionAnswered(_ number: UInt64, _ outcome: InvocationOutcome) {
        invoker?.answered(number, outcome)
    }

    private var seconds: Double { Double(MonotonicTime.now().nanoseconds) / 1e9 }

    /// Fetches every key set of the authorizer once.
    private func fetchKeys(for exchange: Exchange) async throws(SystemError) {
        let driver = try network().driver
        let builder = ExplanationBuilder(exchange)
        guard let route = builder.guardingRoute,
            let authorizer = exchange.snapshot.routes[route].authorizer?.declarative
        else { return }
        for slot in authorizer.ring.slots where slot.isRemote {
            guard case .remote(let location)? = snapshot.keyWatches.first(where: { $0.slot === slot })?.source else {
                continue
            }
            slot.tick(at: seconds)
            let outcome = await withCheckedContinuation { continuation in
                fetch = KeyFetch(location, driver: driver) { continuation.resume(returning: $0) }
            }
            fetch = nil
            switch outcome {
            case .keys(let json, let lifetime): slot.fetched(json, lifetime: lifetime, at: seconds, jitter: 0)
            case .failed(let problem): slot.failed(problem, at: seconds, jitter: 0)
            }
        }
    }

    private func ask(
        _ question: FunctionQuestion, _ address: FunctionAddress, _ exchange: Exchange
    ) async throws(SystemError) -> AuthorizerResult {
        let invoker = try network()
        let event = FunctionEvents.authorizerEvent(exchange, question)
        let began = MonotonicTime.now()
        let outcome = await withCheckedContinuation { continuation in
            call = FunctionCall(
                address, payload: event, traceID: exchange.traceID,
                timeoutInMillis: exchange.snapshot.authorizerTimeoutInMillis, invoker: invoker
            ) { continuation.resume(returning: $0) }
        }
        call = nil
        var answer: [UInt8]?
        var isError = false
        if case .answered(let payload, let isFunctionError) = outcome {
            answer = payload
            isError = isFunctionError
        }
        conversations.append(
            FunctionConversation(
                address: address.origin, event: event,
                answer: answer, isFunctionError: isError, nanoseconds: MonotonicTime.now().since(began)))
        let result = FunctionEvents.result(outcome, exchange, question)
        let cache = question.authorizer.cache
        if let key = question.key, usesCache,
            case .ask(let ticket) = cache.look(up: key, at: exchange.uptime, waiting: {})
        {
            let ttl = Double(question.authorizer.definition.resultTtlInSeconds)
            cache.finish(ticket, result, ttl: ttl, at: exchange.uptime)
        }
        return result
    }
}
