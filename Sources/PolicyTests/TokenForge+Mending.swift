import Documents
import Routes
import Tokens

extension TokenForge {
    /// The token as a gate would see it that leaves out ``omission``; unchanged where that makes no difference.
    ///
    /// - Parameter principal: whose token it is; nil for one that stands in the test file.
    func mended(_ token: [UInt8], _ principal: TestPrincipal?, authorizer: String) -> [UInt8] {
        // A principal keeps its own issuer, whatever its token says.
        let own = principal?.claims.first { $0.name.utf8.elementsEqual("iss".utf8) }?.value.string
        guard let omission, omission.authorizer == authorizer, let parts = TokenParts(token),
            let signing = keyring.signing(of: authorizer, issuer: own ?? parts["iss"]?.string)
        else { return token }
        let recipe = principal?.token
        let isAllowed = parts.algorithm.map { signing.rules.algorithms.contains($0) } ?? false
        switch omission.check {
        case .signature: return isAllowed ? signed(parts, signing) ?? token : token
        case .algorithm:
            let isUnsigned = parts.algorithm?.lowercased() == "none" && parts.hasEmptySignature
            let isConfused = recipe?.preset == .hs256WithPublicKey
            return !isAllowed && (isUnsigned || isConfused) ? signed(parts, signing) ?? token : token
        case .expiration, .notBefore, .issuer, .audience:
            var changed = parts
            // A bad signature is still looked at.
            guard isWellSigned(token, parts, recipe, authorizer, signing),
                Self.mend(&changed, omission.check, signing)
            else { return token }
            return signed(changed, signing) ?? token
        }
    }

    private func signed(_ parts: TokenParts, _ signing: TestKeyring.Signing) -> [UInt8]? {
        try? signing.signer.sign(payload: parts.payload, type: parts.type)
    }

    private func isWellSigned(
        _ token: [UInt8], _ parts: TokenParts, _ recipe: TokenRecipe?, _ authorizer: String,
        _ signing: TestKeyring.Signing
    ) -> Bool {
        if let recipe, recipe.value == nil {
            guard recipe.authorizer == nil || recipe.authorizer == authorizer else { return false }
            switch recipe.preset {
            case nil, .expired, .notYetValid, .wrongIssuer, .wrongAudience, .noExp: return true
            case .missing, .wrongKey, .algNone, .hs256WithPublicKey, .tampered, .garbage: return false
            }
        }
        // Of a token that came from elsewhere it can be seen where the same octets would be made again.
        guard signing.signer.algorithm.isHMAC else { return false }
        return (try? signing.signer.sign(header: parts.header, payload: parts.payload)) == token
    }

    /// The end of all times that people write.
    private static let never = "253402300799"

    /// False where there is nothing to mend.
    private static func mend(
        _ parts: inout TokenParts, _ check: OmittedCheck.Check, _ signing: TestKeyring.Signing
    ) -> Bool {
        switch check {
        case .expiration:
            guard case .number? = parts["exp"]?.content else { return false }
            parts["exp"] = DataNode(.number(never), 0..<0)
        case .notBefore:
            guard case .number? = parts["nbf"]?.content else { return false }
            parts["nbf"] = nil
        case .issuer:
            guard let issuer = signing.rules.issuer.value else { return false }
            parts["iss"] = DataNode(.string(issuer), 0..<0)
        case .audience(let issuer):
            guard parts["iss"]?.string == issuer, let audience = signing.rules.audience.value?.first else {
                return false
            }
            parts["aud"] = DataNode(.string(audience), 0..<0)
        case .signature, .algorithm: return false
        }
        return true
    }
}

/// A compact token cut open, without any judgement.
private struct TokenParts {
    let header: [UInt8]
    let algorithm: String?
    let type: String?
    let hasEmptySignature: Bool
    private var claims: [(name: String, value: DataNode)]

    init?(_ token: [UInt8]) {
        let parts = token.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let read = try? JSONParser.parse(header), let claims = try? JSONParser.parse(payload),
            let members = DataNode(claims.root).map
        else { return nil }
        let names = DataNode(read.root)
        self.header = header
        algorithm = names["alg"]?.string
        type = names["typ"]?.string
        hasEmptySignature = parts[2].isEmpty
        self.claims = members.map { ($0.key, $0.value) }
    }

    var payload: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for claim in claims {
                writer.key(claim.name)
                claim.value.write(to: &writer)
            }
        }
        return writer.bytes
    }

    subscript(_ name: String) -> DataNode? {
        get { claims.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }
        set {
            claims.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
            if let newValue { claims.append((name, newValue)) }
        }
    }
}
