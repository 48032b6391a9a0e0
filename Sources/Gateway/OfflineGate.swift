package import Authorizers
package import HTTP
package import Policies
import Routes
import Tokens
import Upstream

/// The whole way of one request without sockets and without a clock: decided by ``RequestPipeline``, and then either
/// answered or made into what the backend would get, by the code that `serve` runs.
package enum OfflineGate {
    /// What an authorizer's function says when it is asked.
    package enum FunctionAnswer: Sendable {
        /// The payload, and whether the function says that it is an error.
        case payload([UInt8], isFunctionError: Bool)
        case timedOut
        /// More than Lambda lets a function answer.
        case tooLarge
        /// It could not be reached; one sentence for the owner.
        case failed(String)
    }

    /// A question to an authorizer's function.
    package struct FunctionQuery: Sendable {
        /// Name of the authorizer.
        package let authorizer: String
        /// The address as text, for messages.
        package let address: String
        /// Where it is, for somebody who can call it.
        package let target: FunctionAddress
        /// The method that is asked for.
        package let resource: MethodARN
        /// The event in JSON, as the function gets it.
        package let event: [UInt8]
        package let timeoutInMillis: Int
    }

    /// What the client would get from the gateway itself.
    package struct Answer: Sendable {
        package var status: UInt16
        /// Complete field lines, without framing and date.
        package var fields: [UInt8]
        package var body: [UInt8]

        package init(status: UInt16, fields: [UInt8], body: [UInt8]) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }

    /// What an HTTP backend would get.
    package struct Forwarded: Sendable {
        package var method: [UInt8]
        /// Path and query.
        package var target: [UInt8]
        /// Complete field lines, Host included, framing left out.
        package var fields: [UInt8]
    }

    package enum Outcome: Sendable {
        /// The gateway answers by itself: a refusal, or MOCK.
        case answered(Answer)
        case forwarded(Forwarded)
        /// Handed to the function of an AWS_PROXY integration, with this event.
        case invoked(event: [UInt8])
    }

    /// Decides, asks functions where they must be asked, and says what follows.
    ///
    /// - Parameters:
    ///   - body: of the request, for the event of an AWS_PROXY integration.
    package static func run(
        _ exchange: inout Exchange, in workspace: AuthorizerWorkspace, body: [UInt8] = [],
        asking functions: (FunctionQuery) -> FunctionAnswer
    ) -> Outcome {
        var step = RequestPipeline.run(&exchange, in: workspace)
        // A path with a slash at its end may ask two authorizers; a third question would be a mistake of ours.
        for _ in 0..<2 {
            guard case .ask(let question, let address) = step else { break }
            let query = FunctionQuery(
                authorizer: question.authorizer.definition.name, address: address.text, target: address,
                resource: question.resource, event: FunctionEvents.authorizerEvent(exchange, question),
                timeoutInMillis: exchange.snapshot.authorizerTimeoutInMillis)
            let result = FunctionEvents.result(outcome(functions(query)), exchange, question)
            let cache = question.authorizer.cache
            if let key = question.key, case .ask(let ticket) = cache.look(up: key, at: exchange.uptime, waiting: {}) {
                let ttl = Double(question.authorizer.definition.resultTtlInSeconds)
                cache.finish(ticket, result, ttl: ttl, at: exchange.uptime)
            }
            exchange.functionResults[ObjectIdentifier(question.authorizer)] = result
            step = RequestPipeline.run(&exchange, in: workspace)
        }
        switch step {
        case .mock, .forward, .invoke:
            if let failure = exchange.route?.validator.checkBody(body, exchange) {
                return answered(failure, &exchange)
            }
        default: break
        }
        switch step {
        case .respond(let failure): return answered(failure, &exchange)
        case .preflight(let answer):
            var fields = answer.fields
            ResponseTransform.appendIdentifiers(exchange.id, exchange.snapshot, to: &fields)
            return .answered(finish(answer.status, fields, [], &exchange))
        case .mock(let response, let fields):
            let all = ResponseTransform.fields(ofMock: fields, hasContentType: response.hasContentType, exchange)
            return .answered(finish(UInt16(clamping: response.statusCode), all, response.body, &exchange))
        case .forward(let plan):
            do throws(MappingProblem) {
                let request = try RequestTransform.make(exchange, plan, body: body)
                return .forwarded(
                    Forwarded(method: request.methodBytes, target: request.target, fields: request.fields))
            } catch {
                return answered(error.failure, &exchange)
            }
        case .invoke(let plan):
            if UInt64(body.count) > FunctionExchange.bodyLimit {
                return answered(.refused(RequestRefusal(.bodyTooLarge)), &exchange)
            }
            if plan.isRefusedByAWS(exchange.snapshot.apiType) { return answered(.mappingFailed, &exchange) }
            return .invoked(event: FunctionEvents.proxyEvent(exchange, plan, body: body))
        case .wait, .ask, .verify: return answered(.unauthorized(.internal), &exchange)
        }
    }

    /// What the client would get when the backend answers with this head.
    package static func answer(_ head: ResponseHead, body: [UInt8], to exchange: Exchange) -> Answer {
        guard case .httpProxy(let plan)? = exchange.route?.integration else {
            return Answer(status: head.status, fields: ResponseTransform.fields(of: head, exchange), body: body)
        }
        do throws(MappingProblem) {
            let made = try ResponseTransform.answer(of: head, body: body, exchange, plan)
            return Answer(status: made.status, fields: made.fields, body: body)
        } catch {
            var failed = exchange
            failed.failure = error.failure
            let answer = GatewayAnswer.make(error.failure, failed)
            return Answer(status: answer.status, fields: answer.fields, body: answer.body)
        }
    }

    private static func outcome(_ answer: FunctionAnswer) -> FunctionCall.Outcome {
        switch answer {
        case .payload(let payload, let isFunctionError): .answered(payload, isFunctionError: isFunctionError)
        case .timedOut: .timedOut
        case .tooLarge: .tooLarge
        case .failed(let problem): .failed(problem)
        }
    }

    private static func answered(_ failure: GatewayFailure, _ exchange: inout Exchange) -> Outcome {
        exchange.failure = failure
        let answer = GatewayAnswer.make(failure, exchange)
        return .answered(finish(answer.status, answer.fields, answer.body, &exchange))
    }

    private static func finish(
        _ status: UInt16, _ own: [UInt8], _ body: [UInt8], _ exchange: inout Exchange
    ) -> Answer {
        var fields = own
        exchange.status = status
        ResponseTransform.appendDebug(exchange, to: &fields)
        return Answer(status: status, fields: fields, body: body)
    }
}
