import Tokens

/// Tokens that are none, made to cost time.
enum Garbage {
    static func shapes(_ size: Int) -> [(name: String, token: [UInt8])] {
        let room = size * 3 / 4 - 40
        func header(_ text: [UInt8]) -> [UInt8] { Base64URL.encode(text) + Array("..".utf8) }
        func filled(_ start: String, _ piece: String, _ end: String) -> [UInt8] {
            var text = Array(start.utf8)
            let part = Array(piece.utf8)
            while text.count + part.count + end.utf8.count < room { text += part }
            return header(text + Array(end.utf8))
        }
        var members = Array(#"{"alg":"RS256""#.utf8)
        var number = 0
        while members.count < room {
            members += Array(#","\#(String(number, radix: 36))":0"#.utf8)
            number += 1
        }
        let jwt = Array("eyJhbGciOiJSUzI1NiJ9.".utf8)
        return [
            ("letters", [UInt8](repeating: 0x41, count: size)), ("dots", [UInt8](repeating: 0x2E, count: size)),
            ("payload", jwt + [UInt8](repeating: 0x41, count: size / 4 * 4 - 24) + Array(".AA".utf8)),
            ("signature", jwt + Array("e30.".utf8) + [UInt8](repeating: 0x41, count: size / 4 * 4 - 28)),
            ("brackets", header([UInt8](repeating: 0x5B, count: room))), ("members", header(members + [0x7D])),
            ("long alg", filled(#"{"alg":""#, "a", #""}"#)), ("numbers", filled(#"{"a":[1"#, ",1", "]}")),
            ("escapes", filled(#"{"kid":""#, #"\u0041"#, #"","alg":"RS256"}"#)),
            ("UTF-8", filled(#"{"kid":""#, "é", #"","alg":"RS256"}"#)),
            ("blanks", filled("{", " ", #""alg":"RS256"}"#)), ("digits", filled(#"{"alg":"RS256","n":"#, "9", "}")),
        ]
    }
}
