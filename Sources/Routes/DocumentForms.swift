/// What the texts of gateway.json look like, by section and key: the regular expressions (ECMA-262, as JSON Schema has
/// them) that say what the readers of this module accept. A test compares both.
enum DocumentForms {
    /// A text's form; `http` where HTTP APIs have another one.
    struct Form: Sendable {
        var pattern: String
        var http: String?
        /// Shown by editors.
        var examples: [String] = []
    }

    private static let name = "[0-9A-Za-z._$-]+"
    private static let port = "([0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    private static let ipv4 = "(\(octet)\\.){3}\(octet)"
    private static let ipv6 = "[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*"
    private static let origin = "https?://(\\[\(ipv6)\\]|[0-9A-Za-z._-]+)(:0*[1-9][0-9]{0,4})?"
    private static let loopback = "([Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|127\\.[0-9.]+|\\[::1\\])"
    private static let token = "[!#$%&'+.^_`|~0-9A-Za-z-]+"
    private static let uriSign = "[-._~!$&'()*+,;=:@/?%\\[\\]0-9A-Za-z]"

    /// A URL that keys are fetched from.
    static let remote =
        "^(https://[0-9A-Za-z._\\[\\]:-]+|http://\(loopback)(:[0-9]{1,5})?)([/?][!\"$-~]*)?$"
    private static let restContext =
        "(method\\.request\\.(header|querystring|multivalueheader|multivaluequerystring)"
        + "|stageVariables|context)\\.\(name)"
    private static let httpContext = "\\$(request\\.(header|querystring)|stageVariables|context)\\.\(name)"
    private static let filled = Form(pattern: "[\\s\\S]")

