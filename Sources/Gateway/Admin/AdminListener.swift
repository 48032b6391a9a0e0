package import EventLoop
package import FunctionHost
import HTTP
package import Server
import Tokens
import Upstream

/// What the owner of the gateway may do from this machine, on a thread of its own.
package actor AdminListener: ThreadActor {
    package nonisolated let thread: EventThread
    private var server: HTTPServer?
    private var functions: FunctionInvoker?
    private var endpoint: AdminEndpoint?

    package init() throws(SystemError) {
        thread = try EventThread()
        thread.start(name: "admin") {}
    }

    /// Starts accepting. Reads the functions of whatever snapshot is in force; without a host they answer 502.
    package func open(
        _ socket: ListeningSocket, box: SnapshotBox, host: FunctionHost?, metrics: MetricsSource, clock: any WallClock
    ) throws(SystemError) {
        guard let driver = TransferDriver(thread: thread) else {
            throw SystemError(code: 12, call: "curl_multi_init")
        }
        let functions = FunctionInvoker(driver: driver, host: host) { number, outcome in
            Task.immediate { await self.answered(number, outcome) }
        }
        let settings = ServerSettings(
            bodyBytes: 6_291_556, connections: 256, bodyMinimumBytesPerSecond: 0, drainInMillis: 1000)
        let endpoint = AdminEndpoint(functions: InvokeEndpoint(functions: functions, box: box), box: box) { number in
            Task.immediate { await self.measure(number, metrics) }
        }
        let server = HTTPServer(
            thread: thread, settings: settings, handler: endpoint, announcesKeepAlive: false,
            wallSeconds: { clock.now().seconds })
        try server.listen(on: socket)
        self.server = server
        self.functions = functions
        self.endpoint = endpoint
    }

    private func answered(_ number: UInt64, _ outcome: InvocationOutcome) { functions?.answered(number, outcome) }

    private func measure(_ number: UInt64, _ metrics: MetricsSource) async {
        endpoint?.answer(number, with: await metrics.report(isolation: self))
    }

    package func close() async {
        if let server {
            await withCheckedContinuation { continuation in
                server.drain { continuation.resume() }
            }
        }
        server = nil
        endpoint = nil
        functions?.driver.shutDown()
        functions = nil
        thread.stop()
    }
}
