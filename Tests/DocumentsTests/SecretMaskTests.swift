import Documents
import Testing

struct SecretMaskTests {
    @Test(
        "A line that is shown with a diagnostic never shows a secret",
        arguments: [
            (#"  "secret": "hunter2hunter2","#, #"  "secret": "••••••••••••••","#),
            (#"{"k":{"clientSecret":"a\"b","x":"y"}}"#, #"{"k":{"clientSecret":"••••","x":"y"}}"#),
            (#""secrte": "oops", "kid": "1""#, #""secrte": "••••", "kid": "1""#),
            (#""secret": "${env:NAME}""#, #""secret": "${env:NAME}""#),
            (#""secret": "${env:NAME:-fallback}""#, #""secret": "${env:NAME:-••••••••}""#),
            (#""secret": "x${file:a}y""#, #""secret": "•${file:a}•""#),
            (#""secret" "no colon""#, #""secret" "••••••••""#),
            (#""secret": "never closed"#, #""secret": "••••••••••••"#),
            (#""secret": ["one", ["two"]], "kid": "1""#, #""secret": ["•••", ["•••"]], "kid": "1""#),
            (#""secret": { "value": "one" }, "kid": "1""#, #""secret": { "•••••": "•••" }, "kid": "1""#),
            (#""my-secret": { "type": "pem" }"#, #""my-secret": { "type": "pem" }"#),
            (#""password": "päss""#, #""password": "••••""#),
            (#""alg": "HS256", "secretFile": "a.txt""#, #""alg": "HS256", "secretFile": "•••••""#),
            ("\"secret\": 'hunter2', \"kid\": \"1\"", "\"secret\": '•••••••', \"kid\": \"1\""),
            ("'secret': 'hun\"ter2' }", "'secret': '••••••••' }"),
            ("secret: 'hun, \"ter2' }", "secret: '••••••••••' }"),
            ("\"secret\": 'hunter2", "\"secret\": ••••••••"),
            (#"{"k": {"secret": hunter2}, "a": 1}"#, #"{"k": {"secret": •••••••}, "a": 1}"#),
            (#""secret": hunter2, "kid": "1""#, #""secret": •••••••, "kid": "1""#),
            (#""secret": hun,ter}2"#, #""secret": •••••••••"#),
            (#""secret": “hunter2”, "kid": "1""#, #""secret": •••••••••, "kid": "1""#),
            (#""secret": "hun"ter"2", "kid": "1""#, #""secret": "•••"••••••, "kid": "1""#),
            (#""secret": "hunter2" "kid": "1""#, #""secret": "•••••••" "kid": "1""#),
            (#""secret" hunter2"#, #""secret" •••••••"#),
            (#""secret" = hunter2"#, #""secret" = •••••••"#),
            (#""kid": "a"b", "secret": "hunter2""#, #""kid": "a"b", "secret"••"••••••••"#),
            (#""secret": ['one', two], "kid": "1""#, #""secret": ['•••', •••], "kid": "1""#),
            (#""secret": "${env:A}", // was hunter2"#, #""secret": "${env:A}", //••••••••••••"#),
            (#""secret": /* hunter2 */ "${env:A}""#, #""secret": /*•••••••••*/ "${env:A}""#),
            (#"// "secret": hunter2"#, #"// "secr••••••••••••"#),
            (
                #""apiKeys": { "one": { "value": "hunter2", "enabled": true } }, "b": "c""#,
                #""apiKeys": { "one": { "value": "•••••••", "enabled": true } }, "b": "c""#
            ),
            (#"apiKeys: { one: { vlaue: hunter2 } }, "b": "c""#, #"apiKeys: { one: { vlaue: ••••••• } }, "b": "c""#),
            (#""apiKeys": { "one": { "value" "hunter2" }"#, #""apiKeys": { "one": { "•••••" "•••••••" }"#),
            (#""apiKeys": { "a": "hunter2" // hunter3"#, #""apiKeys": { "a": "•••••••" //••••••••"#),
            (#""uri": "http://user:p/a@ss@host/{path}","#, #""uri": "http://•••••••••••@host/{path}","#),
            (#""uri": "http:\/\/user:pass@host","#, #""uri": "http:\/\/•••••••••@host","#),
            (#""uri": http://user:pass@host,"#, #""uri": http://•••••••••@host,"#),
            (#""uri": "http://${env:U}:${env:P}@host""#, #""uri": "http://${env:U}•${env:P}@host""#),
        ])
    func hides(line: String, shown: String) {
        #expect(SourceText(name: "gateway.json", bytes: Array(line.utf8)).line(1) == shown)
    }

    @Test("A secret on the line below its key is hidden too")
    func hidesBelow() {
        let source = SourceText(name: "gateway.json", bytes: Array("{\"secret\":\n  \"value\"}".utf8))
        #expect(source.line(2) == "  \"•••••\"}")
    }

    @Test(
        "Other lines are shown as they are",
        arguments: [
            #"{ "issuer": "https://a", "n": [1, "two"] } // "comment": "x""#,
            #""usagePlans": { "gold": { "apiKeys": ["one"], "quota": { "limit": 1 } } }"#,
            #""apiKeys": { "one": { "value": "${env:KEY}" } }, "b": "c""#,
            #"{ "type": "secret", "alg": "HS256" }"#, #"{ "type": "secret" "alg": "HS256" }"#,
            "{ 'a': don't, \"b\": 1 } // it's an address: a@b",
        ])
    func showsOthers(text: String) {
        #expect(SourceText(name: "gateway.json", bytes: Array(text.utf8)).line(1) == text)
    }
}
