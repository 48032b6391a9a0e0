import Testing

@testable import Server

@Suite("Connection state")
struct HTTP1StateTests {
    /// A state by the way that leads there.
    enum Place: String, CaseIterable {
        case idle, head, bodyAwaited, bodyStarted, completeAwaited, completeStarted, lastAwaited, draining, lingering
        case halfClosed, tunnel, tunnelHalfClosed, closed

        var state: HTTP1State {
            var state = HTTP1State()
            if self == .idle { return state }
            state.receivedFirstByte()
            switch self {
            case .idle, .head: break
            case .bodyAwaited: state.parsedHead(hasBody: true, keepAlive: true)
            case .bodyStarted:
                state.parsedHead(hasBody: true, keepAlive: true)
                state.startedAnswer(keepAlive: true)
            case .completeAwaited: state.parsedHead(hasBody: false, keepAlive: true)
            case .completeStarted:
                state.parsedHead(hasBody: false, keepAlive: true)
                state.startedAnswer(keepAlive: true)
            case .lastAwaited: state.parsedHead(hasBody: false, keepAlive: false)
            case .draining:
                state.parsedHead(hasBody: true, keepAlive: true)
                state.startedAnswer(keepAlive: true)
                _ = state.finishedAnswer(unread: 10)
            case .lingering: _ = state.refused()
            case .halfClosed:
                state.parsedHead(hasBody: false, keepAlive: true)
                _ = state.inputEnded(failed: false)
            case .tunnel, .tunnelHalfClosed:
                state.parsedHead(hasBody: false, keepAlive: true)
                _ = state.startedTunnel()
                if self == .tunnelHalfClosed { _ = state.inputEnded(failed: false) }
            case .closed: state.closed()
            }
            return state
        }
    }

    enum Event: String, CaseIterable {
        case firstByte, bodyEnded, inputEnded, failed, finished, finishedFar, finishedUnknown, refused, drainedTooMuch
        case aborted, stop, waited, tunnel, inputEndedWaiting

        func apply(to state: inout HTTP1State) -> HTTP1State.Action {
            switch self {
            case .firstByte:
                state.receivedFirstByte()
                return .nothing
            case .bodyEnded: return state.bodyEnded()
            case .inputEnded: return state.inputEnded(failed: false)
            case .failed: return state.inputEnded(failed: true)
            case .finished: return state.finishedAnswer(unread: HTTP1State.drainLimit)
            case .finishedFar: return state.finishedAnswer(unread: HTTP1State.drainLimit + 1)
            case .finishedUnknown: return state.finishedAnswer(unread: nil)
            case .refused: return state.refused()
            case .drainedTooMuch: return state.drainedTooMuch()
            case .aborted: return state.abortedAnswer()
            case .stop: return state.stop()
            case .waited: return state.waitedLongEnough()
            case .tunnel: return state.startedTunnel()
            case .inputEndedWaiting: return state.inputEnded(failed: false, waiting: true)
            }
        }
    }

