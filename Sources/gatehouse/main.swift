import Documents
import Foundation
import Gateway
import Routes

struct Env: DocumentEnvironment {
    func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        guard let d = FileManager.default.contents(atPath: path) else { throw DocumentReadFailure("no such file") }
        return Array(d)
    }
    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] { throw DocumentReadFailure("none") }
}
let path = CommandLine.arguments.last ?? "gateway.json"
let source = SourceText(name: path, bytes: Array(FileManager.default.contents(atPath: path) ?? Data()))
let (document, diagnostics) = DocumentLoader(environment: Env()).load(source)
FileHandle.standardError.write(Data(DiagnosticPrinter().render(diagnostics).utf8))
guard let document else { exit(78) }
guard case .snapshot(let snapshot, _) = GatewayBuilder.build(document) else { exit(78) }
var set = sigset_t()
sigemptyset(&set)
sigaddset(&set, SIGTERM)
sigaddset(&set, SIGINT)
pthread_sigmask(SIG_BLOCK, &set, nil)
do {
let service = try await GatewayService.start(snapshot, cores: 2, logDescriptor: 1, logFormat: snapshot.document.server.log.format ?? .json)
print("listening on \(service.sockets.map { $0.address.description })")
await Task.detached { var s2 = sigset_t(); sigemptyset(&s2); sigaddset(&s2, SIGTERM); sigaddset(&s2, SIGINT); var sig: Int32 = 0; sigwait(&s2, &sig) }.value
await service.stop()
} catch { print(error) }
