import HTTP
import Tokens

/// The long texts of what happens to requests: why, an example, what to do. A test demands one for every code.
struct RuntimeAdvice {
    var cause: String
    var example: String
    var remedy: String

    /// By the code's name.
    static let all: [String: RuntimeAdvice] = {
        var found: [String: RuntimeAdvice] = [:]
        for line in (tokens + "\n" + requests).split(separator: "\n") {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map { part in
                part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            }.map { String($0) }
            guard parts.count == 4 else { continue }
            found[parts[0]] = RuntimeAdvice(cause: parts[1], example: parts[2], remedy: parts[3])
        }
        return found
    }()

    // name | cause | example | remedy
    private static let tokens = #"""
        token_missing | The identity source that the authorizer names is not in the request. | curl http://127.0.0.1:8080/ships | Send the token where "identitySource" looks for it, such as Authorization: Bearer TOKEN.
        token_multiple | A second token would let the gateway and the backend read different ones. | two Authorization lines | Send one.
        token_too_large | jwt.maxTokenBytes bounds what is parsed before anything is verified. | a token of 20,000 bytes | Put less into the token, or raise jwt.maxTokenBytes and server.limits.headerBytes.
        malformed_segments | A signed token is HEADER.PAYLOAD.SIGNATURE (RFC 7515 §7.1). | Bearer abc | Send the whole token; encrypted tokens (five parts) are not supported.
        malformed_base64 | Padding, line ends and other alphabets make several texts of one token. | a token copied with a line end in it | Copy the token as its issuer made it.
        malformed_header | The header must be an object with "alg" (RFC 7515 §4). | "alg" is missing | Have the token made by a JWT library.
        malformed_payload | The payload must be a JSON object (RFC 7519 §7.2). | a signed text | Have the token made by a JWT library.
        duplicate_member | Two members of one name are read in two ways by two programs. | {"sub":"a","sub":"b"} | Correct the issuer.
        alg_not_allowed | Only the algorithms of "algorithms" are tried, never the one that the token wishes for; "none" is never accepted. | "alg": "none" | Sign with an allowed algorithm, or add the issuer's to jwt.algorithms.
        crit_unsupported | An extension that must be understood (RFC 7515 §4.1.11) is not. | "crit": ["exp"] | Have the issuer leave "crit" out.
        typ_mismatch | jwt.tokenTypes says which kinds are good here, so that an ID token cannot pass for an access token. | "typ": "JWT" where "at+jwt" is demanded | Send the other token, or change jwt.tokenTypes.
        key_not_found | No key of the authorizer has the token's "kid", or none suits its algorithm. | "kid": "2025-01" after a rotation | Sign with a current key, or add the key; `gatehouse token decode` shows the kid.
        key_ambiguous | Without a "kid" and with several keys, which one is meant is not known. | no "kid" and two keys of one kind | Have the issuer name its key, or say "withoutKid": "try".
        key_alg_mismatch | A key is made for one algorithm and used for no other. | ES256 with the kid of an RSA key | Correct "kid" or "alg" at the issuer, or the key's "alg" here.
        key_use_mismatch | The key set says that this key is for encryption. | "use": "enc" | Sign with a key for signatures.
        weak_key | RSA needs 2048 bits, HMAC as many bytes as its hash. | an RSA key of 1024 bits | Replace the key.
        keys_unavailable | The key set could not be fetched, and the last good one is too old. | the issuer is down for a day | Look into the log for why; `gatehouse validate --online` fetches it now.
        bad_signature | The token was changed, or signed with another key. | the cadet's token with its rank edited | Get a new token; `gatehouse authorize` tells the usual mistakes, such as a base64 secret.
        malformed_claim | A registered claim has another type than RFC 7519 §4.1 gives it. | "exp": "tomorrow" | Correct the issuer: times are numbers, aud is a text or a list of texts.
        claim_missing | jwt.requiredClaims, requireExpiration or principalId needs a claim that is not there. | no "exp" | Have the issuer add it.
        expired | "exp" is past; jwt.clockSkewSeconds was taken into account. | a session of yesterday | Get a new token, and compare the clocks when it should be good.
        not_yet_valid | "nbf" lies ahead. | a token made by a machine whose clock is fast | Compare the clocks, or allow for it with jwt.clockSkewSeconds.
        issued_in_future | "iat" lies ahead. | a token made by a machine whose clock is fast | Compare the clocks, or allow for it with jwt.clockSkewSeconds.
        token_too_old | "iat" is longer ago than jwt.maxAgeSeconds. | a token of last week with a day's limit | Get a new token.
        iss_mismatch | "iss" is not jwt.issuer, octet for octet. | "https://login.example/" with a slash at its end | Correct the issuer's name on one side.
        aud_mismatch | None of the token's "aud" is in jwt.audience: it was made for another service. | "aud": "web" | Ask the issuer for a token for this service.
        insufficient_scope | The route's authorizationScopes or jwt.scopes demand one that the token does not have. | "scope": "read" where "write" is demanded | Ask the issuer for the scope.
        claim_mismatch | An additional claim of the issuer is missing, or is none of its expectedValues. | "tenant": "red" where "blue" is expected | Ask the issuer for a token with the value that "additionalClaims" names.
        revoked | The list of "revocations" names this token, its subject, its key or its issuer. | a session that was ended | Sign in again.
        policy_deny | The token is good, and no statement allows the request, or one denies it. | a cadet who deletes | `gatehouse authorize METHOD PATH --token …` names the statement and its line.
        internal | Something failed in the gateway itself, and doubt denies. | out of memory in libcrypto | Look into the log, and report it.
        """#

    private static let requests = #"""
        leading_lines | Only one empty line may stand before a request (RFC 9112 §2.2). | \r\n\r\n\r\nGET / HTTP/1.1 | Send the request line first.
        request_line_invalid | It must be METHOD SP TARGET SP HTTP/1.1. | GET  / HTTP/1.1 | Use single spaces and an HTTP library.
        method_invalid | A method is a token (RFC 9110 §9.1). | G(T / HTTP/1.1 | Use letters.
        method_too_long | No method is that long. | a method of 100 letters | Use a registered method.
        connect_refused | The gateway is no tunnel. | CONNECT host:443 | Do not use the gateway as a proxy.
        trace_refused | TRACE would send headers back that only the gateway may see. | TRACE / | Use another method.
        method_unknown | No rule can name this method, so that a rule could be passed by. | FETCH / | Use a method of REST APIs.
        target_invalid | The target holds octets that RFC 9112 §3.2 does not allow. | GET /a"b | Encode them as %XX.
        target_too_long | It is longer than server.limits.requestTargetBytes. | a query of 10,000 bytes | Send the data in the body, or raise the limit.
        target_fragment | A fragment is never sent (RFC 9112 §3.2). | GET /a#b | Leave it out.
        target_form | The form of the target does not suit the method. | GET * | Send a path.
        target_userinfo | A name in the target could hide which host is meant. | GET http://a@b/ | Leave it out.
        asterisk_misplaced | Only OPTIONS has the target *. | GET * | Send a path.
        version_invalid | It must be HTTP/1.1 or HTTP/1.0. | HTTP/1.1x | Use an HTTP library.
        version_unsupported | This listener speaks HTTP/1.1. | HTTP/2.0 in the request line | Speak HTTP/1.1.
        status_line_invalid | The backend's answer does not begin as RFC 9112 §4 demands. | HTTP/1.1 OK | Correct the backend; the client gets 502.
        status_invalid | The status is not three digits from 100 on. | HTTP/1.1 99 | Correct the backend; the client gets 502.
        upgrade_unasked | The backend switched protocols that nobody had asked for. | 101 to a plain GET | Correct the backend; the client gets 502.
        bare_cr | CR without LF is a line end for some readers. | A: b\rC: d | End lines with CRLF.
        bare_lf | LF without CR is no line end here. | GET / HTTP/1.1\n | End lines with CRLF.
        line_folding | Lines that go on are obsolete (RFC 9112 §5.2). | a value on two lines | Write the value on one line.
        space_before_colon | Some readers drop such a header, others do not (RFC 9112 §5.1). | Host : a | Write no blank before the colon.
        colon_missing | A header line has no colon. | Authorization Bearer x | Write NAME: VALUE.
        field_name_empty | A header has no name. | : value | Give it one.
        field_name_invalid | A header's name is a token (RFC 9110 §5.1). | X[User]: a | Use letters, digits and hyphens.
        field_name_too_long | No header has so long a name. | a name of 300 bytes | Shorten it.
        field_name_refused | Other readers take such a name for another one; server.headerNames decides. | X_User: a | Use hyphens, or set server.headerNames to "drop" or "pass".
        field_value_invalid | A header's value holds a control character. | a NUL byte | Remove it.
        head_too_large | The request line and headers are larger than server.limits.headerBytes. | cookies of 20 KB | Send less, or raise the limit.
        field_count | There are more headers than server.limits.headerCount. | 300 headers | Send fewer, or raise the limit.
        host_missing | HTTP/1.1 demands Host (RFC 9112 §3.2). | no Host line | Send it.
        host_repeated | Two hosts let two readers choose differently. | Host: a, and Host: b | Send one.
        host_invalid | It must be HOST or HOST:PORT. | Host: a/b | Correct it.
        content_length_invalid | It must be digits only (RFC 9112 §6.3). | Content-Length: +5 | Use an HTTP library.
        content_length_repeated | Two lengths end the message in two places. | Content-Length: 5, and 6 | Send one.
        content_length_too_large | The body is longer than server.limits.bodyBytes. | 20 MB where 10 MB are allowed | Send less, or raise the limit.
        transfer_encoding_invalid | Only chunked, once and last, is understood (RFC 9112 §6.1). | Transfer-Encoding: gzip | Send it chunked or with a length.
        transfer_encoding_http10 | HTTP/1.0 has no transfer encoding. | HTTP/1.0 with chunked | Speak HTTP/1.1.
        te_and_cl | Both together are how requests are smuggled (RFC 9112 §6.1). | chunked and a length | Send one of them.
        connection_invalid | The header does not hold names of headers. | Connection: a b | Correct it.
        expectation_unknown | Only 100-continue is known (RFC 9110 §10.1.1). | Expect: 200-ok | Leave it out.
        websocket_version | Only version 13 is known (RFC 6455 §4.2.2). | Sec-WebSocket-Version: 8 | Use version 13.
        websocket_invalid | The handshake lacks something that RFC 6455 §4.1 demands. | no Sec-WebSocket-Key | Use a WebSocket library.
        chunk_size_invalid | A chunk's size is hexadecimal digits (RFC 9112 §7.1). | 0x5 | Use an HTTP library.
        chunk_size_overflow | The size is larger than any body. | twenty digits | Use an HTTP library.
        chunk_line_end | A chunk's size line does not end with CRLF. | 5\n | Use an HTTP library.
        chunk_extension_invalid | A chunk extension is not well formed (RFC 9112 §7.1.1). | 5;=x | Leave it out.
        chunk_extension_too_long | Extensions say nothing here and may not be long. | 10 KB behind a size | Leave it out.
        chunk_data_end | A chunk is not followed by CRLF. | more octets than announced | Use an HTTP library.
        trailer_invalid | A trailer is not a well-formed header, or may not be one (RFC 9110 §6.5.1). | Host in a trailer | Send it in the head.
        trailer_too_large | Trailers are larger than the head may be. | 50 KB of trailers | Send less.
        body_too_large | The body grew past server.limits.bodyBytes. | an endless upload | Send less, or raise the limit.
        header_timeout | The head did not come within server.timeouts.headerInMillis. | one byte a second | Send it at once, or raise the limit.
        body_timeout | The body came too slowly: bodyIdleInMillis or bodyMinimumBytesPerSecond. | one byte a minute | Send it faster, or change the limits.
        path_invalid | The path holds octets that a path cannot hold. | GET /a b | Encode them as %XX.
        path_encoding_invalid | A % is not followed by two hexadecimal digits. | /100% | Write a percent sign as %25.
        path_encoded_slash | Backends read %2F in two ways, so that the guarded path could be another one. | /a%2Fb | Avoid it, or set server.pathNormalization.encodedSlash to "keep" when the backend needs it.
        path_encoded_control | No name holds a control character. | /a%00 | Remove it.
        path_double_encoding | A backend that decodes twice would see another path. | /%252e%252e/ | Encode once.
        path_not_utf8 | The decoded path is not UTF-8. | /%FF | Encode names as UTF-8.
        path_above_root | ".." climbs above the root. | /../etc | Send the path without it.
        path_dot_segment | Some readers make "." or ".." of a segment. | /..;/admin | Send the path without it.
        path_ambiguous | Another reader could take the path for a route that is guarded in another way. | //admin | Send the path in its one normal form, or allow it with server.pathNormalization.ambiguous.
        """#
}
