import EventLoop
import HTTP

/// Requests that we serve with our own HTTP/1.1, over connections that libcurl makes.
///
/// It keeps the connections of each address between requests, closes those that are too old, and decides what may be
/// tried again.
final class FastLane {
    let thread: EventThread
    let dialer: Dialer
    /// What was read last, on any connection.
    let scratch = ReceiveBuffer()
    private unowned let driver: TransferDriver
    private var pools: [TargetPool] = []
    // What is more than a number is swapped into a local variable while it changes, so that no access is checked for
    // exclusivity at run time.
    /// Whoever was called leaves a gap: to empty an array and fill it anew would cost more. From `doubtCount` on, there
    /// are gaps only.
    private var doubtful: [FastConnection?] = []
    private var doubtCount = 0
    private var nextDoubtful: [FastConnection?] = []
    /// Asks about them at the end of a turn.
    private var check = QuietCheck()
    private var wantsTurnEnd = false
    private var isShutDown = false
    private var sweep: TimerID?
    private var sweepRelay: SweepRelay?
    private var isSweeping = false
    /// Connections that exist, those included that are being made.
    private var connections = 0
    /// How often a request was tried once more because it had failed.
    private(set) var retries: UInt64 = 0

    /// Nanoseconds for which a connection may serve nothing and still be used: most backends wait longer.
    static let idleLife: UInt64 = 60_000_000_000
    /// Nanoseconds after which a connection serves no further request, so that a name's new address is found.
    static let lifetime: UInt64 = 600_000_000_000
    /// For how long a tunnel stands, silent, whose client has ended and whose backend cannot be told so.
    static let farewellInMillis = 5000
    /// How often one request meets a kept connection that has just ended.
    static let repeatLimit = 5
    private static let sweepInMillis = 10_000

    init(driver: TransferDriver, dialer: Dialer) {
        self.driver = driver
        self.dialer = dialer
        thread = dialer.thread
        let relay = SweepRelay(lane: self)
        sweepRelay = relay
        sweep = thread.makeTimer(relay)
    }

    var watchCount: Int { connections }

    // MARK: Connections

    /// A connection for a request: the one used last, which is yet to be proven, or a new one.
    func take(from pool: TargetPool) -> FastConnection {
        while let connection = pool.takeIdle() {
            if connection.isUsable(at: thread.now) {
                connection.isUnproven = true
                return connection
            }
            connection.close()
        }
        return open(for: pool)
    }

    private func open(for pool: TargetPool) -> FastConnection {
        let connection = FastConnection(lane: self, pool: pool)
        connections += 1
        connection.connect()
        return connection
    }

    func closed() { connections -= 1 }

    /// The connection waits for its next request.
    private func keep(_ connection: FastConnection) {
        let pool = connection.pool
        pool.keep(connection)
        if !pool.isSwept {
            pool.isSwept = true
            pools.append(pool)
        }
        guard !isSweeping, let sweep else { return }
        isSweeping = true
        thread.setTimer(sweep, to: thread.now.advanced(milliseconds: Self.sweepInMillis))
    }

    /// Something happened to a connection that serves nothing. Whatever came, nobody asked for it, and it must never be
    /// taken for the next answer (response queue poisoning).
    func spoil(_ connection: FastConnection) {
        _ = connection.pool.takeIdle { $0 === connection }
        connection.close()
    }

    fileprivate func sweepIdle() {
        isSweeping = false
        var remain = false
        for pool in pools {
            for connection in pool.takeIdle(where: { !$0.isUsable(at: thread.now) }) { connection.close() }
            pool.isSwept = !pool.idleConnections.isEmpty
            remain = remain || pool.isSwept
        }
        pools.removeAll { !$0.isSwept }
        guard remain, let sweep else { return }
        isSweeping = true
        thread.setTimer(sweep, to: thread.now.advanced(milliseconds: Self.sweepInMillis))
    }

    // MARK: Requests

    /// The request is over, apart from telling its sink, which is returned. A connection that is kept for the next
    /// request keeps the exchange's object and its place in the driver's table.
    func ended(
        _ exchange: consuming FastExchange, in pool: TargetPool, keeping connection: FastConnection? = nil
    ) -> (any TransferSink)? {
        let wasTunnel = exchange.isTunnel
        if exchange.isRetry { pool.retryEnded() }
        if connection == nil { driver.forget(exchange.id) }
        let sink = exchange.finish()
        if let connection {
            connection.kept = exchange
            keep(connection)
        }
        if wasTunnel {
            pool.tunnelEnded()
        } else {
            pool.requestEnded()
            if !pool.waiting.isEmpty { driver.startWaiting(in: pool) }
        }
        return sink
    }

    /// The connection that has kept this object has been closed.
    func drop(_ exchange: FastExchange) {
        exchange.connection = nil
        driver.forget(exchange.id)
    }

