import Documents
import EventLoop
package import FunctionHost
import HTTP
import Routes
import Tokens

/// Writes what functions print, and what became of their invocations, among the request lines. JWTs in it are replaced:
/// authorizer functions like to print their event, and a log must not hold what opens the gate.
struct FunctionLog: Sendable {
    let sink: LogSink
    let format: LogDefinition.Format
    let level: LogDefinition.Level
    let clock: any WallClock

    func write(_ line: FunctionLogLine) {
        let weight: LogDefinition.Level = line.kind == .problem ? .warning : .info
        guard weight.rank >= level.rank else { return }
        var out = format == .json ? json(line, weight) : text(line)
        out.append(0x0A)
        sink.append(out, count: 1)
    }

    private func json(_ line: FunctionLogLine, _ weight: LogDefinition.Level) -> [UInt8] {
        let now = clock.now()
        var time: [UInt8] = []
        Timestamp.append(now.seconds, nanoseconds: now.nanoseconds, to: &time)
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("ts")
            writer.string(time)
            writer.member("level", weight.rawValue)
            writer.member("msg", "function \(line.kind.rawValue)")
            writer.member("function", line.function)
            if let requestID = line.requestID { writer.member("function_request_id", requestID) }
            if line.kind != .report {
                writer.key("text")
                writer.string(TokenMask.masked(line.text))
            }
            for (name, value) in [("duration_ms", line.duration), ("init_duration_ms", line.initDuration)] {
                guard let value else { continue }
                writer.key(name)
                writer.raw(Array(FunctionTimes.hundredths(value).utf8))
            }
        }
        return writer.bytes
    }

    /// Control characters are made visible: what a function prints may be an attacker's.
    private func text(_ line: FunctionLogLine) -> [UInt8] {
        let now = clock.now()
        var out: [UInt8] = []
        Timestamp.appendTime(now.seconds, nanoseconds: now.nanoseconds, to: &out)
        var words = "  \(line.function)  \(line.requestID.map { String($0.prefix(8)) } ?? "-")  "
        if line.kind == .report {
            words += "REPORT \(FunctionTimes.text(line))"
        } else {
            words += DiagnosticPrinter.visible(String(decoding: TokenMask.masked(line.text), as: UTF8.self))
        }
        out.append(contentsOf: words.utf8)
        return out
    }
}

/// How long an invocation took, in the words of Lambda's REPORT lines.
package enum FunctionTimes {
    package static func text(_ line: FunctionLogLine) -> String {
        [("Duration", line.duration), ("Init Duration", line.initDuration)]
            .compactMap { name, value in value.map { "\(name): \(hundredths($0)) ms" } }.joined(separator: "  ")
    }

    static func hundredths(_ value: Double) -> String {
        let count = Int((value * 100).rounded())
        let fraction = count % 100
        return "\(count / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
