package import Tokens

/// A token whose signature takes so long to check that an event loop should not do it: what a thread beside it needs.
package struct SlowVerification: Sendable {
    private let authorizer: DeclarativeAuthorizer
    private let token: [UInt8]
    private let time: WallTime

    init(_ authorizer: DeclarativeAuthorizer, _ token: ArraySlice<UInt8>, at time: WallTime) {
        self.authorizer = authorizer
        self.token = Array(token)
        self.time = time
    }

    /// Verifies as the authorizer itself would have done. `context` is the calling thread's own.
    package func run(using context: VerificationContext) -> VerificationAnswer {
        do throws(TokenError) {
            let verified = try authorizer.verify(token[...], at: time, using: context)
            return VerificationAnswer(authorizer: authorizer, token: token, result: .success(verified))
        } catch {
            return VerificationAnswer(authorizer: authorizer, token: token, result: .failure(error))
        }
    }
}

/// What came of a ``SlowVerification``: good for the same token at the same authorizer, and for nothing else.
package struct VerificationAnswer: Sendable {
    private let authorizer: DeclarativeAuthorizer
    private let token: [UInt8]
    private let result: Result<VerifiedToken, TokenError>

    fileprivate init(
        authorizer: DeclarativeAuthorizer, token: [UInt8], result: Result<VerifiedToken, TokenError>
    ) {
        self.authorizer = authorizer
        self.token = token
        self.result = result
    }

    /// The signature is wrong: who sent it has forged it, or cannot tell his keys apart.
    package var isForged: Bool {
        if case .failure(let error) = result { error.code == .badSignature } else { false }
    }

    /// Nil when this answers another question.
    func result(for asked: ArraySlice<UInt8>, by asker: DeclarativeAuthorizer) -> Result<VerifiedToken, TokenError>? {
        authorizer === asker && asked.elementsEqual(token) ? result : nil
    }
}