    /// `place event: action request answer`, every place with every event that can happen there.
    static let table = """
        idle firstByte nothing head none
        idle bodyEnded nothing idle none
        idle inputEnded closeAfterFlush lingering none
        idle failed close closed none
        idle finished nothing idle none
        idle finishedFar nothing idle none
        idle finishedUnknown nothing idle none
        idle refused linger lingering none
        idle drainedTooMuch linger lingering none
        idle aborted closeBroken closed none
        idle stop closeSoon idle none
        idle waited closeAfterFlush lingering none
        idle tunnel nothing idle none
        idle inputEndedWaiting nothing idle none
        head firstByte nothing head none
        head bodyEnded nothing head none
        head inputEnded closeAfterFlush lingering none
        head failed close closed none
        head finished nothing head none
        head finishedFar nothing head none
        head finishedUnknown nothing head none
        head refused linger lingering none
        head drainedTooMuch linger lingering none
        head aborted closeBroken closed none
        head stop nothing head none
        head waited closeAfterFlush lingering none
        head tunnel nothing head none
        head inputEndedWaiting closeAfterFlush lingering none
        bodyAwaited firstByte nothing body awaited
        bodyAwaited bodyEnded nothing complete awaited
        bodyAwaited inputEnded cancelAndClose lingering none
        bodyAwaited failed closeNow closed awaited
        bodyAwaited finished drain draining none
        bodyAwaited finishedFar linger lingering none
        bodyAwaited finishedUnknown drain draining none
        bodyAwaited refused linger lingering none
        bodyAwaited drainedTooMuch linger lingering awaited
        bodyAwaited aborted closeBroken closed awaited
        bodyAwaited stop nothing body awaited
        bodyAwaited waited closeAfterFlush lingering awaited
        bodyAwaited tunnel nothing body awaited
        bodyAwaited inputEndedWaiting nothing body awaited
        bodyStarted firstByte nothing body started
        bodyStarted bodyEnded nothing complete started
        bodyStarted inputEnded closeNow closed started
        bodyStarted failed closeNow closed started
        bodyStarted finished drain draining none
        bodyStarted finishedFar linger lingering none
        bodyStarted finishedUnknown drain draining none
        bodyStarted refused linger lingering none
        bodyStarted drainedTooMuch linger lingering started
        bodyStarted aborted closeBroken closed started
        bodyStarted stop nothing body started
        bodyStarted waited closeAfterFlush lingering started
        bodyStarted tunnel nothing body started
        bodyStarted inputEndedWaiting nothing body started
        completeAwaited firstByte nothing complete awaited
        completeAwaited bodyEnded nothing complete awaited
        completeAwaited inputEnded nothing complete awaited
        completeAwaited failed closeNow closed awaited
        completeAwaited finished readNext idle none
        completeAwaited finishedFar readNext idle none
        completeAwaited finishedUnknown readNext idle none
        completeAwaited refused linger lingering none
        completeAwaited drainedTooMuch linger lingering awaited
        completeAwaited aborted closeBroken closed awaited
        completeAwaited stop nothing complete awaited
        completeAwaited waited closeAfterFlush lingering awaited
        completeAwaited tunnel nothing tunnel started
        completeAwaited inputEndedWaiting nothing complete awaited
        completeStarted firstByte nothing complete started
        completeStarted bodyEnded nothing complete started
        completeStarted inputEnded nothing complete started
        completeStarted failed closeNow closed started
        completeStarted finished readNext idle none
        completeStarted finishedFar readNext idle none
        completeStarted finishedUnknown readNext idle none
        completeStarted refused linger lingering none
        completeStarted drainedTooMuch linger lingering started
        completeStarted aborted closeBroken closed started
        completeStarted stop nothing complete started
        completeStarted waited closeAfterFlush lingering started
        completeStarted tunnel nothing complete started
        completeStarted inputEndedWaiting nothing complete started
        lastAwaited firstByte nothing complete awaited
        lastAwaited bodyEnded nothing complete awaited
        lastAwaited inputEnded nothing complete awaited
        lastAwaited failed closeNow closed awaited
        lastAwaited finished linger lingering none
        lastAwaited finishedFar linger lingering none
        lastAwaited finishedUnknown linger lingering none
        lastAwaited refused linger lingering none
        lastAwaited drainedTooMuch linger lingering awaited
        lastAwaited aborted closeBroken closed awaited
        lastAwaited stop nothing complete awaited
        lastAwaited waited closeAfterFlush lingering awaited
        lastAwaited tunnel nothing tunnel started
        lastAwaited inputEndedWaiting nothing complete awaited
        draining firstByte nothing draining none
        draining bodyEnded readNext idle none
        draining inputEnded closeAfterFlush lingering none
        draining failed close closed none
        draining finished nothing draining none
        draining finishedFar nothing draining none
        draining finishedUnknown nothing draining none
        draining refused linger lingering none
        draining drainedTooMuch linger lingering none
        draining aborted closeBroken closed none
        draining stop nothing draining none
        draining waited closeAfterFlush lingering none
        draining tunnel nothing draining none
        draining inputEndedWaiting nothing draining none
        lingering firstByte nothing lingering none
        lingering bodyEnded nothing lingering none
        lingering inputEnded closeAfterFlush lingering none
        lingering failed close closed none
        lingering finished nothing lingering none
        lingering finishedFar nothing lingering none
        lingering finishedUnknown nothing lingering none
        lingering refused linger lingering none
        lingering drainedTooMuch linger lingering none
        lingering aborted closeBroken closed none
        lingering stop nothing lingering none
        lingering waited closeAfterFlush lingering none
        lingering tunnel nothing lingering none
        lingering inputEndedWaiting closeAfterFlush lingering none
        halfClosed firstByte nothing complete awaited
        halfClosed bodyEnded nothing complete awaited
        halfClosed inputEnded nothing complete awaited
        halfClosed failed closeNow closed awaited
        halfClosed finished closeAfterFlush lingering none
        halfClosed finishedFar closeAfterFlush lingering none
        halfClosed finishedUnknown closeAfterFlush lingering none
        halfClosed refused closeAfterFlush lingering none
        halfClosed drainedTooMuch closeAfterFlush lingering awaited
        halfClosed aborted closeBroken closed awaited
        halfClosed stop nothing complete awaited
        halfClosed waited closeAfterFlush lingering awaited
        halfClosed tunnel endTunnelInput tunnel started
        halfClosed inputEndedWaiting nothing complete awaited
        tunnel firstByte nothing tunnel started
        tunnel bodyEnded nothing tunnel started
        tunnel inputEnded endTunnelInput tunnel started
        tunnel failed closeNow closed started
        tunnel finished linger lingering none
        tunnel finishedFar linger lingering none
        tunnel finishedUnknown linger lingering none
        tunnel refused linger lingering none
        tunnel drainedTooMuch linger lingering started
        tunnel aborted closeBroken closed started
        tunnel stop nothing tunnel started
        tunnel waited closeAfterFlush lingering started
        tunnel tunnel nothing tunnel started
        tunnel inputEndedWaiting endTunnelInput tunnel started
        tunnelHalfClosed firstByte nothing tunnel started
        tunnelHalfClosed bodyEnded nothing tunnel started
        tunnelHalfClosed inputEnded endTunnelInput tunnel started
        tunnelHalfClosed failed closeNow closed started
        tunnelHalfClosed finished closeAfterFlush lingering none
        tunnelHalfClosed finishedFar closeAfterFlush lingering none
        tunnelHalfClosed finishedUnknown closeAfterFlush lingering none
        tunnelHalfClosed refused closeAfterFlush lingering none
        tunnelHalfClosed drainedTooMuch closeAfterFlush lingering started
        tunnelHalfClosed aborted closeBroken closed started
        tunnelHalfClosed stop nothing tunnel started
        tunnelHalfClosed waited closeAfterFlush lingering started
        tunnelHalfClosed tunnel nothing tunnel started
        tunnelHalfClosed inputEndedWaiting endTunnelInput tunnel started
        closed firstByte nothing closed none
        closed bodyEnded nothing closed none
        closed inputEnded nothing closed none
        closed failed nothing closed none
        closed finished nothing closed none
        closed finishedFar nothing closed none
        closed finishedUnknown nothing closed none
        closed refused nothing closed none
        closed drainedTooMuch nothing closed none
        closed aborted nothing closed none
        closed stop nothing closed none
        closed waited nothing closed none
        closed tunnel nothing closed none
        closed inputEndedWaiting nothing closed none
        """

