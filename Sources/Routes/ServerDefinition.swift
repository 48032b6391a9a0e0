/// The `server` object: listeners, limits and what is believed of a client.
package struct ServerDefinition: Sendable {
    /// At least one.
    package var listen: [Located<ListenAddress>]
    /// Absent: the number of cores.
    package var workers: Int?
    package var timeouts: ServerTimeouts
    package var limits: ServerLimits
    /// Peers whose `X-Forwarded-*` are believed; none by default.
    package var trustedProxies: [AddressBlock]
    /// Header names, lower case, that are never accepted from a client.
    package var reservedHeaders: [HeaderNamePattern]
    package var encodedSlash: EncodedSlashHandling
    package var ambiguousPaths: AmbiguousPathHandling
    package var headerNames: HeaderNameHandling
    package var log: LogDefinition
    /// Where the owner reads metrics and invokes functions; nil when nowhere. Always an address of this machine alone.
    package var admin: Located<ListenAddress>?
    /// Whether the owner reads metrics there.
    package var servesMetrics: Bool
}

/// `server.timeouts`; 0 never means "none": ranges start at 1.
package struct ServerTimeouts: Sendable, Hashable {
    package var headerInMillis: Int
    package var bodyIdleInMillis: Int
    package var bodyMinimumBytesPerSecond: Int
    package var keepAliveInMillis: Int
    package var writeIdleInMillis: Int
    package var webSocketIdleInMillis: Int
    package var drainInMillis: Int
}

/// `server.limits`.
package struct ServerLimits: Sendable, Hashable {
    /// Request line and header fields together.
    package var headerBytes: Int
    package var headerCount: Int
    package var requestTargetBytes: Int
    /// Request bodies only; 0 means no limit.
    package var bodyBytes: Int
    package var connections: Int
    /// 0 means no limit.
    package var connectionsPerAddress: Int
    /// 0 means no limit.
    package var requestsPerConnection: Int
    /// Until the answer's head has arrived; integrations may say less or more.
    package var integrationTimeoutInMillis: Int
}

/// An entry of `server.reservedHeaders`: a whole name, or a beginning when it was written with a final `*`.
package struct HeaderNamePattern: Sendable, Hashable {
    /// Lower case, without the `*`.
    package var name: [UInt8]
    package var isPrefix: Bool

    /// `name` must be lower case already.
    package func matches(_ name: some Collection<UInt8>) -> Bool {
        isPrefix ? name.starts(with: self.name) : name.elementsEqual(self.name)
    }
}

/// What becomes of `%2F` and `%5C` in a path.
package enum EncodedSlashHandling: String, Sendable, Hashable, CaseIterable {
    case reject
    case keep
}

/// What becomes of a path that another reader could take for a route with other authorization.
package enum AmbiguousPathHandling: String, Sendable, Hashable, CaseIterable {
    case reject
    case allow
}

/// What becomes of a header field whose name holds more than letters, digits and hyphens.
package enum HeaderNameHandling: String, Sendable, Hashable, CaseIterable {
    case strict
    case drop
    case pass
}

/// `server.log`.
package struct LogDefinition: Sendable, Hashable {
    package enum Format: String, Sendable, Hashable, CaseIterable {
        case json
        case text
    }

    package enum Level: String, Sendable, Hashable, CaseIterable {
        case debug
        case info
        case warning
        case error
    }

    /// How `principal_id` is written.
    package enum Principal: String, Sendable, Hashable, CaseIterable {
        case clear
        case hash
        case off
    }

    /// Nil when not written: text at a terminal, JSON elsewhere.
    package var format: Format?
    package var level: Level
    package var principal: Principal
}
