package import Authorizers
package import Routes

/// Where the keys of a slot come from when they are not fixed.
package struct KeyWatch: Sendable {
    package enum Source: Sendable {
        case remote(RemoteKeySet.Location)
        /// With the definition as first read, into which new content is put.
        case file(KeyFile, KeyDefinition)
    }

    package let slot: KeySlot
    package let source: Source
}

/// For commands that open no socket: every fetch fails at once.
package struct NoKeyFetcher: KeyFetcher {
    package init() {}

    package func fetch(_ slot: KeySlot) { slot.failed("this command fetches no keys", at: 0, jitter: 0) }
}

extension KeyCacheState.Settings {
    init(_ remote: RemoteKeySet) {
        self.init(
            refreshSeconds: Double(remote.refreshSeconds), cooldownSeconds: Double(remote.cooldownSeconds),
            maxStaleSeconds: Double(remote.maxStaleSeconds))
    }
}
