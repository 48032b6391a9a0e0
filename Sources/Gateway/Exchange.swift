package import Authorizers
import Functions
package import HTTP
package import Policies
package import Routes
package import Tokens
package import Upstream

/// Everything known about one request, from its head to its end. The only thing that logs, explanations, recordings
/// and metrics see; they turn it into text when somebody looks.
package struct Exchange: Sendable {
    package let id: RequestID
    /// The configuration in force when the request came; a reload does not touch requests under way. Where the path
    /// names the stage, it becomes that stage's.
    package internal(set) var snapshot: GatewaySnapshot
    /// Its path begins behind the stage.
    package internal(set) var head: RequestHead
    /// The path as sent, once the stage has been taken off.
    var pathWithStage: ByteRange?
    /// Text of the client's address, taken from X-Forwarded-For when the peer is a trusted proxy.
    package let client: [UInt8]
    /// Text of the address at the other end of the connection.
    package let peer: [UInt8]
    package let isSecure: Bool
    /// Whether the peer is a proxy whose X-Forwarded-* fields are believed.
    package let isPeerTrusted: Bool
    /// The port that the client connected to.
    package let localPort: UInt16
    package let receivedAt: WallTime
    /// What ``WallClock/uptime`` said when the request came, or when it was last decided on.
    var uptime: Double

    // Filled phase by phase:
    package var path: NormalPath?
    /// Index into the configuration's routes, and the parameters' places in the normal path.
    package var hit: RouteHit?
    package var authorization: AuthorizerOutcome?
    /// What the API's resource policy says.
    package var resourceDecision: PolicyDecision?
    /// The method ARN that was decided on.
    package var resource: MethodARN?
    /// What authorizer functions have just answered for this request, by authorizer.
    var functionResults: [ObjectIdentifier: AuthorizerResult] = [:]
    /// What came of signature checks elsewhere, for this request. Nil where all signatures are checked at once, as the
    /// offline commands do.
    var verifications: [VerificationAnswer]?
    /// Nanoseconds for which the authorizer's function was waited for.
    package var authorizerNanoseconds: UInt64 = 0
    /// The API key that the route asked for and got.
    package var callerKey: CallerKey?
    /// Rates and quotas were asked and have counted it. Offline commands count nothing.
    package var isCounted = false
    package var failure: GatewayFailure?
    /// It was a preflight, answered for `cors`.
    package var preflight: PreflightAnswer?
    /// The gate said yes, whatever came after.
    package var isAdmitted = false
    /// What an observer gets to see; nil when there is none.
    package var capture: ExchangeCapture?
    /// The server refused the rest of the request and has told the handler so.
    var isRefusedByServer = false
    /// Status of the answer, 0 when there was none.
    package var status: UInt16 = 0
    /// Status that the backend gave.
    package var upstreamStatus: UInt16 = 0
    package var upstreamNanoseconds: UInt64 = 0
    /// How its tunnel ended; nil when there was none.
    package var tunnelEnd: TunnelEnd?
    /// How it went to its backend; nil when it did not.
    package var lane: Lane?
    package var totalNanoseconds: UInt64 = 0
    package var bytesIn: UInt64 = 0
    package var bytesOut: UInt64 = 0

    package init(
        id: RequestID, snapshot: GatewaySnapshot, head: RequestHead, client: [UInt8], peer: [UInt8],
        isSecure: Bool = false,
        isPeerTrusted: Bool = false, localPort: UInt16 = 0, receivedAt: WallTime, uptime: Double = 0
    ) {
        self.id = id
        self.snapshot = snapshot
        self.head = head
        self.client = client
        self.peer = peer
        self.isSecure = isSecure
        self.isPeerTrusted = isPeerTrusted
        self.localPort = localPort
        self.receivedAt = receivedAt
        self.uptime = uptime
    }

    /// The whole `X-Amzn-Trace-Id`: the client's when its root is good, else a new one.
    package var traceID: [UInt8] {
        let line = head.fields.first(.xAmznTraceID)
        return TraceID(
            incoming: line.map { head.fields.value(of: $0) }, seconds: receivedAt.seconds, random: id.bits
        ).text
    }

    /// The client's own `X-Amzn-Trace-Id`, when its root is good.
    var clientTraceID: [UInt8]? {
        guard let line = head.fields.first(.xAmznTraceID) else { return nil }
        let sent = head.fields.value(of: line)
        let text = traceID
        return text.elementsEqual(sent) ? text : nil
    }

    package var route: CompiledRoute? { hit.map { snapshot.routes[$0.route] } }

    package var identity: AuthorizedIdentity? { authorization?.identity }

    /// The path to show: the normal form, or what the client sent when it has none.
    package var shownPath: ArraySlice<UInt8> { path?.bytes ?? head.rawPath }

    /// The value of a path parameter as it stands in the normal path.
    func parameter(_ name: [UInt8]) -> ArraySlice<UInt8>? {
        guard let hit, let path, let route else { return nil }
        for (index, known) in route.parameterNames.enumerated() where known == name && index < hit.parameters.count {
            let range = hit.parameters[index]
            let bytes = path.bytes
            return bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
        }
        return nil
    }
}

/// Why bytes no longer pass between a client and a backend.
package enum TunnelEnd: String, Sendable, Hashable {
    /// The backend ended it in order.
    case closed
    case clientGone = "client_gone"
    /// Nothing passed for `server.timeouts.webSocketIdleInMillis`.
    case idle
    /// The token that had opened it holds no longer.
    case expired
    case shutdown
    /// The connection to the backend broke.
    case broken
}

extension Exchange {
    /// Whether the client offers a WebSocket where the route takes it.
    package var asksForWebSocket: Bool { head.upgrade == .webSocket && route?.definition.webSocket == true }
}
