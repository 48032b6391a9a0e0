extension DiagnosticCode {
    /// API keys, usage plans, rates and access logs.
    static let limits: [DiagnosticCode] = [
        DiagnosticCode("GH2601", "no such API key", "The name is not among \"apiKeys\"."),
        DiagnosticCode(
            "GH2602", "no such route in a usage plan",
            "A rate for a method is named by the key of its route; one that names no route would limit nothing."),
        DiagnosticCode(
            "GH2603", "API key in two plans of one stage",
            "It could not be said which plan's limits count. AWS refuses this, too."),
        DiagnosticCode(
            "GH2604", "API keys with the same value",
            "A request could not be put down to one of them, so neither quota would mean anything."),
        DiagnosticCode(
            "GH2605", "value that is no API key", "AWS takes 20 to 128 characters, and no spaces."),
        DiagnosticCode(
            "GH2606", "quota that ends with the process",
            "Counts are kept in memory only: each restart gives every caller the whole quota again."),
        DiagnosticCode(
            "GH2607", "offset beyond the limit",
            "The offset is taken from the limit in the first period, which cannot have less than nothing."),
        DiagnosticCode(
            "GH2608", "access log format not understood",
            "A format is text on one line with $context variables, as AWS has it; other variables have no value when "
                + "the request is over."),
        DiagnosticCode(
            "GH2609", "access log format without a request id",
            "Without it no line can be found again from the answer that a caller got. AWS refuses such a format."),
        DiagnosticCode(
            "GH2610", "API key that nobody can have",
            "The route asks for an API key, and no request can come with one that is accepted."),
        DiagnosticCode("GH2611", "limit that admits nobody", "A bucket of 0, or a rate of 0, closes what it limits."),
    ]

    static let adviceOnLimits = #"""
        GH2601 "usagePlans": { "gold": { "apiKeys": ["partnr"] } }
        Write a name of "apiKeys", or add an entry of this name there.

        GH2602 "throttle": { "/ships/GET": { "rateLimit": 5 } }
        Write the route key as it stands in "routes": "GET /ships".

        GH2603 "gold": { "apiKeys": ["one"] }, "iron": { "apiKeys": ["one"] }
        Leave the key in one of the plans, or give the plans different "apiStages".

        GH2604 "one": { "value": "${env:KEY}" }, "two": { "value": "${env:KEY}" }
        Give each caller a value of its own: `openssl rand -hex 20` prints one.

        GH2605 "value": "secret"
        Use 20 to 128 visible ASCII characters: `openssl rand -hex 20` prints some.

        GH2606 "quota": { "limit": 1000, "period": "DAY" }
        Name a file that the gateway may write: "usage": { "file": "gatehouse.usage" }.

        GH2607 "quota": { "limit": 10, "offset": 20, "period": "WEEK" }
        Write an offset from 0 to the limit; it is only for plans that begin in the middle of a period.

        GH2608 "format": "$context.requestId $context.agent"
        Use a variable of docs/reference/access-log-variables.md, such as $context.identity.userAgent.

        GH2609 "format": "$context.status"
        Put $context.requestId into the format, or use one of CLF, JSON, XML and CSV.

        GH2610 "GET /ships": { "apiKeyRequired": true } without "apiKeys"
        Add an enabled key to "apiKeys"; with api.apiKeySource AUTHORIZER, give the route an authorizer.

        GH2611 "throttlingBurstLimit": 0
        Remove the limit to admit everybody, or remove the route to admit nobody.
        """#
}
