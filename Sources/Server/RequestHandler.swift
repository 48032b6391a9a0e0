package import EventLoop
package import HTTP

/// Answers the requests of a server. One handler serves one worker and is called on its thread.
package protocol RequestHandler: AnyObject {
    /// A request head that passed the grammar. The answer may be started at once or later, through the stream.
    ///
    /// The returned object gets the rest of the request; nil when the answer is already complete and the body, if
    /// any, is not wanted.
    func received(_ head: consuming RequestHead, on stream: any ExchangeStream) -> (any ExchangeHandler)?

    /// A request that never became one: refused by the grammar, a limit or a deadline. The server answers by itself;
    /// this is for the record.
    func refused(_ refusal: RequestRefusal, by peer: SocketAddress)

    /// The answer's body and extra field lines for such a refusal.
    func answer(to refusal: RequestRefusal) -> RefusalAnswer
}

/// What a refused client is told, apart from the status and the framing.
package struct RefusalAnswer: Sendable {
    /// Complete field lines, each ending in CRLF.
    package var fields: [UInt8]
    package var body: [UInt8]

    package init(fields: [UInt8] = [], body: [UInt8] = []) {
        self.fields = fields
        self.body = body
    }
}

/// Gets what follows the head of one request, in order, on the worker's thread.
package protocol ExchangeHandler: AnyObject {
    /// Decoded body bytes, or those of a tunnel. They are valid during the call only.
    func received(body: Span<UInt8>)
    /// The request is complete.
    func requestEnded()
    /// The client has ended its side of a tunnel; what it sent before has been delivered.
    func tunnelInputEnded()
    /// The client takes bytes again after ``ExchangeStream/write(_:)`` had said that it does not.
    func becameWritable()
    /// The exchange is over before its time: the client is gone, broke the framing or missed a deadline. No call
    /// follows, and the stream takes nothing more.
    func cancelled(_ cause: ExchangeCancellation)
}

extension ExchangeHandler {
    package func tunnelInputEnded() {}
}

/// Why an exchange ended before its answer was complete.
package enum ExchangeCancellation: Sendable, Hashable {
    /// The connection is gone.
    case clientGone
    /// The body's framing is broken, or a limit was passed; the client has been answered when that was possible.
    case refused(RequestRefusal)
    /// The client did not take the answer in time.
    case writeStalled
    /// The server shuts down.
    case shutdown
    /// Nothing has passed through a tunnel for too long.
    case tunnelIdle
    /// The time that a tunnel was given is over.
    case tunnelExpired
}

/// How the body of an answer is delimited.
package enum AnswerBody: Sendable, Hashable {
    /// Exactly this many bytes follow; 0 for an empty body.
    case length(UInt64)
    /// The length is not known: chunked for HTTP/1.1, delimited by the end of the connection for HTTP/1.0.
    case stream
    /// The status has no body and no length (204, 304 without one).
    case none
    /// The answer to HEAD or a 304 that tells the length of a body it does not carry.
    case lengthOnly(UInt64)
    /// Behind a 101: from here on bytes pass both ways as they are (RFC 9110 §7.8), until one side has ended, or until
    /// this time when there is one. Only for a request of HTTP/1.1 without a body.
    case tunnel(until: MonotonicTime?)
}

/// The answering side of one exchange, on the worker's thread. Exactly one answer per exchange.
package protocol ExchangeStream: AnyObject {
    /// Who is connected.
    var peer: SocketAddress { get }
    /// Whether the client came through TLS.
    var isSecure: Bool { get }
    /// The connection's number, unique within the process's life; for the record.
    var connectionNumber: UInt64 { get }

    /// An interim answer such as 103; ignored for HTTP/1.0 and after the final answer has begun.
    func inform(status: UInt16, fields: [UInt8])
    /// No further request is taken on this connection: what the client has sent behind this one may be something else.
    func closeAfterAnswer()
    /// Begins the final answer. `fields` are complete lines, each ending in CRLF, without framing, connection and
    /// date lines: the server writes those.
    func respond(status: UInt16, reason: [UInt8], fields: [UInt8], body: AnswerBody)
    /// Appends to the answer's body. False asks the caller to wait for ``ExchangeHandler/becameWritable()``.
    @discardableResult func write(_ bytes: Span<UInt8>) -> Bool
    /// Completes the answer.
    func finish()
    /// Ends an answer that cannot be completed, so that the client can tell.
    func abort()

    /// Stops the flow of body bytes to the handler; what is in flight may still come.
    func pauseBody()
    func resumeBody()
    /// Bytes of the answer that the client has not taken yet.
    var unsentBytes: Int { get }
}
