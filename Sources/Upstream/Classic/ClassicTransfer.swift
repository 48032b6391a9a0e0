import CLibcurl
import EventLoop
import HTTP

/// One request on its way through libcurl and back. Pooled with its easy handle; owned by the driver's thread.
final class ClassicTransfer: TimerTarget {
    unowned let lane: ClassicLane
    private(set) var easy: EasyHandle
    /// The handle has been through libcurl.
    private var isHandleUsed = false
    let pool: TargetPool
    /// The request that it serves now.
    var id = TransferID(slot: 0, generation: 0)
    /// Its easy handle's number, by which C code knows it; the same for all its requests.
    let handleID: TransferID
    var sink: (any TransferSink)?
    var request: UpstreamRequest?
    var upload = UploadBuffer()
    var isUploadPaused = false
    var isAdded = false

    private var timer: TimerID?
    private var headBytes: [UInt8] = []
    private var parser: ResponseParser?
    private var hasHead = false
    private(set) var isHeldBack = false
    /// It has used up the turn: libcurl is to wait with the next piece until the turn's end.
    private var isPutOff = false
    private var isPaused = false
    /// Whether libcurl was asked to wait with the answer.
    var readsNothing: Bool { isHeldBack || isPaused }
    /// The watch of the socket from which libcurl wanted nothing while it was held back.
    var heldBackWatch: SocketWatch?
    private var interims = 0
    private var sendings = 0
    private(set) var tries = 0
    /// Counts against the pool's retry budget until the end.
    private var isRetry = false
    /// Whether bytes of the request's body have been handed to libcurl, so that it cannot be sent again.
    private var hasSentBody = false
    private var failure: UpstreamError?
    /// The answer is complete, although libcurl would go on.
    private var isCompleteEarly = false

    /// Interim answers that a backend may send before its final one.
    private static let interimLimit = 16
    private static let headLimits = HeadLimits(headerBytes: 65_536, headerCount: 500)

    enum Reception {
        case taken, pause, stop
    }

    init(lane: ClassicLane, easy: EasyHandle, pool: TargetPool, handleID: TransferID) {
        self.lane = lane
        self.easy = easy
        self.pool = pool
        self.handleID = handleID
        easy.rename(handleID)
    }

    // MARK: Life

    /// `waited` is what came of the body while the request waited for its turn.
    func begin(
        _ request: UpstreamRequest, for sink: any TransferSink, as id: TransferID, waited: UploadBuffer?
    ) {
        self.id = id
        self.sink = sink
        self.request = request
        upload = waited ?? UploadBuffer()
        isUploadPaused = false
        tries = 0
        hasSentBody = false
        failure = nil
        isCompleteEarly = false
        if timer == nil { timer = lane.thread.makeTimer(self) }
        prepare(request)
    }

    private func prepare(_ request: UpstreamRequest) {
        tries += 1
        sendings = 0
        interims = 0
        hasHead = false
        isHeldBack = false
        isPutOff = false
        isPaused = false
        heldBackWatch = nil
        headBytes.removeAll(keepingCapacity: true)
        parser = ResponseParser(limits: Self.headLimits, method: request.method)
        renewHandle()
        easy.prepare(request)
        switch request.body {
        case .none: setDeadline(request.headInMillis)
        // The head's time begins when the body is out; until then the body must move.
        case .length, .stream: setDeadline(request.idleInMillis)
        }
    }

    /// libcurl before 8.0 keeps a pointer into the head of a handle's last answer, and a first field line that begins with
    /// a blank is written there: such a handle serves one request.
    private func renewHandle() {
        defer { isHandleUsed = true }
        guard isHandleUsed, !EasyHandle.mayServeAgain, let new = EasyHandle(address: pool.address) else { return }
        easy = new
        easy.rename(handleID)
    }

    /// Makes the transfer ready to be sent again; false when it must not be.
    func prepareRetry(after error: UpstreamError) -> Bool {
        guard let request, !hasHead, !hasSentBody, tries <= pool.address.retries else { return false }
        switch error.kind {
        // Nothing was sent, whatever the method.
        case .connect, .resolve: guard pool.address.retriesConnect else { return false }
        case .reset: guard pool.address.retriesReset, request.isIdempotent else { return false }
        case .unavailable: guard pool.address.retriesUnavailable, request.isIdempotent else { return false }
        default: return false
        }
        if !isRetry {
            guard pool.admitsRetry() else { return false }
            pool.retryBegan()
            isRetry = true
        }
        failure = nil
        prepare(request)
        return true
    }

    /// Back into the pool: nothing of the last request stays.
    func finish() {
        sink = nil
        request = nil
        heldBackWatch = nil
        if isRetry { pool.retryEnded() }
        isRetry = false
        upload.reset()
        if headBytes.capacity > 16_384 { headBytes = [] }
        if let timer { lane.thread.clearTimer(timer) }
    }

    func discard() {
        finish()
        if let timer { lane.thread.removeTimer(timer) }
        timer = nil
        lane.forget(self)
    }

    // MARK: From libcurl

    func maySend() -> Bool {
        sendings += 1
        guard sendings > 1 else { return true }
        if let request, request.isSafe, !hasSentBody {
            lane.countRetry()
            return true
        }
        failure = UpstreamError(.reset)
        return false
    }

