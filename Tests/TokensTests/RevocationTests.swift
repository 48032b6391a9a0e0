import Testing

@testable import Tokens

@Suite struct RevocationTests {
    private func token(_ claims: String = #""jti":"t1","sub":"user-1","iat":1000"#) throws -> VerifiedToken {
        let issuer = try Issuer.named("HS256")
        let text = #"{"iss":"https://issuer.example","aud":"api","exp":1760000600,\#(claims)}"#
        return try TokenVerifier(rules: issuer.rules).verify(
            try issuer.token(text), with: issuer.keys, at: Issuer.time, using: VerificationContext())
    }

    private func list(_ text: String) -> (list: RevocationList, problems: [RevocationProblem]) {
        RevocationList.parse(Array(text.utf8))
    }

    @Test(
        "A line that is not understood is reported and revokes nothing",
        arguments: [
            ("x\n", .notJSON), ("[]\n", .notJSON), (#"{"jti":"a","jti":"b"}"# + "\n", .notJSON),
            (#"{"jtl":"a"}"# + "\n", .unknownMember), (#"{"jti":"a","issuedbefore":1}"# + "\n", .unknownMember),
            (#"{"jti":1}"# + "\n", .wrongType), (#"{"sub":"a","issuedBefore":"x"}"# + "\n", .wrongType),
            (#"{"sub":"a","until":1e999}"# + "\n", .wrongType), ("{}\n", .noSelector),
            (#"{"until":1}"# + "\n", .noSelector), (#"{"jti":"a","sub":"b"}"# + "\n", .severalSelectors),
        ] as [(String, RevocationProblem.Cause)])
    func problems(_ line: String, _ cause: RevocationProblem.Cause) {
        let parsed = list("\n" + line + #"{"kid":"k"}"# + "\n")
        #expect(parsed.problems == [RevocationProblem(line: 2, cause: cause)])
        #expect(parsed.list.count == 1)
    }

    @Test("A half-written last line is reported as that, a complete one without line break counts")
    func lastLine() {
        let half = list("{\"jti\":\"a\"}\n{\"jti\":\"b")
        #expect(half.problems == [RevocationProblem(line: 2, cause: .unfinished)])
        #expect(half.list.count == 1)
        let whole = list("{\"jti\":\"a\"}\r\n\n  \n{\"jti\":\"b\"}")
        #expect(whole.problems.isEmpty)
        #expect(whole.list.count == 2)
        #expect(list("").list.isEmpty)
        #expect(list("").problems.isEmpty)
    }

    @Test(
        "Only the very token, subject, key or issuer is refused",
        arguments: [
            (#"{"jti":"t"}"#, false), (#"{"jti":"t1 "}"#, false), (#"{"jti":"user-1"}"#, false),
            (#"{"sub":"t1"}"#, false),
            (#"{"sub":"user-1","issuedBefore":1000}"#, false), (#"{"kid":"K1"}"#, false),
            (#"{"iss":"https://issuer.example/"}"#, false), (#"{"jti":"t1"}"#, true), (#"{"jti":"\u00741"}"#, true),
            (#"{"sub":"user-1"}"#, true), (#"{"sub":"user-1","issuedBefore":1000.5}"#, true), (#"{"kid":"k1"}"#, true),
            (#"{"iss":"https://issuer.example"}"#, true),
        ])
    func matching(_ line: String, _ expected: Bool) throws {
        let revocations = list(line)
        #expect(revocations.problems.isEmpty)
        #expect(revocations.list.isRevoked(try token()) == expected)
    }

    @Test("A token that does not say when it was issued counts as issued before everything")
    func withoutIssue() throws {
        let revocations = list(#"{"sub":"user-1","issuedBefore":5}"#).list
        #expect(revocations.isRevoked(try token(#""sub":"user-1""#)))
        #expect(!revocations.isRevoked(try token(#""sub":"user-1","iat":5"#)))
        #expect(!revocations.isRevoked(try token(#""sub":"user-2""#)))
    }

    @Test("A key is refused under its own name even when the token names none")
    func keyOfNamelessToken() throws {
        let issuer = try Issuer.named("HS256")
        let token = try TokenVerifier(rules: issuer.rules).verify(
            try issuer.token(header: #"{"alg":"HS256"}"#), with: issuer.keys, at: Issuer.time,
            using: VerificationContext())
        #expect(list(#"{"kid":"k1"}"#).list.isRevoked(token))
    }

    @Test("Several entries for one subject all count")
    func severalEntries() throws {
        var revocations = list(#"{"sub":"user-1","issuedBefore":10}"#).list
        #expect(!revocations.isRevoked(try token()))
        let later = Revocation(.subject, Array("user-1".utf8), issuedBefore: 2000)
        revocations.insert(later)
        revocations.insert(later)
        #expect(revocations.count == 2)
        #expect(revocations.revocation(of: try token()) == later)
    }

    @Test("What is written is read back, and entries past their time can be dropped")
    func roundTrip() {
        let entries = [
            Revocation(.tokenID, Array("a\"\n\u{E9}".utf8)),
            Revocation(.subject, Array("s".utf8), issuedBefore: 1_760_000_000, until: 1_760_000_600.5),
            Revocation(.keyID, [], until: -1), Revocation(.issuer, Array("i".utf8), issuedBefore: 1e300),
        ]
        let text = entries.flatMap { $0.line() }
        let parsed = RevocationList.parse(text)
        #expect(parsed.problems.isEmpty)
        #expect(parsed.list.count == 4)
        let again = RevocationList.parse(text + text)
        #expect(again.list.count == 4)
        #expect(parsed.list.union(again.list).count == 4)
        #expect(RevocationList().union(parsed.list).count == 4)
        #expect(parsed.list.removingExpired(at: Issuer.time).count == 3)
        #expect(parsed.list.removingExpired(at: WallTime(seconds: 1_760_000_601)).count == 2)
        #expect(
            String(decoding: entries[1].line(), as: UTF8.self).contains(
                #""issuedBefore":1760000000,"until":1760000600.5"#))
    }
}
