/// Why something outside the document could not be read, in words for its author.
package struct DocumentReadFailure: Error, Sendable, Hashable {
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// What gateway.json may refer to outside itself. Injected, so that loading does no I/O of its own.
package protocol DocumentEnvironment: Sendable {
    /// The value of an environment variable; nil when it is not set.
    func variable(_ name: String) -> String?

    /// The content of a file; `path` is as written: absolute, or relative to the folder of the document.
    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8]

    /// Where a file that the document names really is, so that it can be watched; nil when it cannot be.
    func location(ofFile path: String) -> String?

    /// Whether every user of the machine may read a file; nil when that cannot be said. `path` is as for
    /// ``contents(ofFile:)``.
    func isReadableByEverybody(_ path: String) -> Bool?

    /// A credential of the service manager (systemd: a file in `$CREDENTIALS_DIRECTORY`).
    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8]
}

extension DocumentEnvironment {
    /// Nothing can be watched, unless the surroundings say otherwise.
    package func location(ofFile path: String) -> String? { nil }

    /// Nothing is known of who may read what, unless the surroundings say otherwise.
    package func isReadableByEverybody(_ path: String) -> Bool? { nil }
}
