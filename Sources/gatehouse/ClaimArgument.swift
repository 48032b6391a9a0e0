import ArgumentParser
import Documents

/// `name=text`, or `name:=json` for numbers, booleans and lists. Text is the default, so that `rank=15` is the string
/// that it looks like.
struct ClaimArgument: ExpressibleByArgument {
    let name: String
    /// The value as JSON text.
    let json: [UInt8]

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        let value = argument[argument.index(after: equals)...]
        var name = argument[..<equals]
        if name.last == ":" {
            name = name.dropLast()
            do { _ = try JSONParser.parse(Array(value.utf8)) } catch { return nil }
            json = Array(value.utf8)
        } else {
            var writer = JSONWriter()
            writer.string(String(value))
            json = writer.bytes
        }
        guard !name.isEmpty else { return nil }
        self.name = String(name)
    }

    static let help: ArgumentHelp = "A claim: name=text, or name:=json; may be given again."
}

/// Claims in order, each name once; a later value takes the place of an earlier one.
struct ClaimList {
    private var members: [(name: String, json: [UInt8])] = []

    mutating func set(_ name: String, _ json: [UInt8]) {
        if let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            members[index].json = json
        } else {
            members.append((name, json))
        }
    }

    mutating func set(_ name: String, text: String) {
        var writer = JSONWriter()
        writer.string(text)
        set(name, writer.bytes)
    }

    mutating func set(_ name: String, number: Int64) { set(name, Array(String(number).utf8)) }

    func holds(_ name: String) -> Bool { members.contains { $0.name.utf8.elementsEqual(name.utf8) } }

    var payload: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for member in members {
                writer.key(member.name)
                writer.raw(member.json)
            }
        }
        return writer.bytes
    }
}
