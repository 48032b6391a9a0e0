import Documents
import Routes

/// Finds or makes the principal that a command speaks as.
enum PrincipalChoice {
    static func find(_ name: String, in document: GatewayDocument) throws(CommandFailure) -> PrincipalDefinition {
        if let found = document.principal(named: name) { return found }
        let shown = DiagnosticPrinter.visible(name)
        let names = document.principals.map(\.name)
        if names.isEmpty {
            throw CommandFailure(
                "the configuration names no principals: say who asks with --claim sub=\(shown), or add \"principals\": "
                    + "{ \"\(shown)\": { \"claims\": { \"sub\": \"…\" } } }", ExitCodes.usage)
        }
        let near = Suggestion.nearest(to: name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
        throw CommandFailure(
            "there is no principal \"\(shown)\": there are \(names.joined(separator: ", "))\(near)", ExitCodes.usage)
    }

    /// Somebody without claims.
    static func unnamed(in document: GatewayDocument) -> PrincipalDefinition {
        PrincipalDefinition(
            name: "", span: document.source.span(0..<0), claims: [])
    }

    /// The members of the object in a file.
    static func claims(inFile path: String) throws(CommandFailure) -> [PrincipalDefinition.Claim] {
        let bytes = try StandardStreams.read(path)
        let root: JSONValue
        do throws(JSONError) { root = try JSONParser.parse(bytes).root } catch {
            throw CommandFailure("\(path): not JSON: \(error.message)", ExitCodes.usage)
        }
        guard root.kind == .object else { throw CommandFailure("\(path): claims are an object", ExitCodes.usage) }
        return root.members.map { PrincipalDefinition.Claim($0.name, Array($0.value.text)) }
    }
}

extension PrincipalDefinition {
    /// Later claims take the place of earlier ones of the same name.
    mutating func add(_ more: [Claim]) {
        for claim in more {
            if let index = claims.firstIndex(where: { $0.name.utf8.elementsEqual(claim.name.utf8) }) {
                claims[index] = claim
            } else {
                claims.append(claim)
            }
        }
    }
}
