/// Why a message was refused: a stable name for logs, metrics and tests.
package enum RefusalCode: String, Sendable, Hashable, CaseIterable {
    // Start line.
    case leadingLines = "leading_lines"
    case requestLineInvalid = "request_line_invalid"
    case methodInvalid = "method_invalid"
    case methodTooLong = "method_too_long"
    case connectRefused = "connect_refused"
    case traceRefused = "trace_refused"
    /// A method that no route can be declared for.
    case methodUnknown = "method_unknown"
    case targetInvalid = "target_invalid"
    case targetTooLong = "target_too_long"
    case targetFragment = "target_fragment"
    case targetForm = "target_form"
    case targetUserInfo = "target_userinfo"
    case asteriskMisplaced = "asterisk_misplaced"
    case versionInvalid = "version_invalid"
    case versionUnsupported = "version_unsupported"
    case statusLineInvalid = "status_line_invalid"
    case statusInvalid = "status_invalid"
    case upgradeUnasked = "upgrade_unasked"
    // Fields.
    case bareCR = "bare_cr"
    case bareLF = "bare_lf"
    case lineFolding = "line_folding"
    case spaceBeforeColon = "space_before_colon"
    case colonMissing = "colon_missing"
    case fieldNameEmpty = "field_name_empty"
    case fieldNameInvalid = "field_name_invalid"
    case fieldNameTooLong = "field_name_too_long"
    case fieldNameRefused = "field_name_refused"
    case fieldValueInvalid = "field_value_invalid"
    case headTooLarge = "head_too_large"
    case fieldCount = "field_count"
    // Meaning of fields.
    case hostMissing = "host_missing"
    case hostRepeated = "host_repeated"
    case hostInvalid = "host_invalid"
    case contentLengthInvalid = "content_length_invalid"
    case contentLengthRepeated = "content_length_repeated"
    case contentLengthTooLarge = "content_length_too_large"
    case transferEncodingInvalid = "transfer_encoding_invalid"
    case transferEncodingHTTP10 = "transfer_encoding_http10"
    case transferEncodingAndLength = "te_and_cl"
    case connectionInvalid = "connection_invalid"
    case expectationUnknown = "expectation_unknown"
    case webSocketVersion = "websocket_version"
    case webSocketInvalid = "websocket_invalid"
    // Body.
    case chunkSizeInvalid = "chunk_size_invalid"
    case chunkSizeOverflow = "chunk_size_overflow"
    case chunkLineEnd = "chunk_line_end"
    case chunkExtensionInvalid = "chunk_extension_invalid"
    case chunkExtensionTooLong = "chunk_extension_too_long"
    case chunkDataEnd = "chunk_data_end"
    case trailerInvalid = "trailer_invalid"
    case trailerTooLarge = "trailer_too_large"
    case bodyTooLarge = "body_too_large"
    // Found by those who own the clock.
    case headerTimeout = "header_timeout"
    case bodyTimeout = "body_timeout"
    // Path.
    case pathInvalid = "path_invalid"
    case pathEncodingInvalid = "path_encoding_invalid"
    case pathEncodedSlash = "path_encoded_slash"
    case pathEncodedControl = "path_encoded_control"
    case pathDoubleEncoding = "path_double_encoding"
    case pathNotUTF8 = "path_not_utf8"
    case pathAboveRoot = "path_above_root"
    case pathDotSegment = "path_dot_segment"
    case pathAmbiguous = "path_ambiguous"

    /// The status that answers a request refused for this reason.
    package var status: UInt16 {
        switch self {
        case .connectRefused, .traceRefused, .methodUnknown: 405
        case .headerTimeout, .bodyTimeout: 408
        case .contentLengthTooLarge, .bodyTooLarge: 413
        case .targetTooLong: 414
        case .expectationUnknown: 417
        case .webSocketVersion: 426
        case .headTooLarge, .fieldCount, .fieldNameTooLong: 431
        case .methodTooLong: 501
        case .versionUnsupported: 505
        default: 400
        }
    }

    /// Whether the refusal is about the path alone, so that the message's end is not in doubt.
    package var concernsPathOnly: Bool {
        switch self {
        case .pathInvalid, .pathEncodingInvalid, .pathEncodedSlash, .pathEncodedControl, .pathDoubleEncoding,
            .pathNotUTF8, .pathAboveRoot, .pathDotSegment, .pathAmbiguous:
            true
        default: false
        }
    }
}

/// A refused request: what to answer, why, and whether the connection may live on.
package struct RequestRefusal: Error, Sendable, Hashable {
    /// 400, 405, 408, 413, 414, 417, 426, 431, 501 or 505.
    package let status: UInt16
    /// The reason.
    package let code: RefusalCode
    /// Whether the connection must be closed after the answer, because the next byte may not be the start of a request.
    package let closes: Bool

    /// The refusal for `code`, with its own status; all but path refusals close.
    package init(_ code: RefusalCode) {
        self.code = code
        status = code.status
        closes = !code.concernsPathOnly
    }
}

/// A refused response: the caller answers 502 and never uses the connection again.
package struct ResponseRefusal: Error, Sendable, Hashable {
    /// The reason.
    package let code: RefusalCode

    package init(_ code: RefusalCode) {
        self.code = code
    }
}
