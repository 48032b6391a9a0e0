import Foundation
import Synchronization

/// Blocking work beside the test's own thread.
package enum Threads {
    /// Runs the body once for each index, each on a thread of its own, and returns when all have ended.
    package static func run<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        let outcomes = await withTaskGroup { group in
            for index in 0..<count { group.addTask { (index, await outcome { try body(index) }) } }
            var all: [(Int, Swift.Result<Result, any Error>)] = []
            for await outcome in group { all.append(outcome) }
            return all
        }
        return try outcomes.sorted { $0.0 < $1.0 }.map { try $0.1.get() }
    }

    /// Runs blocking work on a thread of its own.
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await outcome(body).get()
    }

    private static func outcome<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async -> Swift.Result<Result, any Error> {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: Swift.Result { try body() }) }.start()
        }
    }
}
