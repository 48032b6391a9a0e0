internal import Documents

/// A policy resource that is written as an ARN, cut into its parts.
struct ResourceARN {
    enum Mismatch: Hashable {
        /// Fewer than six parts, or without `API/stage/METHOD/path`.
        case incomplete
        case partition
        case service
        case region
        case account
        case api
        case stage
        /// ANY: a route's word for all methods, which no request has.
        case any
        /// Everything fits but no route does.
        case route
    }

    /// Six parts; those that IAM completes are `*`.
    let parts: [[UInt8]]

    init(_ text: String) {
        var parts: [[UInt8]] = text.utf8
            .split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false).map { Array($0) }
        // IAM completes `arn:aws:execute-api` with stars.
        if parts.count >= 3 { while parts.count < 6 { parts.append([UInt8(ascii: "*")]) } }
        self.parts = parts
    }

    /// What keeps it from every request of this API; nil when some route can be covered.
    func mismatch(_ document: GatewayDocument) -> Mismatch? {
        guard parts.count == 6 else { return .incomplete }
        if !covers(1, "aws") && !covers(1, "aws-cn") && !covers(1, "aws-us-gov") { return .partition }
        if !covers(2, "execute-api") { return .service }
        if !covers(3, document.api.region) { return .region }
        if !covers(4, document.api.accountId) { return .account }
        let slash = UInt8(ascii: "/")
        let glob = parts[5]
        let text = String(decoding: glob, as: UTF8.self)
        let pieces = glob.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
        if pieces.count > 2, pieces[2].elementsEqual("ANY".utf8) { return .any }
        if document.stages.contains(where: { stage in
            ResourceOverlap.covers(
                resource: text, prefix: "\(document.api.apiId)/\(stage.name)/", anyOf: document.routes.map(\.key))
        }) {
            return nil
        }
        // Which part is the first that no request has? A star may take several parts, so only plain ones are blamed.
        if !ResourceGlob(pieces[0]).matches(document.api.apiId.utf8) { return .api }
        if pieces.count < 3 { return .incomplete }
        let knowsStage = document.stages.contains { ResourceGlob(pieces[1]).matches($0.name.utf8) }
        return knowsStage ? .route : .stage
    }

    private func covers(_ part: Int, _ text: String) -> Bool { ResourceGlob(parts[part]).matches(text.utf8) }
}