    static let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }

    @Test("Every place meets every event as the table says", arguments: rows)
    func transition(row: [String]) throws {
        let place = try #require(Place(rawValue: row[0]))
        let event = try #require(Event(rawValue: row[1]))
        var state = place.state
        let action = event.apply(to: &state)
        #expect(["\(action)", "\(state.request)", "\(state.answer)"] == Array(row[2...]))
    }

    @Test("The table is complete")
    func complete() {
        let pairs = Set(Self.rows.map { $0[0] + " " + $0[1] })
        #expect(pairs.count == Place.allCases.count * Event.allCases.count)
        #expect(Self.rows.count == pairs.count)
    }

    @Test("A closed connection asks for nothing any more", arguments: Event.allCases)
    func closed(event: Event) {
        var state = Place.closed.state
        #expect(event.apply(to: &state) == .nothing)
        #expect(state.isClosed)
        #expect(!state.wantsHead)
        #expect(!state.wantsBody)
    }

    @Test("After a stop every place serves at most what it has begun", arguments: Place.allCases)
    func stopped(place: Place) {
        var state = place.state
        _ = state.stop()
        var actions: [HTTP1State.Action] = []
        if state.request == .body || state.request == .draining { actions.append(state.bodyEnded()) }
        if state.answer == .awaited { state.startedAnswer(keepAlive: true) }
        if state.answer == .started { actions.append(state.finishedAnswer(unread: 0)) }
        #expect(!actions.contains(.readNext))
        #expect(!actions.contains(.drain))
    }
}
