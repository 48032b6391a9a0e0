package import EventLoop

/// Requests to backends on one event thread: they go out and answers come in without a hop.
///
/// It names the requests, lets them wait for their turn and hands each to the lane of its backend. Owned by its thread;
/// every call must come from there. The driver must outlive its transfers and be shut down before it is let go.
package final class TransferDriver {
    package let thread: EventThread
    private var transfers = SlotTable<Entry>()
    private var pools: [BackendAddress: TargetPool] = [:]
    /// The pool asked for last: most requests go where the one before went.
    private var lastPool: TargetPool?
    private var isShutDown = false
    // Set once, by `init`, which needs `self` for them.
    private var classic: ClassicLane!
    private var fast: FastLane!

    /// A request under way on one of the lanes, or one that still waits for its turn.
    private enum Entry {
        case classic(ClassicTransfer)
        case fast(FastConnection)
        case waiting(WaitingTransfer)
    }

    /// Must be called once in the process before any driver is made.
    package static func prepareLibrary() { MultiHandle.prepareLibrary() }

    /// `libcurl/7.88.1 OpenSSL/3.0.15 …`
    package static var libraryVersion: String { MultiHandle.libraryVersion }

    /// Nil when libcurl has no memory. `carriage` is for tests and measurements.
    package init?(thread: EventThread, carriage: Carriage = .ownSocket) {
        guard let multi = MultiHandle(), let dialing = MultiHandle() else { return nil }
        self.thread = thread
        classic = ClassicLane(driver: self, thread: thread, multi: multi)
        fast = FastLane(driver: self, dialer: Dialer(thread: thread, multi: dialing, carriage: carriage))
    }

    // MARK: Requests

    /// Transfers under way or waiting.
    package var transferCount: Int { transfers.count }

    /// Sockets that are watched, idle ones too.
    var watchCount: Int { classic.watchCount + fast.watchCount }

    /// Connections of the fast lane that serve nothing now.
    var idleConnections: [FastConnection] { pools.values.flatMap(\.idleConnections) }

    /// Starts a request; the sink is called after this call has returned. Nil when the backend's queue is full or the
    /// driver has been shut down: nothing happens then, and the sink is not called.
    package func start(
        _ request: UpstreamRequest, to address: BackendAddress, for sink: any TransferSink
    ) -> TransferID? {
        guard !isShutDown else { return nil }
        let pool = pool(for: address)
        // Nobody overtakes those who wait.
        if pool.hasRoom, pool.waiting.isEmpty {
            let place = transfers.reserve()
            let id = TransferID(slot: place.slot, generation: place.generation)
            if begin(request, UploadBuffer(), for: sink, as: id, in: pool) { return id }
            return nil
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

    /// Gives a request to its lane; false, and its place is free again, when there is no memory for it.
    private func begin(
        _ request: UpstreamRequest, _ upload: UploadBuffer, for sink: any TransferSink, as id: TransferID,
        in pool: TargetPool
    ) -> Bool {
        let place = (slot: id.slot, generation: id.generation)
        switch pool.address.lane {
        case .fast:
            pool.requestBegan()
            let connection = fast.take(from: pool)
            transfers.fill(place, with: .fast(connection))
            connection.begin(FastExchange(id: id, request: request, sink: sink, waited: upload))
        case .classic:
            guard let transfer = classic.take(from: pool) else {
                transfers.cancelReservation(place)
                return false
            }
            pool.requestBegan()
            transfers.fill(place, with: .classic(transfer))
            transfer.begin(request, for: sink, as: id)
            transfer.upload = upload
            classic.add(transfer)
        }
        return true
    }

    private func pool(for address: BackendAddress) -> TargetPool {
        if let lastPool, lastPool.address == address { return lastPool }
        let pool = pools[address] ?? TargetPool(address: address)
        pools[address] = pool
        lastPool = pool
        return pool
    }

    /// Gives a request body's bytes. False asks the caller to wait for ``TransferSink/transferWantsBody()``.
    package func send(_ bytes: Span<UInt8>, to id: TransferID) -> Bool {
        switch transfers[id.slot, id.generation] {
        case .fast(let connection)?: return connection.send(bytes)
        case .classic(let transfer)?: return classic.send(bytes, to: transfer)
        case .waiting(let waiting)?:
            waiting.upload.append(bytes)
            return waiting.upload.count < UploadBuffer.highWater
        case nil: return true
        }
    }

    /// The request's body is complete; in a tunnel, the client's bytes are.
    package func endBody(of id: TransferID) {
        switch transfers[id.slot, id.generation] {
        case .fast(let connection)?: connection.endBody()
        case .classic(let transfer)?: classic.endBody(of: transfer)
        case .waiting(let waiting)?: waiting.upload.end()
        case nil: break
        }
    }

    /// The sink takes bytes again.
    package func resume(_ id: TransferID) {
        switch transfers[id.slot, id.generation] {
        case .fast(let connection)?: connection.resume()
        case .classic(let transfer)?: classic.resume(transfer)
        case .waiting, nil: break
        }
    }

    /// Gives a transfer up; its sink is not called again. The connection is closed when the request was under way.
    package func cancel(_ id: TransferID) {
        switch transfers[id.slot, id.generation] {
        case .fast(let connection)?: connection.cancel()
        case .classic(let transfer)?: classic.cancel(transfer)
        case .waiting(let waiting)?: giveUp(waiting)
        case nil: break
        }
    }

    private func giveUp(_ waiting: WaitingTransfer) {
        waiting.stopClock()
        waiting.pool.waiting.remove(waiting)
        forget(waiting.id)
    }

    func expire(_ waiting: WaitingTransfer) {
        giveUp(waiting)
        waiting.sink.transferEnded(UpstreamError(.overloaded))
    }

    /// Ends everything; the sinks are told. Nothing can be started afterwards.
    package func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        for entry in transfers.all {
            switch entry {
            case .fast(let connection): connection.expire(UpstreamError(.shutdown))
            case .classic(let transfer): classic.expire(transfer, UpstreamError(.shutdown))
            case .waiting(let waiting):
                // A sink that was told before may have cancelled it.
                guard !waiting.hasLeft else { continue }
                giveUp(waiting)
                waiting.sink.transferEnded(UpstreamError(.shutdown))
            }
        }
        fast.shutDown(pools.values)
        classic.shutDown(pools.values)
        pools = [:]
        lastPool = nil
    }

    // MARK: From the lanes

    func classicTransfer(_ id: TransferID) -> ClassicTransfer? {
        guard case .classic(let transfer)? = transfers[id.slot, id.generation] else { return nil }
        return transfer
    }

    /// The request goes on over another connection.
    func move(_ id: TransferID, to connection: FastConnection) {
        transfers.fill((id.slot, id.generation), with: .fast(connection))
    }

    /// The request is over; false when it was before.
    @discardableResult func forget(_ id: TransferID) -> Bool { transfers.remove(id.slot, id.generation) != nil }

    /// A request of the pool is over, and what it used is free: the next one begins.
    func requestEnded(in pool: TargetPool) {
        pool.requestEnded()
        while !isShutDown, pool.hasRoom, let waiting = pool.waiting.popFirst() {
            waiting.stopClock()
            if begin(waiting.restOfRequest, waiting.upload, for: waiting.sink, as: waiting.id, in: pool) { continue }
            waiting.sink.transferEnded(UpstreamError(.other))
        }
    }
}