    /// The request has become a tunnel, which may stand for hours: it no longer counts as a request to the backend, or
    /// quiet tunnels would keep everybody else out.
    func becameTunnel(in pool: TargetPool) {
        pool.tunnelBegan()
        driver.startWaiting(in: pool)
    }

    /// Whether the configuration lets a failed request be tried again; it is counted then.
    func mayRetry(
        _ exchange: FastExchange, after error: UpstreamError, hasSentBody: Bool, hasHead: Bool,
        in pool: TargetPool
    ) -> Bool {
        let address = pool.address
        guard !isShutDown, !hasHead, !hasSentBody, exchange.tries <= address.retries else { return false }
        switch error.kind {
        // Nothing was sent, whatever the method.
        case .connect, .resolve: guard address.retriesConnect else { return false }
        case .reset: guard address.retriesReset, exchange.isIdempotent else { return false }
        case .unavailable: guard address.retriesUnavailable, exchange.isIdempotent else { return false }
        default: return false
        }
        if !exchange.isRetry {
            guard pool.admitsRetry() else { return false }
            pool.retryBegan()
            exchange.isRetry = true
        }
        exchange.tries += 1
        return true
    }

    /// Whether a 503 may be dropped for another try. The last try's answer is passed on as it is.
    func mayAskAgain(_ exchange: FastExchange, hasSentBody: Bool, in pool: TargetPool) -> Bool {
        guard pool.address.retriesUnavailable, exchange.isIdempotent, !hasSentBody else { return false }
        return exchange.tries <= pool.address.retries && (exchange.isRetry || pool.admitsRetry())
    }

    /// Tries a request that has failed once more.
    func retry(_ exchange: FastExchange, in pool: TargetPool) {
        retries += 1
        repeatRequest(exchange, in: pool)
    }

    /// Sends a request again over a new connection, whose end cannot be on its way already.
    func repeatRequest(_ exchange: FastExchange, in pool: TargetPool) {
        open(for: pool).begin(exchange)
    }

    /// Nothing can be started afterwards. The driver has ended all requests.
    func shutDown(_ pools: some Sequence<TargetPool>) {
        isShutDown = true
        for pool in pools {
            for connection in pool.takeIdle(where: { _ in true }) { connection.close() }
        }
        self.pools = []
        if let sweep { thread.removeTimer(sweep) }
        sweep = nil
        sweepRelay = nil
        dialer.shutDown()
    }

    /// A kept connection has a request: before that leaves, the kernel is asked whether the connection still stands.
    func doubts(_ connection: FastConnection) {
        var all: [FastConnection?] = []
        swap(&all, &doubtful)
        if doubtCount == all.count { all.append(connection) } else { all[doubtCount] = connection }
        swap(&all, &doubtful)
        doubtCount += 1
        guard !wantsTurnEnd else { return }
        wantsTurnEnd = true
        thread.atTurnEnd(self)
    }
}

extension FastLane: TurnEnd {
    func turnEnded() {
        wantsTurnEnd = false
        // Who asks meanwhile has room of its own, and what was allocated is used again.
        var now: [FastConnection?] = []
        swap(&now, &nextDoubtful)
        swap(&now, &doubtful)
        let count = doubtCount
        doubtCount = 0
        prove(now, count)
        for index in 0..<count { now[index].take()?.turnEnded() }
        swap(&now, &nextDoubtful)
    }
}

extension FastLane {
    /// Asks the kernel, once for all, about kept connections over which a request is to leave now.
    ///
    /// Idle connections are watched, but the end of one, or a stray byte, may have come since the loop looked: a request
    /// would be lost, and a byte that nobody asked for taken for its answer.
    private func prove(_ connections: [FastConnection?], _ count: Int) {
        var asked = QuietCheck()
        swap(&asked, &check)
        for index in 0..<count {
            guard let connection = connections[index], connection.isInDoubt, let channel = connection.channel else {
                continue
            }
            asked.add(channel.fd)
        }
        asked.ask()
        var place = 0
        // Nothing that is done here changes another connection, so that all keep their places.
        for index in 0..<count {
            guard let connection = connections[index], connection.isInDoubt else { continue }
            let isQuiet = asked.isQuiet(at: place)
            place += 1
            connection.isUnproven = false
            if !isQuiet { connection.giveWay() }
        }
        asked.removeAll()
        swap(&asked, &check)
    }
}

/// Closes connections that have waited for too long.
private final class SweepRelay: TimerTarget {
    private unowned let lane: FastLane

    init(lane: FastLane) {
        self.lane = lane
    }

    func timerFired() { lane.sweepIdle() }
}

/// Where all connections of a lane read to: what is not used at once is copied.
final class ReceiveBuffer {
    private var bytes: [UInt8] = []

    /// The buffer, for one read; another one while it is taken.
    func take() -> [UInt8] {
        var room: [UInt8] = []
        swap(&room, &bytes)
        return room.isEmpty ? [UInt8](repeating: 0, count: ReadSize.most) : room
    }

    func giveBack(_ room: consuming [UInt8]) { bytes = room }
}
