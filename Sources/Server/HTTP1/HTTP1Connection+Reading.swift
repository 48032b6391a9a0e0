import EventLoop
import HTTP

/// Reading: from the socket into the parser, the body decoder and the handler.
extension HTTP1Connection {
    /// One read; what does not fit is reported again by epoll, so that one busy client cannot hold the turn.
    func readInput() {
        guard !state.isClosed, !state.inputEnded else { return }
        let count: Int
        switch scratch.receive(from: fd) {
        case .wouldBlock: return
        case .ended: return endInput(failed: false)
        case .failed: return endInput(failed: true)
        case .bytes(let received): count = received
        }
        thread.spend(bytes: count)
        if state.request == .lingering { return }
        if inbound.isEmpty {
            let bytes = scratch.bytes
            let used = process(bytes.span.extracting(0..<count))
            if used < count, state.request != .lingering, !state.isClosed {
                inbound = Array(bytes[used..<count])
            }
        } else {
            // Changed in a local variable, for the reason that ``advance(_:)`` gives.
            var held: [UInt8] = []
            swap(&held, &inbound)
            if inboundStart > Self.inboundLimit / 2 {
                held.removeFirst(inboundStart)
                inboundStart = 0
            }
            held.append(contentsOf: scratch.bytes[0..<count])
            inbound = held
            processInbound()
        }
        updateInterest()
    }

    private func endInput(failed: Bool) {
        let waiting = !inbound.isEmpty
        perform(advance { $0.inputEnded(failed: failed, waiting: waiting) })
        updateInterest()
    }

    /// The client's end counts once what came before it has been read, or is the beginning of something at most.
    private func meetEndOfInput() {
        guard state.inputEnded else { return }
        switch state.request {
        case .idle, .body, .draining, .complete: if inbound.isEmpty { endInput(failed: false) }
        case .head: endInput(failed: false)
        case .tunnel, .lingering, .closed: break
        }
    }

    /// Whether the client has ended behind the request that is being answered.
    var isLastRequest: Bool { state.inputEnded && (isProcessing ? bytesBehind : inbound.count - inboundStart) == 0 }

    /// Goes on with what is held back. The bytes are taken out first, because handlers may end the connection.
    func processInbound() {
        guard !inbound.isEmpty, !isProcessing else { return updateInterest() }
        var bytes: [UInt8] = []
        swap(&bytes, &inbound)
        let start = inboundStart
        inboundStart = 0
        let used = start + process(bytes.span.extracting(start..<bytes.count))
        if used < bytes.count, state.request != .lingering, !state.isClosed {
            inbound = bytes
            inboundStart = used
        }
        tellTunnelEnd()
        meetEndOfInput()
        updateInterest()
    }

    /// Uses as much of the bytes as the state allows and returns how much that was.
    private func process(_ bytes: Span<UInt8>) -> Int {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        while offset < bytes.count {
            if state.wantsHead {
                // Who pipelines requests must take the answers, or they would pile up here.
                if isHeldUp {
                    isHoldingRequests = true
                    askForTurnEnd()
                    break
                }
                // Whoever pipelines gets a share of the turn, not all of it.
                if offset > 0, thread.isTurnSpent {
                    needsProcessing = true
                    askForTurnEnd()
                    break
                }
                if !readHead(bytes, &offset) { break }
            } else if state.wantsBody, !bodyPaused {
                readBody(bytes, &offset)
            } else if state.request == .tunnel, !bodyPaused {
                let piece = bytes.extracting(offset..<bytes.count)
                offset = bytes.count
                renewTunnel()
                exchange?.received(body: piece)
            } else {
                break
            }
        }
        return offset
    }

    /// False when the head is not complete.
    private func readHead(_ bytes: Span<UInt8>, _ offset: inout Int) -> Bool {
        let isFirst = state.request == .idle
        if isFirst {
            advance { $0.receivedFirstByte() }
            method = .get
            version = .http11
        }
        let outcome = parse(bytes.extracting(offset..<bytes.count))
        switch consume outcome {
        case .needMore:
            if isFirst { setDeadline(milliseconds: server.settings.headerInMillis) }
            return false
        case .head(let head, let consumed):
            offset += consumed
            bytesBehind = bytes.count - offset
            begin(head)
        case .refuse(let refusal):
            if isFirst { setDeadline(milliseconds: server.settings.headerInMillis) }
            offset = bytes.count
            refuse(refusal)
        }
        return true
    }

    /// Nearly every head comes in one piece, and then no parser is kept.
    private func parse(_ bytes: Span<UInt8>) -> RequestParser.Outcome {
        if let partial = partialHead {
            let outcome = partial.parser.parse(bytes)
            if case .needMore = outcome { return outcome }
            partialHead = nil
            return outcome
        }
        var parser = RequestParser(limits: server.settings.headLimits)
        let outcome = parser.parse(bytes)
        if case .needMore = outcome { partialHead = PartialHead(parser) }
        return outcome
    }

