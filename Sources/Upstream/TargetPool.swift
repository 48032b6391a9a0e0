/// What one worker has open towards one address, how much of it is in use, and who waits for it.
final class TargetPool {
    let address: BackendAddress
    /// Requests under way.
    private(set) var inUse = 0
    var waiting = WaitingQueue()
    /// Of the classic lane: handles that serve no request. libcurl keeps their connections.
    var idleTransfers: [ClassicTransfer] = []
    /// Of the fast lane: connections that serve no request, the one used last at the end.
    var idleConnections: [FastConnection] = []

    init(address: BackendAddress) {
        self.address = address
    }

    var hasRoom: Bool { inUse < address.connections }

    func requestBegan() { inUse += 1 }

    func requestEnded() { inUse -= 1 }

    // MARK: Retry budget

    private var retries = 0

    /// Retries must stay a share of the load, or an ailing backend drowns in them.
    func admitsRetry() -> Bool { retries < max(1, inUse * address.retryBudgetPercent / 100) }

    func retryBegan() { retries += 1 }

    func retryEnded() { retries -= 1 }
}
