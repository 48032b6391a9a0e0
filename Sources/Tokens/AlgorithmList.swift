/// The algorithms that a route accepts, spelled out and never empty (RFC 8725 §3.1).
package struct AlgorithmList: Sendable, Hashable {
    /// In the order given, each once.
    package let algorithms: [SignatureAlgorithm]
    let set: AlgorithmSet

    package init(_ first: SignatureAlgorithm, _ more: SignatureAlgorithm...) {
        self.init(unchecked: [first] + more)
    }

    /// Nil when there is no algorithm to accept.
    package init?(_ algorithms: some Sequence<SignatureAlgorithm>) {
        let all = Array(algorithms)
        if all.isEmpty { return nil }
        self.init(unchecked: all)
    }

    private init(unchecked all: [SignatureAlgorithm]) {
        var seen: Set<SignatureAlgorithm> = []
        algorithms = all.filter { seen.insert($0).inserted }
        set = AlgorithmSet(all)
    }

    package func contains(_ algorithm: SignatureAlgorithm) -> Bool { set.contains(algorithm) }

    /// Shared secrets and public keys are both accepted, which is legal but deserves extra care.
    var isMixed: Bool { algorithms.contains { $0.isHMAC } && algorithms.contains { !$0.isHMAC } }

    /// What is accepted when nothing is configured: common, and cheap enough to verify under attack.
    package static let standard = AlgorithmList(
        .publicKey(.rs256), .publicKey(.ps256), .publicKey(.es256), .publicKey(.edDSA))

    /// What the JWT authorizers of API Gateway accept.
    package static let apiGateway = AlgorithmList(.publicKey(.rs256), .publicKey(.rs384), .publicKey(.rs512))
}
