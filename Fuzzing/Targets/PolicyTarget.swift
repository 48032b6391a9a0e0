import Documents
import Policies

extension FuzzTarget {
    /// Policy documents, and decisions by them. A second line is the resource that is asked for.
    package static let policy = FuzzTarget("policy") { input in
        let parts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard let text = parts.first else { return nil }
        let standard = Array("arn:aws:execute-api:eu-west-1:123456789012:api1/dev/GET/ships/42".utf8)
        let resource = parts.count == 2 ? Array(parts[1]) : standard
        let context = PolicyContextTable([
            ("aws:SourceIp", .text("192.0.2.7")), ("aws:CurrentTime", .text("2025-10-09T08:53:20Z")),
            ("aws:UserAgent", .text("curl/8")), ("context:Rank", .text("15")),
        ])
        for principals in [PolicyParser.Principals.refused, .accepted] {
            do throws(PolicyError) {
                let document = try PolicyParser.parse(Array(text), principals: principals)
                let request = PolicyRequest(resource: resource, context: context)
                let one = PolicyEvaluator.decide(request, by: document).outcome
                let two = PolicyEvaluator.decide(request, by: [document, document]).outcome
                if one != two { return "the same document twice decides differently" }
                var writer = JSONWriter()
                document.write(to: &writer)
                let again = try PolicyParser.parse(writer.bytes, principals: principals)
                if PolicyEvaluator.decide(request, by: again).outcome != one {
                    return "written and read again it decides differently"
                }
            } catch {
                if error.message.isEmpty { return "no words" }
            }
        }
        return nil
    }
}
