import Foundation
import MutatedRequests

/// parser-differential SEED FIRST COUNT PYTHON SCRIPT: gives requests FIRST..<FIRST+COUNT of SEED to this repository's
/// parser, to llhttp and to h11, and prints how often and where they differ. Exit status 1 when a difference belongs to
/// no intended class.
@main
enum ParserDifferential {
    static let batch: UInt64 = 500

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let seed = UInt64(arguments[1]), let first = UInt64(arguments[2]),
            let count = UInt64(arguments[3])
        else {
            print("usage: parser-differential SEED FIRST COUNT PYTHON SCRIPT")
            exit(2)
        }
        let h11 = try H11Parser(python: arguments[4], script: arguments[5])
        print("versions\tllhttp \(LlhttpParser.version)\th11 \(h11.version)")
        var tally = Tally()
        var index = first
        while index < first + count {
            let end = min(index + batch, first + count)
            let requests = (index..<end).map { MutatedRequest.bytes(seed: seed, index: $0) }
            let others = try h11.read(requests)
            for (offset, bytes) in requests.enumerated() {
                let ours = GatehouseParser.read(bytes)
                tally.add(ours)
                for (peer, theirs) in [(Peer.llhttp, LlhttpParser.read(bytes)), (.h11, others[offset])] {
                    if let difference = Difference(bytes, peer, ours: ours, theirs: theirs) {
                        tally.add(difference, index: index + UInt64(offset))
                    } else {
                        tally.agree(peer, ours)
                    }
                }
            }
            index = end
        }
        h11.close()
        tally.print()
        if !tally.unexplained.isEmpty { exit(1) }
    }
}
