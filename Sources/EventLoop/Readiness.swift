import CPlatform

/// What a descriptor is ready for, or should be watched for.
package struct Readiness: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer has sent its end, or everything is over.
    package static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are closed, or the descriptor has failed; always reported.
    package static let failed = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    /// Both directions are closed; always reported.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// For a listener that several threads watch: wake one of them.
    package static let exclusive = Readiness(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// Gets the readiness of one descriptor, on the thread that watches it.
package protocol Watcher: AnyObject {
    func ready(_ readiness: Readiness)
}

/// Names one watch; a name that was given up is never mistaken for its successor.
package struct WatchID: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32

    var name: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    /// Names no watch; generations begin at 1.
    package static let none = WatchID(slot: 0, generation: 0)

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(name: UInt64) {
        slot = UInt32(truncatingIfNeeded: name)
        generation = UInt32(truncatingIfNeeded: name >> 32)
    }
}
