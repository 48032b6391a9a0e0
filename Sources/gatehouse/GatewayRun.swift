import EventLoop
import Gateway
import Glibc
import Routes
import Server

/// Runs a gateway until the process is told to stop.
enum GatewayRun {
    /// `ready` gets the addresses as soon as connections are accepted. Throws when an address cannot be had. Without
    /// `reload`, HUP does what it does to every program.
    static func serve(
        _ snapshot: GatewaySnapshot, logFormat: LogDefinition.Format, keys: KeyService? = nil,
        observer: (any ExchangeObserver)? = nil, reload: ConfigurationReload? = nil, ready: ([String]) async -> Void
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
                snapshot, cores: cores, logDescriptor: 1, logFormat: logFormat, keys: keys, observer: observer)
        } catch {
            throw CommandFailure("cannot listen on \(error.place): \(error.reason)", ExitCodes.unavailable)
        }
        await ready(
            service.sockets.map { socket in
                if case .unix = socket.address { return "\(socket.address)" }
                return "http://\(socket.address)"
            })
        await Self.obey(signals, reload, service)
    }

    /// HUP and USR2 as often as they come, one after the other; the first signal to stop stops gracefully.
    private static func obey(
        _ signals: AsyncStream<Int32>, _ reload: ConfigurationReload?, _ service: GatewayService
    ) async {
        var reload = reload
        for await number in signals {
            switch number {
            case SIGHUP:
                if let lines = await reload?.run(service) { StandardStreams.writeError(lines) }
            case SIGUSR2:
                let count = service.flushAuthorizerResults()
                StandardStreams.writeError(
                    "\(ConfigurationReload.time())  authorizer results flushed: \(count) kept until now\n")
            default: return await stop(signals, service)
            }
        }
        await service.stop()
    }

    /// A second signal to stop ends at once.
    private static func stop(_ signals: AsyncStream<Int32>, _ service: GatewayService) async {
        let stop = Task { await service.stop() }
        let second = Task {
            for await number in signals where number == SIGTERM || number == SIGINT { _exit(128 + number) }
        }
        await stop.value
        second.cancel()
    }
}
