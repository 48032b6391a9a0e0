import HTTP

/// The content types that a REST API passes on as bytes (`binaryMediaTypes`).
///
/// Compared without parameters and case; `image/*` and `*/*` stand for all of their kind.
package struct BinaryMediaTypes: Sendable, Hashable {
    private var exact: [[UInt8]] = []
    /// With the slash: `image/`.
    private var kinds: [[UInt8]] = []
    private var isAll = false

    /// None: everything is text.
    package init() {}

    package init(_ types: [String]) {
        for type in types {
            let bytes = type.utf8.map(ByteClass.lower)
            if bytes.elementsEqual("*/*".utf8) {
                isAll = true
            } else if bytes.suffix(2).elementsEqual("/*".utf8) {
                kinds.append(bytes.dropLast())
            } else {
                exact.append(bytes)
            }
        }
    }

    /// Whether a body of this `Content-Type` is bytes; without one it counts as `application/json`.
    package func matches(contentType: ArraySlice<UInt8>?) -> Bool {
        if isAll { return true }
        if exact.isEmpty && kinds.isEmpty { return false }
        let type = contentType.map(MediaType.name) ?? MediaType.json
        return exact.contains(type) || kinds.contains { type.starts(with: $0) }
    }

    /// Whether a client with this `Accept` gets bytes: its first media type decides, whatever its weight.
    package func accepts(_ accept: ArraySlice<UInt8>?) -> Bool {
        matches(contentType: accept?.prefix { $0 != UInt8(ascii: ",") })
    }
}

/// The name of a media type (RFC 9110 §8.3.1).
enum MediaType {
    static let json = Array("application/json".utf8)

    /// Lower case, without parameters and blanks.
    static func name(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var name = value.prefix { $0 != UInt8(ascii: ";") }
        while let first = name.first, ByteClass.isBlank(first) { name.removeFirst() }
        while let last = name.last, ByteClass.isBlank(last) { name.removeLast() }
        return name.map(ByteClass.lower)
    }
}
