import CLibcurl
package import EventLoop

/// libcurl's multi interface on one event thread: requests to backends go out and answers come in without a hop.
///
/// Owned by its thread; every call must come from there. The driver must outlive its transfers and be shut down before
/// it is let go.
package final class TransferDriver {
    package let thread: EventThread
    private let multi: MultiHandle
    private var transfers = SlotTable<Entry>()
    /// All easy handles, idle ones too, under the numbers that libcurl gives back to us.
    private var handles = SlotTable<Transfer>()
    private var pools: [BackendAddress: TargetPool] = [:]
    private var sockets: [Int32: SocketWatch] = [:]
    private var timer: TimerID?
    private var wantsTurnEnd = false
    private var inside = 0
    private var isShutDown = false
    // What libcurl must not be asked for from inside one of its own callbacks, or only once per turn.
    private var cancelled: [TransferID] = []
    private var added: [TransferID] = []
    private var resumed: [TransferID] = []
    private var timerRelay: TimerRelay?

    /// A transfer in libcurl, or one that still waits for its turn.
    private enum Entry {
        case active(Transfer)
        case waiting(WaitingTransfer)
    }

    /// Must be called once in the process before any driver is made.
    package static func prepareLibrary() { MultiHandle.prepareLibrary() }

    /// `libcurl/7.88.1 OpenSSL/3.0.15 …`
    package static var libraryVersion: String { MultiHandle.libraryVersion }

    /// Nil when libcurl has no memory.
    package init?(thread: EventThread) {
        guard let multi = MultiHandle() else { return nil }
        self.thread = thread
        self.multi = multi
        let relay = TimerRelay(driver: self)
        timerRelay = relay
        timer = thread.makeTimer(relay)
    }

    // MARK: Requests

    /// Transfers under way or waiting.
    package var transferCount: Int { transfers.count }

    /// Sockets that are watched, idle ones too.
    var watchCount: Int { sockets.count }

    /// Starts a request; the sink is called after this call has returned. Nil when the backend's queue is full or the
    /// driver has been shut down: nothing happens then, and the sink is not called.
    package func start(
        _ request: UpstreamRequest, to address: BackendAddress, for sink: any TransferSink
    ) -> TransferID? {
        guard !isShutDown else { return nil }
        let pool = pool(for: address)
        // Nobody overtakes those who wait.
        if pool.hasRoom, pool.waiting.isEmpty {
            guard let transfer = pool.take(for: self) else { return nil }
            let (slot, generation) = transfers.insert(.active(transfer))
            let id = TransferID(slot: slot, generation: generation)
            transfer.begin(request, for: sink, as: id)
            add(transfer)
            return id
        }
        guard pool.waiting.count < address.pending else { return nil }
        let place = transfers.reserve()
        let id = TransferID(slot: place.slot, generation: place.generation)
        let waiting = WaitingTransfer(id: id, pool: pool, request: request, sink: sink, driver: self)
        transfers.fill(place, with: .waiting(waiting))
        pool.waiting.append(waiting)
        waiting.startClock()
        return id
    }

    private func pool(for address: BackendAddress) -> TargetPool {
        if let pool = pools[address] { return pool }
        let pool = TargetPool(address: address)
        pools[address] = pool
        return pool
    }

    private func add(_ transfer: Transfer) {
        askForTurnEnd()
        if inside > 0 { return added.append(transfer.id) }
        transfer.isAdded = enter { multi.add(transfer.easy) }
        if !transfer.isAdded {
            // libcurl has no memory: the turn's end tells the sink, which is not to be called from here.
            added.append(transfer.id)
        }
    }

    func register(_ easy: EasyHandle, in pool: TargetPool) -> Transfer {
        let place = handles.reserve()
        let id = TransferID(slot: place.slot, generation: place.generation)
        let transfer = Transfer(driver: self, easy: easy, pool: pool, handleID: id)
        handles.fill(place, with: transfer)
        return transfer
    }

    func forget(_ transfer: Transfer) { _ = handles.remove(transfer.handleID.slot, transfer.handleID.generation) }

    /// The transfer that libcurl means, as long as it is in libcurl's hands.
    func transfer(ofHandle id: TransferID) -> Transfer? {
        guard let transfer = handles[id.slot, id.generation], transfer.isAdded else { return nil }
        return transfer
    }

    func transfer(_ id: TransferID) -> Transfer? {
        guard case .active(let transfer)? = transfers[id.slot, id.generation] else { return nil }
        return transfer
    }

    /// Gives a request body's bytes. False asks the caller to wait for ``TransferSink/transferWantsBody()``.
    package func send(_ bytes: Span<UInt8>, to id: TransferID) -> Bool {
        if let transfer = transfer(id) {
            transfer.upload.append(bytes)
            wakeUpload(transfer)
            return transfer.upload.count < UploadBuffer.highWater
        }
        guard case .waiting(let waiting)? = transfers[id.slot, id.generation] else { return true }
        waiting.upload.append(bytes)
        return waiting.upload.count < UploadBuffer.highWater
    }

    /// The request's body is complete.
    package func endBody(of id: TransferID) {
        if let transfer = transfer(id) {
            transfer.endUpload()
            return wakeUpload(transfer)
        }
        guard case .waiting(let waiting)? = transfers[id.slot, id.generation] else { return }
        waiting.upload.end()
    }

    private func wakeUpload(_ transfer: Transfer) {
        guard transfer.isUploadPaused else { return }
        transfer.isUploadPaused = false
        goOn(transfer)
    }

    func uploadWaits(_ transfer: Transfer) {
        // libcurl asks before the client's bytes are there; the client may be waiting for us as well.
        transfer.sink?.transferWantsBody()
    }

    /// The sink takes bytes again.
    package func resume(_ id: TransferID) {
        guard let transfer = transfer(id), transfer.release() else { return }
        goOn(transfer)
    }

    /// Ends libcurl's pauses at the end of the turn.
    func goOn(_ transfer: Transfer) {
        resumed.append(transfer.id)
        askForTurnEnd()
    }

    /// Gives a transfer up; its sink is not called again. The connection is closed when the request was under way.
    package func cancel(_ id: TransferID) {
        switch transfers[id.slot, id.generation] {
        case .waiting(let waiting)?: giveUp(waiting)
        case .active(let transfer)?:
            transfer.sink = nil
            if inside > 0 {
                cancelled.append(id)
                askForTurnEnd()
            } else {
                retire(transfer)
            }
        case nil: break
        }
    }

    private func giveUp(_ waiting: WaitingTransfer) {
        waiting.stopClock()
        waiting.pool.waiting.remove(waiting)
        _ = transfers.remove(waiting.id.slot, waiting.id.generation)
    }

    func expire(_ waiting: WaitingTransfer) {
        giveUp(waiting)
        waiting.sink.transferEnded(UpstreamError(.overloaded))
    }

    func expire(_ transfer: Transfer, _ error: UpstreamError) {
        let sink = transfer.sink
        transfer.sink = nil
        retire(transfer)
        sink?.transferEnded(error)
    }

    /// Ends everything; the sinks are told. Nothing can be started afterwards.
    package func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        for entry in transfers.all {
            switch entry {
            case .active(let transfer): expire(transfer, UpstreamError(.shutdown))
            case .waiting(let waiting):
                // A sink that was told before may have cancelled it.
                guard !waiting.hasLeft else { continue }
                giveUp(waiting)
                waiting.sink.transferEnded(UpstreamError(.shutdown))
            }
        }
        for pool in pools.values { pool.discardIdle() }
        pools = [:]
        if let timer { thread.removeTimer(timer) }
        timer = nil
        timerRelay = nil
        for watch in sockets.values { watch.end(on: thread) }
        sockets = [:]
    }

    // MARK: Ends

    private func retire(_ transfer: Transfer) {
        guard transfers.remove(transfer.id.slot, transfer.id.generation) != nil else { return }
        if transfer.isAdded {
            transfer.isAdded = false
            enter { multi.remove(transfer.easy) }
        }
        // The last piece was held back, so that the connection's end of work was not seen as such.
        if let watch = transfer.heldBackWatch, sockets[watch.fd] === watch, watch.isUnwatched { goIdle(watch) }
        transfer.finish()
        let pool = transfer.pool
        pool.give(transfer)
        startWaiting(in: pool)
    }

    private func startWaiting(in pool: TargetPool) {
        while !isShutDown, pool.hasRoom, let waiting = pool.waiting.popFirst() {
            waiting.stopClock()
            let id = waiting.id
            guard let transfer = pool.take(for: self) else {
                _ = transfers.remove(id.slot, id.generation)
                waiting.sink.transferEnded(UpstreamError(.other))
                continue
            }
            transfers.fill((id.slot, id.generation), with: .active(transfer))
            transfer.begin(waiting.request, for: waiting.sink, as: id)
            transfer.upload = waiting.upload
            add(transfer)
        }
    }

    private func takeFinished() {
        while let (id, code) = multi.takeFinished() {
            guard let transfer = transfer(ofHandle: id) else { continue }
            finished(transfer, code)
        }
    }

    private func finished(_ transfer: Transfer, _ code: CURLcode) {
        let error = transfer.outcome(of: code)
        if let error, transfer.sink != nil, transfer.prepareRetry(after: error) {
            transfer.isAdded = false
            enter { multi.remove(transfer.easy) }
            return add(transfer)
        }
        let sink = transfer.sink
        transfer.sink = nil
        retire(transfer)
        sink?.transferEnded(error)
    }

    // MARK: libcurl's sockets and timer

    private func enter<Result>(_ body: () -> Result) -> Result {
        inside += 1
        defer { inside -= 1 }
        return CurlCallbacks.entering(self, body)
    }

    func socketChanged(_ fd: Int32, _ what: Int32) {
        var readiness: Readiness = []
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { readiness.insert(.readable) }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { readiness.insert(.writable) }
        let watch = sockets[fd] ?? SocketWatch(fd: fd, driver: self)
        sockets[fd] = watch
        watch.isIdle = false
        watch.watch(for: readiness, on: thread)
    }

    /// libcurl wants nothing of a socket: its transfer is held back, or the connection goes idle or will be closed.
    func socketUnwatched(_ fd: Int32, for id: TransferID, isKept: @autoclosure () -> Bool) {
        guard let watch = sockets[fd] else { return }
        if let transfer = transfer(ofHandle: id), transfer.isHeldBack {
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

    /// A new socket has this number: whatever had it before is gone.
    func socketOpened(_ fd: Int32) { socketCloses(fd) }

    func socketCloses(_ fd: Int32) {
        sockets.removeValue(forKey: fd)?.end(on: thread)
    }

    /// Nobody has asked for anything on this connection: what came is not an answer, and must never be taken for the
    /// next one (response queue poisoning). libcurl, which owns the socket, finds it ended when it looks there.
    func spoil(_ watch: SocketWatch) {
        watch.end(on: thread)
        sockets[watch.fd] = nil
        Socket.end(watch.fd)
    }

    func timerChanged(_ milliseconds: Int) {
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
                fd, readable: !readiness.isDisjoint(with: [.readable, .peerClosed, .failed]),
                writable: readiness.contains(.writable), failed: !readiness.isDisjoint(with: .failed))
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

extension TransferDriver: TurnEnd {
    package func turnEnded() {
        wantsTurnEnd = false
        guard !isShutDown else { return }
        for id in take(&cancelled) {
            if let transfer = transfer(id) { retire(transfer) }
        }
        for id in take(&added) {
            guard let transfer = transfer(id), !transfer.isAdded else { continue }
            transfer.isAdded = enter { multi.add(transfer.easy) }
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
    private unowned let driver: TransferDriver

    init(driver: TransferDriver) {
        self.driver = driver
    }

    func timerFired() { driver.kick() }
}
