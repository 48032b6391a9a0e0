extension DiagnosticCode {
    // One paragraph for each code: the code and an example, then the remedy.
    static let adviceOnMeaning = #"""
        GH2401 "listen": "8080"
        Write "127.0.0.1:8080", "[::1]:8080" or "unix:/run/gatehouse.sock"; each address once.

        GH2402 "trustedProxies": ["10.0.0"]
        Write an address or a block such as 10.0.0.0/8.

        GH2403 "trustedProxies": ["10.1.2.3/8"]
        Write the first address of the block (10.0.0.0/8), or a longer prefix if fewer addresses were meant.

        GH2404 "reservedHeaders": ["X User"]
        Use letters, digits and hyphens for names, and no control characters in values.

        GH2405 "uri": "127.0.0.1:3000"
        Begin with http://host:port, https://host or upstream:NAME, and write other characters as %XX.

        GH2406 "targets": [{ "url": "http://127.0.0.1:3000/api" }]
        Give scheme, host and port only; a path belongs into the uri: "upstream:NAME/api".

        GH2407 "integration.request.header.X-Rank": "captain"
        Use the form of your API type; static text stands in single quotes on REST APIs: "'captain'".

        GH2408 "overwrite:header.Host": "backend"
        Choose another header; the gateway writes this one itself.

        GH2409 "uri": "http://127.0.0.1:3000/ships/{id}"
        REST: add "integration.request.path.id": "method.request.path.id". HTTP: use the name that the route
        has.

        GH2410 "GET /files/{path}" with "uri": "http://127.0.0.1:3000{path}"
        Give the route's parameter another name when its value is meant.

        GH2413 "admin": { "listen": "0.0.0.0:8081" }
        Write 127.0.0.1:8081, and reach it through ssh when you are elsewhere.

        GH2428 "GET /live": { "webSocket": true, "integration": { "type": "MOCK" } }
        Give the route an HTTP_PROXY integration on the fast lane, or remove "webSocket".

        GH2421 "allowOrigins": ["https://*.example.com"]
        Name each origin, such as https://app.example.com, without a slash at the end.

        GH2422 "gatewayResponses": { "UNAUTHORISED": {} }
        Write one of the names that the help line lists; DEFAULT_4XX and DEFAULT_5XX stand for all others.

        GH2423 "gatewayResponses": { "REQUEST_TOO_LARGE": { "statusCode": 400 } }
        Remove the entry; clients get 413 from AWS whatever it says.

        GH2424 "responseParameters": { "20x": {} }
        Write one status, such as "200".

        GH2425 "binaryMediaTypes": ["png"]
        Write the whole type: "image/png".

        GH2426 "schema": "${file:ship.yaml}"
        Give the schema as JSON.

        GH2427 "requestParameters": { "method.request.querystring.q": true } without "requestValidator"
        Add "requestValidator": { "validateRequestParameters": true }, or "validateRequestBody" for models.

        GH2501 "secret": "${env:SESSION_SECRET}"
        Set the variable for the process, or write ${env:NAME:-default} for values that are no secret.

        GH2502 "publicKeyFile": "keys/release.pem"
        Check the path (relative to gateway.json) and that the gateway's user may read the file.

        GH2503 "secret": "${credential:session}"
        Start the gateway by systemd with LoadCredential=session:/etc/gatehouse/session.key, or set
        CREDENTIALS_DIRECTORY.

        GH2504 "secret": "${SESSION_SECRET}"
        Write ${env:NAME}, ${file:path} or ${credential:name}; a literal ${ is written $${.

        GH2505 "secret": "${file:key.bin}"
        Name the file with "secretFile", which takes any octets, or store it as base64 with "encoding".

        GH3101 "session": { "type": "TOKEN", "identitySource": "method.request.header.Authorization" }
        Add "jwt" with keys, issuer and audience and a "policy", or name a function in "authorizerUri".

        GH3102 "identitySource": "$request.header.Authorization" on a REST API
        Write it in the form of your API type, with the place of the token first.

        GH3103 "session": { "type": "TOKEN", "jwt": {} }
        Add "identitySource": "method.request.header.Authorization" (REST) or
        ["$request.header.Authorization"] (HTTP).

        GH3104 "jwt": { "keys": ["session"], "issuer": null, "audience": ["api"] }
        Name the issuer and the audience of your tokens unless their key signs for nobody else.

        GH3105 "resources": ["GET /ships"]
        Write the method and the path without a space: "GET/ships"; any method is *.

        GH3106 "when": { "rank": { "is": "captain" } }
        Use equals, notEquals, in, notIn, contains, exists, matches, atLeast or atMost.

        GH3107 "when": { "rank": "captain" }
        Write { "rank": { "equals": "captain" } }; a list of alternatives is { "in": […] }.

        GH3108 "context": { "roles": ["captain"] }
        Map single values, such as "rank": "$claims.rank".

        GH3109 "policy": []
        Add a statement that allows something, or take the routes away.

        GH3112 "context": { "user": "id-$claims.sub" }
        Write exactly "$claims.NAME", or plain text without a dollar sign.

        GH3113 "policy": ["execute-api:Invoke"]
        Write the IAM document as an object, or as one text: "${file:policy.json}".

        GH3114 "policy": { "Statement": [ … a thousand statements … ] }
        Join statements whose effect and conditions are the same, or use wildcards.

        GH3117 "issuers": [{ "issuer": "https://a.example" }, { "issuer": "https://a.example" }]
        Keep one entry and give it the audiences of both.

        GH3118 "keys": ["shared"] at two issuers
        Give each issuer keys of its own.

        GH3119 "additionalClaims": [{ "claimName": "iss" }]
        Name another claim, once, with at most one value in "expectedValues".

        GH3320 "resources": ["arn:aws:execute-api:eu-west-1"]
        Write METHOD/path, or an ARN with all six parts.

        GH3321 "algorithms": ["HS-256"]
        Write a registered name, such as HS256, RS256 or ES256.

        GH3322 "headers": { "X User": "a" }
        Use letters, digits and hyphens for the name and no control characters in the value.

        GH3323 "fleetUrl": "${env:FLEET_URL}" without that variable
        Set the variable, or serve another stage.

        GH3324 "identityValidationExpression": "^Bearer ("
        Correct the expression; to have PCRE2, install libpcre2-dev and build again.

        GH3325 "authorizerUri": "http://10.0.0.7:9001/2015-03-31/functions/f/invocations"
        Use https, or run the function on this machine.

        GH3326 "Resource": "arn:aws:execute-api:eu-west-1"
        Write execute-api:/STAGE/METHOD/path, or an ARN of this API with all its parts.

        GH3327 "policy": { "Statement": [{ "Effect": "Allow", "Principal": "*", "Resource": "*" }] }
        Allow less, or write a Deny for what the authorizer must keep closed.

        GH3330 "models": { "Ship": { "schema": { "type": "object", "const": 1 } } }
        Use the keywords of JSON Schema, draft 4; $ref may name #/definitions/NAME or the URL of another model.

        GH4301 "secret": "0123456789abcdef0123456789abcdef"
        Move it to the environment, a file of mode 0600 or a credential, and replace it: the old one has been
        in the file's history.

        GH4302 "secret": "${env:SECRET:-demo secret of thirty-two bytes}"
        Remove the default, so that a forgotten variable stops the start.

        GH4303 "secret": "${env:SHORT}" with 8 bytes
        Make one with `openssl rand -base64 48`; "allowWeak": true is for tests alone.

        GH4304 "secret": "not hex", "encoding": "hex"
        Correct "encoding" (raw, base64, base64url, hex) or the text; a wrong guess would verify nothing.

        GH4305 "publicKeyFile": "key.der"
        Convert it: openssl pkey -pubin -inform DER -in key.der -out key.pem. Certificates go into
        "certificateFile".

        GH4306 "type": "pem", "alg": "HS256"
        Use RS*, PS*, ES* or EdDSA for key pairs and HS* for secrets.

        GH4308 "algorithms": ["ES256"] with a key of type "secret"
        Add the algorithm that the key is for, or name another key.

        GH4309 "jwks": { "kty": "RSA" }
        Wrap the keys: { "keys": [ … ] }, in plain JSON without comments.

        GH4310 "publicKeyFile": "private.pem"
        Give the public half (openssl pkey -in private.pem -pubout), and treat the private one as seen by
        others if the file was shared.

        GH4311 "release": { "type": "pem" }
        Name one place: "publicKey", "publicKeyFile" or "certificateFile"; for secrets "secret" or
        "secretFile"; for key sets "jwks", "jwksFile", "jwksUri" or "issuer".

        GH4312 "jwksUri": "id.example/jwks.json"
        Write the whole URL: https://id.example/jwks.json.

        GH4313 "jwksUri": "http://id.example/jwks.json"
        Use https; http is accepted for 127.0.0.1, [::1] and localhost.

        GH4320 an RSA key of 1024 bits
        Replace the key: RSA needs 2048 bits, HS256 32 bytes, and curves are P-256, P-384, P-521 or Ed25519.

        GH4321 a key set with "use": "enc"
        Nothing, unless tokens name that key; then publish one that verifies signatures.

        GH5001 "uri": "http://backend.internal:3000{path}"
        Correct the name, or check the resolver of the machine that the gateway runs on.

        GH5002 "jwksUri": "https://id.example/old.json"
        Open the URL from this machine: it must answer 200 with a key set within five seconds, without a
        redirect.
        """#
}
