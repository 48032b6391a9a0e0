import Documents
import Tokens

extension FuzzTarget {
    /// The JSON parser in both modes.
    package static let json = FuzzTarget("json") { input in
        let (lenient, errors) = JSONParser.parse(input, options: .configuration)
        for error in errors {
            let range = error.range
            if range.lowerBound < 0 || range.upperBound > input.count || error.message.isEmpty {
                return "an error outside of the text"
            }
        }
        visit(lenient.root)
        do throws(JSONError) {
            let strict = try JSONParser.parse(input)
            if !errors.isEmpty { return "strict accepts what the configuration mode refuses" }
            let text = write(strict.root)
            if write(lenient.root) != text { return "the modes read different values" }
            let again = try JSONParser.parse(text)
            return write(again.root) == text ? nil : "written and read again it is another value"
        } catch {
            return error.range.upperBound > input.count ? "an error outside of the text" : nil
        }
    }

    /// The YAML reader: every place lies in the text, and the tree is a JSON document.
    package static let yaml = FuzzTarget("yaml") { input in
        do throws(YAMLError) {
            let tree = try YAMLReader.read(input)
            if let problem = misplaced(tree, input.count) { return problem }
            do throws(JSONError) {
                let json = tree.json
                let again = DataNode(try JSONParser.parse(json).root)
                return again.json == json ? nil : "written and read again it is another value"
            } catch {
                return "the tree is not JSON: \(error.message)"
            }
        } catch {
            let range = error.range
            return range.lowerBound < 0 || range.upperBound > input.count || error.message.isEmpty
                ? "an error outside of the text" : nil
        }
    }

    private static func misplaced(_ node: DataNode, _ count: Int) -> String? {
        if node.range.lowerBound < 0 || node.range.upperBound > count { return "a value outside of the text" }
        for element in node.list ?? [] {
            if let problem = misplaced(element, count) { return problem }
        }
        for member in node.map ?? [] {
            if member.keyRange.upperBound > count { return "a key outside of the text" }
            if let problem = misplaced(member.value, count) { return problem }
        }
        return nil
    }

    /// Lists of revoked tokens.
    package static let revocations = FuzzTarget("revocations") { input in
        let (list, problems) = RevocationList.parse(input)
        let lines = input.count { $0 == 0x0A } + 1
        if list.count + problems.count > lines { return "more entries than lines" }
        for problem in problems where problem.line < 1 || problem.line > lines || problem.message.isEmpty {
            return "a problem on no line"
        }
        // A line behind others is read whatever stands before it.
        let own = Revocation(.tokenID, Array(input.prefix(64)), issuedBefore: 1.5, until: 1e300)
        let (longer, _) = RevocationList.parse(input + [0x0A] + own.line())
        let isUTF8 = String(validating: input.prefix(64), as: UTF8.self) != nil
        if isUTF8, longer.count < list.count { return "one more line made the list shorter" }
        if longer.removingExpired(at: WallTime(seconds: 0)).count > longer.count { return "expiry made entries" }
        return nil
    }

    /// Reads everything that can be read.
    private static func visit(_ value: JSONValue) {
        _ = value.utf8
        _ = value.string
        _ = value.int64
        _ = value.double
        _ = value.bool
        for element in value.elements { visit(element) }
        for member in value.members {
            _ = member.name
            visit(member.value)
        }
    }

    private static func write(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        write(value, &writer)
        return writer.bytes
    }

    private static func write(_ value: JSONValue, _ writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.object { writer in
                for member in value.members {
                    writer.key(member.key.utf8 ?? [])
                    write(member.value, &writer)
                }
            }
        case .array: writer.array { writer in for element in value.elements { write(element, &writer) } }
        case .string: writer.string(value.utf8 ?? [])
        default: writer.raw(value.text)
        }
    }
}
