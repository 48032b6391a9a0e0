import Policies
import Testing

/// The vectors of the specification's section on policy evaluation, negatives first.
@Suite("Known decisions")
struct PolicyVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let number: Int
        let statements: String
        var context: [(String, ConditionValues)] = []
        var version: String? = "2012-10-17"
        let expected: String
        var testDescription: String { "vector \(number)" }
    }

    static let ip = "{\"IpAddress\":{\"aws:SourceIp\":\"203.0.113.0/24\"}}"
    static let notIP = "{\"NotIpAddress\":{\"aws:SourceIp\":\"203.0.113.0/24\"}}"
    static let outside: [(String, ConditionValues)] = [("aws:SourceIp", .text("198.51.100.9"))]

    static let denied: [Vector] = [
        Vector(
            number: 6, statements: statement("Allow", resource: apiARN + "/prod/GET/pets"), expected: "implicitDeny"),
        Vector(
            number: 10, statements: statement("Allow", resource: apiARN + "/prod/GET/PETS/42"),
            expected: "implicitDeny"),
        Vector(
            number: 11,
            statements: statement("Allow", action: "\"Action\":\"*\"", resource: apiARN + "/*") + ","
                + statement("Deny", resource: apiARN + "/prod/GET/pets/*"), expected: "explicitDeny"),
        Vector(
            number: 11,
            statements: statement("Deny", resource: apiARN + "/prod/GET/pets/*") + ","
                + statement("Allow", action: "\"Action\":\"*\"", resource: apiARN + "/*"), expected: "explicitDeny"),
        Vector(
            number: 14,
            statements: "{\"Effect\":\"Deny\",\"Action\":\"execute-api:Invoke\",\"NotResource\":\"\(petARN)\"}",
            expected: "implicitDeny"),
        Vector(
            number: 15, statements: statement("Allow", condition: ip), context: outside, expected: "implicitDeny"),
        Vector(
            number: 16, statements: statement("Deny", condition: notIP) + "," + statement("Allow"), context: outside,
            expected: "explicitDeny"),
        Vector(
            number: 17,
            statements: statement("Deny", condition: "{\"StringNotEquals\":{\"aws:SourceVpce\":\"vpce-1\"}}") + ","
                + statement("Allow"), expected: "explicitDeny"),
        Vector(
            number: 18, statements: statement("Allow", action: "\"Action\":\"s3:GetObject\""),
            expected: "implicitDeny"),
        Vector(number: 19, statements: "", expected: "implicitDeny"),
        Vector(
            number: 20,
            statements: statement("Allow", resource: "arn:aws:execute-api:eu-west-1:123456789012:api2/*"),
            expected: "implicitDeny"),
        Vector(
            number: 21, statements: statement("Allow", resource: apiARN + "/prod/GET/pets/${aws:SourceIp}"),
            context: [("aws:SourceIp", .text("42"))], version: nil, expected: "implicitDeny"),
    ]

    static let allowed: [Vector] = [
        Vector(number: 1, statements: statement("Allow"), expected: "allow"),
        Vector(
            number: 2,
            statements: statement(
                "Allow", action: "\"Action\":\"execute-api:*\"", resource: "arn:aws:execute-api:*:*:*"),
            expected: "allow"),
        Vector(
            number: 3, statements: statement("Allow", action: "\"Action\":\"*\"", resource: "*"), expected: "allow"),
        Vector(
            number: 4, statements: statement("Allow", action: "\"Action\":\"EXECUTE-API:invoke\""), expected: "allow"),
        Vector(number: 5, statements: statement("Allow", resource: apiARN + "/*/GET/pets/*"), expected: "allow"),
        Vector(number: 7, statements: statement("Allow", resource: apiARN + "/prod/*/pets/42"), expected: "allow"),
        Vector(number: 8, statements: statement("Allow", resource: apiARN + "/*"), expected: "allow"),
        Vector(number: 9, statements: statement("Allow", resource: apiARN + "/prod/GET/pets/4?"), expected: "allow"),
        Vector(
            number: 12, statements: statement("Allow", action: "\"NotAction\":\"execute-api:InvalidateCache\""),
            expected: "allow"),
        Vector(
            number: 13,
            statements:
                "{\"Effect\":\"Allow\",\"Action\":\"execute-api:Invoke\",\"NotResource\":\"\(apiARN)/prod/DELETE/*\"}",
            expected: "allow"),
    ]

    @Test("Requests that no vector allows are denied", arguments: denied)
    func denies(_ vector: Vector) {
        #expect(
            decide(statements: vector.statements, version: vector.version, context: vector.context) == vector.expected)
    }

    @Test("Requests that a vector allows are allowed", arguments: allowed)
    func allows(_ vector: Vector) {
        #expect(
            decide(statements: vector.statements, version: vector.version, context: vector.context) == vector.expected)
    }
}
