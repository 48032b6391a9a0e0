import EventLoop
import HTTP

/// Answering: the server's side of ``ExchangeStream``.
extension HTTP1Connection: ExchangeStream {
    var isSecure: Bool { false }

    // Patterns: an operator of another module's type goes through its witness table.
    private var isToHead: Bool { if case .head = method { true } else { false } }
    private var isHTTP11: Bool { if case .http11 = version { true } else { false } }

    var unsentBytes: Int { output.count }

    func inform(status: UInt16, fields: [UInt8]) {
        guard state.answer == .awaited, isHTTP11 else { return }
        output.append(expecting: fields.count + HTTP1Writer.lines) { room in
            HTTP1Writer.statusLine(status, reason: [], to: &room)
            room.put(fields)
            room.put("\r\n")
        }
        askForTurnEnd()
    }

    func closeAfterAnswer() { if state.answer == .awaited { advance { $0.closeAfterAnswer() } } }

    func respond(status: UInt16, reason: [UInt8], fields: [UInt8], body: AnswerBody) {
        guard state.answer == .awaited else { return }
        if case .tunnel(let end) = body { return beginTunnel(status, reason, fields, until: end) }
        isChunked = false
        answerRemaining = 0
        bodySuppressed = isToHead || status == 204 || status == 304
        // Any other answer must say where it ends, and a length without its bytes would take them from the next answer.
        var body = body
        if !bodySuppressed {
            switch body {
            case .none, .lengthOnly, .tunnel: body = .length(0)
            default: break
            }
        }
        answerBody = body
        var persists = state.persists && !server.isDraining && mayReadOn && !isLastRequest
        if case .length(let length) = body { answerRemaining = length }
        if case .stream = body, !bodySuppressed {
            if isHTTP11 {
                isChunked = true
            } else {
                persists = false
                endsByClosing = true
            }
        }
        advance { $0.startedAnswer(keepAlive: persists) }
        let date = server.dateLine()
        let mayChunk = isChunked || (isHTTP11 && isToHead)
        let announces = !isHTTP11 || server.announcesKeepAlive
        output.append(expecting: fields.count + reason.count + HTTP1Writer.lines) { room in
            HTTP1Writer.statusLine(status, reason: reason, to: &room)
            room.put(fields)
            room.put(date)
            switch body {
            case .length(let length) where status != 204: HeadWriter.put(.length(length), to: &room)
            case .lengthOnly(let length) where status != 204: HeadWriter.put(.length(length), to: &room)
            case .stream where mayChunk: HeadWriter.put(.chunked, to: &room)
            default: break
            }
            if !persists {
                room.put("Connection: close\r\n")
            } else if announces {
                room.put("Connection: keep-alive\r\n")
            }
            room.put("\r\n")
        }
        askForTurnEnd()
    }

    /// The connection is no longer HTTP's. Without a tunnel to begin the handler's answer cannot be given at all.
    private func beginTunnel(_ status: UInt16, _ reason: [UInt8], _ fields: [UInt8], until end: MonotonicTime?) {
        guard state.mayTunnel, isHTTP11, status == 101 else {
            let cancelled = exchange
            abort()
            cancelled?.cancelled(.clientGone)
            return
        }
        isChunked = false
        bodySuppressed = false
        answerRemaining = 0
        answerBody = .tunnel(until: end)
        endsByClosing = true
        tunnelEnd = end ?? .distantFuture
        let date = server.dateLine()
        output.append(expecting: fields.count + reason.count + HTTP1Writer.lines) { room in
            HTTP1Writer.statusLine(status, reason: reason, to: &room)
            room.put(fields)
            room.put(date)
            room.put("Connection: Upgrade\r\n\r\n")
        }
        let action = advance { $0.startedTunnel() }
        renewTunnel()
        // What the client has sent behind its request is the tunnel's now.
        needsProcessing = true
        askForTurnEnd()
        updateInterest()
        perform(action)
    }

    /// Whether the rest of the request can be read past, so that the connection can go on.
    private var mayReadOn: Bool {
        guard state.request == .body else { return true }
        // A client that waits for "100 Continue" may send its body or the next request: nobody can tell which.
        if continueDue { return false }
        if case .length = framing { return bodyRemaining <= HTTP1State.drainLimit }
        return true
    }

    @discardableResult
    func write(_ bytes: Span<UInt8>) -> Bool {
        guard state.answer == .started, bytes.count > 0 else { return true }
        if bodySuppressed { return true }
        if isChunked {
            output.append(expecting: bytes.count + 20) { room in
                HeadWriter.chunkHead(bytes.count, to: &room)
                room.put(bytes)
                room.put("\r\n")
            }
        } else if case .length = answerBody {
            // More than was announced would be read as the next answer.
            let count = Int(min(UInt64(bytes.count), answerRemaining))
            answerRemaining -= UInt64(count)
            send(bytes.extracting(0..<count))
        } else if case .stream = answerBody {
            send(bytes)
        } else if case .tunnel = answerBody {
            send(bytes)
            renewTunnel()
        }
        if !isBlocked, output.count >= 65_536 { flushOutput() } else { askForTurnEnd() }
        if output.count < Self.highWater { return true }
        wasHeldBack = true
        return false
    }

    /// Pieces from here on go out from where they are; smaller ones wait for company.
    private static let directPiece = 16_384

    /// Sends bytes as they are: large ones at once, without being copied, when nothing else waits before them.
    private func send(_ bytes: Span<UInt8>) {
        if bytes.count >= Self.directPiece, !isBlocked, !output.isEmpty {
            flushOutput()
            // It may have found the connection broken, and nobody takes the piece any more.
            if state.isClosed { return }
        }
        guard bytes.count >= Self.directPiece, !isBlocked, output.isEmpty else { return output.append(bytes) }
        // A failure is met again by the bytes that stay.
        guard case .bytes(let count) = Socket.send(fd, bytes) else { return output.append(bytes) }
        if count < bytes.count { output.append(bytes.extracting(count..<bytes.count)) }
    }

    func finish() {
        guard state.answer == .started else { return }
        if answerRemaining > 0, !bodySuppressed { return abort() }
        if isChunked { output.append(expecting: 5) { room in room.put("0\r\n\r\n") } }
        let unread = unreadBody
        perform(advance { $0.finishedAnswer(unread: unread) })
    }

    func abort() {
        guard state.answer != .none else { return }
        exchange = nil
        perform(advance { $0.abortedAnswer() })
    }

    /// Whether an answer is not yet all out whose end the client only knows by the end of the connection.
    var isDelimitedByClose: Bool { endsByClosing && (state.answer == .started || !output.isEmpty) }

    private var unreadBody: UInt64? {
        if case .length = framing { return bodyRemaining }
        return nil
    }
}
