import HTTP

/// The parser that is compared with.
enum Peer: String, CaseIterable {
    case llhttp, h11
}

/// How two verdicts differ. The first two can do no harm: what is refused goes nowhere.
enum DifferenceKind: String, CaseIterable {
    /// Refused here, accepted there.
    case stricter
    /// Refused here, where the peer waits for more.
    case earlier
    /// Accepted here, refused there.
    case laxer
    /// More is awaited here, where the peer refuses.
    case later
    /// Accepted here, where the peer waits for more.
    case shorter
    /// More is awaited here, where the peer accepts.
    case longer
    /// Accepted by both with another content.
    case other

    var isDangerous: Bool { self != .stricter && self != .earlier }

    init?(_ ours: Reading, _ theirs: Reading) {
        switch (ours.verdict, theirs.verdict) {
        case (.refused, .accepted): self = .stricter
        case (.refused, .incomplete): self = .earlier
        case (.accepted, .refused): self = .laxer
        case (.incomplete, .refused): self = .later
        case (.accepted, .incomplete): self = .shorter
        case (.incomplete, .accepted): self = .longer
        case (.accepted, .accepted):
            guard ours.message != theirs.message else { return nil }
            self = .other
        default: return nil
        }
    }
}

/// One request on which two parsers do not agree.
struct Difference {
    let bytes: [UInt8]
    let peer: Peer
    let kind: DifferenceKind
    let ours: Reading
    let theirs: Reading
    let shape: RequestShape

    init?(_ bytes: [UInt8], _ peer: Peer, ours: Reading, theirs: Reading) {
        guard let kind = DifferenceKind(ours, theirs) else { return nil }
        self.bytes = bytes
        self.peer = peer
        self.kind = kind
        self.ours = ours
        self.theirs = theirs
        shape = RequestShape(bytes)
    }

    /// Our refusal, when there is one.
    var code: RefusalCode? { ours.verdict == .refused ? RefusalCode(rawValue: ours.reason) : nil }

    /// The parts that differ when both accept.
    var parts: [String] {
        guard let mine = ours.message, let other = theirs.message else { return [] }
        return mine.differences(from: other)
    }

    /// What an unexplained difference is listed under.
    var signature: String {
        let detail =
            kind == .other
            ? parts.joined(separator: "+") : "ours \(ours.reason) theirs \(theirs.reason.prefix { $0 != ":" })"
        return "\(peer.rawValue) \(kind.rawValue) \(detail)"
    }
}

/// A difference that is intended.
struct DifferenceClass: Sendable {
    /// Its name in the report and on the documentation page.
    let name: String
    /// Why it is intended.
    let reason: String
    let peers: [Peer]
    let kinds: [DifferenceKind]
    /// Whether a difference belongs to it, decided by the request's own bytes.
    let holds: @Sendable (Difference) -> Bool

    func contains(_ difference: Difference) -> Bool {
        peers.contains(difference.peer) && kinds.contains(difference.kind) && holds(difference)
    }
}