    private func begin(_ head: consuming RequestHead) {
        framing = head.framing
        method = head.method
        version = head.version
        bodyReceived = 0
        bodyPaused = false
        bodySuppressed = false
        continueDue = head.expectsContinue
        let limit = server.settings.bodyBytes
        let hasBody: Bool
        switch framing {
        case .length(let length):
            if limit > 0, length > limit { return refuse(RequestRefusal(.bodyTooLarge)) }
            bodyRemaining = length
            hasBody = length > 0
        case .chunked:
            decoder = ChunkedDecoder(limits: ChunkedLimits(bodyBytes: limit))
            hasBody = true
        case .none, .untilClose: hasBody = false
        }
        if !hasBody { framing = .none }
        let allowed = server.settings.requestsPerConnection
        let persists = head.keepAlive && !server.isDraining && (allowed == 0 || state.requests + 1 < allowed)
        advance { $0.parsedHead(hasBody: hasBody, keepAlive: persists) }
        if hasBody {
            bodyBegan = now
            setBodyDeadline()
        } else {
            clearDeadline()
        }
        let begun = handler.received(head, on: self)
        // The answer may be complete already, or the connection gone.
        guard let begun, state.answer != .none else { return }
        exchange = begun
        if !hasBody {
            begun.requestEnded()
        } else {
            inviteBody()
        }
    }

    /// Sends `100 Continue` once the body is wanted; a handler that has paused it has not decided yet.
    private func inviteBody() {
        guard continueDue, !bodyPaused, state.answer == .awaited else { return }
        continueDue = false
        output.append(expecting: 25) { room in room.put("HTTP/1.1 100 Continue\r\n\r\n") }
        askForTurnEnd()
    }

    // MARK: Body

    private func readBody(_ bytes: Span<UInt8>, _ offset: inout Int) {
        if case .length = framing {
            let count = Int(min(UInt64(bytes.count - offset), bodyRemaining))
            let piece = bytes.extracting(offset..<offset + count)
            offset += count
            bytesBehind = bytes.count - offset
            bodyRemaining -= UInt64(count)
            deliver(piece)
            if bodyRemaining == 0 { endBody() }
            return
        }
        var next = decoder
        let action = next.next(bytes, at: &offset)
        decoder = next
        bytesBehind = bytes.count - offset
        switch action {
        case .needMore: break
        case .data(let range): deliver(bytes.extracting(range))
        case .end: endBody()
        case .refuse(let code):
            offset = bytes.count
            // The request has been answered already: there is only the connection to give up.
            if state.request == .draining {
                perform(advance { $0.drainedTooMuch() })
            } else {
                refuse(RequestRefusal(code))
            }
        }
    }

    private func deliver(_ piece: Span<UInt8>) {
        bodyReceived += UInt64(piece.count)
        if state.request == .draining {
            if bodyReceived > HTTP1State.drainLimit { perform(advance { $0.drainedTooMuch() }) }
            return
        }
        setBodyDeadline()
        exchange?.received(body: piece)
    }

    private func endBody() {
        if state.isClosed || state.request == .lingering { return }
        let wasWanted = state.request == .body
        clearDeadline()
        perform(advance { $0.bodyEnded() })
        if wasWanted { exchange?.requestEnded() }
    }

    /// The idle time, and after ten seconds also the minimum rate, as one absolute time.
    private func setBodyDeadline() {
        let settings = server.settings
        var deadline = now.advanced(milliseconds: settings.bodyIdleInMillis)
        if settings.bodyMinimumBytesPerSecond > 0 {
            let earned = bodyReceived.multipliedReportingOverflow(by: 1000)
            let millis = earned.overflow ? UInt64.max : earned.partialValue / UInt64(settings.bodyMinimumBytesPerSecond)
            deadline = min(
                deadline, bodyBegan.advanced(milliseconds: 10_000).advanced(milliseconds: Int(clamping: millis)))
        }
        setDeadline(deadline)
    }

    func pauseBody() {
        guard !bodyPaused, state.request == .body || state.request == .tunnel else { return }
        bodyPaused = true
        if state.request == .tunnel { return updateInterest() }
        bodyPausedAt = now
        clearDeadline()
        updateInterest()
    }

    func resumeBody() {
        guard bodyPaused else { return }
        bodyPaused = false
        if state.request == .tunnel {
            needsProcessing = true
            askForTurnEnd()
            return updateInterest()
        }
        guard state.request == .body else { return }
        // The time in which we did not want the body does not count against the client.
        bodyBegan = bodyBegan.advanced(nanoseconds: now.since(bodyPausedAt))
        setBodyDeadline()
        inviteBody()
        needsProcessing = true
        askForTurnEnd()
        updateInterest()
    }

    // MARK: Refusals

    /// Answers a request that cannot be served by any handler and gives the connection up.
    func refuse(_ refusal: RequestRefusal) {
        let cancelled = exchange
        exchange = nil
        handler.refused(refusal, by: peer)
        if state.answer != .started {
            writeRefusal(refusal)
            perform(advance { $0.refused() })
        } else {
            perform(advance { $0.abortedAnswer() })
        }
        cancelled?.cancelled(.refused(refusal))
    }

    private func writeRefusal(_ refusal: RequestRefusal) {
        let answer = handler.answer(to: refusal)
        let date = server.dateLine()
        let isHead = method == .head
        output.append(expecting: answer.fields.count + answer.body.count + HTTP1Writer.lines) { room in
            HTTP1Writer.statusLine(refusal.status, reason: [], to: &room)
            room.put(answer.fields)
            room.put(date)
            HeadWriter.put(.length(UInt64(answer.body.count)), to: &room)
            room.put("Connection: close\r\n\r\n")
            if !isHead { room.put(answer.body) }
        }
        askForTurnEnd()
    }
}

/// A head that has begun and is not complete: an object of its own, so that a connection without one is small.
final class PartialHead {
    var parser: RequestParser

    init(_ parser: RequestParser) {
        self.parser = parser
    }
}
