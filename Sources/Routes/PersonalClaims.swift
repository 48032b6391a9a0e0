/// Claims that tell who somebody is (OpenID Connect Core §5.1, and what else identity providers put into tokens). A
/// token is signed, not encrypted: whoever holds it reads them.
package enum PersonalClaims {
    /// They name a person, or what a person would keep to themselves: worth a note wherever they leave the token.
    static let identifying: Set<String> = [
        "name", "given_name", "family_name", "middle_name", "email", "phone_number", "phone", "mobile", "address",
        "street_address", "postal_code", "birthdate", "birthday", "date_of_birth", "gender", "picture", "ssn",
        "social_security_number", "national_id", "passport", "tax_id", "iban", "cognito:username",
        "unique_name", "upn", "ipaddr", "health", "religion",
    ]

    /// They describe a person or a name that was chosen.
    private static let describing: Set<String> = [
        "nickname", "preferred_username", "username", "profile", "website", "zoneinfo", "locale", "ip", "ip_address",
        "device_id",
    ]

    /// All of them, in lower case.
    package static let names: Set<String> = identifying.union(describing)

    /// In any case of letters.
    package static func contains(_ claim: String) -> Bool {
        names.contains(claim.lowercased())
    }
}
