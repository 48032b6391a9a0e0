import Routes
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What gateway.json may refer to: this process's variables, files beside the document, systemd's credentials.
struct ProcessEnvironment: DocumentEnvironment {
    /// Folder of the document, with a slash at its end, or empty for the working directory.
    let folder: String
    private let named = NamedFiles()

    /// The files that the document has named so far, readable or not.
    var files: [String] { named.paths }

    init(documentPath: String) {
        folder = documentPath.lastIndex(of: "/").map { String(documentPath[...$0]) } ?? ""
    }

    func variable(_ name: String) -> String? { Self.variable(name) }

    static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        let place = path.hasPrefix("/") ? path : folder + path
        named.add(place)
        return try Self.read(place)
    }

    func location(ofFile path: String) -> String? { path.hasPrefix("/") ? path : folder + path }

    func isReadableByEverybody(_ path: String) -> Bool? {
        var status = stat()
        guard unsafe stat(location(ofFile: path) ?? path, &status) == 0 else { return nil }
        return status.st_mode & S_IROTH != 0
    }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        guard let directory = variable("CREDENTIALS_DIRECTORY"), !directory.isEmpty else {
            throw DocumentReadFailure("CREDENTIALS_DIRECTORY is not set")
        }
        // A name, not a path: nothing outside the directory may be reached.
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw DocumentReadFailure("a credential's name holds no slash")
        }
        return try Self.read("\(directory)/\(name)")
    }

    private static func read(_ path: String) throws(DocumentReadFailure) -> [UInt8] {
        do throws(CommandFailure) {
            return try StandardStreams.read(path)
        } catch {
            throw DocumentReadFailure(error.message)
        }
    }
}

/// Paths in the order in which they were asked for, each once.
private final class NamedFiles: Sendable {
    private let list = Mutex<[String]>([])

    var paths: [String] { list.withLock { $0 } }

    func add(_ path: String) { list.withLock { if !$0.contains(path) { $0.append(path) } } }
}
