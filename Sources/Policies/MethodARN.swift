/// The ARN of one API method: `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}`.
package struct MethodARN: Sendable, Hashable {
    package let bytes: [UInt8]

    /// Reads a complete method ARN; nil when it is of another service or lacks a part. The path may be empty and may
    /// hold anything, colons and slashes included.
    package init?(parsing bytes: [UInt8]) {
        self.bytes = bytes
        let parts = (0..<8).map { part($0) }
        guard parts.allSatisfy({ !$0.isEmpty }), parts[0].elementsEqual("arn".utf8),
            parts[2].elementsEqual("execute-api".utf8), parts[7].endIndex < bytes.count
        else { return nil }
    }

    /// For bytes that were put together as an ARN.
    fileprivate init(built bytes: [UInt8]) { self.bytes = bytes }

    package var partition: ArraySlice<UInt8> { part(1) }
    package var region: ArraySlice<UInt8> { part(3) }
    package var account: ArraySlice<UInt8> { part(4) }
    package var api: ArraySlice<UInt8> { part(5) }
    package var stage: ArraySlice<UInt8> { part(6) }
    package var method: ArraySlice<UInt8> { part(7) }
    /// Without its leading slash.
    package var path: ArraySlice<UInt8> { bytes[min(part(7).endIndex + 1, bytes.count)...] }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The first five parts end with a colon, the next three with a slash; a part that is not there is empty.
    private func part(_ index: Int) -> ArraySlice<UInt8> {
        var start = 0
        for number in 0...index {
            let separator = number < 5 ? UInt8(ascii: ":") : UInt8(ascii: "/")
            guard let end = bytes[start...].firstIndex(of: separator) else { return bytes[bytes.count...] }
            if number == index { return bytes[start..<end] }
            start = end + 1
        }
        return bytes[bytes.count...]
    }
}

extension MethodARN {
    /// The part that all methods of a stage share, built once with the configuration.
    package struct Prefix: Sendable, Hashable {
        /// `arn:aws:execute-api:eu-west-1:123456789012:api1/prod/`
        package let bytes: [UInt8]
        /// Length of the part that ends with the API's id and a slash.
        private let apiLength: Int

        package init(partition: String = "aws", region: String, account: String, api: String, stage: String) {
            var bytes = Array("arn".utf8)
            for part in [partition, "execute-api", region, account, api] {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: part.utf8)
            }
            bytes.append(UInt8(ascii: "/"))
            apiLength = bytes.count
            bytes.append(contentsOf: stage.utf8)
            bytes.append(UInt8(ascii: "/"))
            self.bytes = bytes
        }

        /// The ARN of a method; one leading slash of the path is the separator, further ones belong to the path.
        package func arn(method: some Collection<UInt8>, path: some Collection<UInt8>) -> MethodARN {
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count + method.count + 1 + path.count)
            out.append(contentsOf: bytes)
            out.append(contentsOf: method)
            if path.first != UInt8(ascii: "/") { out.append(UInt8(ascii: "/")) }
            out.append(contentsOf: path)
            return MethodARN(built: out)
        }

        /// The same for the parts of a request; views, because every request needs one.
        package func arn(method: Span<UInt8>, path: Span<UInt8>) -> MethodARN {
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count + method.count + 1 + path.count)
            out.append(contentsOf: bytes)
            out.append(addingCapacity: method.count + 1 + path.count) { room in
                for index in method.indices { room.append(method[index]) }
                if path.isEmpty || path[0] != UInt8(ascii: "/") { room.append(UInt8(ascii: "/")) }
                for index in path.indices { room.append(path[index]) }
            }
            return MethodARN(built: out)
        }

        /// The resource of a policy in full. `*` and ARNs stay as they are; `METHOD/path` and `METHOD /path` become
        /// ARNs of this stage, `execute-api:/STAGE/METHOD/path` (the short form of resource policies) of this API.
        /// Nil when the text is none of these.
        package func expand(_ resource: String) -> String? {
            let text = Array(resource.utf8)
            if resource == "*" || text.starts(with: "arn:".utf8) { return resource }
            let short = Array("execute-api:/".utf8)
            if text.starts(with: short) {
                return String(decoding: bytes[..<apiLength] + text[short.count...], as: UTF8.self)
            }
            // Nothing else has a scheme, a variable for its method or blanks inside.
            guard let border = text.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == 0x20 }), border > 0,
                text[..<border].allSatisfy(Prefix.isMethodCharacter)
            else { return nil }
            var path = text[(border + 1)...]
            if text[border] == 0x20 {
                guard path.first == UInt8(ascii: "/") else { return nil }
                path.removeFirst()
            }
            return String(decoding: bytes + text[..<border] + [UInt8(ascii: "/")] + path, as: UTF8.self)
        }

        private static func isMethodCharacter(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "?"): true
            default: false
            }
        }
    }
}
