extension DocumentTables {
    static let rates = 0.0...1_000_000.0

    package static let apiKey = DocumentSection(
        "apiKeys.NAME", "an API key",
        [
            DocumentKey("value", .string, "What the caller sends in X-API-Key", required: true, secret: true),
            DocumentKey("enabled", .boolean, "Whether it is accepted", default: "true"),
        ])

    package static let usagePlan = DocumentSection(
        "usagePlans.NAME", "a usage plan",
        [
            DocumentKey("apiKeys", .list(of: .string), "Names of the keys that the plan is for", required: true),
            DocumentKey(
                "apiStages", .list(of: .section(planStage), minimum: 1),
                "Stages that its keys may call; all when absent"),
            DocumentKey("throttle", .section(planThrottle), "How fast each of its keys may call"),
            DocumentKey("quota", .section(quota), "How often each of its keys may call"),
        ])

    package static let planStage = DocumentSection(
        "usagePlans.NAME.apiStages", "a stage of a usage plan",
        [
            DocumentKey("stage", .string, "Name of the stage", required: true),
            DocumentKey(
                "throttle", .map(of: .section(planThrottle), names: .anything),
                "By route key: rates that take the place of the plan's"),
        ])

    package static let planThrottle = DocumentSection(
        "usagePlans.NAME.throttle", "\"throttle\"",
        [
            DocumentKey("rateLimit", .number(rates), "Requests a second", required: true),
            DocumentKey("burstLimit", .integer(count), "Requests at once; the rate, rounded up, when absent"),
        ])

    package static let quota = DocumentSection(
        "usagePlans.NAME.quota", "\"quota\"",
        [
            DocumentKey("limit", .integer(count), "Requests in each period", required: true),
            DocumentKey(
                "period", .choice(["DAY", "WEEK", "MONTH"]), "Begins at midnight UTC, weeks on Sunday",
                required: true),
            DocumentKey(
                "offset", .integer(count), "Requests by which the first period has fewer", default: "0"),
        ])

    package static let usage = DocumentSection(
        "usage", "\"usage\"",
        [
            DocumentKey(
                "file", .string, "Keeps what is used of quotas over restarts; is made when it is not there",
                required: true)
        ])

    package static let accessLogSettings = DocumentSection(
        "stages.NAME.accessLogSettings", "\"accessLogSettings\"",
        [
            DocumentKey(
                "format", .string,
                "CLF, JSON, XML or CSV as AWS has them, or a text with $context variables, one of them "
                    + "$context.requestId",
                required: true),
            DocumentKey("file", .string, "Appended to; absent: standard output, in place of the gateway's own lines"),
        ])
}
