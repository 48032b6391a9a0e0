import ArgumentParser
import Documents

/// `name=text`, or `name:=json` for numbers, booleans and lists. Text is the default, so that `rank=15` is the string
/// that it looks like.
struct ClaimArgument: ExpressibleByArgument {
    let name: String
    /// The value as JSON text.
    let json: [UInt8]
    /// As it was given.
    let text: String

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
        text = argument
        self.name = String(name)
    }

    static let help: ArgumentHelp = "A claim: name=text, or name:=json; may be given again."
}
