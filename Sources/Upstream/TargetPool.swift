/// What one worker has open towards one address, how much of it is in use, and who waits for it.
final class TargetPool {
    let address: BackendAddress
    /// Requests under way.
    private(set) var inUse = 0
    /// Requests that have become tunnels.
    private(set) var tunnels = 0
    let waiting = WaitingQueue()
    /// Of the classic lane: handles that serve no request. libcurl keeps their connections.
    var idleTransfers: [ClassicTransfer] = []
    /// Of the fast lane: connections that serve no request, the one used last at the end.
    private(set) var idleConnections: [FastConnection] = []
    /// Whether the fast lane looks through them now and then.
    var isSwept = false

    init(address: BackendAddress) {
        self.address = address
    }

    func isFor(_ other: BackendAddress) -> Bool { address == other }

    var hasRoom: Bool { inUse < address.connections }

    func requestBegan() { inUse += 1 }

    func requestEnded() { inUse -= 1 }

    /// A request has become a tunnel, which counts no longer.
    func tunnelBegan() {
        inUse -= 1
        tunnels += 1
    }

    func tunnelEnded() { tunnels -= 1 }

    // MARK: Connections of the fast lane

    // Swapped into a local variable while it changes, so that no access is checked for exclusivity at run time.

    func keep(_ connection: FastConnection) {
        var idle: [FastConnection] = []
        swap(&idle, &idleConnections)
        idle.append(connection)
        swap(&idle, &idleConnections)
    }

    /// The connection used last.
    func takeIdle() -> FastConnection? {
        var idle: [FastConnection] = []
        swap(&idle, &idleConnections)
        defer { swap(&idle, &idleConnections) }
        return idle.popLast()
    }

    /// Takes out those of which this holds.
    func takeIdle(where isWanted: (FastConnection) -> Bool) -> [FastConnection] {
        let all = idleConnections
        idleConnections = all.filter { !isWanted($0) }
        return all.filter(isWanted)
    }

    // MARK: Retry budget

    private var retries = 0

    /// Retries must stay a share of the load, or an ailing backend drowns in them.
    func admitsRetry() -> Bool { retries < max(1, inUse * address.retryBudgetPercent / 100) }

    func retryBegan() { retries += 1 }

    func retryEnded() { retries -= 1 }
}
