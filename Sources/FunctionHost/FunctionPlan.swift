/// How one function is run: everything that its processes need, with nothing left to look up.
package struct FunctionPlan: Sendable, Hashable {
    package struct Variable: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var name: String
    /// The program and its arguments; a program without a slash is looked for in the PATH of ``environment``.
    package var command: [String]
    /// The folder of the code, in which the processes start.
    package var folder: String
    /// Exactly what the processes get: nothing of the gateway's own environment, which may hold secrets, is added.
    package var environment: [Variable]
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`
    package var arn: String
    /// Longest time of one invocation.
    package var timeoutInMillis: Int
    /// Processes at once; each does one invocation at a time.
    package var concurrency: Int
    /// Processes that are started before anybody asks, and kept.
    package var provisionedConcurrency: Int

    package init(
        name: String, command: [String], folder: String, environment: [Variable] = [], arn: String,
        timeoutInMillis: Int = 3000, concurrency: Int = 1, provisionedConcurrency: Int = 0
    ) {
        self.name = name
        self.command = command
        self.folder = folder
        self.environment = environment
        self.arn = arn
        self.timeoutInMillis = timeoutInMillis
        self.concurrency = concurrency
        self.provisionedConcurrency = provisionedConcurrency
    }

    /// The request to the supervisor: counts, then texts that each end in a zero byte. Nil when a text holds one.
    func launchRequest(_ more: [Variable]) -> [UInt8]? {
        let variables = (environment + more).map { "\($0.name)=\($0.value)" }
        var out: [UInt8] = []
        for count in [command.count, variables.count] {
            let value = UInt32(truncatingIfNeeded: count)
            unsafe withUnsafeBytes(of: value) { unsafe out.append(contentsOf: $0) }
        }
        for text in [folder] + command + variables {
            guard !text.utf8.contains(0) else { return nil }
            out.append(contentsOf: text.utf8)
            out.append(0)
        }
        return out
    }
}
