import Documents
import Foundation
import Routes
import TestSupport
import Tokens

@testable import Recordings

/// What the tests of recordings share.
enum RecordSamples {
    static let salt = Array("a salt for tests, thirty-two bytes".utf8)

    static func rules(
        headers: [String] = [], pseudonymise: [String] = [], drop: [String] = [], query: [String] = [],
        pointers: [[String]] = [], maxBodyBytes: Int = 65_536, maxFileBytes: Int = 0, maxFileSeconds: Int = 0
    ) -> RedactionRules {
        RedactionRules(
            RecordDefinition(
                headers: headers.map { Array($0.utf8) }, pseudonymousClaims: pseudonymise, droppedClaims: drop,
                query: query, bodyPointers: pointers, maxBodyBytes: maxBodyBytes, maxFileBytes: maxFileBytes,
                maxFileSeconds: maxFileSeconds))
    }

    static func tokens(_ rules: RedactionRules = rules()) -> TokenRedactor {
        TokenRedactor(rules: rules, pseudonyms: Pseudonyms(salt: salt))
    }

    static func messages(_ rules: RedactionRules = rules()) -> MessageRedactor {
        MessageRedactor(tokens: tokens(rules))
    }

    static let claims =
        #"{"iss":"https://login.example","aud":"fleet","sub":"u-200","rank":"captain","#
        + #""email":"kathryn@fleet.example","name":"Kathryn Janeway","nickname":"kjay-of-voyager","#
        + #""phone_number":"+49 170 1234567","birthdate":"1961-05-20","iat":1795262400,"exp":1795266000}"#

    static func token(_ claims: String = claims) throws -> [UInt8] {
        Array(try TokenMint.standard().token(claims).utf8)
    }

    static func signature(_ token: [UInt8]) -> [UInt8] {
        Array(token[((token.lastIndex(of: UInt8(ascii: ".")) ?? 0) + 1)...])
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension [UInt8] {
    func holds(_ part: [UInt8]) -> Bool { Data(self).range(of: Data(part)) != nil }
    func holds(_ part: String) -> Bool { holds(Array(part.utf8)) }
}
