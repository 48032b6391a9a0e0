import EventLoop

/// Tells when files have changed and have come to rest: an editor may write one in several steps, and a half-written
/// configuration would be reported as broken.
struct FileWatch {
    private var paths: [String]
    /// As they were when they were last read.
    private var known: [FileStamp?]
    /// As they were at the last look, when that was different.
    private var moving: [FileStamp?]?

    init(_ paths: [String], look: (String) -> FileStamp?) {
        self.paths = paths
        known = paths.map(look)
    }

    /// Looks once. True when something is different from what was read and was the same at the look before.
    mutating func hasChanged(look: (String) -> FileStamp?) -> Bool {
        let now = paths.map(look)
        guard now != known else {
            moving = nil
            return false
        }
        guard now == moving else {
            moving = now
            return false
        }
        known = now
        moving = nil
        return true
    }

    /// Other files are named from now on; those that stay are as they were.
    mutating func follow(_ others: [String], look: (String) -> FileStamp?) {
        let stamps = others.map { other in paths.firstIndex(of: other).map { known[$0] } ?? look(other) }
        paths = others
        known = stamps
        moving = nil
    }
}
