import Authorizers
import Documents
package import EventLoop
package import HTTP
import Policies
package import Routes
package import Tokens
import Upstream

/// One line per request: JSON for machines, or the explanation's one-line form for people at a terminal.
///
/// Belongs to one worker, which hands its lines over once per loop turn. Principals are written as the configuration
/// says; tokens and claims other than the subject never are.
package final class AccessLog {
    /// Lines for one file.
    private struct Batch {
        let file: LogFile
        var lines: [UInt8] = []
        var count = 0
    }

    private let sink: LogSink
    private let format: LogDefinition.Format
    private var principal: LogDefinition.Principal
    private var level: LogDefinition.Level
    private var snapshot: GatewaySnapshot
    private var batches: [Batch] = []
    /// Keys the hash of principals, so that it means nothing outside this process.
    private let seed: UInt64
    private let makeText: (borrowing Exchange, inout [UInt8]) -> Void
    private var lines: [UInt8] = []
    private var count = 0
    private var time = SecondText()

    /// `text` writes the one-line form of an exchange without the line end.
    package init(
        sink: LogSink, snapshot: GatewaySnapshot, format: LogDefinition.Format, seed: UInt64,
        text: @escaping (borrowing Exchange, inout [UInt8]) -> Void
    ) {
        self.sink = sink
        self.format = format
        let definition = snapshot.document.server.log
        self.snapshot = snapshot
        principal = definition.principal
        level = definition.level
        self.seed = seed
        makeText = text
    }

    /// Follows a new configuration; the format stays, because whoever reads the log would not follow.
    func adopt(_ snapshot: GatewaySnapshot) {
        self.snapshot = snapshot
        let definition = snapshot.document.server.log
        principal = definition.principal
        level = definition.level
    }

    package func record(_ exchange: borrowing Exchange) {
        if exchange.snapshot.accessLog != nil, isAllWritten(exchange) { return }
        guard exchange.logLevel.rank >= level.rank else { return }
        // Taken out for the time, so that no byte asks who else is writing.
        var out: [UInt8] = []
        swap(&out, &lines)
        if format == .json {
            var second = SecondText()
            swap(&second, &time)
            second.turn(to: exchange.receivedAt.seconds)
            LogLine.append(exchange, principal: principal(of: exchange), time: second, to: &out)
            swap(&second, &time)
        } else {
            makeText(exchange, &out)
        }
        out.append(0x0A)
        let isLong = out.count > 65_536
        swap(&out, &lines)
        count += 1
        if isLong { flush() }
    }

    /// Writes the line in the format of AWS that the stage asks for; true when that is the only line.
    private func isAllWritten(_ exchange: borrowing Exchange) -> Bool {
        guard let log = exchange.snapshot.accessLog else { return false }
        let values = LogValues(exchange: copy exchange, principal: shown)
        append(log) { values.value(of: $0) }
        return log.file == nil
    }

    /// A request that the server refused before it had a meaning.
    package func recordRefusal(_ refusal: RequestRefusal, from client: [UInt8], at time: WallTime) {
        if let log = snapshot.accessLog {
            append(log) { self.value(of: $0, refusal, client, time) }
            if log.file == nil { return }
        }
        guard LogDefinition.Level.info.rank >= level.rank else { return }
        if format == .json {
            raw("{\"ts\":\"")
            Timestamp.append(time.seconds, nanoseconds: time.nanoseconds, to: &lines)
            raw("\",\"level\":\"info\",\"msg\":\"refused\"")
            number(",\"status\":", UInt64(refusal.status))
            text(",\"reason\":", refusal.code.rawValue)
            text(",\"client\":", client)
            raw("}")
        } else {
            Timestamp.appendTime(time.seconds, nanoseconds: time.nanoseconds, to: &lines)
            raw("  ----  ")
            HeadWriter.decimal(UInt64(refusal.status), to: &lines)
            raw("  refused before it was a request: ")
            raw(refusal.code.rawValue)
        }
        lines.append(0x0A)
        count += 1
    }

    /// Hands the lines over; called at the end of each turn.
    package func flush() {
        for batch in batches where batch.count > 0 { batch.file.append(batch.lines, count: batch.count) }
        // A file that is no longer written to is forgotten with the turn.
        if !batches.isEmpty { batches = [] }
        guard count > 0 else { return }
        var ready = lines
        lines = []
        sink.append(ready, count: count)
        ready.removeAll(keepingCapacity: true)
        lines = ready
        count = 0
    }

    // MARK: Formats of AWS

    private func append(_ log: StageAccessLog, _ value: (LogVariable) -> [UInt8]?) {
        let line = AccessLogLine(format: log.format)
        guard let file = log.file else {
            line.append(to: &lines, value: value)
            lines.append(0x0A)
            count += 1
            if lines.count > 65_536 { flush() }
            return
        }
        var index = batches.firstIndex { $0.file === file } ?? batches.count
        if index == batches.count { batches.append(Batch(file: file)) }
        if batches[index].lines.count > 65_536 {
            flush()
            batches.append(Batch(file: file))
            index = 0
        }
        line.append(to: &batches[index].lines, value: value)
        batches[index].lines.append(0x0A)
        batches[index].count += 1
    }

    /// What is known of a request that was refused before it had a meaning.
    private func value(
        of variable: LogVariable, _ refusal: RequestRefusal, _ client: [UInt8], _ time: WallTime
    ) -> [UInt8]? {
        let response = FailureMapping.response(to: .refused(refusal), apiType: snapshot.apiType)
        switch variable {
        case .status: return Array(String(refusal.status).utf8)
        case .errorMessage: return LogValues.message(response)?.string
        case .errorMessageString: return LogValues.message(response).map { Array($0.text) }
        case .errorResponseType: return Array(response.responseType.rawValue.utf8)
        case .context(.sourceIp): return client
        case .context(.requestTime): return RequestTime.format(time.seconds)
        case .context(.requestTimeEpoch):
            return Array(String(time.seconds * 1000 + Int64(time.nanoseconds) / 1_000_000).utf8)
        case .context(.stage): return Array(snapshot.stage.name.utf8)
        case .context(.apiId): return Array(snapshot.document.api.apiId.utf8)
        case .context(.accountId): return Array(snapshot.document.api.accountId.utf8)
        default: return nil
        }
    }

    private func principal(of exchange: borrowing Exchange) -> [UInt8]? {
        guard principal != .off, let identity = exchange.authorization?.identity else { return nil }
        return principal == .clear ? identity.principalID : shown(identity.principalID)
    }

    /// A principal as the configuration wants it written; nil for not at all.
    private func shown(_ principalID: [UInt8]) -> [UInt8]? {
        switch principal {
        case .off: return nil
        case .clear: return principalID
        case .hash:
            var hash = seed
            for byte in principalID { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return Array(String(hash, radix: 16).utf8)
        }
    }

    private func raw(_ text: String) { lines.append(contentsOf: text.utf8) }

    private func text(_ key: String, _ value: ArraySlice<UInt8>) {
        raw(key)
        JSONWriter.appendQuoted(value, to: &lines)
    }

    private func text(_ key: String, _ value: [UInt8]) { text(key, value[...]) }

    private func text(_ key: String, _ value: String) { text(key, Array(value.utf8)[...]) }

    private func number(_ key: String, _ value: UInt64) {
        raw(key)
        HeadWriter.decimal(value, to: &lines)
    }
}

extension LogDefinition.Level {
    var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

extension Exchange {
    /// How much the owner should care: denials are the gate's daily work, backends that fail are not.
    var logLevel: LogDefinition.Level {
        switch failure {
        case .upstream, .functionFailed: .warning
        case .mappingFailed, .noIntegrationResponse, .functionNotPermitted: .error
        case .answerNotDecodable: .warning
        case .parametersMissing, .bodyInvalid, .bodyNotJSON, .mediaTypeUnsupported: .info
        case .unauthorized(let code): code == .internal || code == .keysUnavailable ? .error : .info
        case .authorizerFailed: .error
        case nil, .refused, .unknownStage, .noRoute, .rejected, .refusedByFunction, .explicitDeny, .implicitDeny,
            .resourcePolicy, .apiKey, .throttled, .quotaExceeded, .cancelled:
            .info
        }
    }

    /// `allow`, `deny`, or `none` where nothing was decided.
    package var decisionWord: String {
        switch failure {
        case nil: "allow"
        case .unauthorized, .rejected, .authorizerFailed, .refusedByFunction, .explicitDeny, .implicitDeny,
            .resourcePolicy, .apiKey, .throttled, .quotaExceeded:
            "deny"
        // The gate had said yes; what failed came after.
        case .some(let failure) where failure.followsAdmission: "allow"
        default: "none"
        }
    }
}
