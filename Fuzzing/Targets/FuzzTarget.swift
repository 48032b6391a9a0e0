/// One parser under fire: any bytes go in, and what must hold for them is checked.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Nil when everything that must hold does; else what does not.
    package let check: @Sendable ([UInt8]) -> String?

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) -> String?) {
        self.name = name
        self.check = check
    }

    package static let all: [FuzzTarget] = [
        .token, .jwk, .pem, .json, .yaml, .revocations, .request, .response, .chunks, .path, .policy, .har,
        .accesslog, .curl, .event, .recording,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
