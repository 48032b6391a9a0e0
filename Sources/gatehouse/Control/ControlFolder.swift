import Glibc

/// Where running gateways of this user can be spoken to: a folder that nobody else can enter, with one socket for each.
enum ControlFolder {
    private static let ending = ".sock"

    /// Nil when there is no such folder and none can be made, or when others could enter it.
    static func path() -> String? {
        let folder =
            ProcessEnvironment.setting("XDG_RUNTIME_DIR").map { "\($0)/gatehouse" } ?? "/tmp/gatehouse-\(geteuid())"
        unsafe _ = mkdir(folder, 0o700)
        var status = stat()
        guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else { return nil }
        return folder
    }

    static func socket(of process: Int32) -> String? { path().map { "\($0)/\(process)\(ending)" } }

    /// Process numbers of gateways that may be running, lowest first.
    static func processes() -> [Int32] {
        guard let folder = path(), let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var found: [Int32] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: unsafe Array(bytes).prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(ending), let number = Int32(name.dropLast(ending.count)) { found.append(number) }
        }
        return found.sorted()
    }

    /// Whether both paths lead to one file.
    static func isSame(_ first: String, _ second: String) -> Bool { absolute(first) == absolute(second) }

    /// From the root on; of a file that is not there yet, that of its folder with its name.
    static func absolute(_ path: String) -> String {
        if let real = unsafe realpath(path, nil) {
            defer { unsafe free(real) }
            return unsafe String(cString: real)
        }
        guard !path.hasPrefix("/"), let here = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(here) }
        return unsafe "\(String(cString: here))/\(path)"
    }
}
