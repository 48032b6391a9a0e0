import Foundation
import Gateway
import HTTP
import Routes
import Testing
import Tokens

/// docs/reference/token-errors.md is made from the code; `GATEHOUSE_WRITE_DOCS=1 swift test --filter TokenErrorPage`
/// writes it anew.
@Suite("The page of token errors")
struct TokenErrorPageTests {
    /// What the terminal of the token's owner (`explain`, `token verify`) says beyond the code.
    private static let details: [TokenError.Code: String] = [
        .tokenMissing: "which identity source is empty", .tokenMultiple: "which identity source came twice",
        .tokenTooLarge: "size and limit", .malformedSegments: "whether the header is empty",
        .malformedBase64: "in which part", .malformedHeader: "what is wrong with the JSON, without its text",
        .malformedPayload: "what is wrong with the JSON, without its text", .duplicateMember: "header or payload",
        .algNotAllowed: "the token's alg and the accepted ones", .critUnsupported: "nothing more",
        .typMismatch: "the token's typ and the accepted ones", .keyNotFound: "the kid", .keyAmbiguous: "the kid",
        .keyAlgMismatch: "the kid", .keyUseMismatch: "the kid", .weakKey: "the kid and what is weak",
        .keysUnavailable: "nothing more; why a fetch failed stands on the gateway's standard error",
        .badSignature: "the kid", .malformedClaim: "the claim's name", .claimMissing: "the claim's name",
        .expired: "exp, how long ago, the allowed skew", .notYetValid: "nbf, how far ahead, the allowed skew",
        .issuedInFuture: "iat, how far ahead", .tokenTooOld: "iat, how long ago, the allowed age",
        .issMismatch: "the token's iss and the accepted ones", .audMismatch: "the token's aud and the accepted ones",
        .insufficientScope: "the token's scopes and the demanded ones", .revoked: "nothing more",
        .policyDeny: "the statement that decided", .internal: "which step failed",
        .claimMismatch: "the claim's name",
    ]

    private static func answer(_ code: TokenError.Code, _ isREST: Bool) -> String {
        // Policies are judged after the token; their denials have failures of their own.
        let failure: GatewayFailure = code == .policyDeny ? .implicitDeny : .unauthorized(code)
        let response = FailureMapping.response(to: failure, apiType: isREST ? .rest : .http)
        return "\(response.status) `\(String(decoding: response.body, as: UTF8.self))`"
    }

    private static var page: String {
        var lines = [
            "# Token errors", "",
            "Made from the code by `TokenErrorPageTests`; a test fails when it is out of date.", "",
            "- **The client** gets the answer of the API type and nothing else: no code, no claim, no key id. All bad "
                + "tokens look alike.",
            "- **The log** has the code as `reason` in the request's line, and the level. The principal stands there "
                + "only for tokens that were found good. Nothing else of a token is ever written: not its claims, "
                + "not its key id, not a part of its text.",
            "- **The owner's terminal** (`gatehouse explain`, `gatehouse token verify`) adds what the last column "
                + "says, with control characters escaped and long values cut.", "",
            "| number | code | meaning | REST | HTTP | log level | the owner's terminal adds |",
            "|---|---|---|---|---|---|---|",
        ]
        for code in TokenError.Code.allCases {
            let isFault = code == .keysUnavailable || code == .internal
            lines.append(
                "| \(code.diagnostic) | `\(code.name)` | \(code.summary) | \(answer(code, true)) | "
                    + "\(answer(code, false)) | \(isFault ? "error" : "info") | \(details[code] ?? "") |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("The page says what the code does")
    func page() throws {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
        { folder.deleteLastPathComponent() }
        let file = folder.appendingPathComponent("docs/reference/token-errors.md")
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(Self.page.utf8).write(to: file)
        }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == Self.page)
    }

    @Test("Every code has its row, and no answer to a client names a code or anything of a token")
    func answers() {
        #expect(Set(Self.details.keys) == Set(TokenError.Code.allCases))
        let refusals = TokenError.Code.allCases.filter {
            ![.keysUnavailable, .internal, .insufficientScope, .policyDeny].contains($0)
        }
        for isREST in [true, false] {
            // One answer for everything that is wrong with a token: whoever guesses learns nothing from it.
            #expect(Set(refusals.map { Self.answer($0, isREST) }).count == 1)
            for code in TokenError.Code.allCases {
                let text = Self.answer(code, isREST)
                #expect(!text.contains(code.name) && !text.contains(code.diagnostic))
                let response = FailureMapping.response(to: .unauthorized(code), apiType: isREST ? .rest : .http)
                let fields = String(decoding: response.fields, as: UTF8.self)
                #expect(!fields.contains(code.name) && !fields.contains(code.diagnostic))
            }
        }
    }

    @Test("The word in the log is the code and nothing more", arguments: TokenError.Code.allCases)
    func logWord(_ code: TokenError.Code) {
        #expect(GatewayFailure.unauthorized(code).reason == code.name)
        #expect(code.name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F })
        #expect(TokenError(code).description == "\(code.name): \(code.summary)")
    }
}
