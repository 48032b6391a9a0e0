/// How much a connection reads at once.
///
/// Each read costs the same beyond its bytes, so long answers are cheaper in large pieces. But what is read and cannot be
/// passed on has to be kept: a reader begins small, grows while all it reads goes on at once, and is small again when
/// something had to wait. So whoever takes an answer slowly costs at most one large piece, and small ones from then on.
package struct ReadSize: Sendable, Hashable {
    /// In bytes, like ``most``.
    package static let least = 65_536
    package static let most = 262_144

    package private(set) var bytes = ReadSize.least

    package init() {}

    /// A read brought `count` bytes. `passedOn` says that none of them wait here for somebody.
    package mutating func took(_ count: Int, passedOn: Bool) {
        if !passedOn {
            bytes = Self.least
        } else if count >= bytes, bytes < Self.most {
            bytes *= 2
        }
    }
}
