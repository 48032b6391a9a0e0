/// The last few headers of one worker: the tokens of one issuer all begin with the same octets.
///
/// A header is a pure function of its segment, so remembering it changes nothing but the cost. Only headers that could
/// be read are kept; their number and size are bounded. Not `Sendable`, like the context that owns it.
final class HeaderMemory {
    private struct Known {
        let segment: [UInt8]
        let header: TokenHeader
    }

    private static let maximumCount = 8
    private static let maximumBytes = 512

    private var known: [Known] = []
    private var nextVictim = 0

    /// The header whose segment is the first `count` octets of the token.
    func find(_ token: [UInt8], _ count: Int) -> TokenHeader? {
        for index in known.indices where known[index].segment.count == count {
            if OctetSearch.isPrefix(known[index].segment, of: token) { return known[index].header }
        }
        return nil
    }

    func remember(_ header: TokenHeader, _ token: [UInt8], _ count: Int) {
        if count > Self.maximumBytes { return }
        let entry = Known(segment: Array(token[..<count]), header: header)
        if known.count < Self.maximumCount {
            known.append(entry)
        } else {
            known[nextVictim] = entry
            nextVictim = (nextVictim + 1) % Self.maximumCount
        }
    }
}
