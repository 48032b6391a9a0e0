import HTTP
package import Routes

/// What the client gets for a failure: AWS's answer, the gateway response that the configuration puts in its place,
/// and what belongs to every answer of the API. `serve`, the offline commands and explanations all make it here.
package struct GatewayAnswer: Sendable {
    package var status: UInt16
    /// Complete field lines without framing, date and connection.
    package var fields: [UInt8]
    package var body: [UInt8]
    /// The entry of `gatewayResponses` that was used; nil for AWS's own answer.
    package var customisedBy: GatewayResponseType?

    package static func make(_ failure: GatewayFailure, _ exchange: Exchange) -> GatewayAnswer {
        let snapshot = exchange.snapshot
        let base = FailureMapping.response(
            to: failure, apiType: snapshot.apiType, isJWT: exchange.route?.isJWT == true)
        var answer = GatewayAnswer(status: base.status, fields: base.fields, body: base.body)
        if let type = base.type, let custom = snapshot.gatewayResponses.customisation(of: type) {
            answer = GatewayResponseRenderer(exchange: exchange, base: base, failure: failure).render(custom)
        }
        if snapshot.apiType == .rest, failure.happensBehindTheGateway {
            HeadWriter.field(name: traceName, value: exchange.traceID, to: &answer.fields)
        }
        JWTChallenge.append(failure, exchange, to: &answer.fields)
        snapshot.cors?.append(to: &answer.fields, for: exchange)
        ResponseTransform.appendIdentifiers(exchange.id, snapshot, to: &answer.fields)
        return answer
    }

    static let traceName = Array("X-Amzn-Trace-Id".utf8)
}

extension GatewayFailure {
    /// The integration had been called: only then do error answers of REST APIs carry a trace id.
    var happensBehindTheGateway: Bool {
        switch self {
        case .upstream, .functionFailed, .noIntegrationResponse, .answerNotDecodable: true
        default: false
        }
    }
}
