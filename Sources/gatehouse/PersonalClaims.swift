/// Claims that tell who somebody is (OpenID Connect Core §5.1 and their usual neighbours). A token is signed, not
/// encrypted: whoever holds it reads them.
enum PersonalClaims {
    private static let names: Set<String> = [
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "username", "profile",
        "picture", "website", "email", "gender", "birthdate", "birthday", "zoneinfo", "locale", "phone_number", "phone",
        "address", "street_address", "postal_code", "ssn", "national_id", "ip", "ip_address", "device_id",
        "cognito:username",
    ]

    static func contains(_ claim: String) -> Bool { names.contains(claim.lowercased()) }
}
