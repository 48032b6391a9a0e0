import CLibcurl
import EventLoop

/// Requests that libcurl serves with its own HTTP: its multi interface on the worker's event thread.
final class ClassicLane: CurlClient {
    let thread: EventThread
    private unowned let driver: TransferDriver
    private let multi: MultiHandle
    /// All easy handles, idle ones too, under the numbers that libcurl gives back to us.
    private var handles = SlotTable<ClassicTransfer>()
    private var sockets: [Int32: SocketWatch] = [:]
    private var timer: TimerID?
    private var wantsTurnEnd = false
    private var inside = 0
    private var isShutDown = false
    /// How often a request was tried once more because it had failed, by libcurl's own decision included.
    private(set) var retries: UInt64 = 0
    // What libcurl must not be asked for from inside one of its own callbacks, or only once per turn.
    private var cancelled: [TransferID] = []
    private var added: [TransferID] = []
    private var resumed: [TransferID] = []
    private var timerRelay: TimerRelay?

    /// Idle handles kept for later, of one address.
    private static let keptHandles = 256

    init(driver: TransferDriver, thread: EventThread, multi: MultiHandle) {
        self.driver = driver
        self.thread = thread
        self.multi = multi
        super.init()
        let relay = TimerRelay(lane: self)
        timerRelay = relay
        timer = thread.makeTimer(relay)
    }

    /// Sockets that are watched, idle ones too.
    var watchCount: Int { sockets.count }

    // MARK: Requests

    /// A transfer to use, new when none is idle; nil when libcurl has no memory.
    func take(from pool: TargetPool) -> ClassicTransfer? {
        if let transfer = pool.idleTransfers.popLast() { return transfer }
        guard let easy = EasyHandle(address: pool.address) else { return nil }
        let place = handles.reserve()
        let id = TransferID(slot: place.slot, generation: place.generation)
        let transfer = ClassicTransfer(lane: self, easy: easy, pool: pool, handleID: id)
        handles.fill(place, with: transfer)
        return transfer
    }

    private func give(_ transfer: ClassicTransfer) {
        if transfer.pool.idleTransfers.count < Self.keptHandles {
            transfer.pool.idleTransfers.append(transfer)
        } else {
            transfer.discard()
        }
    }

    func add(_ transfer: ClassicTransfer) {
        askForTurnEnd()
        if inside > 0 { return added.append(transfer.id) }
        transfer.isAdded = enter { multi.add(transfer.easy.reference) }
        if !transfer.isAdded {
            // libcurl has no memory: the turn's end tells the sink, which is not to be called from here.
            added.append(transfer.id)
        }
    }

    func forget(_ transfer: ClassicTransfer) {
        _ = handles.remove(transfer.handleID.slot, transfer.handleID.generation)
    }

    override func transfer(ofHandle id: TransferID) -> ClassicTransfer? {
        guard let transfer = handles[id.slot, id.generation], transfer.isAdded else { return nil }
        return transfer
    }

    private func transfer(_ id: TransferID) -> ClassicTransfer? { driver.classicTransfer(id) }

    func send(_ bytes: Span<UInt8>, to transfer: ClassicTransfer) -> Bool {
        transfer.upload.append(bytes)
        wakeUpload(transfer)
        return transfer.upload.count < UploadBuffer.highWater
    }

    func endBody(of transfer: ClassicTransfer) {
        transfer.endUpload()
        wakeUpload(transfer)
    }

    private func wakeUpload(_ transfer: ClassicTransfer) {
        guard transfer.isUploadPaused else { return }
        transfer.isUploadPaused = false
        goOn(transfer)
    }

    func uploadWaits(_ transfer: ClassicTransfer) {
        // libcurl asks before the client's bytes are there; the client may be waiting for us as well.
        transfer.sink?.transferWantsBody()
    }

    /// The sink takes bytes again.
    func resume(_ transfer: ClassicTransfer) { if transfer.release() { goOn(transfer) } }

    /// Ends libcurl's pauses at the end of the turn.
    func goOn(_ transfer: ClassicTransfer) {
        resumed.append(transfer.id)
        askForTurnEnd()
    }

    /// Gives a transfer up without a word to its sink.
    func cancel(_ transfer: ClassicTransfer) {
        transfer.sink = nil
        if inside == 0 { return retire(transfer) }
        cancelled.append(transfer.id)
        askForTurnEnd()
    }

    func expire(_ transfer: ClassicTransfer, _ error: UpstreamError) {
        let sink = transfer.sink
        transfer.sink = nil
        retire(transfer)
        sink?.transferEnded(error)
    }

    /// Nothing can be started afterwards. The driver has ended all transfers.
    func shutDown(_ pools: some Sequence<TargetPool>) {
        isShutDown = true
        for pool in pools {
            for transfer in pool.idleTransfers { transfer.discard() }
            pool.idleTransfers = []
        }
        if let timer { thread.removeTimer(timer) }
        timer = nil
        timerRelay = nil
        for watch in sockets.values { watch.end(on: thread) }
        sockets = [:]
    }

    // MARK: Ends

