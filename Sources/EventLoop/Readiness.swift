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

// The questions of the hot path, on the bits themselves: the generic set algebra is not specialised across modules.
extension Readiness {
    /// Something can be written, or the attempt will tell what is wrong.
    package var saysWrite: Bool { rawValue & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }

    /// Something can be read: bytes, the peer's end, or what is wrong.
    package var saysRead: Bool {
        rawValue & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
    }

    /// Something is wrong, or both directions are closed.
    package var saysFailure: Bool { rawValue & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }

    /// Both directions are closed.
    package var saysHangUp: Bool { rawValue & EPOLLHUP.rawValue != 0 }

    /// What to watch for.
    package static func watching(reads: Bool, writes: Bool) -> Readiness {
        Readiness(rawValue: (reads ? EPOLLIN.rawValue : 0) | (writes ? EPOLLOUT.rawValue : 0))
    }

    /// Whether both are the same bits.
    package func isSame(as other: Readiness) -> Bool { rawValue == other.rawValue }
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
