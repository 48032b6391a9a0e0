package import HTTP

/// Gets what a backend answers, on the worker's thread. Calls come in the order head, body pieces, end.
package protocol TransferSink: AnyObject {
    /// An interim answer other than 100 and 101.
    func transferInformed(_ head: ResponseHead)
    /// The final head; it has passed the grammar.
    func transferAnswered(_ head: consuming ResponseHead)
    /// A piece of the decoded body, valid during the call. False asks to wait for ``TransferDriver/resume(_:)``.
    func transferReceived(_ bytes: Span<UInt8>) -> Bool
    /// The upload buffer has room again after ``TransferDriver/send(_:to:)`` had returned false.
    func transferWantsBody()
    /// The end; nil when the answer is complete. No call follows.
    func transferEnded(_ error: UpstreamError?)
}

/// Names one transfer of a ``TransferDriver``.
package struct TransferID: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32
    /// Which of the transfers that have the place one after the other, as those of a kept connection do.
    private(set) var serial: UInt64 = 0

    /// The number as C code holds it, which knows places only.
    var name: UInt { UInt(generation) << 32 | UInt(slot) }

    /// The next transfer under the same place.
    var next: TransferID {
        var id = self
        id.serial &+= 1
        return id
    }

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(name: UInt) {
        slot = UInt32(truncatingIfNeeded: name)
        generation = UInt32(truncatingIfNeeded: name >> 32)
    }
}
