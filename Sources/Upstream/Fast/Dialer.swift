import CLibcurl
import EventLoop

/// Names one attempt of a ``Dialer``.
struct DialID: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32
}

/// Makes connections: libcurl resolves the name, tries the addresses and does TLS (`CURLOPT_CONNECT_ONLY`).
///
/// It has a `CURLM` of its own, so that what the classic lane keeps does not count against these connections.
final class Dialer: CurlClient {
    let thread: EventThread
    private let multi: MultiHandle
    private let carriage: Carriage
    private var dials = SlotTable<Dial>()
    private var sockets: [Int32: DialWatch] = [:]
    private var timer: TimerID?
    private var timerRelay: DialTimerRelay?
    private var wantsTurnEnd = false
    private var isShutDown = false
    private var added: [DialID] = []
    /// Handles whose connection was taken over, for the next attempt.
    private var spare: [BackendAddress: [DialHandle]] = [:]

    private static let spareHandles = 16

    private struct Dial {
        unowned let connection: FastConnection
        let handle: DialHandle
        var isAdded = false
    }

    init(thread: EventThread, multi: MultiHandle, carriage: Carriage) {
        self.thread = thread
        self.multi = multi
        self.carriage = carriage
        super.init()
        let relay = DialTimerRelay(dialer: self)
        timerRelay = relay
        timer = thread.makeTimer(relay)
    }

    /// Begins to connect at the end of this turn; the connection is told of the outcome later than that. Nil when
    /// libcurl has no memory: the connection is told so, too.
    func dial(_ connection: FastConnection) -> DialID? {
        let address = connection.pool.address
        guard let handle = spare[address]?.popLast() ?? DialHandle(address: address) else {
            connection.dueError = UpstreamError(.other)
            connection.askForTurnEnd()
            return nil
        }
        let place = dials.insert(Dial(connection: connection, handle: handle))
        let id = DialID(slot: place.slot, generation: place.generation)
        handle.rename(TransferID(slot: id.slot, generation: id.generation))
        added.append(id)
        askForTurnEnd()
        return id
    }

    func cancel(_ id: DialID) {
        guard let dial = dials.remove(id.slot, id.generation) else { return }
        if dial.isAdded { enter { multi.remove(dial.handle.reference) } }
    }

    func shutDown() {
        isShutDown = true
        if let timer { thread.removeTimer(timer) }
        timer = nil
        timerRelay = nil
        for watch in sockets.values { watch.end(on: thread) }
        sockets = [:]
        spare = [:]
    }

    /// Closes a connection that is still libcurl's.
    func close(_ handle: DialHandle) { enter { multi.remove(handle.reference) } }

    private func takeFinished() {
        while let (name, code) = multi.takeFinished() {
            guard let dial = dials.remove(name.slot, name.generation) else { continue }
            let connection = dial.connection
            if code != CURLE_OK {
                enter { multi.remove(dial.handle.reference) }
                keepSpare(dial.handle, of: connection.pool.address)
                connection.dialFailed(Self.error(of: code))
            } else if let channel = take(dial) {
                connection.connected(channel)
            } else {
                enter { multi.remove(dial.handle.reference) }
                connection.dialFailed(UpstreamError(.other))
            }
        }
    }

    /// What carries the bytes of a connection that stands.
    private func take(_ dial: Dial) -> ByteChannel? {
        let address = dial.connection.pool.address
        let fd = dial.handle.socket
        guard fd >= 0 else { return nil }
        socketCloses(fd)
        if carriage == .libcurl || address.scheme == .https {
            dial.handle.dialer = self
            return .libcurl(dial.handle, fd)
        }
        // A second number for the same socket: libcurl closes its own one, and forgets all about the connection.
        guard let own = Socket.duplicate(fd) else { return nil }
        enter { multi.remove(dial.handle.reference) }
        keepSpare(dial.handle, of: address)
        return .socket(own)
    }

    private func keepSpare(_ handle: DialHandle, of address: BackendAddress) {
        guard !isShutDown, (spare[address]?.count ?? 0) < Self.spareHandles else { return }
        spare[address, default: []].append(handle)
    }

    private static func error(of code: CURLcode) -> UpstreamError {
        let number = Int32(bitPattern: code.rawValue)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return UpstreamError(.resolve, curlCode: number)
        // Nothing else has a deadline here.
        case CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT: return UpstreamError(.connect, curlCode: number)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            return UpstreamError(.tls, curlCode: number)
        default: return UpstreamError(.other, curlCode: number)
        }
    }

    // MARK: libcurl's sockets and timer

    private func enter<Result>(_ body: () -> Result) -> Result { CurlCallbacks.entering(self, body) }

    override func socketChanged(_ fd: Int32, _ what: Int32) {
        var readiness: Readiness = []
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { readiness.insert(.readable) }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { readiness.insert(.writable) }
        let watch = sockets[fd] ?? DialWatch(fd: fd, dialer: self)
        sockets[fd] = watch
        watch.watch(for: readiness, on: thread)
    }

    override func socketUnwatched(_ fd: Int32, for id: TransferID, isKept: @autoclosure () -> Bool) {
        socketCloses(fd)
    }

    override func socketCloses(_ fd: Int32) {
        sockets.removeValue(forKey: fd)?.end(on: thread)
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

    fileprivate func socketReady(_ fd: Int32, _ readiness: Readiness) {
        guard !isShutDown else { return }
        enter {
            multi.act(
                fd, readable: readiness.saysRead, writable: readiness.contains(.writable), failed: readiness.saysFailure
            )
        }
        takeFinished()
    }

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

extension Dialer: TurnEnd {
    func turnEnded() {
        wantsTurnEnd = false
        guard !isShutDown else { return }
        let now = added
        added = []
        for id in now {
            guard var dial = dials[id.slot, id.generation] else { continue }
            let connection = dial.connection
            dial.isAdded = enter { multi.add(dial.handle.reference) }
            dials.fill((id.slot, id.generation), with: dial)
            if !dial.isAdded {
                _ = dials.remove(id.slot, id.generation)
                connection.dialFailed(UpstreamError(.other))
            }
        }
        kick()
    }
}

/// A socket that libcurl connects.
private final class DialWatch: Watcher {
    private let fd: Int32
    private var id: WatchID?
    private unowned let dialer: Dialer

    init(fd: Int32, dialer: Dialer) {
        self.fd = fd
        self.dialer = dialer
    }

    func watch(for wanted: Readiness, on thread: EventThread) {
        if let id { return thread.change(id, fd: fd, to: wanted) }
        do throws(SystemError) {
            id = try thread.watch(fd, for: wanted, self)
        } catch {
            // Without a watch the time to connect ends the attempt.
        }
    }

    func end(on thread: EventThread) {
        if let id { thread.unwatch(id, fd: fd) }
        id = nil
    }

    func ready(_ readiness: Readiness) { dialer.socketReady(fd, readiness) }
}

/// libcurl's one timer.
private final class DialTimerRelay: TimerTarget {
    private unowned let dialer: Dialer

    init(dialer: Dialer) {
        self.dialer = dialer
    }

    func timerFired() { dialer.kick() }
}
