import Documents
import Routes
import Testing

/// Slips in what the gateway answers, changes and checks.
extension ConfigurationMistakeTests {
    private static func top(
        _ json: String, _ code: String, http: Bool = false, _ severity: Diagnostic.Severity = .error
    ) -> Mistake {
        Mistake("\"version\": 1,", "\"version\": 1, \(json),", code, http: http, severity)
    }

    private static func response(_ members: String, _ code: String) -> Mistake {
        top("\"gatewayResponses\": { \"UNAUTHORIZED\": { \(members) } }", code)
    }

    private static func answer(_ json: String, _ code: String) -> Mistake {
        Mistake("{path}\",", "{path}\", \"responseParameters\": { \(json) },", code, http: true)
    }

    private static func http(_ members: String, _ code: String) -> Mistake {
        Mistake(
            "\"type\": \"MOCK\", \"response\": { \"statusCode\": 200, \"body\": \"ok\" }",
            "\"type\": \"HTTP\", \"uri\": \"http://127.0.0.1:3000/\", \(members)", code)
    }

    private static func route(
        _ members: String, _ code: String, _ severity: Diagnostic.Severity = .error
    ) -> Mistake {
        Mistake(
            "\"authorizer\": \"session\", \"integration\": \"fleet\"",
            "\"authorizer\": \"session\", \"integration\": \"fleet\", \(members)", code, severity)
    }

    private static func mock(_ name: String) -> Mistake {
        Mistake(
            "\"response\": { \"statusCode\": 200, \"body\": \"ok\" }",
            "\"response\": { \"headers\": { «\"\(name)\"»: \"3\" } }", "GH2408")
    }

