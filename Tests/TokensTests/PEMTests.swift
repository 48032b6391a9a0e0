import Testing

@testable import Tokens

@Suite struct PEMTests {
    private func reason(_ text: String) -> KeyError.Reason? {
        do {
            _ = try KeyRecord.pem(Array(text.utf8))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("What is not exactly one sound public key is refused")
    func refused() {
        #expect(reason("") == .count)
        #expect(reason("MFkwEwYHKoZIzj0CAQ") == .count)
        #expect(reason(PEMSamples.ecPublic + "\n" + PEMSamples.edPublic) == .count)
        #expect(reason(PEMSamples.ecPKCS8) == .wrongKind)
        #expect(reason(PEMSamples.ecEncrypted) == .wrongKind)
        #expect(reason(PEMSamples.rsa1024) == .weak)
        #expect(reason(PEMSamples.xPublic) == .unsupported)
        #expect(reason(PEMSamples.explicitCurve) != nil)
        #expect(reason(PEMSamples.rsaPSS) == .unsupported)
        #expect(reason("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----") == .unsupported)
    }

    @Test("Damaged PEM text is refused")
    func damaged() {
        let lines = PEMSamples.ecPublic.split(separator: "\n").map(String.init)
        #expect(reason(lines.dropLast().joined(separator: "\n")) == .malformed)
        #expect(reason(lines.dropFirst().joined(separator: "\n")) == .malformed)
        #expect(reason(([lines[0]] + lines).joined(separator: "\n")) == .malformed)
        #expect(reason((lines.dropLast() + ["-----END EC KEY-----"]).joined(separator: "\n")) == .malformed)
        #expect(reason([lines[0], lines[1], lines[3]].joined(separator: "\n")) == .malformed)
        #expect(
            reason([lines[0], "!" + lines[1].dropFirst(), lines[2], lines[3]].joined(separator: "\n")) == .malformed)
        #expect(reason([lines[0], lines[1], lines[2], "AAAA", lines[3]].joined(separator: "\n")) == .malformed)
        #expect(
            reason([lines[0], "Proc-Type: 4,ENCRYPTED", lines[1], lines[2], lines[3]].joined(separator: "\n"))
                == .unsupported)
    }

    @Test("Public keys and certificates are read, with other line ends and explanations around them")
    func accepted() throws {
        for text in [
            PEMSamples.ecPublic, PEMSamples.ecCertificate, PEMSamples.ecCompressed,
            "subject=CN = test\n" + PEMSamples.ecCertificate + "\nthe end",
            PEMSamples.ecPublic.split(separator: "\n").joined(separator: "  \r\n\r\n"),
        ] {
            let record = try KeyRecord.pem(Array(text.utf8), keyID: Array("p".utf8))
            #expect(record.permittedAlgorithms == [.publicKey(.es256)])
            #expect(record.keyID == Array("p".utf8))
        }
        for text in [PEMSamples.rsaPublic, PEMSamples.rsaPKCS1] {
            let record = try KeyRecord.pem(Array(text.utf8))
            #expect(record.type == .rsa)
            #expect(record.permittedAlgorithms.count == 6)
        }
        #expect(
            try KeyRecord.pem(Array(PEMSamples.edPublic.utf8)).permittedAlgorithms.map(\.name) == ["EdDSA", "Ed25519"])
        #expect(
            try KeyRecord.pem(Array(PEMSamples.rsaPublic.utf8), algorithm: .publicKey(.ps256)).permittedAlgorithms
                == [.publicKey(.ps256)])
        #expect(throws: KeyError.self) {
            try KeyRecord.pem(Array(PEMSamples.rsaPublic.utf8), algorithm: .publicKey(.es256))
        }
    }

    @Test("A private key signs what its public key and certificate verify")
    func pairs() throws {
        for (secret, name) in [
            (PEMSamples.ecSEC1, "ES256"), (PEMSamples.ecPKCS8, "ES256"), (PEMSamples.edPrivate, "EdDSA"),
        ] {
            let signer = try TokenSigner(key: SigningKey(pem: Array(secret.utf8)))
            #expect(signer.algorithm.name == name)
            let token = try signer.sign(payload: Array(Issuer.claims.utf8))
            let rules = TokenRules(algorithms: AlgorithmList(signer.algorithm), issuers: nil, audiences: nil)
            let publics = name == "EdDSA" ? [PEMSamples.edPublic] : [PEMSamples.ecPublic, PEMSamples.ecCertificate]
            for text in publics {
                let keys = KeySet(records: [try KeyRecord.pem(Array(text.utf8))])
                #expect(code(token, rules, keys) == "ok")
            }
        }
        for text in [PEMSamples.ecEncrypted, PEMSamples.ecPublic, PEMSamples.ecCertificate, ""] {
            #expect(throws: KeyError.self) { try SigningKey(pem: Array(text.utf8)) }
        }
    }
}
