import Authorizers
package import Documents
package import Gateway
package import Routes
package import Tokens

/// A configuration and a stage, made ready for tests once and shared by all files that test it.
package struct TestGate: Sendable {
    package let keyring: TestKeyring
    package let stageName: String?
    package let warnings: [Diagnostic]
    /// The list that `revocations` of the configuration names; nil when it is not to be had here, and then nobody is
    /// revoked and nothing is known of its worth.
    package let revocations: RevocationList?

    package var document: GatewayDocument { keyring.document }

    /// What a configuration cannot be tested for.
    package struct Refusal: Error, Sendable {
        package var diagnostics: [Diagnostic]
    }

    package init(
        _ document: GatewayDocument, stageName: String?, revocations: RevocationList? = RevocationList()
    ) throws(Refusal) {
        self.revocations = revocations
        do throws(TestKeyring.Problem) {
            keyring = try TestKeyring(document)
        } catch {
            throw Refusal(diagnostics: [
                Diagnostic(
                    code: TestDiagnosticCode.cannotMint.rawValue, message: error.message, source: document.source)
            ])
        }
        self.stageName = stageName
        switch GatewayBuilder.build(keyring.document, stageName: stageName) {
        case .snapshot(_, let warnings): self.warnings = warnings
        case .refused(let problems): throw Refusal(diagnostics: problems)
        }
    }

    /// A snapshot of its own for each user: what functions said is kept in it. Nil for a changed document that the
    /// builder refuses.
    package func snapshot(of changed: GatewayDocument? = nil) -> GatewaySnapshot? {
        switch GatewayBuilder.build(changed ?? keyring.document, stageName: stageName) {
        case .snapshot(let snapshot, _):
            snapshot.revocations?.replace(with: revocations ?? RevocationList())
            return snapshot
        case .refused: return nil
        }
    }
}
