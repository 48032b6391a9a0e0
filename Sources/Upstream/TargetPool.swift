/// The easy handles of one origin on one worker, how many are in use, and who waits for one.
final class TargetPool {
    struct Waiting {
        var id: TransferID
        var request: UpstreamRequest
    }

    let origin: UpstreamTarget
    private var idle: [Transfer] = []
    private(set) var inUse = 0
    var waiting: [Waiting] = []

    /// Idle handles kept for later.
    private static let keep = 256

    init(origin: UpstreamTarget) {
        self.origin = origin
    }

    var hasRoom: Bool { inUse < origin.connections }

    /// A transfer to use, new when none is idle; nil when libcurl has no memory.
    func take(for driver: TransferDriver) -> Transfer? {
        if let transfer = idle.popLast() {
            inUse += 1
            return transfer
        }
        guard let easy = EasyHandle(origin: origin) else { return nil }
        inUse += 1
        return Transfer(driver: driver, easy: easy, pool: self)
    }

    func give(_ transfer: Transfer) {
        inUse -= 1
        if idle.count < Self.keep { idle.append(transfer) } else { transfer.discard() }
    }

    func discardIdle() {
        for transfer in idle { transfer.discard() }
        idle = []
    }
}
