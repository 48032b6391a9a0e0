/// What the schema says beyond single keys: the parts that ``DocumentDecoder`` judges by hand.
enum SchemaRules {
    typealias Members = [(name: String, value: SchemaNode)]

    /// Applies to an object whose `type` is this word.
    static func when(_ type: String, then: SchemaNode) -> SchemaNode {
        [
            "if": ["properties": ["type": ["const": .text(type)]], "required": ["type"]], "then": then,
        ]
    }

    private static func needs(_ keys: String...) -> SchemaNode { ["required": .texts(keys)] }

    /// Exactly one of the keys.
    private static func one(of keys: String...) -> SchemaNode {
        ["oneOf": .list(keys.map { ["required": [.text($0)]] })]
    }

    /// Conditions of a section, by its path.
    static func conditions(_ path: String) -> [SchemaNode] {
        switch path {
        case "": root
        case "keys.NAME":
            [
                when(
                    "secret",
                    then: one(of: "secret", "secretFile").adding([
                        ("properties", ["alg": expressionOr(["pattern": "^HS"])])
                    ])),
                when(
                    "pem",
                    then: one(of: "publicKey", "publicKeyFile", "certificateFile").adding([
                        ("properties", ["alg": expressionOr(["pattern": "^(?!HS)"])])
                    ])),
                when("jwks", then: one(of: "jwks", "jwksFile", "jwksUri", "issuer")),
            ]
        case "authorizers.NAME":
            [
                when("TOKEN", then: ["required": ["identitySource"], "oneOf": decided]),
                when("REQUEST", then: ["oneOf": decided]),
                when("JWT", then: needs("jwtConfiguration", "identitySource")),
                // A function says the key itself.
                ["if": ["required": ["authorizerUri"]], "then": ["properties": ["usageIdentifierKey": false]]],
                [
                    // Without keys of its own it fetches those of its issuer.
                    "if": [
                        "properties": ["type": ["const": "JWT"], "jwt": ["not": ["required": ["keys"]]]],
                        "required": ["type"],
                    ],
                    "then": [
                        "properties": [
                            "jwtConfiguration": [
                                "properties": ["issuer": expressionOr(["pattern": .text(DocumentForms.remote)])]
                            ]
                        ]
                    ],
                ],
                [
                    "if": [
                        "properties": ["type": ["enum": ["TOKEN", "REQUEST"]]], "required": ["type", "jwt"],
                    ],
                    "then": [
                        "properties": ["jwt": needs("keys", "issuer", "audience")],
                        "required": ["policy", "identitySource"],
                    ],
                ],
            ]
        case "integrations.NAME":
            [
                when(
                    "HTTP_PROXY",
                    then: needs("uri").adding([
                        ("properties", ["uri": expressionOr(["pattern": .text(DocumentForms.uri.pattern)])])
                    ])), when("AWS_PROXY", then: needs("uri")),
                when(
                    "HTTP",
                    then: needs("uri", "integrationResponses").adding([
                        ("properties", ["uri": expressionOr(["pattern": .text(DocumentForms.uri.pattern)])])
                    ])),
            ]
        case "functions.NAME":
            [
                one(of: "runtime", "command"),
                [
                    "if": [
                        "properties": ["runtime": ["type": "string", "pattern": "^(python3|nodejs)"]],
                        "required": ["runtime"],
                    ],
                    "then": needs("handler").adding([
                        (
                            "properties",
                            ["handler": expressionOr(["pattern": .text(DocumentForms.handler)])]
                        )
                    ]),
                ],
            ]
        case "routes.KEY":
            [
                [
                    "if": ["properties": ["authorizationType": ["const": "NONE"]], "required": ["authorizationType"]],
                    "then": ["properties": ["authorizer": false]],
                ]
            ]
        default: []
        }
    }

    /// What one API type demands beyond the common schema.
    static func demands(_ path: String, _ api: ApiType) -> Members {
        switch (path, api) {
        case ("authorizers.NAME.jwtConfiguration", .http): return [("required", ["issuer", "audience"])]
        case ("authorizers.NAME.jwtConfiguration", .rest): return [("required", ["issuers"])]
        case ("authorizers.NAME", .http):
            let told: SchemaNode = ["properties": ["jwt": ["properties": ["issuer": false, "audience": false]]]]
            return [("allOf", [when("JWT", then: told)])]
        case ("authorizers.NAME", .rest):
            let home: SchemaNode = [
                "properties": ["jwtConfiguration": needs("defaultAlgorithms")], "required": ["jwtConfiguration"],
            ]
            let issuers: SchemaNode = [
                "oneOf": [needs("defaultAlgorithms"), home],
                "properties": ["jwt": ["properties": ["algorithms": false, "issuer": false, "audience": false]]],
            ]
            return [("allOf", [when("JWT", then: issuers)])]
        default: return []
        }
    }

    private static let decided: SchemaNode = [["required": ["jwt"]], ["required": ["authorizerUri"]]]

    private static func expressionOr(_ node: SchemaNode) -> SchemaNode {
        ["anyOf": [node, ["pattern": .text(DocumentForms.expression)]]]
    }

    private static let root: [SchemaNode] = {
        // A silent route is refused unless the API names who guards it.
        let guarded: SchemaNode = [
            "if": ["properties": ["api": ["not": ["required": ["defaultAuthorizer"]]]], "required": ["api"]],
            "then": [
                "properties": [
                    "routes": [
                        "additionalProperties": [
                            "anyOf": [
                                ["required": ["authorizer"]],
                                [
                                    "properties": ["authorizationType": ["const": "NONE"]],
                                    "required": ["authorizationType"],
                                ],
                            ]
                        ]
                    ]
                ]
            ],
        ]
        let staged: SchemaNode = [
            "if": [
                "properties": ["stages": ["minProperties": 2, "not": ["required": ["$default"]]]],
                "required": ["stages"],
            ],
            "then": ["properties": ["api": ["required": ["defaultStage"]]]],
        ]
        let byType = ApiType.allCases.map { api -> SchemaNode in
            [
                "if": [
                    "properties": [
                        "api": ["properties": ["type": ["const": .text(api.rawValue)]], "required": ["type"]]
                    ],
                    "required": ["api"],
                ],
                "then": ["$ref": .text("#/$defs/\(SchemaRestrictions.name(DocumentTables.root, api))")],
            ]
        }
        return [guarded, staged] + byType
    }()

