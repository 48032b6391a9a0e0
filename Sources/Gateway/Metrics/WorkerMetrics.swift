import Authorizers
package import EventLoop
package import Upstream

/// What one worker counts. Plain numbers that only its thread touches; who asks gets a copy, made on that thread.
package struct WorkerMetrics: Sendable {
    /// None, and 1xx to 5xx.
    package static let statusClasses = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"]

    /// By outcome and class of the status: ``requests(_:_:)``.
    private var answered = [UInt64](repeating: 0, count: RequestOutcome.allCases.count * statusClasses.count)
    /// Requests that had a meaning and are not over yet.
    package private(set) var inFlight: Int = 0
    /// From the head of a request to the end of its answer.
    package private(set) var durations = DurationCounts(bounds: Self.requestBounds)
    package private(set) var requestBytes: UInt64 = 0
    package private(set) var responseBytes: UInt64 = 0
    package private(set) var cacheHits: UInt64 = 0
    package private(set) var cacheMisses: UInt64 = 0
    package private(set) var lanes = [LaneCounts](repeating: LaneCounts(), count: Lane.allCases.count)

    /// What became of the requests on one lane.
    package struct LaneCounts: Sendable {
        /// Answers that came completely.
        package fileprivate(set) var complete: UInt64 = 0
        /// Given up, because the client was gone or broke its request.
        package fileprivate(set) var cancelled: UInt64 = 0
        package fileprivate(set) var errors: [UpstreamError.Kind: UInt64] = [:]
        /// From the request to the head of the backend's answer.
        package fileprivate(set) var waits = DurationCounts(bounds: WorkerMetrics.requestBounds)
    }

    /// 1 ms to 10 s, as Prometheus's own clients have them from 5 ms on; a gateway needs finer ones below.
    package static let requestBounds: [UInt64] = [
        250_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    package init() {}

    package func requests(_ outcome: RequestOutcome, _ statusClass: Int) -> UInt64 {
        answered[outcome.rawValue * Self.statusClasses.count + statusClass]
    }

    package subscript(_ lane: Lane) -> LaneCounts { lanes[lane.index] }

    /// A request begins; ``ended(_:)`` must follow once.
    mutating func began() { inFlight += 1 }

    mutating func ended(_ exchange: borrowing Exchange) {
        inFlight -= 1
        if !exchange.isRefusedByServer { add(RequestOutcome(exchange.failure), status: exchange.status) }
        // The life of a tunnel says nothing of how fast answers are.
        if exchange.tunnelEnd == nil { durations.add(exchange.totalNanoseconds) }
        requestBytes &+= exchange.bytesIn
        responseBytes &+= exchange.bytesOut
        switch exchange.authorization?.cache {
        case .hit: cacheHits &+= 1
        case .miss: cacheMisses &+= 1
        case .off, nil: break
        }
        if let lane = exchange.lane { Self.add(exchange, to: &lanes[lane.index]) }
    }

    /// A request that the server refused, at its head or in its body.
    mutating func refused(status: UInt16) { add(.refused, status: status) }

    private mutating func add(_ outcome: RequestOutcome, status: UInt16) {
        let statusClass = status < 600 ? Int(status / 100) : 0
        answered[outcome.rawValue * Self.statusClasses.count + statusClass] &+= 1
    }

    // Static: a method of self would have to copy all counts, because one of them is being changed.
    private static func add(_ exchange: borrowing Exchange, to lane: inout LaneCounts) {
        if exchange.upstreamStatus > 0 { lane.waits.add(exchange.upstreamNanoseconds) }
        switch exchange.failure {
        case .upstream(let error): lane.errors[error.kind, default: 0] &+= 1
        case .cancelled, .refused: lane.cancelled &+= 1
        default: lane.complete &+= 1
        }
    }
}

extension Lane {
    var index: Int { self == .fast ? 0 : 1 }
}
