import CPlatform
import Glibc

/// The body of a thread on its way through `pthread_create`.
package final class ThreadStart: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    package init(name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    /// Starts a detached thread; without threads the program cannot go on, so a refusal ends it.
    package func launch() {
        let handle = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, { unsafe ThreadStart.enter($0) }, handle)
        precondition(code == 0, "the system refuses another thread (errno \(code))")
        pthread_detach(thread)
    }

    private static func enter(_ handle: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let handle = unsafe handle else { return nil }
        let start = unsafe Unmanaged<ThreadStart>.fromOpaque(handle).takeRetainedValue()
        unsafe start.name.withCString { unsafe gh_thread_name($0) }
        start.body()
        return nil
    }
}
