import HTTP
import Policies
import Tokens

/// The condition keys that API Gateway fills for one request.
///
/// Source: the condition keys that its documentation lists for resource policies; authorizer policies get the same.
struct RequestPolicyContext: PolicyContext {
    private let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    func values(of key: ConditionKey) -> ConditionValues? {
        switch key.known {
        case .sourceIP: return .one(exchange.client)
        case .currentTime:
            var time: [UInt8] = []
            Timestamp.append(exchange.receivedAt.seconds, nanoseconds: exchange.receivedAt.nanoseconds, to: &time)
            return .one(time)
        case .epochTime: return .one(Array(String(exchange.receivedAt.seconds).utf8))
        case .secureTransport: return .one(Array((exchange.isSecure ? "true" : "false").utf8))
        case .userAgent: return header(.userAgent)
        case .referer: return header(.referer)
        case .sourceARN: return exchange.resource.map { .one($0.bytes) }
        case .sourceVPC, .sourceVPCE, .vpcSourceIP, nil: return nil
        }
    }

    private func header(_ id: FieldID) -> ConditionValues? {
        exchange.head.fields.first(id).map { .one(Array(exchange.head.fields.value(of: $0))) }
    }
}
