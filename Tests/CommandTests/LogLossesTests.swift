import Testing

@testable import gatehouse

@Suite("Lines of the access log that are lost")
struct LogLossesTests {
    @Test("Nothing is said while nothing is lost, then at once, at each doubling, and at the end")
    func doubling() {
        var losses = LogLosses()
        #expect(losses.news(0) == nil)
        #expect(losses.news(0, isLast: true) == nil)
        #expect(losses.news(1)?.hasPrefix("access log: 1 line is lost: ") == true)
        #expect(losses.news(1) == nil)
        #expect(losses.news(3)?.hasPrefix("access log: 3 lines are lost: ") == true)
        #expect(losses.news(5) == nil)
        #expect(losses.news(6) != nil)
        #expect(losses.news(7) == nil)
        #expect(losses.news(7, isLast: true)?.contains("7 lines") == true)
        #expect(losses.news(7, isLast: true) == nil)
    }
}
