import Authorizers
import EventLoop
import Gateway
import HTTP
import Testing
import Tokens
import Upstream

@Suite("The text of metrics")
struct MetricsTextTests {
    private func text(_ write: (inout MetricsText) -> Void) -> String {
        var out = MetricsText()
        write(&out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    @Test("Label values and help cannot end their line")
    func escapes() {
        let text = text {
            $0.family("a_total", .counter, "one\ntwo \\ \"three\"")
            $0.sample(7, [("x", "a\"b\\c\nd"), ("y", "")])
        }
        #expect(
            text == """
                # HELP a_total one\\ntwo \\\\ "three"
                # TYPE a_total counter
                a_total{x="a\\"b\\\\c\\nd",y=""} 7

                """)
    }

    @Test(
        "Seconds are exact",
        arguments: [
            (0, "0"), (1, "0.000000001"), (250_000, "0.00025"), (1_000_000_000, "1"), (90_500_000_000, "90.5"),
            (UInt64.max, "18446744073.709551615"),
        ] as [(UInt64, String)])
    func seconds(_ nanoseconds: UInt64, _ expected: String) {
        #expect(
            text {
                $0.family("t_seconds", .gauge, "t")
                $0.sample(nanoseconds: nanoseconds)
            }.hasSuffix("t_seconds \(expected)\n"))
    }

    @Test("Buckets hold all that is below them, bounds included")
    func histogram() {
        var counts = DurationCounts(bounds: [1_000_000, 500_000_000])
        for value: UInt64 in [0, 1_000_000, 1_000_001, 500_000_000, 500_000_001] { counts.add(value) }
        let text = text {
            $0.family("t_seconds", .histogram, "t")
            $0.histogram(counts, [("worker", "1")])
        }
        #expect(
            text == """
                # HELP t_seconds t
                # TYPE t_seconds histogram
                t_seconds_bucket{worker="1",le="0.001"} 2
                t_seconds_bucket{worker="1",le="0.5"} 4
                t_seconds_bucket{worker="1",le="+Inf"} 5
                t_seconds_sum{worker="1"} 1.002000002
                t_seconds_count{worker="1"} 5

                """)
    }

    @Test("Counts of two workers are added")
    func sum() {
        var first = DurationCounts(bounds: [10])
        var second = DurationCounts(bounds: [10])
        first.add(1)
        second.add(2)
        second.add(11)
        first.add(second)
        #expect(first.counts == [2, 1])
        #expect(first.sum == 14)
        #expect(first.total == 3)
    }

    @Test(
        "Every failure has its outcome",
        arguments: [
            (nil, "allowed"), (.refused(RequestRefusal(.bodyTooLarge)), "refused"), (.unknownStage, "no_route"),
            (.noRoute, "no_route"), (.unauthorized(.expired), "unauthorized"),
            (.unauthorized(.keysUnavailable), "authorizer_failed"), (.explicitDeny, "denied"),
            (.implicitDeny, "denied"), (.refusedByFunction, "denied"), (.quotaExceeded, "throttled"),
            (.bodyInvalid([]), "invalid"), (.parametersMissing([]), "invalid"), (.bodyNotJSON, "invalid"),
            (.upstream(UpstreamError(.reset)), "failed"), (.mappingFailed, "failed"), (.cancelled, "cancelled"),
        ] as [(GatewayFailure?, String)])
    func outcomes(_ failure: GatewayFailure?, _ expected: String) {
        #expect(RequestOutcome(failure).word == expected)
    }
}
