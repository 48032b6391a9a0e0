import EventLoop

/// The secret of a project's pseudonyms: `.gatehouse/salt` beside gateway.json, 32 random bytes that only their owner can
/// read and that git does not see.
package enum SaltFile {
    private static let size = 32

    /// The salt, if there is one.
    package static func existing(folder: String) -> [UInt8]? {
        do throws(FileDescriptor.Failure) {
            let salt = try FileDescriptor.reading(folder + ".gatehouse/salt").read(upTo: 4096)
            return salt.count >= size ? salt : nil
        } catch {
            return nil
        }
    }

    /// Reads the salt, and makes one when there is none. `folder` ends in a slash or is empty.
    package static func load(
        folder: String, random: inout some RandomNumberGenerator
    ) throws(RecordingProblem) -> [UInt8] {
        let place = folder + ".gatehouse"
        let salt: [UInt8]
        do throws(FileDescriptor.Failure) {
            try FileDescriptor.makeFolder(place)
            // Whoever commits a recording must not commit the salt with it.
            if let ignore = try FileDescriptor.creating(place + "/.gitignore") { try ignore.write(Array("*\n".utf8)) }
            if let file = try FileDescriptor.creating(place + "/salt") {
                let salt = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
                try file.write(salt)
                return salt
            }
            let file = try FileDescriptor.reading(place + "/salt")
            file.makePrivate()
            salt = try file.read(upTo: 4096)
        } catch {
            throw RecordingProblem(
                "GH6009", "\(place)/salt: \(error.reason)", help: "make the folder of gateway.json writable")
        }
        guard salt.count >= size else {
            throw RecordingProblem(
                "GH6009", "\(place)/salt is too short to hide anything",
                help: "remove it, and a new one is made; pseudonyms of older recordings then no longer match")
        }
        return salt
    }
}
