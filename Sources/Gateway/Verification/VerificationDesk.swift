import Authorizers
import EventLoop
import Synchronization
import Tokens

/// Checks the slow signatures of one worker on a thread beside it, so that no other request waits for them: the worker
/// itself never spends more than a fast check on a token. Who is next is the ``VerificationQueue``'s matter.
final class VerificationDesk: Sendable {
    /// Names a question that waits.
    typealias Ticket = VerificationQueue<Question>.Ticket

    struct Question: Sendable {
        var verification: SlowVerification
        /// The parked exchange.
        var number: UInt64
    }

    private struct State {
        var queue = VerificationQueue<Question>()
        var answers: [UInt64: VerificationAnswer] = [:]
        /// The question that is being worked at; nil when there is none, or when its answer is no longer wanted.
        var current: Ticket?
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private let shared: Shared
    private let thread: NudgedThread

    /// Nil when the system gives no thread. `resumer` is told the numbers of exchanges whose answer is there.
    static func make(_ resumer: @escaping @Sendable (UInt64) -> Void) -> VerificationDesk? {
        let shared = Shared()
        do throws(SystemError) {
            let thread = try NudgedThread(name: "signatures") {
                let context = VerificationContext()
                return { work(shared, context, resumer) }
            }
            return VerificationDesk(shared, thread)
        } catch {
            return nil
        }
    }

    private init(_ shared: Shared, _ thread: NudgedThread) {
        self.shared = shared
        self.thread = thread
    }

    /// Nil when no more may wait.
    func ask(
        _ verification: SlowVerification, for number: UInt64, connection: UInt64, client: [UInt8]
    ) -> Ticket? {
        let ticket = shared.state.withLock {
            $0.queue.add(
                Question(verification: verification, number: number), connection: connection,
                address: VerificationPlace.of(client))
        }
        if ticket != nil { thread.nudge() }
        return ticket
    }

    /// The answer for an exchange, once.
    func take(_ number: UInt64) -> VerificationAnswer? {
        shared.state.withLock { $0.answers.removeValue(forKey: number) }
    }

    /// Nobody waits for this answer any more.
    func cancel(_ ticket: Ticket, for number: UInt64) {
        shared.state.withLock { state in
            state.queue.cancel(ticket)
            state.answers[number] = nil
            if state.current == ticket { state.current = nil }
        }
    }

    func stop() { thread.stop() }

    /// Answers one question; false when there is none.
    private static func work(
        _ shared: Shared, _ context: VerificationContext, _ resumer: @Sendable (UInt64) -> Void
    ) -> Bool {
        let next = shared.state.withLock { state in
            let next = state.queue.next()
            state.current = next?.ticket
            return next
        }
        guard let next else { return false }
        let answer = next.job.verification.run(using: context)
        let isWanted = shared.state.withLock { state in
            if answer.isForged { state.queue.suspect(next.connection) }
            guard state.current == next.ticket else { return false }
            state.current = nil
            state.answers[next.job.number] = answer
            return true
        }
        if isWanted { resumer(next.job.number) }
        return true
    }
}
