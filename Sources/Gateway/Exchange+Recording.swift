package import Authorizers
import HTTP
import Routes

/// What recordings want to know of an exchange.
extension Exchange {
    /// What the route's authorizer looks at.
    package var identityRequest: IdentityRequest {
        IdentityRequest(head: head, stage: snapshot.stage, variables: ExchangeVariables(self))
    }

    /// The decision apart from what became of the request afterwards: `allow`, `deny`, or `none` where nothing was
    /// decided.
    package var recordedDecision: String { isAdmitted ? "allow" : decisionWord }

    /// Why the gate did not let it through; nil when it did.
    package var recordedReason: String? { isAdmitted ? nil : failure?.reason }

    /// The name of the request as its client and the log have it.
    package var shownID: [UInt8] { snapshot.apiType == .rest ? id.uuid : id.extended }

    /// What the route's request validator says of the parameters; nil when nothing is missing.
    package var parameterProblem: GatewayFailure? { route?.validator.checkParameters(self) }

    /// Whether the route has a model for a body of this request's content type.
    package var hasBodyModel: Bool { route?.validator.judgesBody(of: head.fields) == true }

    /// What that model says of a body; nil when it fits.
    package func problem(ofBody body: [UInt8]) -> GatewayFailure? { route?.validator.checkBody(body, self) }
}
