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
    private var pools: [BackendAddress: TargetPool] = [:]
    private var sockets: [Int32: SocketWatch] = [:]
    private var timer: TimerID?
    private var wantsTurnEnd = false
    private var inside = 0
    private var postponed: [TransferID] = []
    private var pausedUploads: [TransferID] = []
    private var timerRelay: TimerRelay?

    /// A transfer in libcurl, or one that still waits for its turn.
    private enum Entry {
        case active(Transfer)
        case waiting(TargetPool, any TransferSink, UploadBuffer)
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

    /// Starts a request; the sink is called from later turns only. A full queue ends it as ``UpstreamError/Kind/overloaded``.
    package func start(
        _ request: UpstreamRequest, to address: BackendAddress, for sink: any TransferSink
    ) -> TransferID? {
        let pool = pool(for: address)
        if pool.hasRoom { return launch(request, pool, sink, reusing: nil) }
        guard pool.waiting.count < address.pending else { return nil }
        let (slot, generation) = transfers.insert(.waiting(pool, sink, UploadBuffer()))
        let id = TransferID(slot: slot, generation: generation)
        pool.waiting.append(TargetPool.Waiting(id: id, request: request))
        return id
    }

    private func pool(for address: BackendAddress) -> TargetPool {
        if let pool = pools[address] { return pool }
        let pool = TargetPool(address: address)
        pools[address] = pool
        return pool
    }

    private func launch(
        _ request: UpstreamRequest, _ pool: TargetPool, _ sink: any TransferSink,
        reusing given: (TransferID, UploadBuffer)?
    ) -> TransferID? {
        guard let transfer = pool.take(for: self) else { return nil }
        let id: TransferID
        if let given {
            id = given.0
            transfers.fill((id.slot, id.generation), with: .active(transfer))
        } else {
            let (slot, generation) = transfers.insert(.active(transfer))
            id = TransferID(slot: slot, generation: generation)
        }
        transfer.begin(request, for: sink, as: id)
        if let given { transfer.upload = given.1 }
        add(transfer)
        return id
    }

    private func add(_ transfer: Transfer) {
        transfer.isAdded = true
        enter { multi.add(transfer.easy) }
        askForTurnEnd()
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
        guard case .waiting(let pool, let sink, var upload)? = transfers[id.slot, id.generation] else { return true }
        upload.append(bytes)
        transfers.fill((id.slot, id.generation), with: .waiting(pool, sink, upload))
        return upload.count < UploadBuffer.highWater
    }

    /// The request's body is complete.
    package func endBody(of id: TransferID) {
        if let transfer = transfer(id) {
            transfer.upload.end()
            return wakeUpload(transfer)
        }
        guard case .waiting(let pool, let sink, var upload)? = transfers[id.slot, id.generation] else { return }
        upload.end()
        transfers.fill((id.slot, id.generation), with: .waiting(pool, sink, upload))
    }

    private func wakeUpload(_ transfer: Transfer) {
        guard transfer.isUploadPaused else { return }
        transfer.isUploadPaused = false
        pausedUploads.append(transfer.id)
        askForTurnEnd()
    }

    func uploadWaits(_ transfer: Transfer) {
        // libcurl asks before the client's bytes are there; the client may be waiting for us as well.
        transfer.sink?.transferWantsBody()
    }

    /// The sink takes bytes again.
    package func resume(_ id: TransferID) {
        guard let transfer = transfer(id), transfer.release() else { return }
        pausedUploads.append(id)
        askForTurnEnd()
    }

    /// Gives a transfer up; its sink is not called again. The connection is closed when the request was under way.
    package func cancel(_ id: TransferID) {
        switch transfers[id.slot, id.generation] {
        case .waiting(let pool, _, _)?:
            pool.waiting.removeAll { $0.id == id }
            _ = transfers.remove(id.slot, id.generation)
        case .active(let transfer)?:
            transfer.sink = nil
            // libcurl must not be asked to drop a handle from inside one of its own callbacks.
            if inside > 0 {
                postponed.append(id)
                askForTurnEnd()
            } else {
                retire(transfer)
            }
        case nil: break
        }
    }

    func expire(_ transfer: Transfer, _ error: UpstreamError) {
        let sink = transfer.sink
        transfer.sink = nil
        retire(transfer)
        sink?.transferEnded(error)
    }

    /// Ends everything; the sinks are told.
    package func shutDown() {
        for entry in transfers.all {
            switch entry {
            case .active(let transfer): expire(transfer, UpstreamError(.shutdown))
            case .waiting(_, let sink, _): sink.transferEnded(UpstreamError(.shutdown))
            }
        }
        for pool in pools.values { pool.discardIdle() }
        pools = [:]
        if let timer { thread.removeTimer(timer) }
        timer = nil
        timerRelay = nil
        for (fd, watch) in sockets { thread.unwatch(watch.id, fd: fd) }
        sockets = [:]
    }

    // MARK: Ends

    private func retire(_ transfer: Transfer) {
        guard transfers.remove(transfer.id.slot, transfer.id.generation) != nil else { return }
        if transfer.isAdded {
            transfer.isAdded = false
            enter { multi.remove(transfer.easy) }
        }
        transfer.finish()
        let pool = transfer.pool
        pool.give(transfer)
        startWaiting(in: pool)
    }

    private func startWaiting(in pool: TargetPool) {
        while pool.hasRoom, !pool.waiting.isEmpty {
            let next = pool.waiting.removeFirst()
            guard case .waiting(_, let sink, let upload)? = transfers[next.id.slot, next.id.generation] else {
                continue
            }
            if launch(next.request, pool, sink, reusing: (next.id, upload)) == nil {
                _ = transfers.remove(next.id.slot, next.id.generation)
                sink.transferEnded(UpstreamError(.other))
            }
        }
    }

    private func takeFinished() {
        while let (id, code) = multi.takeFinished() {
            guard let transfer = transfer(id) else { continue }
            finished(transfer, code)
        }
    }

    private func finished(_ transfer: Transfer, _ code: CURLcode) {
        let error = transfer.outcome(of: code)
        if let error, transfer.sink != nil, transfer.prepareRetry(after: error) {
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
        if what == CURL_POLL_REMOVE {
            if let watch = sockets.removeValue(forKey: fd) { thread.unwatch(watch.id, fd: fd) }
            return
        }
        var readiness: Readiness = []
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { readiness.insert(.readable) }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { readiness.insert(.writable) }
        if let watch = sockets[fd] {
            thread.change(watch.id, fd: fd, to: readiness)
            return
        }
        let watch = SocketWatch(fd: fd, driver: self)
        do throws(SystemError) {
            watch.id = try thread.watch(fd, for: readiness, watch)
            sockets[fd] = watch
        } catch {
            // Without a watch libcurl's own deadline for the connection ends the transfer.
        }
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

    fileprivate func socketReady(_ fd: Int32, _ readiness: Readiness) {
        enter {
            multi.act(
                fd, readable: !readiness.isDisjoint(with: [.readable, .peerClosed, .failed]),
                writable: readiness.contains(.writable), failed: !readiness.isDisjoint(with: .failed))
        }
        takeFinished()
    }

    /// Time has passed, or transfers were added.
    fileprivate func kick() {
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
        for id in postponed {
            if let transfer = transfer(id) { retire(transfer) }
        }
        postponed.removeAll(keepingCapacity: true)
        let resumed = pausedUploads
        pausedUploads.removeAll(keepingCapacity: true)
        for id in resumed {
            guard let transfer = transfer(id), transfer.isAdded else { continue }
            enter { multi.resume(transfer.easy) }
        }
        kick()
    }
}

/// One of libcurl's sockets in the epoll set.
private final class SocketWatch: Watcher {
    let fd: Int32
    var id = WatchID.none
    private unowned let driver: TransferDriver

    init(fd: Int32, driver: TransferDriver) {
        self.fd = fd
        self.driver = driver
    }

    func ready(_ readiness: Readiness) { driver.socketReady(fd, readiness) }
}

/// libcurl's one timer.
private final class TimerRelay: TimerTarget {
    private unowned let driver: TransferDriver

    init(driver: TransferDriver) {
        self.driver = driver
    }

    func timerFired() { driver.kick() }
}
