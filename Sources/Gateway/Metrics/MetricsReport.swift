package import EventLoop
import Synchronization
package import Upstream

/// What one worker says when it is asked.
package struct WorkerReport: Sendable {
    /// From 1.
    package var number: Int
    package var metrics: WorkerMetrics
    package var connections: Int
    package var acceptedConnections: UInt64
    package var cachedTokens: Int
    /// Requests that were tried once more because they had failed, by lane.
    package var retries: [Lane: UInt64]
    /// How long the turns of its loop took.
    package var turns: DurationCounts
    /// The longest of them since the last report, in nanoseconds.
    package var longestTurn: UInt64
}

/// The metrics of the whole gateway at one moment.
package struct MetricsReport: Sendable {
    package var version: String
    package var workers: [WorkerReport]
    package var lostLogLines: UInt64
    /// Nil when nobody records.
    package var droppedEntries: UInt64?

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package var text: [UInt8] {
        var out = MetricsText()
        out.family("gatehouse_build_info", .gauge, "The running program")
        out.sample(1, [("version", version)])
        appendRequests(to: &out)
        appendUpstreams(to: &out)
        appendWorkers(to: &out)
        out.family("gatehouse_log_lines_lost_total", .counter, "Access log lines that were not written")
        out.sample(lostLogLines)
        if let droppedEntries {
            out.family("gatehouse_recording_entries_lost_total", .counter, "Exchanges that were not recorded")
            out.sample(droppedEntries)
        }
        return out.bytes
    }

    private func sum(_ value: (WorkerReport) -> UInt64) -> UInt64 { workers.reduce(0) { $0 &+ value($1) } }

    private func sum(_ counts: (WorkerReport) -> DurationCounts) -> DurationCounts {
        var all = DurationCounts(bounds: WorkerMetrics.requestBounds)
        for worker in workers { all.add(counts(worker)) }
        return all
    }

    private func appendRequests(to out: inout MetricsText) {
        out.family("gatehouse_requests_total", .counter, "Requests that are over, by outcome and class of the status")
        for outcome in RequestOutcome.allCases {
            for (index, name) in WorkerMetrics.statusClasses.enumerated() {
                let count = sum { $0.metrics.requests(outcome, index) }
                // Most pairs cannot be; the usual one is there from the beginning.
                if count > 0 || (outcome == .allowed && name == "2xx") {
                    out.sample(count, [("outcome", outcome.word), ("status", name)])
                }
            }
        }
        out.family("gatehouse_requests_in_flight", .gauge, "Requests that are not over")
        out.sample(sum { UInt64(clamping: $0.metrics.inFlight) })
        out.family(
            "gatehouse_request_duration_seconds", .histogram, "From the head of a request to the end of its answer")
        out.histogram(sum { $0.metrics.durations })
        out.family("gatehouse_request_body_bytes_total", .counter, "Bytes of request bodies")
        out.sample(sum { $0.metrics.requestBytes })
        out.family("gatehouse_response_body_bytes_total", .counter, "Bytes of answers' bodies")
        out.sample(sum { $0.metrics.responseBytes })
        out.family(
            "gatehouse_token_cache_requests_total", .counter, "Tokens looked up in the cache of verified tokens")
        out.sample(sum { $0.metrics.cacheHits }, [("result", "hit")])
        out.sample(sum { $0.metrics.cacheMisses }, [("result", "miss")])
        out.family("gatehouse_token_cache_entries", .gauge, "Verified tokens that are kept")
        out.sample(sum { UInt64(clamping: $0.cachedTokens) })
    }

    private func appendUpstreams(to out: inout MetricsText) {
        out.family("gatehouse_upstream_requests_total", .counter, "Requests to backends that are over, by lane")
        for lane in Lane.allCases {
            let name = ("lane", lane.rawValue)
            out.sample(sum { $0.metrics[lane].complete }, [name, ("outcome", "ok")])
            let cancelled = sum { $0.metrics[lane].cancelled }
            if cancelled > 0 { out.sample(cancelled, [name, ("outcome", "cancelled")]) }
            for kind in UpstreamError.Kind.allCases {
                let count = sum { $0.metrics[lane].errors[kind] ?? 0 }
                if count > 0 { out.sample(count, [name, ("outcome", kind.rawValue)]) }
            }
        }
        out.family(
            "gatehouse_upstream_retries_total", .counter,
            "How often requests to a backend were tried once more, because they had failed")
        for lane in Lane.allCases { out.sample(sum { $0.retries[lane] ?? 0 }, [("lane", lane.rawValue)]) }
        out.family(
            "gatehouse_upstream_head_seconds", .histogram, "From a request to the head of its backend's answer")
        for lane in Lane.allCases { out.histogram(sum { $0.metrics[lane].waits }, [("lane", lane.rawValue)]) }
    }

    private func appendWorkers(to out: inout MetricsText) {
        func each(_ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: (WorkerReport) -> UInt64) {
            out.family(name, kind, help)
            for worker in workers { out.sample(value(worker), [("worker", String(worker.number))]) }
        }
        each("gatehouse_connections_open", .gauge, "Clients' connections") { UInt64(clamping: $0.connections) }
        each("gatehouse_connections_accepted_total", .counter, "Clients' connections so far") { $0.acceptedConnections }
        out.family("gatehouse_loop_turn_seconds", .histogram, "How long the turns of a worker's loop took")
        for worker in workers { out.histogram(worker.turns, [("worker", String(worker.number))]) }
        out.family(
            "gatehouse_loop_longest_turn_seconds", .gauge, "The longest turn since metrics were last asked for")
        for worker in workers {
            out.sample(nanoseconds: worker.longestTurn, [("worker", String(worker.number))])
        }
    }
}

/// Asks everybody who counts.
package final class MetricsSource: Sendable {
    private let workers: [GatewayWorker]
    private let version: String
    private let lostLogLines: @Sendable () -> UInt64
    private let observer: (any ExchangeObserver)?

    package init(
        workers: [GatewayWorker], version: String, observer: (any ExchangeObserver)?,
        lostLogLines: @escaping @Sendable () -> UInt64
    ) {
        self.workers = workers
        self.version = version
        self.observer = observer
        self.lostLogLines = lostLogLines
    }

    /// Goes from the caller's thread to each worker's and back; no other thread has to be free for it.
    package func report(isolation: isolated any Actor) async -> MetricsReport {
        var reports: [WorkerReport] = []
        for (index, worker) in workers.enumerated() {
            // One that has stopped has nothing more to say.
            if let report = await worker.report(index + 1) { reports.append(report) }
        }
        return MetricsReport(
            version: version, workers: reports, lostLogLines: lostLogLines(), droppedEntries: observer?.lostEntries)
    }
}
