import EventLoop

/// A request that waits until its backend has room, with what has come of its body so far.
final class WaitingTransfer: TimerTarget {
    let id: TransferID
    // The driver keeps its pools, and a pool its queue: a reference of ours would keep all three.
    unowned let pool: TargetPool
    let request: UpstreamRequest
    let sink: any TransferSink
    private(set) var upload = UploadBuffer()
    /// It has given up; its place in the queue is a gap.
    var hasLeft = false
    private unowned let driver: TransferDriver
    private var timer: TimerID?
    private let began: MonotonicTime

    init(
        id: TransferID, pool: TargetPool, request: UpstreamRequest, sink: any TransferSink, driver: TransferDriver
    ) {
        self.id = id
        self.pool = pool
        self.request = request
        self.sink = sink
        self.driver = driver
        began = driver.thread.now
    }

    /// The request, with the time that is left for its answer: waiting counts as a part of it.
    var restOfRequest: UpstreamRequest {
        var rest = request
        let waited = Int(clamping: driver.thread.now.since(began) / 1_000_000)
        rest.headInMillis = max(1, request.headInMillis - waited)
        return rest
    }

    /// Takes bytes of the body; false when there are many already.
    func append(_ bytes: Span<UInt8>) -> Bool {
        upload.append(bytes)
        return upload.count < UploadBuffer.highWater
    }

    func endBody() { upload.end() }

    func startClock() {
        let timer = driver.thread.makeTimer(self)
        driver.thread.setTimer(timer, to: driver.thread.now.advanced(milliseconds: request.headInMillis))
        self.timer = timer
    }

    func stopClock() {
        if let timer { driver.thread.removeTimer(timer) }
        timer = nil
    }

    func timerFired() { driver.expire(self) }
}

/// Who waits for a backend, first come first served.
///
/// Those who give up stay as gaps that are closed now and then, so that no operation costs more than a constant on
/// average and the gaps never outnumber the others by much.
final class WaitingQueue {
    private var entries: [WaitingTransfer] = []
    private var head = 0
    /// Those who still wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    func append(_ transfer: WaitingTransfer) {
        entries.append(transfer)
        count += 1
    }

    func popFirst() -> WaitingTransfer? {
        if count == 0 { return nil }
        while head < entries.count {
            let transfer = entries[head]
            head += 1
            if transfer.hasLeft { continue }
            count -= 1
            compact()
            return transfer
        }
        compact()
        return nil
    }

    func remove(_ transfer: WaitingTransfer) {
        guard !transfer.hasLeft else { return }
        transfer.hasLeft = true
        count -= 1
        compact()
    }

    private func compact() {
        guard entries.count > 2 * count + 32 else { return }
        entries = entries[head...].filter { !$0.hasLeft }
        head = 0
    }
}
