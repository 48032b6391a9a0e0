import Documents

/// How an invocation ended.
package enum InvocationOutcome: Sendable, Hashable {
    /// What the function answered; `isError` as in `X-Amz-Function-Error`: the payload then describes what went wrong.
    case payload([UInt8], isError: Bool)
    /// The function was never given the event; one sentence for its owner.
    case failed(String)

    /// Lambda's limit for the payload of an answer, and a little for the protocol around it.
    package static let payloadLimit = 6_291_556

    /// An error that Lambda itself reports, in its form.
    static func error(_ type: String, _ message: String) -> InvocationOutcome {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("errorType", type)
            writer.member("errorMessage", message)
        }
        return .payload(writer.bytes, isError: true)
    }

    static func timedOut(_ requestID: String, milliseconds: Int) -> InvocationOutcome {
        let hundredths = (milliseconds + 5) / 10
        let fraction = hundredths % 100
        let seconds = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        return error("Sandbox.Timedout", "RequestId: \(requestID) Error: Task timed out after \(seconds) seconds")
    }

    static func exited(_ requestID: String, _ end: ProcessEnd) -> InvocationOutcome {
        error("Runtime.ExitError", "RequestId: \(requestID) Error: \(end.sentence)")
    }

    static func tooLarge() -> InvocationOutcome {
        error(
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (\(payloadLimit) bytes).")
    }
}

/// How a process ended.
package enum ProcessEnd: Sendable, Hashable {
    case status(Int32)
    case signal(Int32)
    /// The supervisor was killed, and nobody saw the end.
    case unseen

    /// From the status that waitpid gives.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .status(waitStatus >> 8 & 0xFF) : .signal(signal)
    }

    /// In Lambda's words.
    package var sentence: String {
        switch self {
        case .status(0), .unseen: "Runtime exited without providing a reason"
        case .status(let status): "Runtime exited with error: exit status \(status)"
        case .signal(9): "Runtime exited with error: signal: killed"
        case .signal(let number): "Runtime exited with error: signal: \(number)"
        }
    }
}
