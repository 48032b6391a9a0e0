import Glibc

/// Paths that mean the same wherever a process stands.
package enum WorkingFolder {
    /// Relative to this process's own folder. What does not exist keeps its spelling.
    package static func absolute(_ path: String) -> String {
        if let resolved = unsafe realpath(path, nil) {
            defer { unsafe free(resolved) }
            return unsafe String(cString: resolved)
        }
        if path.hasPrefix("/") { return path }
        guard let own = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(own) }
        return unsafe String(cString: own) + "/" + path
    }
}