    func receivedHeadLine(_ line: Span<UInt8>) -> Bool {
        // Trailers come this way too; they have been framed by libcurl and are dropped.
        if hasHead { return true }
        headBytes.append(line)
        guard line.count <= 2 else { return headBytes.count <= Self.headLimits.headerBytes || refuse(.headTooLarge) }
        guard let outcome = parser?.parse(headBytes.span) else { return false }
        switch outcome {
        case .needMore: return true
        case .refuse(let refusal): return refuse(refusal.code)
        case .interim(let head, _):
            interims += 1
            guard interims <= Self.interimLimit else { return refuse(.statusInvalid) }
            headBytes.removeAll(keepingCapacity: true)
            if head.status != 100 { sink?.transferInformed(head) }
            return sink != nil
        case .head(let head, _):
            if head.status == 503, mayAskAgain {
                failure = UpstreamError(.unavailable)
                return false
            }
            hasHead = true
            headBytes.removeAll(keepingCapacity: true)
            setDeadline(request?.idleInMillis ?? 0)
            // Doubtful framing: libcurl would go on with the connection.
            if !head.keepAlive { easy.forbidReuse() }
            // libcurl drops the rest of an upload that an error answers, but never completes one that is paused.
            if isUploadPaused {
                isUploadPaused = false
                lane.goOn(self)
            }
            sink?.transferAnswered(head)
            // libcurl would wait for the body that an answer to HEAD only announces, when the request had one.
            if let request, request.method == .head, request.body != .none {
                isCompleteEarly = true
                return false
            }
            return sink != nil
        }
    }

    /// Whether a 503 may be dropped for another try. The last try's answer is passed on as it is.
    private var mayAskAgain: Bool {
        guard let request, pool.address.retriesUnavailable, request.isIdempotent else { return false }
        return !hasSentBody && tries <= pool.address.retries && (isRetry || pool.admitsRetry())
    }

    private func refuse(_ code: RefusalCode) -> Bool {
        failure = UpstreamError(.badAnswer, refusal: code)
        return false
    }

    func received(_ bytes: Span<UInt8>) -> Reception {
        guard let sink else { return .stop }
        guard hasHead else {
            failure = UpstreamError(.badAnswer)
            return .stop
        }
        if isHeldBack { return .pause }
        if isPutOff, !isPaused {
            isPaused = true
            lane.goOn(self)
            return .pause
        }
        isPutOff = false
        isPaused = false
        if let request { setDeadline(request.idleInMillis) }
        if !sink.transferReceived(bytes) { isHeldBack = true }
        // libcurl would read on for as long as there is something, and others wait.
        lane.thread.spend(bytes: bytes.count)
        if !isHeldBack, lane.thread.isTurnSpent { isPutOff = true }
        return self.sink == nil ? .stop : .taken
    }

    /// No more bytes of the body will come.
    func endUpload() {
        upload.end()
        if upload.count == 0 { uploadEnded() }
    }

    func uploadProgressed() {
        hasSentBody = true
        if upload.isEnded, upload.count == 0 {
            uploadEnded()
        } else if let request, !hasHead {
            setDeadline(request.idleInMillis)
        }
        if upload.count < UploadBuffer.highWater / 2 { sink?.transferWantsBody() }
    }

    func uploadEnded() {
        if let request, !hasHead { setDeadline(request.headInMillis) }
    }

    // MARK: Back-pressure and time

    /// True when libcurl was asked to wait and may go on now.
    func release() -> Bool {
        guard isHeldBack else { return false }
        isHeldBack = false
        if let request { setDeadline(request.idleInMillis) }
        return true
    }

    private func setDeadline(_ milliseconds: Int) {
        guard let timer else { return }
        lane.thread.setTimer(timer, to: lane.thread.now.advanced(milliseconds: milliseconds))
    }

    func timerFired() {
        guard let request else { return }
        // While the client does not take the answer, or does not send its body, the backend is not to blame.
        if isHeldBack || (isUploadPaused && !hasHead) { return setDeadline(request.idleInMillis) }
        let waitsForHead = !hasHead && (request.body == .none || (upload.isEnded && upload.count == 0))
        lane.expire(self, UpstreamError(waitsForHead ? .headTimeout : .idleTimeout))
    }

    // MARK: Outcome

    /// What the transfer's end means, given libcurl's verdict.
    func outcome(of code: CURLcode) -> UpstreamError? {
        if let failure { return failure }
        if isCompleteEarly { return nil }
        if code == CURLE_OK { return hasHead ? nil : UpstreamError(.badAnswer) }
        let number = Int32(bitPattern: code.rawValue)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return UpstreamError(.resolve, curlCode: number)
        case CURLE_COULDNT_CONNECT: return UpstreamError(.connect, curlCode: number)
        // Our own clocks watch everything but the connect phase.
        case CURLE_OPERATION_TIMEDOUT: return UpstreamError(.connect, curlCode: number)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            return UpstreamError(.tls, curlCode: number)
        case CURLE_PARTIAL_FILE: return UpstreamError(hasHead ? .truncated : .reset, curlCode: number)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
            return UpstreamError(hasHead ? .truncated : .reset, curlCode: number)
        case CURLE_RECV_ERROR:
            if hasHead { return UpstreamError(.truncated, curlCode: number) }
            return UpstreamError(headBytes.isEmpty ? .reset : .badAnswer, curlCode: number)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_OUT_OF_MEMORY:
            return UpstreamError(hasHead ? .truncated : .badAnswer, curlCode: number)
        default: return UpstreamError(hasHead ? .truncated : .other, curlCode: number)
        }
    }
}