    // MARK: Values that the tables leave open

    /// Texts by name, both of a form.
    private static func mappings(_ names: String, _ values: String) -> SchemaNode {
        [
            "type": "object", "propertyNames": ["pattern": .text(names)],
            "additionalProperties": GatewaySchema.textOrExpression(["pattern": .text(values)]),
        ]
    }

    static let values: [String: SchemaNode] = [
        "functions.NAME.environment": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.variableNames)],
            "additionalProperties": ["type": "string"],
        ],
        "stages": [
            "type": "object", "minProperties": 1,
            "propertyNames": ["pattern": .text(DocumentForms.names(.stage) ?? "")],
            "additionalProperties": ["$ref": "#/$defs/stages.NAME"],
        ],
        "routes": [
            "type": "object", "minProperties": 1,
            "propertyNames": [
                "pattern": .text("\(DocumentForms.routeKey.pattern)|\(DocumentForms.routeKey.http ?? "")")
            ],
            "additionalProperties": ["$ref": "#/$defs/routes.KEY"],
        ],
        "upstreams.NAME.targets": [
            "type": "array", "items": ["$ref": "#/$defs/upstreams.NAME.targets"], "minItems": 1, "maxItems": 1,
        ],
        "keys.NAME.jwks": [
            "anyOf": [
                ["type": "string"],
                ["type": "object", "properties": ["keys": ["type": "array"]], "required": ["keys"]],
            ]
        ],
        "authorizers.NAME.context": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.names(.identifier) ?? "")],
            "additionalProperties": [
                "anyOf": [
                    ["type": ["number", "boolean"]],
                    GatewaySchema.textOrExpression(["pattern": .text(DocumentForms.contextValue)]),
                ]
            ],
        ],
        "authorizers.NAME.jwtConfiguration.issuers.additionalClaims.expectedValues": [
            "type": "array", "items": ["type": "string"], "minItems": 1, "maxItems": 1,
        ],
        "integrations.NAME.uri": ["type": "string", "examples": .texts(DocumentForms.uri.examples)],
        "authorizers.NAME.policy.when": ["$ref": "#/$defs/when"],
        "gatewayResponses": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.gatewayResponseNames)],
            "additionalProperties": ["$ref": "#/$defs/gatewayResponses.TYPE"],
        ],
        "gatewayResponses.TYPE.responseParameters": mappings(
            DocumentForms.gatewayHeaderNames, DocumentForms.gatewayHeaderValues),
        "gatewayResponses.TYPE.responseTemplates": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.mediaType)],
            "additionalProperties": ["type": "string"],
        ],
        "integrations.NAME.responseParameters": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.status)],
            "additionalProperties": mappings(
                DocumentForms.answerNames.http ?? "", DocumentForms.answerValues.http ?? ""),
        ],
        "integrations.NAME.integrationResponses": [
            "type": "object", "minProperties": 1, "propertyNames": ["pattern": .text(DocumentForms.status)],
            "additionalProperties": ["$ref": "#/$defs/integrations.NAME.integrationResponses.STATUS"],
        ],
        "integrations.NAME.integrationResponses.STATUS.responseParameters": mappings(
            DocumentForms.answerNames.pattern, DocumentForms.answerValues.pattern),
        "routes.KEY.requestParameters": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.demandedParameters)],
            "additionalProperties": ["type": "boolean"],
        ],
        "routes.KEY.requestModels": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.modelTypes)],
            "additionalProperties": ["type": "string"],
        ],
        "integrations.NAME.requestParameters": ["type": "object", "additionalProperties": ["type": "string"]],
        "integrations.NAME.response.headers": [
            "type": "object", "propertyNames": ["pattern": .text(DocumentForms.headerName)],
            "additionalProperties": ["type": "string", "pattern": .text(DocumentForms.headerValue)],
        ],
    ]

    /// Conditions on claims.
    static let definitions: Members = {
        let scalar: SchemaNode = ["type": ["string", "number", "boolean"]]
        let several: SchemaNode = ["type": "array", "items": scalar, "minItems": 1]
        let bound: SchemaNode = [
            "anyOf": [
                ["type": "number"],
                GatewaySchema.textOrExpression(["pattern": .text(DocumentForms.numericText)]),
            ]
        ]
        let tests: SchemaNode = [
            "equals": scalar, "notEquals": scalar, "contains": scalar, "in": several, "notIn": several,
            "exists": ["type": "boolean"], "matches": ["type": "string"], "atLeast": bound, "atMost": bound,
        ]
        let all: SchemaNode = [
            "description": "Claims that must all hold; dots lead into objects",
            "type": "object", "minProperties": 1,
            "propertyNames": ["pattern": .text(DocumentForms.claimName)],
            "additionalProperties": [
                "type": "object", "minProperties": 1, "properties": tests, "additionalProperties": false,
            ],
        ]
        return [
            ("when.all", all),
            (
                "when",
                [
                    "anyOf": [
                        ["$ref": "#/$defs/when.all"],
                        ["type": "array", "items": ["$ref": "#/$defs/when.all"], "minItems": 1],
                    ]
                ]
            ),
        ]
    }()
}
