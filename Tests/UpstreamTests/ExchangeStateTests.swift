import Testing

@testable import Upstream

@Suite("The state of an exchange")
struct ExchangeStateTests {
    private static func state(kept: Bool, sent: Bool = false, body: Bool = false, all: Bool = false) -> ExchangeState {
        var state = ExchangeState(isKept: kept)
        if sent { state.sent(isAll: all) }
        if body { state.bodyMoved() }
        return state
    }

    @Test("On a new connection nothing is sent again on its own account")
    func fresh() {
        for sent in [false, true] {
            for isSafe in [false, true] {
                #expect(!Self.state(kept: false, sent: sent, all: sent).mayRepeat(isSafe: isSafe))
            }
        }
    }

    @Test("On a kept one, what nothing left of may be sent again, and what changes nothing")
    func kept() {
        #expect(Self.state(kept: true).mayRepeat(isSafe: false))
        #expect(Self.state(kept: true).mayRepeat(isSafe: true))
        #expect(!Self.state(kept: true, sent: true).mayRepeat(isSafe: false))
        #expect(Self.state(kept: true, sent: true).mayRepeat(isSafe: true))
        #expect(!Self.state(kept: true, sent: true, all: true).mayRepeat(isSafe: false))
    }

    @Test("A body that has left our hands cannot be sent again")
    func body() {
        #expect(!Self.state(kept: true, sent: true, body: true).mayRepeat(isSafe: true))
    }

    @Test("A connection is kept only behind a whole request and a whole answer that allows it")
    func keeping() {
        let whole = Self.state(kept: false, sent: true, all: true)
        #expect(whole.mayKeep(answerAllows: true, surplus: false))
        #expect(!whole.mayKeep(answerAllows: false, surplus: false))
        #expect(!whole.mayKeep(answerAllows: true, surplus: true))
        #expect(!Self.state(kept: false, sent: true).mayKeep(answerAllows: true, surplus: false))
        #expect(!Self.state(kept: false).mayKeep(answerAllows: true, surplus: false))
    }

    @Test("A broken request stays broken, and its connection is never kept")
    func broken() {
        var state = Self.state(kept: true, sent: true)
        state.sendingFailed()
        state.sent(isAll: true)
        #expect(state.request == .broken)
        #expect(!state.mayKeep(answerAllows: true, surplus: false))
    }
}
