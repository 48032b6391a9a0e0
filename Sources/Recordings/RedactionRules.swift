import Documents
package import Routes

/// What is redacted: the built-in names and those of `record.redact`.
package struct RedactionRules: Sendable {
    let headers: Set<[UInt8]>
    let query: Set<[UInt8]>
    let personalClaims: Set<String>
    let droppedClaims: Set<String>
    let bodyPointers: Set<[String]>
    package let definition: RecordDefinition

    package init(_ definition: RecordDefinition) {
        self.definition = definition
        headers = Set(definition.headers)
        query = Set(definition.query.map { Self.bare(Array($0.utf8)) })
        personalClaims = PersonalClaims.names.union(definition.pseudonymousClaims).subtracting(definition.droppedClaims)
        droppedClaims = Set(definition.droppedClaims)
        bodyPointers = Set(definition.bodyPointers)
    }

    /// Members of bodies that speak of a person whatever the body is about; `name` does not.
    private static let personalMembers: Set<[UInt8]> = Set(
        [
            "email", "emailaddress", "phonenumber", "telephone", "mobile", "givenname", "familyname", "firstname",
            "lastname", "birthdate", "dateofbirth", "streetaddress", "preferredusername",
        ].map { Array($0.utf8) })

    /// Names whose values are secrets in headers, queries, forms and JSON alike; without case, `-` and `_`.
    private static let secretNames: Set<[UInt8]> = Set(
        [
            "authorization", "accesstoken", "refreshtoken", "idtoken", "token", "authtoken", "sessiontoken",
            "csrftoken", "xsrftoken", "securitytoken", "bearertoken", "jwt", "apikey", "xapikey", "appkey", "secret",
            "clientsecret", "appsecret", "secretkey", "privatekey", "password", "passwd", "pwd", "passphrase",
            "newpassword", "oldpassword", "currentpassword", "pin", "otp", "totp", "assertion", "clientassertion",
            "samlresponse", "samlrequest", "signature", "sig", "credential", "credentials", "sessionid", "sid", "cvv",
            "cvc", "cardnumber", "xamzsignature", "xamzcredential", "xamzsecuritytoken", "xauthtoken", "xaccesstoken",
            "xcsrftoken", "xxsrftoken", "xsessiontoken", "xforwardedaccesstoken", "xamznoidcdata",
            "xamznoidcaccesstoken", "xauthkey", "xauthemail", "proxyauthorization",
        ].map { Array($0.utf8) })

    /// Query parameters of OAuth that are as good as a token for a moment.
    private static let secretParameters: Set<[UInt8]> = Set(
        ["code", "state", "nonce", "codeverifier", "key"].map { Array($0.utf8) })

    private static let telling = Array(secretNames) + Array(personalMembers)
    private static let longestTelling = telling.map(\.count).max() ?? 0
    /// By the hash of a bare name: a quick no for nearly every other name.
    private static let tellingHashes: [Bool] = {
        var table = [Bool](repeating: false, count: 4096)
        for name in telling { table[name.reduce(0, hash) & 4095] = true }
        return table
    }()

    private static func hash(_ hash: Int, _ byte: UInt8) -> Int { (hash &* 31 &+ Int(byte)) & 0xFF_FFFF }

    /// False for names of members that neither ``isSecretMember(_:)`` nor ``isPersonalMember(_:)`` knows; true for those
    /// that they know, and for a few others.
    func mayBeTelling(_ name: ArraySlice<UInt8>) -> Bool {
        var hash = 0
        var count = 0
        for byte in name where byte != 0x2D && byte != 0x5F {
            hash = Self.hash(hash, ByteKind.lowercased(byte))
            count += 1
        }
        return count > 0 && count <= Self.longestTelling && Self.tellingHashes[hash & 4095]
    }

    private static func bare(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.compactMap { $0 == 0x2D || $0 == 0x5F ? nil : ByteKind.lowercased($0) }
    }

    /// `name` in any case.
    func isSecretHeader(_ name: [UInt8]) -> Bool {
        headers.contains(name.map(ByteKind.lowercased)) || Self.secretNames.contains(Self.bare(name))
    }

    func isSecretParameter(_ name: [UInt8]) -> Bool {
        let bare = Self.bare(name)
        return query.contains(bare) || Self.secretNames.contains(bare) || Self.secretParameters.contains(bare)
    }

    func isPersonalParameter(_ name: [UInt8]) -> Bool { Self.personalMembers.contains(Self.bare(name)) }
    func isSecretMember(_ name: [UInt8]) -> Bool { Self.secretNames.contains(Self.bare(name)) }
    func isPersonalMember(_ name: [UInt8]) -> Bool { Self.personalMembers.contains(Self.bare(name)) }

    /// A claim by its path through objects; a name on the list counts at any depth.
    func isPersonalClaim(_ path: [String]) -> Bool {
        guard let name = path.last else { return false }
        return personalClaims.contains(name) || personalClaims.contains(name.lowercased())
            || personalClaims.contains(path.joined(separator: "."))
    }

    func isDroppedClaim(_ path: [String]) -> Bool { droppedClaims.contains(path.joined(separator: ".")) }
}