    static let answers: [Mistake] = [
        mock("Content-Length"), mock("Transfer-Encoding"), mock("connection"), mock("Keep-Alive"), mock("Date"),
        mock("Trailer"), mock("TE"), mock("Upgrade"), mock("x-amzn-RequestId"), mock("x-amz-apigw-id"),
        mock("Apigw-Requestid"),
        top("«\"cors\"»: { \"allowMethods\": [\"GET\"] }", "GH2106", http: true),
        top("\"cors\": { \"allowOrigins\": «[]» }", "GH2107", http: true),
        top("\"cors\": { \"allowOrigins\": [«\"https://*.example\"»] }", "GH2421", http: true),
        top("\"cors\": { \"allowOrigins\": [«\"https://a.example/\"»] }", "GH2421", http: true),
        top("\"cors\": { \"allowOrigins\": [«\"a.example\"»] }", "GH2421", http: true),
        top("\"cors\": { \"allowOrigins\": [\"*\"], \"allowMethods\": [«\"get\"»] }", "GH2103", http: true),
        top("\"cors\": { \"allowOrigins\": [\"*\"], \"allowMethods\": [«\"ANY\"»] }", "GH2103", http: true),
        top("\"cors\": { \"allowOrigins\": [\"*\"], \"allowHeaders\": [«\"X Y\"»] }", "GH2404", http: true),
        top("\"cors\": { \"allowOrigins\": [\"*\"], \"exposeHeaders\": [«\"\"»] }", "GH2404", http: true),
        top("\"cors\": { \"allowOrigins\": [\"*\"], «\"exposeHeaders\"»: [\"X-B\"] }", "GH2108"),
        top("\"cors\": { \"allowOrigins\": [\"*\"], \"maxAge\": «86401» }", "GH2102", http: true),
        top("«\"gatewayResponses\"»: {}", "GH2108", http: true),
        top("\"gatewayResponses\": { «\"UNAUTHORISED\"»: {} }", "GH2422"),
        top("\"gatewayResponses\": { «\"REQUEST_TOO_LARGE\"»: {} }", "GH2423", .warning),
        response("\"statusCode\": «199»", "GH2102"), response("\"statusCode\": «\"4xx\"»", "GH2424"),
        response("\"statusCode\": «\"600\"»", "GH2424"),
        response("\"responseParameters\": { «\"gatewayresponse.path.x\"»: \"'a'\" }", "GH2407"),
        response("\"responseParameters\": { «\"X-A\"»: \"'a'\" }", "GH2407"),
        response("\"responseParameters\": { «\"gatewayresponse.header.Content-Length\"»: \"'1'\" }", "GH2408"),
        response("\"responseParameters\": { «\"gatewayresponse.header.x-amzn-requestid\"»: \"'1'\" }", "GH2408"),
        response("\"responseParameters\": { \"gatewayresponse.header.X-A\": «\"a\"» }", "GH2407"),
        response("\"responseParameters\": { \"gatewayresponse.header.X-A\": «\"context.nothing\"» }", "GH2407"),
        response(
            "\"responseParameters\": { \"gatewayresponse.header.X-A\": «\"'a\\r\\nSet-Cookie: b=c'\"» }", "GH2404"),
        response("\"responseTemplates\": { «\"json\"»: \"{}\" }", "GH2425"),
        response("\"responseTemplates\": { \"application/json\": «\"$context.nothing\"» }", "GH2407"),
        top("\"models\": { «\"Ship\"»: {} }", "GH2106"),
        top("\"models\": { \"Ship\": { \"schema\": «\"{\"» } }", "GH2426"),
        top("\"models\": { \"Ship\": { \"schema\": «[]» } }", "GH2101"),
        Mistake("\"name\": \"fleet\"", "\"name\": \"fleet\", \"binaryMediaTypes\": [«\"png\"»]", "GH2425"),
        answer("«\"2xx\"»: {}", "GH2424"), answer("«\"100\"»: {}", "GH2424"),
        answer("\"200\": { «\"set:header.x\"»: \"a\" }", "GH2407"),
        answer("\"200\": { «\"overwrite:path\"»: \"a\" }", "GH2407"),
        answer("\"200\": { «\"append:statuscode\"»: \"201\" }", "GH2407"),
        answer("\"200\": { «\"append:header.access-control-allow-origin\"»: \"*\" }", "GH2408"),
        answer("\"200\": { «\"overwrite:header.Content-Length\"»: \"1\" }", "GH2408"),
        answer("\"200\": { \"remove:header.x\": «\"a\"» }", "GH2407"),
        answer("\"200\": { \"append:header.x\": «\"$request.header.y\"» }", "GH2407"),
        answer("\"200\": { \"append:header.x\": «\"${response.body..y}\"» }", "GH2407"),
        answer("\"200\": { \"append:header.x\": «\"a\\nb\"» }", "GH2404"),
        answer("\"200\": { \"overwrite:statuscode\": «\"20\"» }", "GH2407"),
        Mistake(
            "{ \"type\": \"MOCK\", \"response\": { \"statusCode\": 200, \"body\": \"ok\" }",
            "«{» \"type\": \"HTTP\", \"uri\": \"http://127.0.0.1:3000/\"", "GH2106"),
        http("\"integrationResponses\": «{}»", "GH2107"),
        http("\"integrationResponses\": { «\"2\"»: {} }", "GH2424"),
        http("\"integrationResponses\": { \"200\": {}, «\"201\"»: {} }", "GH2109"),
        http(
            "\"integrationResponses\": { \"200\": { \"responseParameters\": { «\"X-A\"»: \"'a'\" } } }", "GH2407"),
        http(
            "\"integrationResponses\": { \"200\": { \"responseParameters\": { "
                + "\"method.response.header.X-A\": «\"method.request.header.Y\"» } } }", "GH2407"),
        http(
            "\"integrationResponses\": { \"200\": { \"responseParameters\": { "
                + "\"method.response.header.X-A\": «\"integration.response.body.a[*]\"» } } }", "GH2407"),
        http("\"integrationResponses\": { \"200\": {} }, \"passthroughBehavior\": «\"ALWAYS\"»", "GH2103"),
        http("\"integrationResponses\": { \"200\": {} }, «\"forwardAuthorization\"»: true", "GH2109"),
        route("\"requestParameters\": { «\"querystring.q\"»: true }", "GH2407"),
        route("\"requestParameters\": { \"method.request.querystring.q\": «\"yes\"» }", "GH2101"),
        route(
            "\"requestValidator\": { \"validateRequestParameters\": true }, "
                + "\"requestParameters\": { «\"method.request.path.name\"»: true }", "GH2409"),
        route("\"requestParameters\": «{ \"method.request.querystring.q\": true }»", "GH2427", .warning),
        route("\"requestValidator\": «{ \"validateRequestParameters\": true }»", "GH2427", .warning),
        route("\"requestValidator\": «{ \"validateRequestBody\": true }»", "GH2427", .warning),
        route(
            "\"requestValidator\": { \"validateRequestBody\": true }, "
                + "\"requestModels\": { \"application/json\": «\"Ship\"» }", "GH2211"),
        Mistake(
            "\"integration.request.header.X-Rank\": \"context.authorizer.rank\"",
            "\"integration.request.header.X-Rank\": «\"method.request.body.a..b\"»", "GH2407"),
        Mistake(
            "\"integration.request.header.X-Rank\"", "«\"integration.request.header.Transfer-Encoding\"»", "GH2408",
            .warning),
        Mistake("\"integration.request.header.X-Rank\"", "«\"integration.request.header.Via\"»", "GH2408", .warning),
    ]
}
