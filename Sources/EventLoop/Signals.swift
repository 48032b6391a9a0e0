import CPlatform

/// Signals of the process as values, in the order in which they arrived.
package enum Signals {
    /// Catches the given signals from now on. Call once; a second call would take the first one's signals away.
    package static func catching(_ numbers: [Int32]) throws(SystemError) -> AsyncStream<Int32> {
        let pipe = try SystemError.check(gh_signals_open(), "pipe2")
        for number in numbers {
            let code = gh_signals_catch(number)
            if code != 0 { throw SystemError(code: code, call: "sigaction") }
        }
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        ThreadStart(name: "signals") {
            while true {
                let number = gh_signals_next(pipe)
                if number < 0 { return continuation.finish() }
                continuation.yield(number)
            }
        }.launch()
        return stream
    }
}
