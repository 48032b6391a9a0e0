import EventLoop
import Gateway
import Glibc
import Routes
import Server

/// Runs a gateway until the process is told to stop.
enum GatewayRun {
    private enum Event {
        case signal(Int32)
        /// It is time to look at watched files, and for lost lines.
        case tick
    }

    /// How often that is.
    private static let lookInMillis = 250

    /// `ready` gets the addresses as soon as connections are accepted. Throws when an address cannot be had. Without
    /// `reload`, HUP does what it does to every program, and nothing is watched.
    static func serve(
        _ snapshot: GatewaySnapshot, logFormat: LogDefinition.Format, keys: KeyService? = nil,
        observer: (any ExchangeObserver)? = nil, reload: ConfigurationReload? = nil, isWatching: Bool = false,
        ready: ([String]) async -> Void
    ) async throws {
        let signals: AsyncStream<Int32>
        do {
            signals = try Signals.catching([SIGTERM, SIGINT] + (reload == nil ? [] : [SIGHUP, SIGUSR2]))
        } catch {
            throw CommandFailure("signals cannot be caught: \(error.reason)", ExitCodes.software)
        }
        let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let service: GatewayService
        do {
            service = try await GatewayService.start(
                snapshot, cores: cores, logDescriptor: 1, logFormat: logFormat, keys: keys, observer: observer,
                hosting: HostedFunctions.hosting, version: VersionCommand.number)
        } catch {
            throw CommandFailure("cannot \(error.attempt) \(error.place): \(error.reason)", ExitCodes.unavailable)
        }
        await ready(
            service.sockets.map { socket in
                if case .unix = socket.address { return "\(socket.address)" }
                return "http://\(socket.address)"
            })
        if let repair = service.usageRepair { StandardStreams.writeError("gatehouse: \(repair)\n") }
        let (events, sink) = AsyncStream<Event>.makeStream()
        let caught = Task {
            for await number in signals { sink.yield(.signal(number)) }
        }
        let ticks = clock { sink.yield(.tick) }
        await obey(events, reload, isWatching: isWatching && reload?.isStandardInput == false, service)
        ticks.cancel()
        caught.cancel()
    }

    /// Calls again and again until it is cancelled.
    private static func clock(_ tick: @escaping @Sendable () -> Void) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(lookInMillis))
                tick()
            }
        }
    }

    /// HUP and USR2 as often as they come, one after the other; the first signal to stop stops gracefully.
    private static func obey(
        _ events: AsyncStream<Event>, _ reload: ConfigurationReload?, isWatching: Bool, _ service: GatewayService
    ) async {
        var reload = reload
        var losses = LogLosses()
        var usageProblem: String?
        defer { losses.tell(service.lostLogLines, isLast: true) }
        var watch = FileWatch(reload?.files ?? [], look: { FileStamp(path: $0) })
        var code = FunctionCodeWatch(isWatching ? service.box.current().0.document.functions : [])
        var looks = 0
        func again() async {
            if let lines = await reload?.run(service) { StandardStreams.writeError(lines) }
            watch.follow(reload?.files ?? [], look: { FileStamp(path: $0) })
            if isWatching { code.follow(service.box.current().0.document.functions) }
        }
        for await event in events {
            switch event {
            case .tick:
                losses.tell(service.lostLogLines)
                let problem = service.usageProblem
                if let problem, problem != usageProblem {
                    StandardStreams.writeError("gatehouse: quotas are counted, but not kept: \(problem)\n")
                }
                usageProblem = problem
                guard isWatching else { break }
                if watch.hasChanged(look: { FileStamp(path: $0) }) { await again() }
                // Folders may be large; twice a second is soon enough.
                looks += 1
                if looks % 2 == 0 { await restart(code.changed(), service) }
            case .signal(SIGHUP): await again()
            case .signal(SIGUSR2):
                let count = service.flushAuthorizerResults()
                StandardStreams.writeError(
                    "\(ConfigurationReload.time())  authorizer results flushed: \(count) kept until now\n")
            case .signal: return await stop(events, service)
            }
        }
        await service.stop()
    }

    private static func restart(_ functions: [String], _ service: GatewayService) async {
        guard !functions.isEmpty else { return }
        await service.restartFunctions(functions)
        StandardStreams.writeError(
            "\(ConfigurationReload.time())  code changed: new processes for \(functions.joined(separator: ", "))\n")
    }

    /// A second signal to stop ends at once.
    private static func stop(_ events: AsyncStream<Event>, _ service: GatewayService) async {
        let stop = Task { await service.stop() }
        let second = Task {
            for await case .signal(let number) in events where number == SIGTERM || number == SIGINT {
                _exit(128 + number)
            }
        }
        await stop.value
        second.cancel()
    }
}
