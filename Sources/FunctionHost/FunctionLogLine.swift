/// One line about a function: what it printed, or what became of an invocation.
package struct FunctionLogLine: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// Printed by the function.
        case output
        /// One invocation is over.
        case report
        /// Something is wrong that its owner should know.
        case problem
    }

    package var kind: Kind
    package var function: String
    /// The invocation during which it was printed.
    package var requestID: String?
    /// As the function printed it; anything may stand here.
    package var text: [UInt8]
    /// Milliseconds of the invocation, for a report.
    package var duration: Double?
    /// Milliseconds from the start of the process to its first request for work, in the first report of an environment.
    package var initDuration: Double?
}
