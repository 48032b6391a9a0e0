import ArgumentParser
import Documents
import Routes

/// What a shell offers for words that depend on the configuration: stages, authorizers, keys, routes.
///
/// A shell asks while somebody types, so nothing is ever reported here: without a readable configuration there is
/// nothing to offer.
enum Completions {
    static var configurations: CompletionKind { .file(extensions: ["json", "jsonc"]) }
    static var stages: CompletionKind { names { $0.stages.map(\.name) } }
    static var authorizers: CompletionKind { names { $0.authorizers.map(\.name) } }
    static var keys: CompletionKind { names { $0.keys.map(\.name) } }
    static var principals: CompletionKind { names { $0.principals.map(\.name) } }
    /// Methods that some route names, or all when one is for any method.
    static var methods: CompletionKind { names { methods(of: $0) } }
    /// Paths of routes; parameters stand as written, to be replaced.
    static var paths: CompletionKind { names { paths(of: $0) } }

    private static let verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private static func names(_ choose: @escaping @Sendable (GatewayDocument) -> [String]) -> CompletionKind {
        .custom { words, _, _ in document(named: words).map(choose) ?? [] }
    }

    static func methods(of document: GatewayDocument) -> [String] {
        let named = Set(document.routes.compactMap { $0.key.text.split(separator: " ").first.map(String.init) })
        return verbs.filter { named.contains($0) || named.contains("ANY") || named.contains("$default") }
    }

    static func paths(of document: GatewayDocument) -> [String] {
        var seen: Set<String> = []
        return document.routes.compactMap { route in
            let parts = route.key.text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, seen.insert(String(parts[1])).inserted else { return nil }
            return String(parts[1])
        }
    }

    /// The document that the words so far name, or the one that the command would find. Read without its variables:
    /// only names are wanted, and those that cannot be read are left out.
    private static func document(named words: [String]) -> GatewayDocument? {
        var options = ConfigurationOptions()
        options.stage = nil
        options.config = configuration(in: words)
        guard let path = try? options.path(), let bytes = try? StandardStreams.read(path) else { return nil }
        let environment = ProcessEnvironment(documentPath: path)
        return DocumentLoader(environment: environment).load(SourceText(name: path, bytes: bytes)).document
    }

    static func configuration(in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("--config=") { return String(word.dropFirst(9)) }
            if word == "--config", index + 1 < words.count { return words[index + 1] }
        }
        return nil
    }
}
