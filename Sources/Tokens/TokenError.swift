/// Why a token was refused: one stable code, and details that only the owner of the token may read.
///
/// Two errors are equal when their codes are. ``description`` holds nothing from the token or the keys and may be
/// logged; ``privateDescription`` may only go to the terminal of the token's owner.
package struct TokenError: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: Code
    let detail: Detail

    package init(_ code: Code) {
        self.init(code, .none)
    }

    init(_ code: Code, _ detail: Detail) {
        self.code = code
        self.detail = detail
    }

    package static func == (first: TokenError, second: TokenError) -> Bool { first.code == second.code }

    package func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The code and a fixed sentence.
    package var description: String { "\(code.name): \(code.summary)" }

    /// What the client is told: API Gateway answers 401 to every bad token, 403 to missing rights.
    package var httpStatus: Int {
        switch code {
        case .insufficientScope, .policyDeny: 403
        case .keysUnavailable: 503
        case .internal: 500
        default: 401
        }
    }

    /// The claim in question where the code is about one: `exp` of a token without it, for example.
    package var claimName: String? {
        switch detail {
        case .claim(let name): String(decoding: name, as: UTF8.self)
        default:
            switch code {
            case .expired: "exp"
            case .notYetValid: "nbf"
            case .issuedInFuture, .tokenTooOld: "iat"
            case .issMismatch: "iss"
            case .audMismatch: "aud"
            case .insufficientScope: "scope"
            default: nil
            }
        }
    }
}

extension TokenError {
    /// One of a growing list of reasons; codes are never renumbered or given another meaning.
    package struct Code: Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// Position in the list, from 1.
        package let number: Int

        private init(_ number: Int) { self.number = number }

        /// The name in logs, answers of `token verify` and metrics: `bad_signature`.
        package var name: String { Self.texts[number - 1].name }

        /// The name for `explain`: `GH4018`.
        package var diagnostic: String { "GH\(4000 + number)" }

        /// One sentence without a full stop, fit for any reader.
        package var summary: String { Self.texts[number - 1].summary }

        package var description: String { name }

        /// Whether such a refusal says that the signature had been found good: it comes from a claim.
        package var isBehindSignature: Bool { (19...28).contains(number) || self == .claimMismatch }

        /// Whether the form of the token alone is the reason, whatever rules and keys are in force.
        package var isAboutForm: Bool { (4...8).contains(number) || self == .critUnsupported }

        /// From either name.
        package init?(name: String) {
            guard let found = Self.allCases.first(where: { $0.name == name || $0.diagnostic == name }) else {
                return nil
            }
            self = found
        }

        package static let allCases: [Code] = texts.indices.map { Code($0 + 1) }

        package static let tokenMissing = Code(1)
        package static let tokenMultiple = Code(2)
        package static let tokenTooLarge = Code(3)
        package static let malformedSegments = Code(4)
        package static let malformedBase64 = Code(5)
        package static let malformedHeader = Code(6)
        package static let malformedPayload = Code(7)
        package static let duplicateMember = Code(8)
        package static let algNotAllowed = Code(9)
        package static let critUnsupported = Code(10)
        package static let typMismatch = Code(11)
        package static let keyNotFound = Code(12)
        package static let keyAmbiguous = Code(13)
        package static let keyAlgMismatch = Code(14)
        package static let keyUseMismatch = Code(15)
        package static let weakKey = Code(16)
        package static let keysUnavailable = Code(17)
        package static let badSignature = Code(18)
        package static let malformedClaim = Code(19)
        package static let claimMissing = Code(20)
        package static let expired = Code(21)
        package static let notYetValid = Code(22)
        package static let issuedInFuture = Code(23)
        package static let tokenTooOld = Code(24)
        package static let issMismatch = Code(25)
        package static let audMismatch = Code(26)
        package static let insufficientScope = Code(27)
        package static let revoked = Code(28)
        package static let policyDeny = Code(29)
        package static let `internal` = Code(30)
        package static let claimMismatch = Code(31)

        private static let texts: [(name: String, summary: String)] = [
            ("token_missing", "the request carries no token"),
            ("token_multiple", "the request carries more than one token"),
            ("token_too_large", "the token is larger than the limit"),
            ("malformed_segments", "the token is not three parts between two dots"),
            ("malformed_base64", "a part of the token is not canonical base64url"),
            ("malformed_header", "the token's header is not a JSON object of the required form"),
            ("malformed_payload", "the token's payload is not a JSON object"),
            ("duplicate_member", "a member name stands twice in the same object of the token"),
            ("alg_not_allowed", "the token's algorithm is not on the list of accepted algorithms"),
            ("crit_unsupported", "the token demands an extension that is not supported"),
            ("typ_mismatch", "the token is of another type than the accepted ones"),
            ("key_not_found", "no key fits the token"),
            ("key_ambiguous", "more than one key fits the token"),
            ("key_alg_mismatch", "the named key is not made for the token's algorithm"),
            ("key_use_mismatch", "the named key is not meant for verifying signatures"),
            ("weak_key", "the named key is too weak to be trusted"),
            ("keys_unavailable", "the keys could not be loaded"),
            ("bad_signature", "the signature does not match"),
            ("malformed_claim", "a claim has the wrong type"),
            ("claim_missing", "a required claim is missing"),
            ("expired", "the token has expired"),
            ("not_yet_valid", "the token is not valid yet"),
            ("issued_in_future", "the token claims to be issued in the future"),
            ("token_too_old", "the token was issued too long ago"),
            ("iss_mismatch", "the issuer is not accepted"),
            ("aud_mismatch", "the token is meant for another audience"),
            ("insufficient_scope", "the token lacks a required scope"),
            ("revoked", "the token has been revoked"),
            ("policy_deny", "the policy does not allow this request"),
            ("internal", "the gateway failed while judging the token"),
            ("claim_mismatch", "a claim is not the one value that it must have"),
        ]
    }
}
