/// What the `Connection` lines of a head ask for (RFC 9110 §7.6.1).
struct ConnectionOptions: Sendable {
    private(set) var close = false
    private(set) var keepAlive = false
    private(set) var upgrade = false
    /// False when a member is no token, or there are more members than any honest peer sends.
    private(set) var isValid = true
    private var members = 0

    static let maximumMembers = 64

    /// Adds the members of one line's value.
    mutating func read(_ bytes: Span<UInt8>, _ value: ByteRange) {
        var list = ListMembers(value)
        while let member = list.next(in: bytes) {
            members += 1
            guard members <= Self.maximumMembers else {
                isValid = false
                return
            }
            for index in member.indices where !ByteClass.isToken(bytes[index]) { isValid = false }
            if bytes.matches(member, Literal.close) {
                close = true
            } else if bytes.matches(member, Literal.keepAlive) {
                keepAlive = true
            } else if bytes.matches(member, Literal.upgrade) {
                upgrade = true
            }
        }
    }
}
