import Authorizers
import Documents
import HTTP
import Policies
import Routes
import Upstream

/// Writes the parts of a JSON log line into bytes. What never changes stands ready in bytes.
final class LogLineWriter {
    private let requestID = Array("\",\"level\":\"info\",\"msg\":\"request\",\"request_id\":\"".utf8)
    private let method = Array(",\"method\":".utf8)
    private let path = Array(",\"path\":".utf8)
    private let status = Array(",\"status\":".utf8)
    private let decision = Array(",\"decision\":\"".utf8)
    private let allowed = Array(",\"decision\":\"allow\"".utf8)
    private let allow = Array(",\"decision_kind\":\"\(PolicyOutcome.allow.rawValue)\"".utf8)
    private let client = Array(",\"client\":".utf8)
    private let fast = LogText.member("lane", Array(Lane.fast.rawValue.utf8))
    private let classic = LogText.member("lane", Array(Lane.classic.rawValue.utf8))
    private let noRoute = Array(",\"route\":null".utf8)
    private let upstreamStatus = Array(",\"upstream_status\":".utf8)
    private let upstreamTime = Array(",\"upstream_ms\":".utf8)
    private let totalTime = Array(",\"total_ms\":".utf8)
    private let bytesIn = Array(",\"bytes_in\":".utf8)
    private let bytesOut = Array(",\"bytes_out\":".utf8)

    /// From behind the time to the decision.
    func begin(_ exchange: borrowing Exchange, _ route: CompiledRoute?, to out: inout [UInt8]) {
        let level = exchange.logLevel
        if level == .info {
            out.append(contentsOf: requestID)
        } else {
            out.append(contentsOf: "\",\"level\":\"\(level.rawValue)\",\"msg\":\"request\",\"request_id\":\"".utf8)
        }
        if exchange.snapshot.apiType == .rest {
            out.append(contentsOf: exchange.id.uuid)
        } else {
            exchange.id.appendExtended(to: &out)
        }
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: exchange.snapshot.logText)
        out.append(contentsOf: route?.logText.route ?? noRoute)
        out.append(contentsOf: method)
        JSONWriter.appendQuoted(exchange.head.fields.bytes.span.extracting(exchange.head.methodRange.indices), to: &out)
        out.append(contentsOf: path)
        if let normal = exchange.path {
            JSONWriter.appendQuoted(normal.storage.span.extracting(normal.range.indices), to: &out)
        } else {
            JSONWriter.appendQuoted(exchange.head.rawPath, to: &out)
        }
        out.append(contentsOf: status)
        HeadWriter.decimal(UInt64(exchange.status), to: &out)
        if exchange.failure == nil {
            out.append(contentsOf: allowed)
        } else {
            out.append(contentsOf: decision)
            out.append(contentsOf: exchange.decisionWord.utf8)
            out.append(UInt8(ascii: "\""))
        }
    }

    /// What the authorizer's own policy said.
    func decision(_ decision: PolicyDecision, _ identity: AuthorizedIdentity, to out: inout [UInt8]) {
        if decision.outcome == .allow {
            out.append(contentsOf: allow)
        } else {
            text(",\"decision_kind\":", decision.outcome.rawValue, to: &out)
        }
        guard let name = decision.statementName(in: [identity.policy]) else { return }
        text(",\"statement\":", name, to: &out)
    }

    /// From the client to the end of the object.
    func end(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        out.append(contentsOf: client)
        JSONWriter.appendQuoted(exchange.client.span, to: &out)
        if let lane = exchange.lane { out.append(contentsOf: lane == .fast ? fast : classic) }
        if let end = exchange.tunnelEnd { text(",\"tunnel\":", end.rawValue, to: &out) }
        if exchange.upstreamStatus > 0 {
            out.append(contentsOf: upstreamStatus)
            HeadWriter.decimal(UInt64(exchange.upstreamStatus), to: &out)
        }
        if exchange.upstreamNanoseconds > 0 { milliseconds(upstreamTime, exchange.upstreamNanoseconds, to: &out) }
        milliseconds(totalTime, exchange.totalNanoseconds, to: &out)
        out.append(contentsOf: bytesIn)
        HeadWriter.decimal(exchange.bytesIn, to: &out)
        out.append(contentsOf: bytesOut)
        HeadWriter.decimal(exchange.bytesOut, to: &out)
        out.append(UInt8(ascii: "}"))
    }

    func text(_ key: String, _ value: String, to out: inout [UInt8]) { text(key, Array(value.utf8)[...], to: &out) }

    func text(_ key: String, _ value: ArraySlice<UInt8>, to out: inout [UInt8]) {
        out.append(contentsOf: key.utf8)
        JSONWriter.appendQuoted(value, to: &out)
    }

    /// Milliseconds with three digits behind the point.
    private func milliseconds(_ key: [UInt8], _ nanoseconds: UInt64, to out: inout [UInt8]) {
        out.append(contentsOf: key)
        let micros = nanoseconds / 1000
        HeadWriter.decimal(micros / 1000, to: &out)
        let rest = micros % 1000
        out.append(UInt8(ascii: "."))
        out.append(0x30 &+ UInt8(truncatingIfNeeded: rest / 100))
        out.append(0x30 &+ UInt8(truncatingIfNeeded: rest / 10 % 10))
        out.append(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
    }
}

/// The beginning of a line with its time.
final class LogTime {
    private var second = SecondText()
    private let start = Array("{\"ts\":\"".utf8)

    func append(_ seconds: Int64, nanoseconds: UInt32, to out: inout [UInt8]) {
        out.append(contentsOf: start)
        second.append(seconds, nanoseconds: nanoseconds, to: &out)
    }
}
