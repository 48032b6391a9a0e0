internal import Documents

/// A diagnostic's code with its title and the long text of `gatehouse explain`. Append-only: a code never changes its
/// meaning and is never used again.
package struct DiagnosticCode: Sendable, Hashable {
    package var code: String
    /// Short, for lists.
    package var title: String
    /// The cause, and why it matters.
    package var explanation: String
    /// A piece of gateway.json that has the problem.
    package var example: String { Self.advice[code]?.example ?? "" }
    /// What to do.
    package var remedy: String { Self.advice[code]?.remedy ?? "" }

    init(_ code: String, _ title: String, _ explanation: String) {
        self.code = code
        self.title = title
        self.explanation = explanation
    }

    /// The entry of a code such as `GH2104`; nil when there is none.
    package static subscript(_ code: String) -> DiagnosticCode? { all.first { $0.code == code } }

    /// The codes of this module, in order.
    package static let all: [DiagnosticCode] =
        syntax + structure + references + routing + backends + outside + semantics + keys + compilation + lints
        + recordings + limits

    private static let lints: [DiagnosticCode] = Lints.rules.map { DiagnosticCode($0.code, $0.title, $0.cause) }

    private static let syntax: [DiagnosticCode] =
        JSONError.Problem.allCases.map { problem in
            DiagnosticCode(
                problem.rawValue, JSONError(problem: problem, range: 0..<0).message,
                "The text is not JSON. gateway.json may hold comments and trailing commas; everything else is RFC 8259."
            )
        }
        + YAMLError.Problem.allCases.map { problem in
            DiagnosticCode(
                problem.rawValue, YAMLError(problem, 0..<0).message,
                "The text is not YAML as it is read here: one document, keys that are texts and stand once, no tags but "
                    + "!!str, and bounds on depth and on what aliases unfold to. Plain words are read as in JSON, so yes, "
                    + "on and 0755 are texts.")
        }

    private static let structure: [DiagnosticCode] = [
        DiagnosticCode(
            "GH2001", "the document is not an object", "gateway.json is one JSON object: { \"version\": 1, … }."),
        DiagnosticCode("GH2099", "more problems than are shown", "Correct the first ones and check again."),
        DiagnosticCode(
            "GH2101", "wrong type",
            "The value is of another JSON type than the key takes. Numbers and booleans are "
                + "written without quotes."),
        DiagnosticCode("GH2102", "out of range", "The number lies outside the range that makes sense for the key."),
        DiagnosticCode("GH2103", "value not allowed", "The key takes one of a few words, in the case shown."),
        DiagnosticCode(
            "GH2104", "unknown key",
            "Unknown keys are errors because a misspelt security key must never be ignored: "
                + "a route whose \"authoriser\" is overlooked would be guarded by another rule than meant."),
        DiagnosticCode(
            "GH2105", "key in the wrong place",
            "The key exists, but in another object. Where it stands now it would "
                + "do nothing."),
        DiagnosticCode("GH2106", "missing key", "The object cannot work without this key."),
        DiagnosticCode("GH2107", "empty value", "An empty text or list here would mean that nothing is asked for."),
        DiagnosticCode(
            "GH2108", "not for this API type",
            "REST and HTTP APIs of AWS have different keys and values. A key of the "
                + "other type would do nothing on AWS, so it is refused here."),
        DiagnosticCode(
            "GH2109", "keys that exclude each other",
            "Only one of these keys can count, so both together have no "
                + "clear meaning."),
        DiagnosticCode(
            "GH2110", "documented but not built yet",
            "The key or value is part of the documented format, but this "
                + "version does not act on it. It is refused, because ignoring it could leave something open."),
        DiagnosticCode("GH2112", "name with other characters", "Names may hold letters, digits and a few signs only."),
    ]

    private static let references: [DiagnosticCode] = [
        DiagnosticCode("GH2201", "no such authorizer", "The name is not among \"authorizers\"."),
        DiagnosticCode("GH2202", "no such integration", "The name is not among \"integrations\"."),
        DiagnosticCode("GH2203", "no such key", "The name is not among \"keys\"."),
        DiagnosticCode("GH2204", "no such upstream", "The name is not among \"upstreams\"."),
        DiagnosticCode("GH2205", "no such stage", "The name is not among \"stages\"."),
        DiagnosticCode(
            "GH2206", "no such stage variable", "Every stage must have every variable that an integration's uri uses."),
        DiagnosticCode("GH2211", "no such model", "The name is not among \"models\"."),
        DiagnosticCode("GH2207", "no such principal", "The name is not among \"principals\"."),
        DiagnosticCode(
            "GH2208", "principals extend each other",
            "A principal's claims start from those of another, never in a circle."),
        DiagnosticCode(
            "GH2209", "principals beside a stage that is not for debugging",
            "Principals are for authorize, token sign and tests. They open nothing by themselves, but a configuration "
                + "that goes to production need not carry them."),
    ]

    private static let routing: [DiagnosticCode] = [
        DiagnosticCode(
            "GH2301", "route key not understood",
            "A route key is METHOD /path, such as GET /ships/{shipId}, "
                + "ANY /files/{proxy+}, or $default on HTTP APIs. Path segments must stand in normal form: characters "
                + "such as spaces and umlauts as %XX in upper case, no empty, \".\" or \"..\" segments."),
        DiagnosticCode(
            "GH2302", "two routes for the same requests",
            "GET /x/{a} and GET /x/{b} take the same requests: one of "
                + "them would never be reached."),
        DiagnosticCode(
            "GH2303", "route without an authorizer",
            "Every route names an authorizer, or the API has a "
                + "defaultAuthorizer, or it says \"authorizationType\": \"NONE\" aloud. Silence is no consent."),
    ]

    private static let backends: [DiagnosticCode] = [
        DiagnosticCode("GH2401", "listen address not understood", "Write host:port, [v6]:port or unix:/path."),
        DiagnosticCode("GH2402", "address block not understood", "Write an IP address, or address/prefix."),
        DiagnosticCode("GH2403", "bits behind the prefix", "The address has bits set that its prefix leaves out."),
        DiagnosticCode(
            "GH2404", "not a header",
            "Header names hold letters, digits and hyphens; values no control "
                + "characters."),
        DiagnosticCode(
            "GH2405", "uri not understood",
            "A uri is http://host:port/path, https://…, or upstream:NAME/path. Scheme, "
                + "host and port cannot come from the request."),
        DiagnosticCode("GH2406", "target not understood", "A target is http://host:port without a path."),
        DiagnosticCode(
            "GH2407", "parameter mapping not understood",
            "REST: \"integration.request.header.X\": "
                + "\"method.request.header.Y\", \"context.…\", \"stageVariables.…\" or \"'text'\". HTTP: "
                + "\"append:header.x\", \"overwrite:…\", \"remove:…\" with $request.…, $context.…, $stageVariables.… "
                + "or plain text."),
        DiagnosticCode(
            "GH2408", "reserved header",
            "API Gateway keeps this header to itself: mapping it is refused by HTTP APIs, "
                + "and answered with 500 by REST APIs. A MOCK response may not set those that the gateway writes."),
        DiagnosticCode(
            "GH2409", "path parameter without a value",
            "REST: {name} in a uri is filled by the mapping "
                + "integration.request.path.name. HTTP: by the parameter of that name in the route."),
        DiagnosticCode("GH2410", "{path} hides a path parameter", "{path} in a uri is the request's whole path."),
        DiagnosticCode(
            "GH2411", "claim that recordings need",
            "Issuer, audience, times and scopes are what the rules read; a recording without them could not be decided "
                + "again."),
        DiagnosticCode(
            "GH2413", "admin listener open to others",
            "Who reaches the admin listener may invoke every function without a token, so it listens on loopback "
                + "addresses and Unix sockets only."),
        DiagnosticCode(
            "GH2421", "not an origin",
            "An origin is scheme://host or scheme://host:port as browsers send it, without a path (RFC 6454). API "
                + "Gateway takes *, https://* and http://* beside, and no wildcard for sub-domains."),
        DiagnosticCode(
            "GH2422", "no such gateway response", "AWS names the kinds of answer; an unknown name would change nothing."
        ),
        DiagnosticCode(
            "GH2423", "gateway response without effect",
            "API Gateway does not let its answer to requests that are too large be changed, although it stores the entry."
        ),
        DiagnosticCode("GH2424", "not a status", "A status of an answer is a number from 200 to 599."),
        DiagnosticCode(
            "GH2425", "not a media type", "A media type is type/subtype, without parameters (RFC 9110 §8.3.1)."),
        DiagnosticCode("GH2426", "schema is not JSON", "\"schema\" of a model is an object, or a text that holds one."),
        DiagnosticCode(
            "GH2427", "validation without effect",
            "API Gateway checks a demanded parameter or a model only where the validator of the method says so, and a "
                + "validator without parameters or models lets everything pass."),
        DiagnosticCode(
            "GH2428", "route that cannot be a WebSocket",
            "The backend of an HTTP_PROXY integration takes the connection over when it answers the handshake, a GET, with "
                + "101; nothing else here can, and on the classic lane libcurl would not let go of the connection."),
        DiagnosticCode("GH2412", "not a JSON pointer", "RFC 6901: /password, /card/number, /list/0; ~1 stands for /."),
    ]

    private static let outside: [DiagnosticCode] = [
        DiagnosticCode("GH2501", "environment variable not set", "Set it, or write ${env:NAME:-default}."),
        DiagnosticCode("GH2502", "file not readable", "Paths are relative to the folder of gateway.json."),
        DiagnosticCode(
            "GH2503", "credential not readable",
            "Credentials come from systemd's LoadCredential= and lie in "
                + "$CREDENTIALS_DIRECTORY."),
        DiagnosticCode(
            "GH2504", "expression not understood",
            "Known are ${env:NAME}, ${env:NAME:-default}, ${file:path} and "
                + "${credential:name}; $${ is a literal ${."),
        DiagnosticCode("GH2505", "content is not text", "What is put into a text must be UTF-8."),
    ]

    private static let semantics: [DiagnosticCode] = [
        DiagnosticCode("GH3101", "authorizer without rules", "It needs \"jwt\", or a function in \"authorizerUri\"."),
        DiagnosticCode(
            "GH3102", "identity source not understood",
            "REST: method.request.header.X, method.request.querystring.X, "
                + "stageVariables.X, context.X. HTTP: the same with a $ and without \"method.\". Path parameters "
                + "cannot identify a caller."),
        DiagnosticCode("GH3103", "no identity source", "Without one the authorizer cannot find the token."),
        DiagnosticCode(
            "GH3104", "claim not checked",
            "With null, a token that was issued by or for somebody else is accepted as "
                + "long as the key fits."),
        DiagnosticCode("GH3105", "resource not understood", "Write METHOD/path, such as GET/ships/*, an ARN, or *."),
        DiagnosticCode(
            "GH3106", "unknown operator",
            "equals, notEquals, in, notIn, contains, exists, matches, atLeast "
                + "and atMost."),
        DiagnosticCode("GH3107", "condition not understood", "A claim's name leads to an object of operators."),
        DiagnosticCode(
            "GH3108", "context value is not a scalar",
            "AWS answers 500 at run time when an authorizer's context holds "
                + "an object, a list or null."),
        DiagnosticCode("GH3109", "policy without statements", "Nothing is allowed, so every request is denied."),
        DiagnosticCode("GH3112", "unknown variable", "A value is either plain text or exactly $claims.NAME."),
        DiagnosticCode(
            "GH3113", "resource policy not readable",
            "\"policy\" of \"api\" is an IAM document, or a text that holds one: \"${file:policy.json}\". Inside the "
                + "document ${…} is IAM's, so values of the environment cannot be put in there."),
        DiagnosticCode(
            "GH3114", "resource policy longer than AWS takes",
            "It works here, but AWS refuses to save it. Blanks between its parts do not count."),
        DiagnosticCode("GH3117", "issuer named twice", "Only one of the two entries could count."),
        DiagnosticCode(
            "GH3118", "key of several issuers",
            "An issuer's tokens are believed because only it has its key. A key that several share lets each sign in "
                + "the name of the others."),
        DiagnosticCode(
            "GH3119", "additional claim not understood",
            "An additional claim has a name of its own (not iss, aud, exp, nbf, iat, scope or scp), stands once in its "
                + "issuer, and has at most one expected value."),
    ]

    private static let keys: [DiagnosticCode] = [
        DiagnosticCode(
            "GH4301", "secret in the file",
            "Whoever can read gateway.json, its backups or its history can forge "
                + "tokens. Use ${env:NAME}, ${file:path} or ${credential:name}."),
        DiagnosticCode(
            "GH4302", "secret has a default",
            "The default stands in the file and is used whenever the variable is not "
                + "set: fine for a demo, not for anything else."),
        DiagnosticCode(
            "GH4303", "weak secret",
            "RFC 7518 §3.2 asks for a key at least as long as the hash: 32 bytes for HS256. "
                + "\"allowWeak\": true lets it through."),
        DiagnosticCode("GH4304", "secret not decodable", "The text is not what \"encoding\" says."),
        DiagnosticCode("GH4305", "not a PEM text", "A public key begins with -----BEGIN PUBLIC KEY-----."),
        DiagnosticCode("GH4306", "algorithm does not suit the key", "HS* are for secrets, the others for key pairs."),
        DiagnosticCode("GH4308", "key can never be used", "None of the allowed algorithms suits it."),
        DiagnosticCode("GH4309", "not a JWK Set", "A JWK Set is { \"keys\": [ … ] } in plain JSON."),
        DiagnosticCode(
            "GH4310", "private key",
            "A gateway verifies tokens and needs the public key only. A private key here "
                + "would let anybody who reads it sign."),
        DiagnosticCode("GH4311", "key without material", "Name exactly one place where the key comes from."),
        DiagnosticCode(
            "GH4312", "not a URL",
            "Keys are fetched from http(s)://host[:port]/path, without a user name or a fragment."),
        DiagnosticCode(
            "GH4313", "keys over plain http",
            "Keys that are fetched without TLS could be exchanged on the way; http is accepted for this machine only."),
    ]
}
