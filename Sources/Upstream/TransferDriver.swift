package import EventLoop

/// Requests to backends on one event thread: they go out and answers come in without a hop.
///
/// It names the requests, lets them wait for their turn and hands each to the lane of its backend. Owned by its thread;
/// every call must come from there. The driver must outlive its transfers and be shut down before it is let go.
package final class TransferDriver {
    package let thread: EventThread
    // Swapped into a local variable while it changes, so that no access is checked for exclusivity at run time.
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
        /// Also one that waits with its kept connection for another request.
        case fast(FastExchange)
        case waiting(WaitingTransfer)
    }

    /// Must be called once in the process before any driver is made.
    package static func prepareLibrary() { MultiHandle.prepareLibrary() }

    /// Nil when libcurl has no memory. `carriage` is for tests and measurements.
    package init?(thread: EventThread, carriage: Carriage = .ownSocket) {
        guard let multi = MultiHandle(), let dialing = MultiHandle() else { return nil }
        self.thread = thread
        classic = ClassicLane(driver: self, thread: thread, multi: multi)
        fast = FastLane(driver: self, dialer: Dialer(thread: thread, multi: dialing, carriage: carriage))
    }

    // MARK: Requests

    /// Transfers under way or waiting.
    package var transferCount: Int {
        pools.values.reduce(0) { $0 + $1.inUse + $1.tunnels + $1.waiting.count }
    }

    /// How often requests were tried once more because they had failed, since the start.
    package func retries(on lane: Lane) -> UInt64 { lane == .fast ? fast.retries : classic.retries }

    /// Sockets that are watched, idle ones too.
    var watchCount: Int { classic.watchCount + fast.watchCount }

    /// Connections of the fast lane that serve nothing now.
    var idleConnections: [FastConnection] { pools.values.flatMap(\.idleConnections) }

    /// Starts a request; the sink is called after this call has returned. Nil when the backend's queue is full or the
    /// driver has been shut down: nothing happens then, and the sink is not called.
    package func start(
        _ request: consuming UpstreamRequest, to address: BackendAddress, for sink: any TransferSink
    ) -> TransferID? {
        guard !isShutDown else { return nil }
        let pool = pool(for: address)
        // Nobody overtakes those who wait.
        if pool.hasRoom, pool.waiting.isEmpty {
            return begin(request, for: sink, after: nil, in: pool)
        }
        guard pool.waiting.count < address.pending else { return nil }
        let id = reserve()
        let waiting = WaitingTransfer(id: id, pool: pool, request: request, sink: sink, driver: self)
        fill(id, with: .waiting(waiting))
        pool.waiting.append(waiting)
        waiting.startClock()
        return id
    }

    /// Gives a request to its lane and returns its name, the one it has waited under if it has waited; nil, and that
    /// place is free again, when there is no memory for it.
    private func begin(
        _ request: consuming UpstreamRequest, for sink: any TransferSink, after waiting: WaitingTransfer?,
        in pool: TargetPool
    ) -> TransferID? {
        switch pool.address.lane {
        case .fast:
            pool.requestBegan()
            let connection = fast.take(from: pool)
            let exchange = exchange(for: connection, as: waiting?.id)
            exchange.begin(request, for: sink, waited: waiting?.upload)
            connection.begin(exchange)
            return exchange.id
        case .classic:
            guard let transfer = classic.take(from: pool) else {
                if let waiting { free(waiting.id) }
                return nil
            }
            pool.requestBegan()
            let id = waiting?.id ?? reserve()
            fill(id, with: .classic(transfer))
            transfer.begin(request, for: sink, as: id, waited: waiting?.upload)
            classic.add(transfer)
            return id
        }
    }

    /// The object for a connection's next request: the one that it kept, with its place in the table, or a new one.
    private func exchange(for connection: FastConnection, as name: TransferID?) -> FastExchange {
        let kept = connection.takeKept()
        if let kept, name == nil { return kept }
        if let kept { free(kept.id) }
        let id = name ?? reserve()
        let exchange = kept ?? FastExchange(id: id)
        exchange.rename(id)
        fill(id, with: .fast(exchange))
        return exchange
    }

    // MARK: The table

    private func reserve() -> TransferID {
        var table = SlotTable<Entry>()
        swap(&table, &transfers)
        let place = table.reserve()
        swap(&table, &transfers)
        return TransferID(slot: place.slot, generation: place.generation)
    }

    private func fill(_ id: TransferID, with entry: Entry) {
        var table = SlotTable<Entry>()
        swap(&table, &transfers)
        table.fill((id.slot, id.generation), with: entry)
        swap(&table, &transfers)
    }

    @discardableResult private func free(_ id: TransferID) -> Bool {
        var table = SlotTable<Entry>()
        swap(&table, &transfers)
        let entry = table.remove(id.slot, id.generation)
        swap(&table, &transfers)
        return entry != nil
    }

    /// What goes by this name; nil when it is over.
    private func entry(_ id: TransferID) -> Entry? {
        let entry = transfers[id.slot, id.generation]
        if case .fast(let exchange)? = entry, exchange.id != id { return nil }
        return entry
    }

    private func pool(for address: BackendAddress) -> TargetPool {
        if let lastPool, lastPool.isFor(address) { return lastPool }
        let pool = pools[address] ?? TargetPool(address: address)
        var all: [BackendAddress: TargetPool] = [:]
        swap(&all, &pools)
        all[address] = pool
        swap(&all, &pools)
        lastPool = pool
        return pool
    }

    /// Gives a request body's bytes. False asks the caller to wait for ``TransferSink/transferWantsBody()``.
    package func send(_ bytes: Span<UInt8>, to id: TransferID) -> Bool {
        switch entry(id) {
        case .fast(let exchange)?: return exchange.connection?.send(bytes) ?? true
        case .classic(let transfer)?: return classic.send(bytes, to: transfer)
        case .waiting(let waiting)?: return waiting.append(bytes)
        case nil: return true
        }
    }

    /// The request's body is complete; in a tunnel, the client's bytes are.
    package func endBody(of id: TransferID) {
        switch entry(id) {
        case .fast(let exchange)?: exchange.connection?.endBody()
        case .classic(let transfer)?: classic.endBody(of: transfer)
        case .waiting(let waiting)?: waiting.endBody()
        case nil: break
        }
    }

    /// The sink takes bytes again.
    package func resume(_ id: TransferID) {
        switch entry(id) {
        case .fast(let exchange)?: exchange.connection?.resume()
        case .classic(let transfer)?: classic.resume(transfer)
        case .waiting, nil: break
        }
    }

    /// Gives a transfer up; its sink is not called again. The connection is closed when the request was under way.
    package func cancel(_ id: TransferID) {
        switch entry(id) {
        case .fast(let exchange)?: exchange.connection?.cancel()
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
            case .fast(let exchange): exchange.connection?.expire(UpstreamError(.shutdown))
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

    /// The request is over, or the connection that kept its place is closed; false when it was before.
    @discardableResult func forget(_ id: TransferID) -> Bool { free(id) }

    /// A request of the pool is over, and what it used is free: the next ones begin.
    func startWaiting(in pool: TargetPool) {
        while !isShutDown, pool.hasRoom, let waiting = pool.waiting.popFirst() {
            waiting.stopClock()
            if begin(waiting.restOfRequest, for: waiting.sink, after: waiting, in: pool) != nil { continue }
            waiting.sink.transferEnded(UpstreamError(.other))
        }
    }
}
