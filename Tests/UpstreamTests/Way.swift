import Testing

/// How the requests of a test travel.
enum Way: CaseIterable {
    /// The fast lane over sockets of our own.
    case socket
    /// The fast lane over `curl_easy_send` and `curl_easy_recv`, as it is with TLS.
    case libcurl
    case classic

    @TaskLocal static var current = Way.socket
}

/// Runs each test once for every way.
struct EveryWay: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> EveryWay? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for way in Way.allCases {
            try await Way.$current.withValue(way) { try await function() }
        }
    }
}

extension Trait where Self == EveryWay {
    static var everyWay: Self { EveryWay() }
}
