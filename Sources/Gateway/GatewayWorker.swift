import Authorizers
package import EventLoop
package import FunctionHost
import HTTP
package import Routes
package import Server
import Tokens
import Upstream

/// One worker: an event thread with its own server, libcurl handle and caches. Workers share the listening sockets, the
/// snapshot box and the log's queue, and nothing else.
package actor GatewayWorker: ThreadActor {
    /// What every worker is made from.
    package struct Parts: Sendable {
        package var box: SnapshotBox
        package var sockets: [ListeningSocket]
        package var sink: LogSink
        package var logFormat: LogDefinition.Format
        package var clock: any WallClock
        package var logSeed: UInt64
        /// Gets every finished exchange; nil when nobody records.
        package var observer: (any ExchangeObserver)?
        /// Runs functions; nil when none can be.
        package var functions: FunctionHost?

        package init(
            box: SnapshotBox, sockets: [ListeningSocket], sink: LogSink, logFormat: LogDefinition.Format,
            clock: any WallClock = SystemClock(), logSeed: UInt64, observer: (any ExchangeObserver)? = nil,
            functions: FunctionHost? = nil
        ) {
            self.box = box
            self.sockets = sockets
            self.sink = sink
            self.logFormat = logFormat
            self.clock = clock
            self.logSeed = logSeed
            self.observer = observer
            self.functions = functions
        }
    }

    package nonisolated let thread: EventThread
    private var server: HTTPServer?
    private var driver: TransferDriver?
    private var handler: GatewayHandler?

    /// Starts the thread. Nothing is served before ``open(_:)``.
    package init(name: String) throws(SystemError) {
        thread = try EventThread()
        thread.start(name: name) {}
    }

    /// Starts accepting.
    package func open(_ parts: Parts) throws(SystemError) {
        guard let driver = TransferDriver(thread: thread) else {
            throw SystemError(code: 12, call: "curl_multi_init")
        }
        let (snapshot, _) = parts.box.current()
        let document = snapshot.document
        var source = SystemRandomNumberGenerator()
        let clock = parts.clock
        let functions = FunctionInvoker(driver: driver, host: parts.functions) { number, outcome in
            Task.immediate { await self.functionAnswered(number, outcome) }
        }
        let handler = GatewayHandler(
            thread: thread, functions: functions, box: parts.box,
            workspace: AuthorizerWorkspace(
                cacheLimits: TokenCacheLimits(document.tokenCache), seed: (source.next(), source.next())),
            log: AccessLog(
                sink: parts.sink, snapshot: snapshot, format: parts.logFormat, seed: parts.logSeed,
                text: { exchange, out in ExplanationLine.append(exchange, to: &out) }),
            clock: clock, localPort: parts.sockets.first?.address.port ?? 0,
            random: FastRandom(seededBy: &source), resumer: { number in Task.immediate { await self.resume(number) } },
            observer: parts.observer)
        let server = HTTPServer(
            thread: thread, settings: ServerSettings(document.server), handler: handler,
            announcesKeepAlive: snapshot.apiType == .rest, wallSeconds: { clock.now().seconds })
        for socket in parts.sockets { try server.listen(on: socket) }
        self.server = server
        self.driver = driver
        self.handler = handler
    }

    /// What was counted since the start; the longest turn is that since the last call. Nil when it serves no more.
    package func report(_ number: Int) -> WorkerReport? {
        guard let server, let handler, let driver else { return nil }
        return WorkerReport(
            number: number, metrics: handler.metrics, connections: server.connectionCount,
            acceptedConnections: server.acceptedConnections, cachedTokens: handler.cachedTokens,
            retries: Dictionary(uniqueKeysWithValues: Lane.allCases.map { ($0, driver.retries(on: $0)) }),
            turns: thread.turnDurations, longestTurn: thread.takeLongestTurn())
    }

    private func resume(_ number: UInt64) { handler?.resume(number) }

    private func functionAnswered(_ number: UInt64, _ outcome: InvocationOutcome) {
        handler?.functions.answered(number, outcome)
    }

    /// Stops accepting and returns when the open requests have ended or their time is over.
    package func drain() async {
        guard let server else { return }
        await withCheckedContinuation { continuation in
            server.drain { continuation.resume() }
        }
    }

    /// Gives everything back and ends the thread; the worker is of no use afterwards.
    package func close() {
        driver?.shutDown()
        driver = nil
        server = nil
        handler?.shutDown()
        handler = nil
        thread.stop()
    }
}

extension TokenCacheLimits {
    /// Nil when the cache is turned off.
    init?(_ definition: TokenCacheDefinition) {
        guard definition.entries > 0 else { return nil }
        self.init()
        entries = definition.entries
        bytes = definition.bytes
        lifetime = Double(definition.ttlInSeconds)
    }
}

extension ServerSettings {
    init(_ definition: ServerDefinition) {
        let nameRule: FieldNameRule =
            switch definition.headerNames {
            case .strict: .strict
            case .drop: .drop
            case .pass: .pass
            }
        let limits = definition.limits
        let timeouts = definition.timeouts
        self.init(
            headLimits: HeadLimits(
                headerBytes: limits.headerBytes, headerCount: limits.headerCount,
                requestTargetBytes: limits.requestTargetBytes, nameRule: nameRule),
            bodyBytes: UInt64(clamping: limits.bodyBytes), connections: limits.connections,
            connectionsPerAddress: limits.connectionsPerAddress, requestsPerConnection: limits.requestsPerConnection,
            headerInMillis: timeouts.headerInMillis, bodyIdleInMillis: timeouts.bodyIdleInMillis,
            bodyMinimumBytesPerSecond: timeouts.bodyMinimumBytesPerSecond,
            keepAliveInMillis: timeouts.keepAliveInMillis, writeIdleInMillis: timeouts.writeIdleInMillis,
            tunnelIdleInMillis: timeouts.webSocketIdleInMillis,
            drainInMillis: timeouts.drainInMillis)
    }
}
