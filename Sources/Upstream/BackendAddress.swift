/// Where a backend listens and how patient we are with it. Fixed for the life of a configuration.
package struct BackendAddress: Sendable, Hashable {
    package enum Scheme: String, Sendable, Hashable {
        case http
        case https
    }

    package var scheme: Scheme
    /// A name or a literal address, without brackets.
    package var host: String
    package var port: UInt16
    package var connectInMillis: Int
    /// Transfers at once; more wait in a queue.
    package var connections: Int
    /// Length of that queue; more are refused.
    package var pending: Int
    /// How often a request that surely or safely may be sent again is sent again.
    package var retries: Int
    package var retriesConnect: Bool
    package var retriesReset: Bool
    /// Whether a 503 answer to an idempotent request is asked for again.
    package var retriesUnavailable: Bool
    /// Retries at once, in percent of the requests in flight (at least one).
    package var retryBudgetPercent: Int
    /// How its requests travel.
    package var lane: Lane

    package init(
        scheme: Scheme, host: String, port: UInt16, connectInMillis: Int = 2000, connections: Int = 512,
        pending: Int = 1024, retries: Int = 0, retriesConnect: Bool = true, retriesReset: Bool = false,
        retriesUnavailable: Bool = false, retryBudgetPercent: Int = 20,
        lane: Lane = .fast
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.connectInMillis = connectInMillis
        self.connections = connections
        self.pending = pending
        self.retries = retries
        self.retriesConnect = retriesConnect
        self.retriesReset = retriesReset
        self.retriesUnavailable = retriesUnavailable
        self.retryBudgetPercent = retryBudgetPercent
        self.lane = lane
    }

    /// `host:port` as the Host field wants it: without the scheme's own port.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let standard: UInt16 = scheme == .http ? 80 : 443
        return port == standard ? name : "\(name):\(port)"
    }

    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme.rawValue)://\(name):\(port)/"
    }
}