    private func retire(_ transfer: ClassicTransfer) {
        guard driver.forget(transfer.id) else { return }
        if transfer.isAdded {
            transfer.isAdded = false
            enter { multi.remove(transfer.easy.reference) }
        }
        // The last piece was held back, so that the connection's end of work was not seen as such.
        if let watch = transfer.heldBackWatch, sockets[watch.fd] === watch, watch.isUnwatched { goIdle(watch) }
        transfer.finish()
        give(transfer)
        transfer.pool.requestEnded()
        driver.startWaiting(in: transfer.pool)
    }

    private func takeFinished() {
        while let (id, code) = multi.takeFinished() {
            guard let transfer = transfer(ofHandle: id) else { continue }
            finished(transfer, code)
        }
    }

    private func finished(_ transfer: ClassicTransfer, _ code: CURLcode) {
        let error = transfer.outcome(of: code)
        let used = transfer.easy
        if let error, transfer.sink != nil, transfer.prepareRetry(after: error) {
            countRetry()
            transfer.isAdded = false
            enter { multi.remove(used.reference) }
            return add(transfer)
        }
        let sink = transfer.sink
        transfer.sink = nil
        retire(transfer)
        sink?.transferEnded(error)
    }

    func countRetry() { retries += 1 }

    // MARK: libcurl's sockets and timer

    private func enter<Result>(_ body: () -> Result) -> Result {
        inside += 1
        defer { inside -= 1 }
        return CurlCallbacks.entering(self, body)
    }

    override func socketChanged(_ fd: Int32, _ what: Int32) {
        var readiness: Readiness = []
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { readiness.insert(.readable) }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { readiness.insert(.writable) }
        let watch = sockets[fd] ?? SocketWatch(fd: fd, lane: self)
        sockets[fd] = watch
        watch.isIdle = false
        watch.watch(for: readiness, on: thread)
    }

    /// libcurl wants nothing of a socket: its transfer is held back, or the connection goes idle or will be closed.
    override func socketUnwatched(_ fd: Int32, for id: TransferID, isKept: @autoclosure () -> Bool) {
        guard let watch = sockets[fd] else { return }
        if let transfer = transfer(ofHandle: id), transfer.readsNothing {
            transfer.heldBackWatch = watch
            return watch.watch(for: [], on: thread)
        }
        watch.isEstablished = watch.isEstablished || isKept()
        // It may be closed already, and its number another's: such a descriptor is never touched again.
        guard watch.isEstablished else { return socketCloses(fd) }
        goIdle(watch)
    }

    /// The watch stays, so that nothing is to be done when the connection is used again, and so that whatever comes
    /// meanwhile is noticed.
    private func goIdle(_ watch: SocketWatch) {
        watch.isIdle = true
        watch.watch(for: .readable, on: thread)
    }

    override func socketCloses(_ fd: Int32) {
        sockets.removeValue(forKey: fd)?.end(on: thread)
    }

    /// Nobody has asked for anything on this connection: what came is not an answer, and must never be taken for the
    /// next one (response queue poisoning). libcurl, which owns the socket, finds it ended when it looks there.
    func spoil(_ watch: SocketWatch) {
        watch.end(on: thread)
        sockets[watch.fd] = nil
        Socket.end(watch.fd)
    }

    override func timerChanged(_ milliseconds: Int) {
        guard let timer else { return }
        if milliseconds < 0 {
            thread.clearTimer(timer)
        } else if milliseconds == 0 {
            askForTurnEnd()
        } else {
            thread.setTimer(timer, to: thread.now.advanced(milliseconds: milliseconds))
        }
    }

    func socketReady(_ fd: Int32, _ readiness: Readiness) {
        guard !isShutDown else { return }
        enter {
            multi.act(
                fd, readable: readiness.saysRead, writable: readiness.contains(.writable), failed: readiness.saysFailure
            )
        }
        takeFinished()
    }

    /// Time has passed, or transfers were added.
    fileprivate func kick() {
        guard !isShutDown else { return }
        enter { multi.act(nil) }
        takeFinished()
    }

    private func askForTurnEnd() {
        guard !wantsTurnEnd else { return }
        wantsTurnEnd = true
        thread.atTurnEnd(self)
    }
}

extension ClassicLane: TurnEnd {
    func turnEnded() {
        wantsTurnEnd = false
        guard !isShutDown else { return }
        for id in take(&cancelled) {
            if let transfer = transfer(id) { retire(transfer) }
        }
        for id in take(&added) {
            guard let transfer = transfer(id), !transfer.isAdded else { continue }
            transfer.isAdded = enter { multi.add(transfer.easy.reference) }
            if !transfer.isAdded { expire(transfer, UpstreamError(.other)) }
        }
        for id in take(&resumed) {
            guard let transfer = transfer(id), transfer.isAdded else { continue }
            enter { multi.resume(transfer.easy) }
        }
        kick()
    }

    private func take(_ ids: inout [TransferID]) -> [TransferID] {
        defer { ids.removeAll(keepingCapacity: true) }
        return ids
    }
}

/// libcurl's one timer.
private final class TimerRelay: TimerTarget {
    private unowned let lane: ClassicLane

    init(lane: ClassicLane) {
        self.lane = lane
    }

    func timerFired() { lane.kick() }
}
