import Authorizers
package import EventLoop
package import Routes
package import Server
import Upstream

/// A running gateway: listening sockets and workers, from start to drained stop.
package struct GatewayService: Sendable {
    /// Why a gateway could not start.
    package struct StartError: Error, Sendable {
        /// The address or the step that was refused.
        package var place: String
        package var reason: String
    }

    package let sockets: [ListeningSocket]
    package let box: SnapshotBox
    private let workers: [GatewayWorker]
    private let keys: KeyService?
    private let sink: LogSink

    /// Binds the listeners of the snapshot's configuration and starts its workers.
    ///
    /// `logDescriptor` takes the access log; `logFormat` overrides nothing but the default for terminals. `observer` gets
    /// every finished exchange.
    package static func start(
        _ snapshot: GatewaySnapshot, cores: Int, logDescriptor: Int32, logFormat: LogDefinition.Format,
        clock: any WallClock = SystemClock(), keys: KeyService? = nil, observer: (any ExchangeObserver)? = nil
    ) async throws(StartError) -> GatewayService {
        Socket.ignoreBrokenPipes()
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
        let box = SnapshotBox(snapshot)
        var source = SystemRandomNumberGenerator()
        do throws(SystemError) {
            try await keys?.adopt(snapshot)
            let sink = try LogSink(fd: logDescriptor)
            let parts = GatewayWorker.Parts(
                box: box, sockets: sockets, sink: sink, logFormat: logFormat, clock: clock, logSeed: source.next(),
                observer: observer)
            var workers: [GatewayWorker] = []
            for number in 1...max(1, snapshot.document.server.workers ?? cores) {
                let worker = try GatewayWorker(name: "worker-\(number)")
                try await worker.open(parts)
                workers.append(worker)
            }
            return GatewayService(sockets: sockets, box: box, workers: workers, keys: keys, sink: sink)
        } catch {
            throw StartError(place: error.call, reason: error.reason)
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
        box.replace(with: snapshot)
        // Workers let go of the former snapshot with their next request; what it remembers is of no use until then.
        former.authorizerResults.flush()
        return ConfigurationDifference(from: former.document, to: snapshot.document, stage: snapshot.stage.name)
    }

    /// Forgets what authorizer functions have said, for all stages, as FlushStageAuthorizersCache does for one. Returns
    /// how many results were kept.
    @discardableResult
    package func flushAuthorizerResults() -> Int { box.current().0.authorizerResults.flush() }

    /// Lines of the access log that could not be written.
    package var lostLogLines: UInt64 { sink.droppedLines }

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
        await keys?.close()
        sink.stop()
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
