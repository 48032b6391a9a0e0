/// What happens to a field whose name is a token but has bytes outside `[A-Za-z0-9-]`.
package enum FieldNameRule: UInt8, Sendable, Hashable {
    /// The request is refused: backends that map names to variables read `X_Claim_Sub` as `X-Claim-Sub`.
    case strict
    /// The field is left out.
    case drop
    /// The field is kept.
    case pass
}

/// Limits of one message head. Reaching one refuses the message before its head is complete.
package struct HeadLimits: Sendable, Hashable {
    /// Bytes of the start line and the fields with all line ends, without blank lines before them.
    package var headerBytes: Int
    /// Number of field lines.
    package var headerCount: Int
    /// Bytes of the request target.
    package var requestTargetBytes: Int
    /// Which field names are taken.
    package var nameRule: FieldNameRule

    /// The largest head that any configuration may allow: 16 MiB.
    package static let largestHead = 16 << 20

    /// The defaults are those of the configuration: 10,240 bytes, 200 fields, targets of 8,192 bytes.
    package init(
        headerBytes: Int = 10_240, headerCount: Int = 200, requestTargetBytes: Int = 8_192,
        nameRule: FieldNameRule = .strict
    ) {
        self.headerBytes = min(max(headerBytes, 0), HeadLimits.largestHead)
        self.headerCount = max(headerCount, 0)
        self.requestTargetBytes = max(requestTargetBytes, 0)
        self.nameRule = nameRule
    }
}
