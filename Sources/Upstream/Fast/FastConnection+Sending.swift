import EventLoop

/// Sending: the request's head and body, and a client's bytes through a tunnel.
extension FastConnection {
    /// Pieces from here on go out without being copied first, when nothing waits before them.
    private static let directPiece = 8_192
    /// What has gathered goes out before the turn ends.
    private static let flushSize = 65_536

    /// The connection stands and has a request: its head goes out, at once when nothing will follow it.
    func writeRequest() {
        guard let current = exchange else { return }
        guard current.writeHead(to: &output) else {
            output.clear()
            state.sendingFailed()
            dueError = UpstreamError(.other)
            return askForTurnEnd()
        }
        // A body is on its way: head and body leave together.
        if current.isBodyComplete { flush() } else { askForTurnEnd() }
    }

    func send(_ bytes: Span<UInt8>) -> Bool {
        guard exchange != nil, state.request != .broken else { return true }
        var taken = 0
        if bytes.count >= Self.directPiece, exchange?.sendsAsIs == true { taken = sendDirectly(bytes) }
        if taken < bytes.count { exchange?.append(bytes.extracting(taken..<bytes.count)) }
        if channel != nil {
            if !isBlocked, let count = exchange?.upload.count, count >= Self.flushSize {
                flush()
            } else {
                askForTurnEnd()
            }
        }
        guard let count = exchange?.upload.count, count >= UploadBuffer.highWater else { return true }
        exchange?.senderWaits = true
        return false
    }

    /// Sends from the caller's own memory what the kernel takes at once; the count of that.
    private func sendDirectly(_ bytes: Span<UInt8>) -> Int {
        guard let channel, !isBlocked, output.isEmpty, state.request == .going || exchange?.isTunnel == true,
            let count = exchange?.allowance(for: bytes.count), count > 0, exchange?.upload.isEmpty == true
        else { return 0 }
        switch channel.send(bytes.extracting(0..<count)) {
        case .bytes(let sent):
            exchange?.sentDirectly(sent)
            state.bodyMoved()
            progressed()
            return sent
        case .wouldBlock:
            block()
            return 0
        case .ended, .failed:
            stopSending()
            return bytes.count
        }
    }

    func endBody() {
        guard let current = exchange else { return }
        if current.isTunnel {
            endsAfterFlush = true
        } else if exchange?.endBody() == false {
            // Less came than was announced: this can never become a request.
            state.sendingFailed()
            dueError = UpstreamError(.other)
        }
        askForTurnEnd()
    }

    /// Hands on what the kernel takes now.
    func flush() {
        guard let channel, exchange != nil, state.request != .broken, !isBlocked else { return }
        var hasProgress = false
        sending: while !output.isEmpty || exchange?.upload.isEmpty == false || channel.isHolding {
            let body = exchange?.upload ?? WireBuffer()
            switch channel.send(output, body) {
            case .bytes(let count):
                hasProgress = true
                let ofHead = min(count, output.count)
                output.consume(ofHead)
                if count > ofHead {
                    exchange?.upload.consume(count - ofHead)
                    state.bodyMoved()
                }
            case .wouldBlock:
                block()
                break sending
            case .ended, .failed:
                stopSending()
                break sending
            }
        }
        if hasProgress { progressed() }
        if endsAfterFlush, output.isEmpty, exchange?.upload.isEmpty == true {
            endsAfterFlush = false
            channel.endSending()
        }
        guard exchange?.senderWaits == true, let count = exchange?.upload.count, count < UploadBuffer.highWater / 2
        else { return }
        exchange?.senderWaits = false
        exchange?.sink.transferWantsBody()
    }

    private func block() {
        isBlocked = true
        updateInterest()
    }

    /// Nothing more can be sent; an answer may still come, or has come.
    private func stopSending() {
        state.sendingFailed()
        output.clear()
        exchange?.upload.clear()
    }

    private func progressed() {
        guard let current = exchange, !current.isTunnel else { return }
        let isAll = current.isBodyComplete && current.upload.isEmpty && output.isEmpty
        state.sent(isAll: isAll)
        guard !state.hasHead, current.request.body != .none else { return }
        setDeadline(isAll ? current.request.headInMillis : current.request.idleInMillis)
    }
}
