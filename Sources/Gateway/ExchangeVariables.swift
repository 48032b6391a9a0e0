import Authorizers
import Documents
import HTTP
import Routes
import Tokens

/// The `context` variables of one request, for identity sources and mappings.
struct ExchangeVariables: ContextVariables {
    private let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    func value(of variable: ContextVariable) -> [UInt8]? { Self.value(of: variable, in: exchange) }

    /// The same without keeping the exchange.
    static func value(of variable: ContextVariable, in exchange: Exchange) -> [UInt8]? {
        if case .principalId = variable { return exchange.identity?.principalID }
        let api = exchange.snapshot.document.api
        switch variable {
        case .accountId: return Array(api.accountId.utf8)
        case .apiId: return Array(api.apiId.utf8)
        case .domainName: return Array(hostName(exchange))
        case .domainPrefix: return Array(hostName(exchange).prefix { $0 != UInt8(ascii: ".") })
        case .extendedRequestId: return exchange.id.extended
        case .httpMethod: return Array(exchange.head.methodBytes)
        case .path: return Array(exchange.shownPath)
        case .protocolVersion: return Array((exchange.head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0").utf8)
        case .requestId: return api.type == .rest ? exchange.id.uuid : exchange.id.extended
        case .requestTime: return RequestTime.format(exchange.receivedAt.seconds)
        case .requestTimeEpoch: return Array(String(milliseconds(exchange)).utf8)
        case .resourceId: return exchange.route.map { ResourceID.make($0.keyText) }
        case .resourcePath: return exchange.route.flatMap { $0.definition.key.pattern?.shownPath }
        case .routeKey: return exchange.route.map(\.keyText)
        case .stage: return Array(exchange.snapshot.stage.name.utf8)
        case .sourceIp: return exchange.client
        case .userAgent: return exchange.head.fields.first(.userAgent).map { Array(exchange.head.fields.value(of: $0)) }
        case .principalId: return exchange.identity?.principalID
        case .authorizerClaim(let name):
            return exchange.identity?.token?.claims[name].flatMap { ContextValue(scalar: $0)?.text }
        case .authorizerContext(let name): return exchange.identity?.context[name]?.text
        case .apiKey: return exchange.callerKey?.value
        case .apiKeyId: return exchange.callerKey?.id
        case .unavailable: return nil
        }
    }

    private static func milliseconds(_ exchange: Exchange) -> Int64 {
        exchange.receivedAt.seconds * 1000 + Int64(exchange.receivedAt.nanoseconds) / 1_000_000
    }

    /// The host without its port.
    private static func hostName(_ exchange: Exchange) -> ArraySlice<UInt8> {
        let host = exchange.head.hostBytes
        if host.first == UInt8(ascii: "[") { return host.prefix { $0 != UInt8(ascii: "]") } }
        return host.prefix { $0 != UInt8(ascii: ":") }
    }
}

/// `09/Apr/2015:12:34:56 +0000`, the CLF form of `$context.requestTime`.
enum RequestTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func format(_ seconds: Int64) -> [UInt8] {
        let time = CivilTime(secondsSince1970: seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = "\(two(time.day))/\(months[time.month - 1])/\(time.year)"
        return Array("\(day):\(two(time.hour)):\(two(time.minute)):\(two(time.second)) +0000".utf8)
    }
}

/// Six characters that stand for a route, as AWS names resources; the same for the same route key.
enum ResourceID {
    static func make(_ routeKey: [UInt8]) -> [UInt8] {
        // FNV-1a: stable over processes, which Swift's own hash is not.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in routeKey { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        return (0..<6).map { place in letters[Int(truncatingIfNeeded: hash >> UInt64(place * 8) & 0xFF) % 36] }
    }
}

extension PathPattern {
    /// The pattern as written: `/ships/{shipId}`.
    var shownPath: [UInt8] {
        var out: [UInt8] = []
        for segment in segments {
            out.append(UInt8(ascii: "/"))
            switch segment {
            case .literal(let bytes): out += bytes
            case .parameter(let name): out += Array("{\(name)}".utf8)
            case .greedy(let name): out += Array("{\(name)+}".utf8)
            }
        }
        if hasTrailingSlash || segments.isEmpty { out.append(UInt8(ascii: "/")) }
        return out
    }
}
