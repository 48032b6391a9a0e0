/// Where the values of a route's path parameters stand in a path, in the pattern's order.
///
/// Routes seldom have more than two, and every request gets its own: those two need no array.
package struct PathParameters: Sendable, Hashable {
    private var first: Range<Int> = 0..<0
    private var second: Range<Int> = 0..<0
    private var others: [Range<Int>] = []
    package private(set) var count = 0

    package init() {}

    package mutating func append(_ range: Range<Int>) {
        switch count {
        case 0: first = range
        case 1: second = range
        default: others.append(range)
        }
        count += 1
    }
}

extension PathParameters: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> Range<Int> {
        precondition(position >= 0 && position < count, "no such parameter")
        switch position {
        case 0: return first
        case 1: return second
        default: return others[position - 2]
        }
    }
}
