package import HTTP
import Routes

/// Stages whose name is the first segment of a request's path, as on API Gateway's own host names.
extension GatewaySnapshot {
    /// The configuration compiled for the stage that the path names, and `head` with the path behind that segment. This
    /// snapshot itself when paths begin at the resource; nil when no such stage is served.
    ///
    /// The segment is compared byte by byte: an encoded or doubled slash, a dot or other letters name no stage.
    package func entering(_ head: inout RequestHead) -> GatewaySnapshot? {
        if stagesInPath.isEmpty { return self }
        let path = head.rawPath
        guard path.first == UInt8(ascii: "/") else { return nil }
        let name = path.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        guard let found = stagesInPath.first(where: { $0.stage.name.utf8.elementsEqual(name) }) else { return nil }
        // `/dev` is the root of the stage, like `/dev/`: an empty path is normalised to `/`.
        head.path = ByteRange(start: head.path.start + UInt32(name.count) + 1, end: head.path.end)
        return found
    }
}

extension Exchange {
    /// Takes the stage off the path, once. False when the path names none that is served.
    mutating func enterStage() -> Bool {
        if snapshot.stagesInPath.isEmpty { return true }
        let whole = head.path
        guard let entered = snapshot.entering(&head) else { return false }
        snapshot = entered
        pathWithStage = whole
        return true
    }
}

extension StageDefinition {
    /// Whether requests for this stage can be served beside those of others.
    package var isServedByPath: Bool { includeStageInPath && isUsable }
}
