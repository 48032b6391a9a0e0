import Authorizers
package import EventLoop
package import FunctionHost
package import Routes
package import Server
import Synchronization
import Tokens
import Upstream

/// A running gateway: listening sockets and workers, from start to drained stop.
package final class GatewayService: Sendable {
    /// Why a gateway could not start.
    package struct StartError: Error, Sendable {
        /// The address or the step that was refused.
        package var place: String
        package var reason: String
        /// What was tried with the place.
        package var attempt = "listen on"
    }

    package let sockets: [ListeningSocket]
    package let box: SnapshotBox
    private let workers: [GatewayWorker]
    private let keys: KeyService?
    private let usage: UsageKeeper?
    private let logs: OpenLogs
    private let functions: FunctionHost?
    private let admin: AdminListener?
    /// Where the owner asks for metrics and invokes functions; nil when nowhere.
    package let adminAddress: SocketAddress?

    /// Binds the listeners of the snapshot's configuration and starts its workers.
    ///
    /// `logDescriptor` takes the access log; `logFormat` overrides nothing but the default for terminals. `observer` gets
    /// every finished exchange. Without `hosting` no functions are run; with it, where interpreters are looked for.
    package static func start(
        _ snapshot: GatewaySnapshot, cores: Int, logDescriptor: Int32, logFormat: LogDefinition.Format,
        clock: any WallClock = SystemClock(), keys: KeyService? = nil, observer: (any ExchangeObserver)? = nil,
        hosting: FunctionHosting? = nil, version: String = ""
    ) async throws(StartError) -> GatewayService {
        Socket.ignoreBrokenPipes()
        let usage = try openUsage(snapshot, clock)
        TransferDriver.prepareLibrary()
        var sockets: [ListeningSocket] = []
        for listen in snapshot.document.server.listen {
            guard let address = SocketAddress(listen.value) else {
                throw StartError(place: listen.value.description, reason: "not an address of this machine")
            }
            do throws(SystemError) {
                sockets.append(try ListeningSocket(address))
            } catch {
                throw StartError(place: listen.value.description, reason: error.reason)
            }
        }
        var adminSocket: ListeningSocket?
        if let listen = snapshot.document.server.admin, let address = SocketAddress(listen.value) {
            do throws(SystemError) {
                adminSocket = try ListeningSocket(address)
            } catch {
                throw StartError(place: listen.value.description, reason: error.reason)
            }
        }
        let box = SnapshotBox(snapshot)
        var source = SystemRandomNumberGenerator()
        do throws(SystemError) {
            try await keys?.adopt(snapshot)
            for file in snapshot.logFiles { try file.open() }
            let sink = try LogSink(fd: logDescriptor)
            let functions = try hosting.map { hosting throws(SystemError) in
                let log = FunctionLog(
                    sink: sink, format: logFormat, level: snapshot.document.server.log.level, clock: clock)
                return try FunctionHost(hosting.options { log.write($0) })
            }
            await functions?.adopt(FunctionPlans.make(snapshot.document))
            let parts = GatewayWorker.Parts(
                box: box, sockets: sockets, sink: sink, logFormat: logFormat, clock: clock, logSeed: source.next(),
                observer: observer, functions: functions)
            var workers: [GatewayWorker] = []
            for number in 1...max(1, snapshot.document.server.workers ?? cores) {
                let worker = try GatewayWorker(name: "worker-\(number)")
                try await worker.open(parts)
                workers.append(worker)
            }
            let logs = OpenLogs(sink: sink, files: snapshot.logFiles)
            var admin: AdminListener?
            if let adminSocket {
                let listener = try AdminListener()
                let metrics = MetricsSource(workers: workers, version: version, observer: observer) { logs.lostLines }
                try await listener.open(adminSocket, box: box, host: functions, metrics: metrics, clock: clock)
                admin = listener
            }
            return GatewayService(
                sockets: sockets, box: box, workers: workers, keys: keys, usage: usage, logs: logs,
                functions: functions, admin: admin, adminAddress: adminSocket?.address)
        } catch {
            usage?.stop()
            throw StartError(place: error.call, reason: error.reason, attempt: "go on with")
        }
    }

    private init(
        sockets: [ListeningSocket], box: SnapshotBox, workers: [GatewayWorker], keys: KeyService?,
        usage: UsageKeeper?, logs: OpenLogs, functions: FunctionHost?, admin: AdminListener?,
        adminAddress: SocketAddress?
    ) {
        self.sockets = sockets
        self.box = box
        self.workers = workers
        self.keys = keys
        self.usage = usage
        self.functions = functions
        self.admin = admin
        self.adminAddress = adminAddress
        self.logs = logs
    }

    /// Before the first request, so that no count is missed.
    private static func openUsage(
        _ snapshot: GatewaySnapshot, _ clock: any WallClock
    ) throws(StartError) -> UsageKeeper? {
        guard let definition = snapshot.document.usage else { return nil }
        let ledger = snapshot.limits.ledger
        do throws(UsageFile.Problem) {
            let file = try UsageFile(definition.path, into: ledger, at: clock.now().seconds)
            do throws(SystemError) {
                return try UsageKeeper(file, ledger, clock)
            } catch {
                throw UsageFile.Problem(reason: error.reason)
            }
        } catch {
            throw StartError(place: definition.path, reason: error.reason, attempt: "count quotas in")
        }
    }

    /// Puts another configuration in force and says what differs. When this returns, every further request is decided by
    /// it; those under way end by the one that they began with. Results of authorizer functions are asked for anew.
    ///
    /// `snapshot` must have been built to replace the one in force. Throws, and changes nothing, when keys cannot be
    /// looked after.
    package func reload(to snapshot: GatewaySnapshot) async throws(SystemError) -> ConfigurationDifference {
        let former = box.current().0
        // First, so that the list of revoked tokens is there before anybody is decided by it.
        try await keys?.adopt(snapshot)
        try openLogs(of: snapshot)
        box.replace(with: snapshot)
        // Workers let go of the former snapshot with their next request; what it remembers is of no use until then.
        former.authorizerResults.flush()
        await functions?.adopt(FunctionPlans.make(snapshot.document))
        return ConfigurationDifference(from: former.document, to: snapshot.document, stage: snapshot.stage.name)
    }

    /// Forgets what authorizer functions have said, for all stages, as FlushStageAuthorizersCache does for one. Returns
    /// how many results were kept.
    @discardableResult
    package func flushAuthorizerResults() -> Int { box.current().0.authorizerResults.flush() }

    /// Opens the files of its access logs, those that are open already anew: somebody may have moved them away.
    private func openLogs(of snapshot: GatewaySnapshot) throws(SystemError) {
        for file in snapshot.logFiles {
            try file.open()
            logs.add(file)
        }
    }

    /// Lines of the access logs that could not be written.
    package var lostLogLines: UInt64 { logs.lostLines }

    /// What was wrong with the file of quotas and has been repaired; nil when nothing was.
    package var usageRepair: String? { usage.flatMap { usage in usage.repair.map { "\(usage.path): \($0)" } } }

    /// Why the counts of quotas cannot be written down just now; nil when they can.
    package var usageProblem: String? { usage.flatMap { usage in usage.problem.map { "\(usage.path): \($0)" } } }

    /// New processes are started for functions whose code has changed.
    package func restartFunctions(_ names: [String]) async { await functions?.retire(names) }

    /// Lets open requests end, then gives everything back.
    package func stop() async {
        await withTaskGroup { group in
            for worker in workers {
                group.addTask {
                    await worker.drain()
                    await worker.close()
                }
            }
        }
        await admin?.close()
        await keys?.close()
        usage?.stop()
        // After the workers, because open requests may wait for them; their last lines still go into the log.
        await functions?.stop()
        logs.close()
    }
}

/// Everything that access logs are written to.
private final class OpenLogs: Sendable {
    private let sink: LogSink
    /// Every file that an access log has had in this process: requests under way may still write to a former one.
    private let files: Mutex<[LogFile]>

    init(sink: LogSink, files: [LogFile]) {
        self.sink = sink
        self.files = Mutex(files)
    }

    var lostLines: UInt64 { files.withLock { $0 }.reduce(sink.droppedLines) { $0 + $1.droppedLines } }

    func add(_ file: LogFile) {
        files.withLock { files in
            if !files.contains(where: { $0 === file }) { files.append(file) }
        }
    }

    func close() {
        sink.stop()
        for file in files.withLock({ $0 }) { file.close() }
    }
}

extension SocketAddress {
    init?(_ listen: ListenAddress) {
        switch listen {
        case .internet(let host, let port): self.init(host: host, port: port)
        case .unix(let path): self = .unix(path: path)
        }
    }
}
