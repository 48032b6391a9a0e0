import Authorizers
import Functions
import Routes

/// Authorizers that are functions, and where functions are.
extension GatewayBuilder {
    mutating func makeFunctionAuthorizer(
        _ definition: AuthorizerDefinition, _ expression: ValidationExpression?
    ) -> RouteAuthorizer? {
        guard let uri = definition.functionUri, let address = functionAddress(uri) else { return nil }
        let authorizer = FunctionAuthorizer(
            definition: definition, expression: expression, cache: results, number: Self.nextNumber(),
            stage: stage.name)
        return .function(authorizer, address)
    }

    mutating func functionAddress(_ uri: Located<String>) -> FunctionAddress? {
        let text: String
        do throws(URITemplate.Problem) {
            text = try URITemplate.text(of: uri.value, in: stage)
        } catch {
            report("GH3325", error.message, uri.span, help: error.help)
            return nil
        }
        do throws(FunctionURL.Problem) {
            switch try FunctionURL.parse(text) {
            case .invoke(_, let url): return FunctionAddress(url)
            case .function(let function):
                if let own = document.function(named: function.name) {
                    return FunctionAddress(FunctionPlans.plan(own, document.api))
                }
                report(
                    "GH3325", "nothing here runs the function \"\(function.name)\"", uri.span,
                    help: "add it to \"functions\", or start it yourself and write its URL, ending in "
                        + "/2015-03-31/functions/\(function.name)/invocations")
            }
        } catch {
            report(
                "GH3325", "\"\(text)\" is not the address of a function", uri.span,
                help: "write a URL that ends in /2015-03-31/functions/NAME/invocations", note: error.message)
        }
        return nil
    }
}
