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
            "xamznoidcaccesstoken", "xauthkey", "xauthemail", "proxyauthorization", "devicecode", "codeverifier",
            "usercode", "jsessionid",
            "phpsessid", "xauth", "xsession",
        ].map { Array($0.utf8) })

    /// Query parameters of OAuth that are as good as a token for a moment.
    private static let secretParameters: Set<[UInt8]> = Set(
        ["code", "state", "nonce", "codeverifier", "key"].map { Array($0.utf8) })

    /// What makes a secret of every name that it is a part of; without `-` and `_`.
    private static let secretParts: [[UInt8]] = [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "functionskey", "subscriptionkey",
        "privatekey", "signature", "credential", "sessionid",
    ].map { Array($0.utf8) }

    /// More of them for headers, whose names say less by chance.
    private static let secretHeaderParts: [[UInt8]] = secretParts + [Array("authentication".utf8)]

    /// Names that end so speak about a secret and hold none.
    private static let harmlessEnds: [[UInt8]] = [
        "type", "endpoint", "count", "length", "policy", "expiresin", "expiresat", "algorithm", "supported", "method",
    ].map { Array($0.utf8) }

    private static let personalParts: [[UInt8]] = [Array("email".utf8)]

    /// The first two letters of everything that is looked for in names: a quick no for many other names.
    private static let beginnings: [Bool] = {
        var table = [Bool](repeating: false, count: 1024)
        for name in Array(secretNames) + Array(personalMembers) + secretParts { table[pair(name[0], name[1])] = true }
        return table
    }()

    private static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

    /// Whether ``isSecretMember(_:)`` or ``isPersonalMember(_:)`` knows the name.
    func mayBeTelling(_ name: ArraySlice<UInt8>) -> Bool {
        var former: UInt8 = 0
        var isCandidate = false
        for byte in name where byte != 0x2D && byte != 0x5F {
            if Self.beginnings[Self.pair(former, byte)] {
                isCandidate = true
                break
            }
            former = byte
        }
        guard isCandidate else { return false }
        let name = Array(name)
        return isSecretMember(name) || isPersonalMember(name)
    }

    private static func bare(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.compactMap { $0 == 0x2D || $0 == 0x5F ? nil : ByteKind.lowercased($0) }
    }

    private static func holds(_ name: [UInt8], _ part: [UInt8]) -> Bool {
        guard name.count >= part.count else { return false }
        for start in 0...(name.count - part.count) where name[start] == part[0] {
            if name[start..<(start + part.count)].elementsEqual(part) { return true }
        }
        return false
    }

    /// Whether the name, or one of its parts between characters that are no letters or digits, is on a list, or holds
    /// one of `parts`.
    private static func tells(_ name: [UInt8], _ names: [Set<[UInt8]>], _ parts: [[UInt8]]) -> Bool {
        let whole = bare(name)
        if names.contains(where: { $0.contains(whole) }) { return true }
        if harmlessEnds.contains(where: { whole.count > $0.count && whole.suffix($0.count).elementsEqual($0) }) {
            return false
        }
        if parts.contains(where: { holds(whole, $0) }) { return true }
        return name.split { !ByteKind.isAlphanumeric($0) }.contains { part in
            let part = part.map(ByteKind.lowercased)
            return names.contains { $0.contains(part) }
        }
    }

    /// `name` in any case.
    func isSecretHeader(_ name: [UInt8]) -> Bool {
        headers.contains(name.map(ByteKind.lowercased))
            || Self.tells(name, [Self.secretNames], Self.secretHeaderParts)
    }

    func isSecretParameter(_ name: [UInt8]) -> Bool {
        Self.tells(name, [query, Self.secretNames, Self.secretParameters], Self.secretParts)
    }

    func isPersonalParameter(_ name: [UInt8]) -> Bool { isPersonalMember(name) }
    func isSecretMember(_ name: [UInt8]) -> Bool { Self.tells(name, [Self.secretNames], Self.secretParts) }
    func isPersonalMember(_ name: [UInt8]) -> Bool { Self.tells(name, [Self.personalMembers], Self.personalParts) }

    /// A claim by its path through objects; a name on the list counts at any depth.
    func isPersonalClaim(_ path: [String]) -> Bool {
        guard let name = path.last else { return false }
        return personalClaims.contains(name) || personalClaims.contains(name.lowercased())
            || personalClaims.contains(path.joined(separator: "."))
    }

    func isDroppedClaim(_ path: [String]) -> Bool { droppedClaims.contains(path.joined(separator: ".")) }
}