    static let texts: [String: Form] = [
        "api.name": filled,
        "api.apiId": Form(pattern: "^[0-9A-Za-z-]+$", examples: ["a1b2c3d4e5"]),
        "api.region": Form(pattern: "^[0-9A-Za-z-]+$", examples: ["us-east-1", "eu-west-1"]),
        "api.accountId": Form(pattern: "^[0-9]{12}$", examples: ["123456789012"]),
        "server.listen": listen,
        "server.listen.address": listen,
        "server.admin.listen": Form(
            pattern: "^(unix:[\\s\\S]{1,107}|(localhost|127(\\.\(octet)){3}|\\[::1\\]):\(port))$",
            examples: ["127.0.0.1:8081", "unix:/run/gatehouse-admin.sock"]),
        "server.trustedProxies": Form(
            pattern: "^(\(ipv4)(/([0-9]|[12][0-9]|3[0-2]))?|\(ipv6)(/([0-9]{1,2}|1[01][0-9]|12[0-8]))?)$",
            examples: ["10.0.0.0/8", "2001:db8::/32"]),
        "server.reservedHeaders": Form(pattern: "^\(token)\\*?$", examples: ["X-Claim-*"]),
        "keys.NAME.kid": filled,
        "keys.NAME.secret": filled,
        "keys.NAME.secretFile": filled,
        "keys.NAME.publicKey": Form(pattern: "PUBLIC KEY-----"),
        "keys.NAME.publicKeyFile": filled,
        "keys.NAME.certificateFile": filled,
        "keys.NAME.jwksFile": filled,
        "keys.NAME.jwksUri": Form(pattern: remote, examples: ["https://login.example/.well-known/jwks.json"]),
        "keys.NAME.issuer": Form(pattern: remote, examples: ["https://login.example"]),
        "authorizers.NAME.identitySource": Form(
            pattern: "^ *\(restContext)( *, *\(restContext))* *$", http: "^ *\(httpContext)( *, *\(httpContext))* *$",
            examples: ["method.request.header.Authorization", "$request.header.Authorization"]),
        "authorizers.NAME.principalId": Form(
            pattern: "^([^$]+|\\$claims\\.[^.$]+(\\.[^.$]+)*)$", examples: ["$claims.sub"]),
        "authorizers.NAME.jwt.issuer": filled,
        "authorizers.NAME.jwt.audience": filled,
        "authorizers.NAME.jwt.requiredClaims": filled,
        "authorizers.NAME.jwt.tokenTypes": filled,
        "authorizers.NAME.jwt.scopes": filled,
        "authorizers.NAME.jwtConfiguration.issuer": filled,
        "authorizers.NAME.jwtConfiguration.audience": filled,
        "authorizers.NAME.jwtConfiguration.issuers.issuer": Form(
            pattern: "^(https://[0-9A-Za-z._\\[\\]:-]+|http://\(loopback)(:[0-9]{1,5})?)(/[!\"$->@-~]*)?$",
            examples: ["https://login.example"]),
        "authorizers.NAME.jwtConfiguration.issuers.audiences": filled,
        "authorizers.NAME.jwtConfiguration.issuers.additionalClaims.claimName": Form(
            pattern: "^(?!(iss|aud|exp|nbf|iat|scope|scp)$)[\\s\\S]+$"),
        "authorizers.NAME.policy.resources": Form(
            pattern: "^(\\*|arn:[\\s\\S]*|(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|[!-.0-~]*[*?][!-.0-~]*)/[!-~]*)$",
            examples: ["GET/ships/*", "*"]),
        "upstreams.NAME.targets.url": Form(pattern: "^\(origin)/?$", examples: ["http://127.0.0.1:3000"]),
        "integrations.NAME.httpMethod": method,
        "integrations.NAME.integrationMethod": method,
        "revocations.file": filled,
        "usage.file": filled,
        "apiKeys.NAME.value": Form(pattern: "^[!-~]{20,128}$"),
        "authorizers.NAME.usageIdentifierKey": Form(
            pattern: "^\\$claims\\.[^.$]+(\\.[^.$]+)*$", examples: ["$claims.plan_key"]),
        "stages.NAME.accessLogSettings.format": logFormat,
        "stages.NAME.accessLogSettings.file": filled,
        "api.binaryMediaTypes": Form(
            pattern: "^(\(token)|\\*)/(\(token)|\\*)$", examples: ["image/png", "application/octet-stream", "*/*"]),
        "cors.allowOrigins": Form(
            pattern: "^(\\*|https?://\\*|[A-Za-z][0-9A-Za-z+.-]*://[0-9A-Za-z._:\\[\\]-]+)$",
            examples: ["https://app.example", "*"]),
        "cors.allowMethods": Form(
            pattern: "^(\\*|\(RouteVerb.allCases.filter { $0 != .any }.map(\.rawValue).joined(separator: "|")))$",
            examples: ["GET", "*"]),
        "cors.allowHeaders": Form(pattern: "^(\\*|\(token))$", examples: ["Authorization", "Content-Type"]),
        "cors.exposeHeaders": Form(pattern: "^(\\*|\(token))$"),
        "gatewayResponses.TYPE.statusCode": Form(pattern: status),
        "functions.NAME.runtime": Form(
            pattern: "^(python3(\\.[0-9]{1,3})?|nodejs([0-9]{1,3}\\.x)?|provided(\\.al2|\\.al2023)?)$",
            examples: ["python3", "nodejs22.x", "provided"]),
        "functions.NAME.codeUri": filled,
        "functions.NAME.command": filled,
        "record.redact.headers": Form(pattern: "^\(token)$", examples: ["X-Ticket"]),
        "record.redact.claims.pseudonymise": claim,
        "record.redact.claims.drop": claim,
        "record.redact.bodyPointers": Form(pattern: "^(/([^~/]|~[01])*)*$", examples: ["/card/number"]),
    ]

    /// One that recordings can do without.
    private static let claim = Form(
        pattern: "^(?!(\(RecordDefinition.indispensableClaims.joined(separator: "|")))$)[\\s\\S]*$")

    private static let listen = Form(
        pattern: "^(unix:[\\s\\S]{1,107}|(\\[\(ipv6)\\]|\(ipv4)|(?![0-9.]+:)[0-9A-Za-z.-]+):\(port))$",
        examples: ["127.0.0.1:8080", "[::1]:8080", "unix:/run/gatehouse.sock"])
    /// Any $context variable will do here: their names are judged by the gateway.
    private static let logFormat = Form(
        pattern: "^(CLF|JSON|XML|CSV|(?=[\\s\\S]*\\$context\\.(requestId|extendedRequestId)(?![0-9A-Za-z_]))"
            + "([^$\\u0000-\\u0008\\u000a-\\u001f\\u007f]|\\$context\\.[a-z])*)$",
        examples: ["CLF", "JSON", "$context.requestId $context.status"])
    private static let method = Form(
        pattern: "^(\(RouteVerb.allCases.map(\.rawValue).joined(separator: "|")))$", examples: ["GET", "POST"])

