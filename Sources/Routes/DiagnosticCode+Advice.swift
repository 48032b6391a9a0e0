extension DiagnosticCode {
    /// What a code's long text says beside its cause: an example and a remedy. Every code of ``all`` has an entry; a
    /// test demands it.
    package struct Advice: Sendable {
        package var example: String
        package var remedy: String
    }

    static let advice: [String: Advice] = {
        var found: [String: Advice] = [:]
        let texts = [adviceOnText, adviceOnMeaning, adviceOnRecordings, adviceOnLimits]
        for entry in texts.joined(separator: "\n\n").split(separator: "\n\n") {
            let lines = entry.split(separator: "\n")
            guard let first = lines.first else { continue }
            let code = first.prefix { $0 != " " }
            found[String(code)] = Advice(
                example: String(first.dropFirst(code.count + 1)), remedy: lines.dropFirst().joined(separator: " "))
        }
        for rule in Lints.rules { found[rule.code] = Advice(example: rule.example, remedy: rule.remedy) }
        return found
    }()

    // One paragraph for each code: the code and an example, then the remedy.
    static let adviceOnText = #"""
        GH1001 (an empty file)
        Write at least { "version": 1, "api": …, "routes": … }, or let `gatehouse init` do it.

        GH1002 { "version": 1, "api": {
        Close every quote, list and object; an editor that colours brackets shows which one is open.

        GH1003 { "version": 1 "api": {} }
        Put a comma between the members. `gatehouse validate --fix` does it.

        GH1004 "workers": two
        Write a string in double quotes, a number, true, false, null, a list or an object.

        GH1005 "version" = 1
        Write "key": value. `gatehouse validate --fix` turns an equals sign into a colon.

        GH1006 { version: 1 }
        Put the key into double quotes. `gatehouse validate --fix` does it.

        GH1007 "uri": "http:\/\/h\x2F"
        Use \" \\ \/ \b \f \n \r \t or \u with four hexadecimal digits; a regular expression's \. is written
        \\.

        GH1008 a string that holds a tab or another byte below 0x20
        Write the character as an escape, such as \t or \u0007.

        GH1009 a file saved as Latin-1 or UTF-16
        Save the file as UTF-8; editors call it the encoding or the character set.

        GH1010 "name": "\uD83D"
        Write both halves (\uD83D\uDE80) or the character itself.

        GH1011 "workers": 08
        Numbers have no leading zero, no plus sign and a digit on both sides of the point; text belongs into
        quotes.

        GH1012 "debug": yes
        Write true, false or null in lower case, or put the word into double quotes.

        GH1013 { "GET /ships": {}, "GET /ships": {} }
        Keep one of the two. Other parsers silently keep the last one, so another program may read the file
        differently.

        GH1014 65 brackets inside one another
        No part of the format needs more than a dozen; look for brackets that were doubled by a script.

        GH1015 { "version": 1 } }
        Remove what stands behind the last bracket.

        GH1016 { "keys": [1,] } in a token or policy
        Remove the comma. gateway.json itself may hold trailing commas.

        GH1017 /* note
        End the comment with */.

        GH1018 "name": "fleet,
        Add the closing quote; a line end inside a string is written \n.

        GH1019 a file of more than one gibibyte
        Check that the right file was named.

        GH1020 "keys": ["session" }
        Close a list with ] and an object with }.

        GH1101 rows: { GET /ships: [401, allow
        Close the bracket or quote; indent with spaces, never with tabs.

        GH1102 (an empty file)
        Write at least "version: 1" and something that is tested.

        GH1103 GET /ships: [allow] in two lines of one map
        Keep one of the two; the other would have been lost without a word.

        GH1104 ? [a, b]
        Write a text for the key; quote it when it is ~.

        GH1105 [[[[ … 65 lists in each other
        Write the document flatter.

        GH1106 ten lines of aliases, each ten times the one before
        Write out what is needed, without so many aliases.

        GH1107 claims: *crew
        Write &crew at the value that is meant, before the first *crew.

        GH1108 --- in the middle of the file
        Put the second document into a file of its own.

        GH1109 claims: !!binary aGVsbG8=
        Leave the tag out; quotes make a text of anything.

        GH1110 a file in Latin-1
        Save the file as UTF-8.

        GH2001 [ { "version": 1 } ]
        Make the outermost value an object.

        GH2099 a file with more than 300 mistakes
        Correct the first ones and check again; one missing bracket often explains the rest.

        GH2101 "workers": "2"
        Write the value as the message says: numbers, true and false without quotes, texts with them.

        GH2102 "headerBytes": 10
        Choose a number inside the range that the message names.

        GH2103 "type": "rest"
        Write one of the words that the help line lists, in exactly that spelling.

        GH2104 "DELETE /ships/{shipId}": { "integration": "fleet", "authoriser": "session" }
        Rename the key as suggested (`gatehouse validate --fix` does it), or remove it.

        GH2105 "api": { "listen": "127.0.0.1:8080" }
        Move the key to the object that the message names.

        GH2106 "api": { "name": "fleet" }
        Add the key that the message names.

        GH2107 "keys": []
        Write what is meant, or leave the key out where it has a default.

        GH2108 "type": "HTTP" with an authorizer of type "TOKEN"
        Use the form of your API type; the help line names it where there is one.

        GH2109 "authorizationType": "NONE", "authorizer": "session"
        Decide for one of the two and remove the other.

        GH2110 "decisionMode": "observe"
        Remove the key, or use a version of Gatehouse in which it is built.

        GH2112 "authorizers": { "my session": {} }
        Use letters, digits and the signs that the help line lists.

        GH2190 gatehouse serve --stage prd
        Choose one of the stages that the help line lists, or set the variables that its values need.

        GH2201 "authorizer": "sesion"
        Correct the name, or add an authorizer of that name.

        GH2202 "integration": "flet"
        Correct the name, or add an integration of that name.

        GH2203 "jwt": { "keys": ["session"] } while "keys" holds "session-hs256"
        Correct the name, or add a key of that name.

        GH2204 "uri": "upstream:flet{path}"
        Correct the name, or add an upstream of that name.

        GH2205 "defaultStage": "prd"
        Correct the name, or add a stage of that name.

        GH2206 "uri": "${stageVariables.fleetUri}{path}"
        Add the variable to the stages that lack it, or correct its name.

        GH2207 "extends": "captian"
        Name an entry of "principals".

        GH2208 "a": { "extends": "b" }, "b": { "extends": "a" }
        Let one of them stand by itself.

        GH2209 "principals": { … } while stage "prod" has no "debug": true
        Keep principals in a configuration for the desk, or in files of tests.

        GH2211 "requestModels": { "application/json": "Shipp" }
        Correct the name, or add a model of that name.

        GH2301 "get /ships": {}
        Write METHOD /path: the method in upper case, one space, the path from its first slash.

        GH2302 "GET /ships/{id}" beside "GET /ships/{shipId}"
        Remove one of them; parameter names do not tell routes apart.

        GH2303 "GET /ships": { "integration": "fleet" } without defaultAuthorizer
        Add "authorizer": "NAME", set api.defaultAuthorizer, or say "authorizationType": "NONE" for a public
        route.

        GH2305 "GET /ships/{id}" beside "GET /ships/{shipId}/log"
        Use one name for the parameter in both routes.
        """#
}
