import Foundation

/// Prints figures and remembers whether all were reached.
package struct Judge {
    package private(set) var hasMissed = false

    package init() {}

    package mutating func note(_ line: String, isGood: Bool = true) {
        say("\(line)\(isGood ? "" : "   MISSED")")
        hasMissed = hasMissed || !isGood
    }

    /// A line at a time, also into a pipe. Figures that nobody can read are no figures: the process ends.
    package func say(_ line: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
        } catch {
            exit(2)
        }
    }
}
