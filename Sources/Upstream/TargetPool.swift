/// The easy handles of one address on one worker, how many are in use, and who waits for one.
final class TargetPool {
    let address: BackendAddress
    private var idle: [Transfer] = []
    private(set) var inUse = 0
    var waiting = WaitingQueue()

    /// Idle handles kept for later.
    private static let keep = 256

    init(address: BackendAddress) {
        self.address = address
    }

    var hasRoom: Bool { inUse < address.connections }

    /// A transfer to use, new when none is idle; nil when libcurl has no memory.
    func take(for driver: TransferDriver) -> Transfer? {
        if let transfer = idle.popLast() {
            inUse += 1
            return transfer
        }
        guard let easy = EasyHandle(address: address) else { return nil }
        inUse += 1
        return driver.register(easy, in: self)
    }

    // MARK: Retry budget

    private var retries = 0

    /// Retries must stay a share of the load, or an ailing backend drowns in them.
    func admitsRetry() -> Bool { retries < max(1, inUse * address.retryBudgetPercent / 100) }

    func retryBegan() { retries += 1 }

    func retryEnded() { retries -= 1 }

    func give(_ transfer: Transfer) {
        inUse -= 1
        if idle.count < Self.keep { idle.append(transfer) } else { transfer.discard() }
    }

    func discardIdle() {
        for transfer in idle { transfer.discard() }
        idle = []
    }
}
