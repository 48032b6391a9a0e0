import Policies

let apiARN = "arn:aws:execute-api:eu-west-1:123456789012:api1"
let petARN = apiARN + "/prod/GET/pets/42"

/// Decides documents given as JSON text; a malformed one gives "invalid".
func decide(
    _ documents: [String], action: String = "execute-api:Invoke", resource: String = petARN,
    context: [(String, ConditionValues)] = []
) -> String {
    do {
        var parsed: [PolicyDocument] = []
        for text in documents { parsed.append(try PolicyParser.parse(Array(text.utf8))) }
        let request = PolicyRequest(
            action: Array(action.utf8), resource: Array(resource.utf8), context: PolicyContextTable(context))
        return PolicyEvaluator.decide(request, by: parsed).outcome.rawValue
    } catch {
        return "invalid"
    }
}

/// Decides one document made of the given statements.
func decide(
    statements: String, version: String? = "2012-10-17", action: String = "execute-api:Invoke",
    resource: String = petARN, context: [(String, ConditionValues)] = []
) -> String {
    let head = version.map { "\"Version\":\"\($0)\"," } ?? ""
    return decide(["{\(head)\"Statement\":[\(statements)]}"], action: action, resource: resource, context: context)
}

/// A statement in JSON.
func statement(
    _ effect: String, action: String = "\"Action\":\"execute-api:Invoke\"", resource: String = petARN,
    condition: String? = nil
) -> String {
    let tail = condition.map { ",\"Condition\":\($0)" } ?? ""
    return "{\"Effect\":\"\(effect)\",\(action),\"Resource\":\"\(resource)\"\(tail)}"
}

/// Whether a condition holds: an Allow of everything that depends on it alone.
func holds(
    _ condition: String, _ context: [(String, ConditionValues)], version: String? = "2012-10-17"
) -> String {
    decide(
        statements: statement("Allow", resource: "*", condition: condition), version: version, context: context)
}
