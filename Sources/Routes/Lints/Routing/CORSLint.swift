internal import Documents

/// CORS without headers on the answers that the gateway gives itself.
struct CORSLint: Lint {
    static let rule = LintRule(
        "GH3204", .warning, "browsers will report \"CORS error\" instead of 401/403",
        why:
            "The answers 401 and 403 come from the gateway and carry no Access-Control-Allow-Origin, so a browser hides "
            + "them from the page and reports a CORS error. The cause of a refusal is then looked for in the wrong "
            + "place. AWS's REST APIs behave the same, so the deployed API needs it too.",
        example: "\"cors\": { \"allowOrigins\": [\"https://app.example\"] } without \"gatewayResponses\"",
        remedy: "Add to \"gatewayResponses\": \"DEFAULT_4XX\": { \"responseParameters\": { "
            + "\"gatewayresponse.header.Access-Control-Allow-Origin\": \"'https://app.example'\" } }.")

    /// What a refused caller gets.
    private static let refusals = ["UNAUTHORIZED", "ACCESS_DENIED"]

    func run(_ context: LintContext) {
        guard context.document.api.type == .rest, let cors = context.root.member("cors"), cors.value.kind == .object,
            cors.value.count > 0, context.document.routes.contains(where: { $0.authorization != .none })
        else { return }
        if allowsOrigin("DEFAULT_4XX", context) || Self.refusals.allSatisfy({ allowsOrigin($0, context) }) { return }
        let origin = cors.value["allowOrigins"]?.elements.first { _ in true }.flatMap { context.text($0) } ?? "*"
        context.report(
            Self.rule, cors.key.range, "browsers will report \"CORS error\" instead of 401/403",
            label: "cors is on, but gatewayResponses has no Access-Control-Allow-Origin for DEFAULT_4XX",
            help: "add \"gatewayResponses\": { \"DEFAULT_4XX\": { \"responseParameters\": { "
                + "\"gatewayresponse.header.Access-Control-Allow-Origin\": \"'\(origin)'\" } } }",
            note: "AWS behaves the same, so the deployed API needs it too")
    }

    private func allowsOrigin(_ type: String, _ context: LintContext) -> Bool {
        let parameters = context.root["gatewayResponses"]?[type]?["responseParameters"]
        return parameters?.members.contains {
            $0.name.lowercased() == "gatewayresponse.header.access-control-allow-origin"
        } ?? false
    }
}
