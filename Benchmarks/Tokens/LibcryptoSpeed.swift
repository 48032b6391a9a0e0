import Foundation

/// `openssl speed` for one primitive: what the machine's libcrypto needs for a bare verification.
enum LibcryptoSpeed {
    /// Nanoseconds of one verification in a run of a second; nil where the command does not know the primitive.
    static func verification(_ primitive: String) throws -> Double? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "speed", "-mr", "-seconds", "1", primitive]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // +F2:2:2048:SIGNATURES_PER_SECOND:VERIFICATIONS_PER_SECOND
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("+F") {
            guard let rate = line.split(separator: ":").last.flatMap({ Double($0) }), rate > 0 else { continue }
            return 1e9 / rate
        }
        return nil
    }
}
