import Testing

@testable import EventLoop

@Suite("Budget of a turn")
struct TurnBudgetTests {
    private func time(_ nanoseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: nanoseconds) }

    @Test("Late turns take nothing more on, but for the few that every turn takes")
    func late() {
        var budget = TurnBudget(.init(events: 10, bytes: 100, nanoseconds: 50, atLeast: 2))
        budget.begin(at: time(1000))
        func takes() -> Bool { budget.takes(at: time(1050)) }
        #expect(takes())
        #expect(takes())
        #expect(!takes())
        #expect(budget.isSpent(at: time(1050)))
        #expect(!budget.isSpent(at: time(1049)))
        budget.begin(at: time(1050))
        #expect(takes())
    }

    @Test("The number of events and of bytes ends a turn as time does")
    func counts() {
        var budget = TurnBudget(.init(events: 3, bytes: 100, nanoseconds: 50, atLeast: 1))
        func takes() -> Bool { budget.takes(at: time(1000)) }
        budget.begin(at: time(1000))
        for _ in 0..<3 { #expect(takes()) }
        #expect(!takes())
        budget.begin(at: time(1000))
        #expect(takes())
        budget.spend(bytes: 99)
        budget.spend(bytes: -5)
        #expect(takes())
        budget.spend(bytes: 1)
        #expect(!takes())
        #expect(budget.isSpent(at: time(1000)))
    }
}
