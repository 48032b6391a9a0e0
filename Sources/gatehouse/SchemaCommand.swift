import ArgumentParser
import PolicyTests
import Routes

/// `gatehouse schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema that editors complete and check with.",
        discussion: """
            Examples:
              gatehouse schema gateway > gateway.schema.json
              gatehouse schema gateway | jq '."$defs" | keys'
              gatehouse schema test > gatetest.schema.json

            Name it in gateway.json as "$schema": "./gateway.schema.json", and in a test file as
            # yaml-language-server: $schema=./gatetest.schema.json
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case gateway
        case test
    }

    @Argument(help: "Of which kind of file.") var kind: Kind

    func run() throws {
        switch kind {
        case .gateway: StandardStreams.write(GatewaySchema.text())
        case .test: StandardStreams.write(TestFileSchema.text())
        }
    }
}
