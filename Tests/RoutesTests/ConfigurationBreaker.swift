import Documents
import Foundation
import TestSupport

/// Breaks a configuration in one place, in a way that the schema can see.
struct ConfigurationBreaker {
    let evaluator: SchemaEvaluator
    var dice: Dice
    let api: String

    /// Names that lead elsewhere, and files: the schema cannot know where.
    private static let outside: Set<String> = [
        "defaultStage", "defaultAuthorizer", "authorizer", "integration", "keys", "secret", "secretFile",
        "publicKeyFile", "certificateFile", "jwksFile", "jwks",
        "policy", "apiKeys", "stage", "schema",
    ]

    /// The document itself when it has no place for this breakage.
    mutating func broken(_ good: Draft, _ kind: Breakage) throws -> Draft {
        let sections = good.places.filter { place in
            if case .members(let section?, let members) = good.value(at: place) {
                !section.isEmpty && !members.isEmpty
            } else {
                false
            }
        }
        switch kind {
        case .misspeltKey:
            return change(good, dice.pick(sections)) { members, dice in members[dice.roll(members.count)].name += "x" }
        case .otherKind:
            return change(good, dice.pick(sections)) { members, dice in
                let index = dice.roll(members.count)
                members[index].value = Self.otherKind(members[index].value, &dice)
            }
        case .hugeNumber:
            let places = sections.filter { !numbers(good.value(at: $0)).isEmpty }
            guard !places.isEmpty else { return try broken(good, .otherKind) }
            let place = dice.pick(places)
            let index = dice.pick(numbers(good.value(at: place)))
            return change(good, place) { members, dice in
                members[index].value = .raw(dice.pick(["-1", "99999999999999", "1.5"]))
            }
        case .unknownWord:
            return try words(good, sections)
        case .missingKey:
            return try missing(good, sections)
        case .plannedKey:
            let planned: [(String, String, Draft)] = [
                ("stages.NAME", "decisionMode", .text("observe")),
                ("authorizers.NAME", "emulateAwsTtl", .raw("true")),
                ("authorizers.NAME", "emulateAwsTtl", .raw("false")),
            ]
            let (section, name, value) = dice.pick(planned)
            return insert(good, sections, section, name, value)
        case .wrongForm: return wrongForm(good, sections)
        case .wrongLevel:
            let strays = ["clockSkewSeconds", "headerBytes", "kid", "allowOrigins", "effect", "sid", "routes"]
            let place = dice.pick(sections)
            let name = dice.pick(strays)
            if good.value(at: place)[name] != nil { return try broken(good, .misspeltKey) }
            return change(good, place) { members, _ in members.append(DraftMember(name, .raw("1"))) }
        case .otherAPI:
            let name = api == "REST" ? "integrationMethod" : "httpMethod"
            return insert(good, sections, "integrations.NAME", name, .text("GET"))
        case .otherType: return try otherType(good, sections)
        case .emptyList: return try emptyList(good, sections)
        case .badName:
            let maps = good.names.filter {
                ["keys", "upstreams", "authorizers", "integrations", "stages"].contains($0)
            }
            guard let name = maps.isEmpty ? nil : dice.pick(maps), let index = good.names.firstIndex(of: name) else {
                return good
            }
            return change(good, [index]) { members, dice in members[0].name += dice.pick([" ", "/", "ü", "\"", "!"]) }
        case .badRoute:
            guard let index = good.names.firstIndex(of: "routes") else { return good }
            let bad = [
                "get /x", "GET x", "/x", "GET", "GET /a//b", "GET /{a+}/b", "GET /a/../b", "GET /{a}b", "GET /a b",
                "FETCH /x", "GET  /x", "GET /%zz", "GET /ü", "", "$Default", api == "REST" ? "$default" : "GET /x?y",
                api == "REST" ? "GET /x/" : "GET //",
            ]
            return change(good, [index]) { members, dice in members[0].name = dice.pick(bad) }
        }
    }

    private func change(
        _ good: Draft, _ place: [Int], _ body: (inout [DraftMember], inout Dice) -> Void
    ) -> Draft {
        guard case .members(let section, var members) = good.value(at: place) else { return good }
        var dice = self.dice
        body(&members, &dice)
        return good.replacing(place, with: .members(section: section, members))
    }

    private mutating func insert(
        _ good: Draft, _ sections: [[Int]], _ section: String, _ name: String, _ value: Draft
    ) -> Draft {
        let places = sections.filter { place in
            guard case .members(let found, let members) = good.value(at: place), found == section else { return false }
            return !members.contains { $0.name == name }
        }
        guard !places.isEmpty else { return good }
        return change(good, dice.pick(places)) { members, _ in members.append(DraftMember(name, value)) }
    }

    private static func otherKind(_ value: Draft, _ dice: inout Dice) -> Draft {
        switch value {
        case .text: dice.pick([.raw("7"), .raw("true"), .object(section: nil, [])])
        case .raw("true"), .raw("false"): dice.pick([.text("true"), .raw("1"), .list([])])
        case .raw: dice.pick([.text("1"), .raw("true"), .object(section: nil, []), .list([.raw("false")])])
        case .list: dice.pick([.raw("1"), .object(section: nil, []), .raw("null")])
        case .members: dice.pick([.raw("1"), .list([]), .raw("false")])
        }
    }

