import EventLoop

/// Sending: the request's head and body, and a client's bytes through a tunnel.
extension FastConnection {
    /// Pieces from here on go out without being copied first, when nothing waits before them.
    private static let directPiece = 8_192
    /// What has gathered goes out before the turn ends.
    private static let flushSize = 65_536

    /// The connection stands and has a request: its head goes out, at once when the connection is new and nothing will
    /// follow it.
    func writeRequest(_ current: FastExchange) {
        guard current.hasHead else {
            state.sendingFailed()
            dueError = UpstreamError(.other)
            return askForTurnEnd()
        }
        // A body is on its way: head and body leave together.
        if current.isBodyComplete, !isUnproven { flush(current) } else { askForTurnEnd() }
    }

    func send(_ bytes: Span<UInt8>) -> Bool {
        guard let current = exchange else { return true }
        // Nobody will get these bytes, unless nothing of the body has left and the request can go on elsewhere.
        if state.request == .broken, state.hasSentBody { return true }
        var taken = 0
        if bytes.count >= Self.directPiece, current.sendsAsIs { taken = sendDirectly(bytes, of: current) }
        if taken < bytes.count { current.append(bytes.extracting(taken..<bytes.count)) }
        if channel != nil, state.request != .broken {
            let isMuch = !isBlocked && !isUnproven && current.upload.count >= Self.flushSize
            if isMuch { flush(current) } else { askForTurnEnd() }
        }
        guard current.upload.count >= UploadBuffer.highWater else { return true }
        current.senderWaits = true
        return false
    }

    /// Sends from the caller's own memory what the kernel takes at once; the count of that.
    private func sendDirectly(_ bytes: Span<UInt8>, of current: FastExchange) -> Int {
        guard let channel, !isBlocked, current.head.isEmpty, current.upload.isEmpty, state.request != .broken,
            state.hasSentBytes
        else { return 0 }
        let count = current.allowance(for: bytes.count)
        if count == 0 { return 0 }
        switch channel.send(bytes.extracting(0..<count)) {
        case .bytes(let sent):
            current.sentDirectly(sent)
            state.bodyMoved()
            progressed(current)
            return sent
        case .wouldBlock:
            block()
            return 0
        case .ended, .failed:
            // The bytes stay with the request, which may yet go on elsewhere.
            stopSending(current)
            return 0
        }
    }

    func endBody() {
        guard let current = exchange else { return }
        if current.isTunnel {
            endsAfterFlush = true
        } else if !current.endBody() {
            // Less came than was announced: this can never become a request.
            state.sendingFailed()
            dueError = UpstreamError(.other)
        }
        askForTurnEnd()
    }

    /// Hands on what the kernel takes now.
    func flush(_ current: FastExchange) {
        guard let channel, state.request != .broken, !isBlocked, !isUnproven else { return }
        var hasProgress = false
        // Nobody else looks at them meanwhile; for the reason see ``FastExchange/append(_:)``.
        var head = WireBuffer()
        var upload = WireBuffer()
        swap(&head, &current.head)
        swap(&upload, &current.upload)
        var failed = false
        sending: while !head.isEmpty || !upload.isEmpty || channel.isHolding {
            switch channel.send(head, upload) {
            case .bytes(let count):
                hasProgress = true
                let ofHead = min(count, head.count)
                head.advance(ofHead)
                if count > ofHead {
                    upload.consume(count - ofHead)
                    state.bodyMoved()
                }
            case .wouldBlock:
                block()
                break sending
            case .ended, .failed:
                failed = true
                break sending
            }
        }
        swap(&head, &current.head)
        swap(&upload, &current.upload)
        if failed { stopSending(current) }
        if hasProgress { progressed(current) }
        if endsAfterFlush, current.head.isEmpty, current.upload.isEmpty {
            endsAfterFlush = false
            if !channel.endSending() {
                isFarewell = true
                setDeadline(FastLane.farewellInMillis)
            }
        }
        guard current.senderWaits, current.upload.count < UploadBuffer.highWater / 2 else { return }
        current.senderWaits = false
        current.sink?.transferWantsBody()
    }

    private func block() {
        isBlocked = true
        updateInterest()
    }

    /// Nothing more can be sent; an answer may still come, or has come.
    private func stopSending(_ current: FastExchange) {
        state.sendingFailed()
        current.head.advance(current.head.count)
        if state.hasSentBody { current.clearUpload() }
    }

    private func progressed(_ current: FastExchange) {
        guard !current.isTunnel else { return }
        let isAll = current.isBodyComplete && current.upload.isEmpty && current.head.isEmpty
        state.sent(isAll: isAll)
        guard !state.hasHead, current.body != .none else { return }
        setDeadline(isAll ? current.headInMillis : current.idleInMillis)
    }
}
