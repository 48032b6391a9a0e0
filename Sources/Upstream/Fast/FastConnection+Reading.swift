import EventLoop
import HTTP

/// Reading: the answer, and what a backend sends through a tunnel.
extension FastConnection {
    /// Reads in one go, of channels that hide bytes from the kernel.
    private static let rounds = 8

    /// One read; what does not fit is reported again by epoll, so that one busy backend cannot hold the turn. A channel
    /// that keeps bytes inside is read until it has none, within bounds.
    func read(_ current: FastExchange) {
        guard let channel else { return }
        let hidesBytes = channel.hidesBytes
        for _ in 0..<(hidesBytes ? Self.rounds : 1) {
            var room = lane.scratch.take()
            switch channel.receive(into: &room, atMost: readSize.bytes) {
            case .wouldBlock: return lane.scratch.giveBack(room)
            case .bytes(let count):
                let before = epoch
                thread.spend(bytes: count)
                take(room.span.extracting(0..<count), for: current)
                lane.scratch.giveBack(room)
                // The request has become another one, which has its own measure.
                guard before == epoch else { return }
                readSize.took(count, passedOn: !current.isHeldBack)
                if current.isHeldBack { return }
            case .ended:
                lane.scratch.giveBack(room)
                return connectionEnded(orderly: true)
            case .failed:
                lane.scratch.giveBack(room)
                return connectionEnded(orderly: false)
            }
        }
        guard hidesBytes else { return }
        readsAgain = true
        askForTurnEnd()
    }

    /// Takes what came. All of it is handed on, even when the sink asks to wait meanwhile: it is at most one read.
    private func take(_ bytes: Span<UInt8>, for current: FastExchange) {
        let began = epoch
        let sink = current.sink
        var offset = 0
        while began == epoch {
            switch reader.next(bytes, at: &offset) {
            case .needMore: return updateInterest()
            case .interim(let head):
                // 100 is between us and the backend.
                if head.status != 100 { sink?.transferInformed(head) }
            case .head(let head): answered(head, current, sink)
            case .data(let range):
                if !current.isTunnel {
                    setDeadline(current.idleInMillis)
                } else if isFarewell {
                    setDeadline(FastLane.farewellInMillis)
                }
                let goesOn = sink?.transferReceived(bytes.extracting(range)) ?? true
                if !goesOn, began == epoch { current.isHeldBack = true }
            case .end: return complete(surplus: offset < bytes.count)
            case .refuse(let code):
                return fail(
                    state.hasHead ? UpstreamError(.truncated) : UpstreamError(.badAnswer, refusal: code))
            }
        }
    }

    private func answered(
        _ head: consuming ResponseHead, _ current: FastExchange, _ sink: (any TransferSink)?
    ) {
        if head.status == 503, lane.mayAskAgain(current, hasSentBody: state.hasSentBody, in: pool) {
            return fail(UpstreamError(.unavailable))
        }
        state.answered()
        if head.status == 101 {
            if current.isRetry { pool.retryEnded() }
            current.isRetry = false
            current.isTunnel = true
            clearDeadline()
            lane.becameTunnel(in: pool)
        } else {
            setDeadline(current.idleInMillis)
        }
        sink?.transferAnswered(head)
    }

    /// The backend has ended the connection, or there is nothing more to wait for.
    func connectionEnded(orderly: Bool) {
        switch reader.connectionEnded(orderly: orderly) {
        case .complete: complete(surplus: true)
        case .silent: fail(UpstreamError(.reset))
        case .headless: fail(UpstreamError(.badAnswer))
        case .truncated: fail(UpstreamError(.truncated))
        }
    }
}
