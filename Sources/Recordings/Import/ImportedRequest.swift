package import Tokens

/// A request from somewhere else, before the gate has seen it.
package struct ImportedRequest: Sendable {
    package struct Header: Sendable, Hashable {
        package var name: [UInt8]
        package var value: [UInt8]
    }

    /// What was answered, where the source knows it.
    package struct Answer: Sendable {
        package var status: UInt16
        package var headers: [Header]
        package var body: [UInt8]
        /// The body is kept in another form, or not at all.
        package var isWhole: Bool
    }

    package var method: [UInt8]
    /// An absolute address, or path and query.
    package var url: [UInt8]
    package var headers: [Header]
    package var body: [UInt8]
    package var bodyIsWhole = true
    package var clock: WallTime
    package var milliseconds = 0.0
    package var answer: Answer?
    /// The source never keeps credentials, so their absence says nothing.
    package var lacksCredentials = false
    /// From 1, and the first byte in the input.
    package var entry: Int
    package var offset: Int64

    func header(_ name: String) -> [UInt8]? {
        headers.first { $0.name.map(ByteKind.lowercased).elementsEqual(name.utf8) }?.value
    }
}
