package import HTTP

/// The limits and deadlines of a server, taken from `server` in `gateway.json`.
package struct ServerSettings: Sendable {
    package var headLimits: HeadLimits
    /// Bytes of a request body; 0 means no limit.
    package var bodyBytes: UInt64
    package var connections: Int
    /// 0 means no limit.
    package var connectionsPerAddress: Int
    /// 0 means no limit.
    package var requestsPerConnection: Int
    /// From the first byte of a head to its end; also for the first byte of a new connection.
    package var headerInMillis: Int
    /// Between two pieces of a request body.
    package var bodyIdleInMillis: Int
    /// Demanded of a body after its first ten seconds; 0 means none.
    package var bodyMinimumBytesPerSecond: Int
    /// From the end of an answer to the first byte of the next request.
    package var keepAliveInMillis: Int
    /// Without any progress while the client does not take the answer.
    package var writeIdleInMillis: Int
    /// Without a byte through a tunnel, in either direction.
    package var tunnelIdleInMillis: Int
    /// For open requests after a graceful stop was asked for.
    package var drainInMillis: Int

    package init(
        headLimits: HeadLimits = HeadLimits(), bodyBytes: UInt64 = 10_485_760, connections: Int = 20_000,
        connectionsPerAddress: Int = 0, requestsPerConnection: Int = 0, headerInMillis: Int = 10_000,
        bodyIdleInMillis: Int = 30_000, bodyMinimumBytesPerSecond: Int = 500, keepAliveInMillis: Int = 75_000,
        writeIdleInMillis: Int = 30_000, tunnelIdleInMillis: Int = 600_000, drainInMillis: Int = 30_000
    ) {
        self.headLimits = headLimits
        self.bodyBytes = bodyBytes
        self.connections = connections
        self.connectionsPerAddress = connectionsPerAddress
        self.requestsPerConnection = requestsPerConnection
        self.headerInMillis = headerInMillis
        self.bodyIdleInMillis = bodyIdleInMillis
        self.bodyMinimumBytesPerSecond = bodyMinimumBytesPerSecond
        self.keepAliveInMillis = keepAliveInMillis
        self.writeIdleInMillis = writeIdleInMillis
        self.tunnelIdleInMillis = tunnelIdleInMillis
        self.drainInMillis = drainInMillis
    }
}
