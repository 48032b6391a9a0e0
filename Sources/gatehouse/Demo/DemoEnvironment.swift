import Documents
import Gateway
import Routes

/// What the demo's configuration finds in its surroundings: the ports that were chosen, and nothing else of the process
/// but the secret.
struct DemoEnvironment: DocumentEnvironment {
    let listen: String
    let backend: String

    func variable(_ name: String) -> String? {
        switch name {
        case "GATEHOUSE_DEMO_LISTEN": listen
        case "GATEHOUSE_DEMO_BACKEND": backend
        case "GATEHOUSE_DEMO_SECRET": ProcessEnvironment.variable(name)
        default: nil
        }
    }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        throw DocumentReadFailure("the demo reads no files")
    }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        throw DocumentReadFailure("the demo has no credentials")
    }

    /// The compiled configuration, and the crew whose tokens fit it.
    func load() throws(CommandFailure) -> (GatewaySnapshot, DemoCrew) {
        let source = SourceText(name: "gateway.json", bytes: Array(DemoConfiguration.text.utf8))
        let (document, diagnostics) = DocumentLoader(environment: self).load(source)
        guard let document, case .snapshot(let snapshot, _) = GatewayBuilder.build(document) else {
            StandardStreams.writeError(DiagnosticPrinter().render(diagnostics))
            throw CommandFailure(
                "the demo's configuration is refused; is GATEHOUSE_DEMO_SECRET too short?", ExitCodes.configuration)
        }
        guard let key = document.keys.first, case .secret(let secret, _) = key.material,
            let crew = DemoCrew(secret: secret.bytes, keyID: key.keyId?.value)
        else { throw CommandFailure("the demo's key cannot sign", ExitCodes.configuration) }
        return (snapshot, crew)
    }
}