    /// Where an HTTP_PROXY integration leads.
    static let uri = Form(
        pattern: "^(https?://[0-9A-Za-z._\\[\\]:-]|upstream:[0-9A-Za-z._$-]|\\$\\{stageVariables\\.[^}]+\\})"
            + "(\(uriSign)|\\{\(name)\\}|\\$\\{stageVariables\\.[^}]+\\})*$",
        examples: ["http://127.0.0.1:3000{path}", "upstream:NAME{path}"])

    /// Route keys: METHOD /path.
    static let routeKey: Form = {
        let verb = "(\(RouteVerb.allCases.map(\.rawValue).joined(separator: "|")))"
        let sign = "[-._~!$&'()*+,;=:@0-9A-Za-z]"
        let segment = "(?!\\.{1,2}(/|$))(\(sign)|%[0-9A-Fa-f]{2})+"
        let parameter = "\\{\(name)\\}"
        let path = "(/(\(segment)|\(parameter)))*(/\\{\(name)\\+\\})?"
        return Form(
            pattern: "^\(verb) (/|(?=/)\(path))$",
            http: "^(\\$default|\(verb) (/|(?=/)\(path)|(?=/)(/(\(segment)|\(parameter)))+/))$",
            examples: ["GET /ships/{shipId}", "ANY /{proxy+}"])
    }()

    /// Names and values of an integration's requestParameters.
    static let parameterNames = Form(
        pattern: "^integration\\.request\\.(header|querystring|path)\\.\(name)$",
        http: "^((append|overwrite|remove):(header|querystring)\\.\(name)|overwrite:path)$")
    static let parameterValues = Form(
        pattern: "^('[\\s\\S]*'|method\\.request\\.((multivalue)?(header|querystring)|path)\\.\(name)"
            + "|method\\.request\\.body(\\.[\\s\\S]*)?|stageVariables\\.\(name)|context\\.[\\s\\S]+)$",
        http: "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$")

    /// FILE.FUNCTION
    static let handler = "^[^.]+(\\.[^.]+)+$"
    /// A variable that a function may be given.
    static let variableNames =
        "^(?!(\(FunctionDefinition.reservedVariables.sorted().joined(separator: "|")))$)[A-Za-z_][0-9A-Za-z_]*$"

    /// A status of an answer.
    static let status = "^[2-5][0-9]{2}$"
    /// The kinds of answer that a REST API gives by itself.
    static let gatewayResponseNames =
        "^(\(GatewayResponseType.allCases.map(\.rawValue).joined(separator: "|")))$"
    static let gatewayHeaderNames = "^gatewayresponse\\.header\\.\(name)$"
    static let gatewayHeaderValues =
        "^('[\\s\\S]*'|method\\.request\\.(header|querystring|path)\\.\(name)"
        + "|stageVariables\\.\(name)|context\\.[\\s\\S]+)$"
    static let mediaType = "^\(token)/\(token)$"
    static let modelTypes = "^(\\$default|\(token)/\(token))$"
    static let demandedParameters = "^method\\.request\\.(header|querystring|path)\\.\(name)$"
    /// Names and values of what is changed in an answer.
    static let answerNames = Form(
        pattern: "^method\\.response\\.header\\.\(name)$",
        http: "^((append|overwrite|remove):header\\.\(name)|overwrite:statuscode)$")
    static let answerValues = Form(
        pattern: "^('[\\s\\S]*'|integration\\.response\\.(multivalue)?header\\.\(name)"
            + "|integration\\.response\\.body(\\.[\\s\\S]*)?|stageVariables\\.\(name)|context\\.[\\s\\S]+)$",
        http: "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$")

    static let headerName = "^\(token)$"
    static let headerValue = "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$"
    static let claimName = "^[^.]+(\\.[^.]+)*$"
    static let contextValue = "^([^$]*|\\$claims\\.[^.$]+(\\.[^.$]+)*)$"
    static let numericText = "^-?[0-9]+(\\.[0-9]+)?$"
    /// A text with `${env:…}`, `${file:…}` or `${credential:…}` is judged when it has been put in.
    static let expression = "\\$\\{(env|file|credential):[^}]+\\}"

    static func names(_ names: DocumentNames) -> String? {
        switch names {
        case .identifier: "^[0-9A-Za-z_.$-]{1,128}$"
        case .stage: "^([0-9A-Za-z_-]{1,128}|\\$default)$"
        case .variable: "^[0-9A-Za-z_]{1,128}$"
        case .anything: nil
        }
    }
}
