import Documents
import Tokens

/// The people of the demo, and the key that signs their sessions.
struct DemoCrew: Sendable {
    struct Member: Sendable {
        var subject: String
        var nickname: String
        var email: String
        var name: String
        var rank: String
    }

    static let members = [
        Member(subject: "u-200", nickname: "kj", email: "kj@fleet.example", name: "Kathryn J.", rank: "captain"),
        Member(subject: "u-100", nickname: "spark", email: "spark@fleet.example", name: "Sam Park", rank: "cadet"),
    ]

    private let signer: TokenSigner

    /// Nil when the secret is too weak to sign with.
    init?(secret: [UInt8], keyID: String?) {
        do throws(KeyError) {
            signer = try TokenSigner(
                key: SigningKey(secret: secret), algorithm: .hmac(.hs256), keyID: keyID.map { Array($0.utf8) })
        } catch {
            return nil
        }
    }

    func member(_ nickname: String) -> Member? {
        Self.members.first { $0.nickname.utf8.elementsEqual(nickname.utf8) }
    }

    /// A session token: the client keeps its state in it, signed and readable by anybody who holds it.
    func token(for member: Member, at now: WallTime, lifetime: Int64) -> [UInt8]? {
        var writer = JSONWriter()
        writer.object {
            $0.member("iss", "https://login.fleet.example")
            $0.member("aud", "fleet")
            $0.member("sub", member.subject)
            $0.member("email", member.email)
            $0.member("nickname", member.nickname)
            $0.member("rank", member.rank)
            $0.member("name", member.name)
            $0.member("iat", min(now.seconds, now.seconds + lifetime - 1))
            $0.member("exp", now.seconds + lifetime)
        }
        return try? signer.sign(payload: writer.bytes)
    }

    /// The tokens that the demo hands out, in the order in which it shows them.
    func tokens(at now: WallTime) -> [(name: String, says: String, token: [UInt8])] {
        let captain = Self.members[0]
        let cadet = Self.members[1]
        guard let captainToken = token(for: captain, at: now, lifetime: 12 * 3600),
            let cadetToken = token(for: cadet, at: now, lifetime: 12 * 3600),
            let expired = token(for: captain, at: now, lifetime: -3600)
        else { return [] }
        var promoted = cadet
        promoted.rank = "captain"
        let forged = token(for: promoted, at: now, lifetime: 12 * 3600).map {
            Self.graft(payloadOf: $0, onto: cadetToken)
        }
        return [
            ("captain", "rank captain, valid for 12 hours", captainToken),
            ("cadet", "rank cadet, valid for 12 hours", cadetToken),
            ("expired", "rank captain, ended an hour ago", expired),
            ("tampered", "the cadet's token with its rank edited to captain", forged ?? []),
        ]
    }

    /// The payload of one token between the header and the signature of another: what a client can do without the key.
    private static func graft(payloadOf donor: [UInt8], onto token: [UInt8]) -> [UInt8] {
        let dot = UInt8(ascii: ".")
        let given = donor.split(separator: dot, omittingEmptySubsequences: false)
        let kept = token.split(separator: dot, omittingEmptySubsequences: false)
        guard given.count == 3, kept.count == 3 else { return [] }
        return Array(kept[0]) + [dot] + given[1] + [dot] + kept[2]
    }
}
