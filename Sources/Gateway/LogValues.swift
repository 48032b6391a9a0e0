import Authorizers
import Documents
import HTTP
import Routes
import Tokens
import Upstream

/// The values of an access log's variables for one finished request.
struct LogValues {
    let exchange: Exchange
    /// How principals are written: as they are, as this text, or not at all.
    let principal: (_ principal: [UInt8]) -> [UInt8]?

    func value(of variable: LogVariable) -> [UInt8]? {
        switch variable {
        case .context(let variable): context(variable)
        case .status: exchange.status == 0 ? nil : decimal(UInt64(exchange.status))
        case .responseLength: decimal(exchange.bytesOut)
        case .responseLatency: milliseconds(exchange.totalNanoseconds)
        case .dataProcessed: decimal(exchange.bytesIn &+ exchange.bytesOut)
        case .integrationLatency:
            exchange.upstreamNanoseconds > 0 ? milliseconds(exchange.upstreamNanoseconds) : nil
        case .integrationStatus: exchange.upstreamStatus > 0 ? decimal(UInt64(exchange.upstreamStatus)) : nil
        case .functionStatus: functionStatus
        case .integrationError: integrationError
        case .errorMessage: errorMessage?.string
        case .errorMessageString: errorMessage.map { Array($0.text) }
        case .errorResponseType: response.map { Array($0.responseType.rawValue.utf8) }
        case .authorizerError: authorizerError
        case .authorizerLatency:
            exchange.authorization == nil ? nil : milliseconds(exchange.authorizerNanoseconds)
        case .authorizerIntegrationStatus:
            exchange.authorizerNanoseconds > 0 && exchange.identity != nil ? Array("200".utf8) : nil
        case .authorizerStatus: authorizerStatus
        case .traceID: exchange.traceID
        case .lane: exchange.lane.map { Array($0.rawValue.utf8) }
        case .absent: nil
        }
    }

    private func context(_ variable: ContextVariable) -> [UInt8]? {
        switch variable {
        // Secrets never reach a log.
        case .apiKey: return exchange.callerKey?.masked
        case .principalId, .authorizerClaim("sub"):
            return ExchangeVariables(exchange).value(of: variable).flatMap(principal)
        default: return ExchangeVariables(exchange).value(of: variable)
        }
    }

    private func decimal(_ value: UInt64) -> [UInt8] { Array(String(value).utf8) }

    private func milliseconds(_ nanoseconds: UInt64) -> [UInt8] { decimal(nanoseconds / 1_000_000) }

    // MARK: Integration

    private var functionStatus: [UInt8]? {
        guard case .awsProxy? = exchange.route?.integration, exchange.failure == nil, exchange.status > 0 else {
            return nil
        }
        return decimal(UInt64(exchange.status))
    }

    private var integrationError: [UInt8]? {
        switch exchange.failure {
        case .upstream, .functionFailed, .mappingFailed:
            exchange.failure.map { Array(($0.detail ?? $0.reason).utf8) }
        default: nil
        }
    }

    // MARK: Errors

    private var response: GatewayResponse? {
        exchange.failure.map {
            FailureMapping.response(
                to: $0, apiType: exchange.snapshot.apiType,
                isJWT: exchange.route?.isJWT == true)
        }
    }

    /// What the answer's body says.
    private var errorMessage: (string: [UInt8]?, text: ArraySlice<UInt8>)? { response.flatMap { Self.message($0) } }

    static func message(_ response: GatewayResponse) -> (string: [UInt8]?, text: ArraySlice<UInt8>)? {
        do throws(JSONError) {
            let root = try JSONParser.parse(response.body).root
            return (root["message"] ?? root["Message"]).map { ($0.utf8, $0.text) }
        } catch {
            return nil
        }
    }

    // MARK: Authorizer

    private var authorizerError: [UInt8]? {
        switch exchange.failure {
        case .unauthorized, .rejected, .authorizerFailed, .refusedByFunction, .explicitDeny, .implicitDeny:
            exchange.failure.map { Array(($0.detail ?? $0.reason).utf8) }
        default: nil
        }
    }

    private var authorizerStatus: [UInt8]? {
        guard exchange.route?.authorizer != nil, exchange.authorization != nil else { return nil }
        switch exchange.failure {
        case .unauthorized(let code):
            return Array((code == .internal || code == .keysUnavailable ? "500" : "401").utf8)
        case .rejected: return Array("401".utf8)
        case .authorizerFailed: return Array("500".utf8)
        case .refusedByFunction, .explicitDeny, .implicitDeny: return Array("403".utf8)
        default: return Array("200".utf8)
        }
    }
}