    private func numbers(_ section: Draft) -> [Int] {
        guard case .members(_, let members) = section else { return [] }
        return members.indices.filter { index in
            if case .raw(let text) = members[index].value { Double(text) != nil } else { false }
        }
    }

    /// Members of a section with what the schema says of them.
    private func properties(_ section: Draft) throws -> [(index: Int, name: String, schema: JSONValue)] {
        guard case .members(let name?, let members) = section else { return [] }
        let definition = try evaluator.definition("#/$defs/\(name)")
        return members.enumerated().compactMap { index, member in
            definition["properties"]?[member.name].map { (index, member.name, $0) }
        }
    }

    private mutating func words(_ good: Draft, _ sections: [[Int]]) throws -> Draft {
        let found = try sections.flatMap { place in
            try properties(good.value(at: place)).filter { property in
                property.schema["anyOf"]?.elements.contains { $0["enum"] != nil } == true
            }.map { (place, $0.index) }
        }
        guard !found.isEmpty else { return good }
        let (place, index) = dice.pick(found)
        return change(good, place) { members, dice in
            members[index].value = .text(dice.pick(["", "bogus", "rest", "Http", "NONE "]))
        }
    }

    private mutating func missing(_ good: Draft, _ sections: [[Int]]) throws -> Draft {
        var places: [([Int], String)] = []
        for place in sections {
            guard case .members(let name?, _) = good.value(at: place) else { continue }
            let definition = try evaluator.definition("#/$defs/\(name)")
            places += definition["required"]?.elements.compactMap(\.string).map { (place, $0) } ?? []
            let more: [String: [String]] = [
                "authorizers.NAME": ["jwt", "policy", "identitySource", "jwtConfiguration", "authorizerUri"],
                "authorizers.NAME.jwt": ["keys", "issuer", "audience"], "integrations.NAME": ["uri"],
                "keys.NAME": ["secret", "secretFile", "publicKey", "jwks", "jwksUri"],
                "authorizers.NAME.jwtConfiguration": ["issuer", "audience", "issuers"],
            ]
            places += more[name]?.filter { good.value(at: place)[$0] != nil }.map { (place, $0) } ?? []
        }
        places += [([], "version"), ([], "api"), ([], "routes")]
        let (place, name) = dice.pick(places)
        return change(good, place) { members, _ in members.removeAll { $0.name == name } }
    }

    private mutating func wrongForm(_ good: Draft, _ sections: [[Int]]) -> Draft {
        let found = sections.flatMap { place -> [([Int], Int)] in
            guard case .members(_, let members) = good.value(at: place) else { return [] }
            return members.indices.filter { index in
                if Self.outside.contains(members[index].name) { return false }
                if case .text = members[index].value { return true }
                return false
            }.map { (place, $0) }
        }
        guard !found.isEmpty else { return good }
        let (place, index) = dice.pick(found)
        return change(good, place) { members, dice in
            members[index].value = .text(dice.pick([" ~nope~ ", "", "http://", "a b\u{7}", "$x", "::"]))
        }
    }

    private mutating func otherType(_ good: Draft, _ sections: [[Int]]) throws -> Draft {
        let strange: [(section: String, type: String, name: String, value: Draft)] = [
            ("integrations.NAME", "MOCK", "uri", .text("http://127.0.0.1:1")),
            ("integrations.NAME", "AWS_PROXY", "forwardAuthorization", .raw("true")),
            ("keys.NAME", "jwks", "kid", .text("1")), ("keys.NAME", "secret", "publicKey", .text("x")),
            ("keys.NAME", "pem", "refreshSeconds", .raw("5")), ("authorizers.NAME", "JWT", "policy", .list([])),
            ("authorizers.NAME", "TOKEN", "jwtConfiguration", .object(section: nil, [])),
        ]
        let found = sections.flatMap { place in
            strange.filter { each in
                guard case .members(let found, let members) = good.value(at: place), found == each.section else {
                    return false
                }
                return members.first { $0.name == "type" }?.value.json == "\"\(each.type)\""
                    && !members.contains { $0.name == each.name }
            }.map { (place, $0) }
        }
        guard !found.isEmpty else { return good }
        let (place, each) = dice.pick(found)
        return change(good, place) { members, _ in members.append(DraftMember(each.name, each.value)) }
    }

    private mutating func emptyList(_ good: Draft, _ sections: [[Int]]) throws -> Draft {
        let found = try sections.flatMap { place in
            try properties(good.value(at: place)).filter { property in
                property.schema["minItems"] != nil
                    || property.schema["anyOf"]?.elements.contains { $0["minItems"] != nil } == true
            }.map { (place, $0.index) }
        }
        guard !found.isEmpty else { return good }
        let (place, index) = dice.pick(found)
        return change(good, place) { members, _ in members[index].value = .list([]) }
    }
}

/// Files of the project, from its root.
enum ProjectFile {
    static func load(_ path: String) -> [UInt8]? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return FileManager.default.contents(atPath: root.appendingPathComponent(path).path).map { Array($0) }
    }
}
