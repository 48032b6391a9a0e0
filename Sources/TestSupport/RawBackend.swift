package import EventLoop
import Foundation
import Server
import Synchronization

/// A backend that answers every connection with given bytes, right or wrong, and then closes it.
package final class RawBackend: Sendable {
    private let listener: ListeningSocket
    private let state = Mutex((connections: 0, isStopping: false))

    package var port: UInt16 { listener.address.port }
    /// Connections on which a request head has come.
    package var connections: Int { state.withLock { $0.connections } }

    /// `answers` in turn, the last one again and again.
    package init(_ answers: [String]) throws(SystemError) {
        listener = try ListeningSocket(.ipv4([127, 0, 0, 1], port: 0))
        let thread = Thread { [self] in serve(answers) }
        thread.name = "raw-backend"
        thread.start()
    }

    package func stop() { state.withLock { $0.isStopping = true } }

    private func serve(_ answers: [String]) {
        while !state.withLock({ $0.isStopping }) {
            guard LoopbackSocket.wait(listener.fd, readable: true, until: .now().advanced(milliseconds: 50)),
                case .connection(let fd, _) = Socket.accept(listener.fd)
            else { continue }
            answer(LoopbackSocket(fd: fd), answers)
        }
    }

    private func answer(_ socket: LoopbackSocket, _ answers: [String]) {
        let deadline = MonotonicTime.now().advanced(milliseconds: 5000)
        var head: [UInt8] = []
        while RawClient.find([13, 10, 13, 10], in: head, from: 0) == nil {
            guard case .bytes(let bytes) = socket.receive(until: deadline) else { return }
            head += bytes
        }
        let turn = state.withLock { state in
            state.connections += 1
            return state.connections - 1
        }
        guard let answer = turn < answers.count ? answers[turn] : answers.last else { return }
        socket.send(Array(answer.utf8), until: deadline)
    }
}
