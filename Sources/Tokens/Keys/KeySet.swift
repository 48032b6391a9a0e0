internal import Documents

/// An immutable set of keys with a number that tells it from its predecessors.
///
/// Keys that cannot be used are left out and listed with the reason; weak ones stay, without material, so that a token
/// that names one is refused as `weak_key` and not as unknown.
package struct KeySet: Sendable {
    package let records: [KeyRecord]
    /// What was left out, in the order of the document.
    package let skipped: [KeyError]
    /// Changes with every change of the keys; cached results of another generation are void.
    package let generation: UInt64

    package static let empty = KeySet(records: [], generation: 0)

    /// More keys than any issuer has; the bound keeps the choice of a key cheap.
    package static let maximumKeys = 100

    package init(records: [KeyRecord], skipped: [KeyError] = [], generation: UInt64 = 0) {
        self.records = Self.marked(records, names: records.map { (type: $0.type, keyID: $0.keyID) })
        self.skipped = skipped
        self.generation = generation
    }

    /// All keys of several sources as one set; a `kid` that stands in two of them is ambiguous.
    package init(merging sets: [KeySet], generation: UInt64 = 0) {
        self.init(
            records: sets.flatMap(\.records), skipped: sets.flatMap(\.skipped), generation: generation)
    }

    /// A JWK Set (RFC 7517 §5) or a single JWK.
    ///
    /// - Parameter allowWeak: accept secrets shorter than the hash.
    /// - Throws: when the text is not a key set at all. Keys that cannot be used do not throw; see ``skipped``.
    package init(jwks json: [UInt8], generation: UInt64 = 0, allowWeak: Bool = false) throws(KeyError) {
        let root: JSONValue
        do { root = try JSONParser.parse(json).root } catch {
            throw KeyError(.malformed, "the key set is not JSON: \(error.message)")
        }
        var values: [JSONValue] = []
        if let keys = root["keys"] {
            guard keys.kind == .array else { throw KeyError(.malformed, "keys is not an array") }
            values = Array(keys.elements)
        } else if root["kty"] != nil {
            values = [root]
        } else {
            throw KeyError(.malformed, "the text is neither a key set nor a key")
        }
        guard values.count <= Self.maximumKeys else {
            throw KeyError(.count, "the key set holds more than \(Self.maximumKeys) keys")
        }
        var records: [KeyRecord] = []
        var skipped: [KeyError] = []
        for (position, value) in values.enumerated() {
            do {
                records.append(try KeyRecord(jwk: try JWKReader(value, isPrivate: false), allowWeak: allowWeak))
            } catch {
                var placed = error
                placed.position = position
                skipped.append(placed)
            }
        }
        // A secret beside public keys: whoever fetches the document for the public keys has the secret.
        let hasPublic = values.contains { !($0["kty"]?.isString(Array("oct".utf8)) ?? true) }
        records = records.map { record in
            guard hasPublic, record.type == .oct else { return record }
            return KeyRecord(record, isAmbiguous: record.isAmbiguous, isAmongPublicKeys: true)
        }
        // Even a key that cannot be used makes its name ambiguous.
        let names = values.compactMap { value in
            value["kty"]?.utf8.flatMap { KeyType(octets: $0) }.map { (type: $0, keyID: value["kid"]?.utf8) }
        }
        self.records = Self.marked(records, names: names)
        self.skipped = skipped
        self.generation = generation
    }

    /// The same keys under another generation.
    package func withGeneration(_ generation: UInt64) -> KeySet {
        KeySet(copying: self, generation: generation)
    }

    private init(copying other: KeySet, generation: UInt64) {
        records = other.records
        skipped = other.skipped
        self.generation = generation
    }

    private static func marked(
        _ records: [KeyRecord], names: [(type: KeyType, keyID: [UInt8]?)]
    ) -> [KeyRecord] {
        var counts: [KeyType: [[UInt8]: Int]] = [:]
        for name in names {
            if let keyID = name.keyID { counts[name.type, default: [:]][keyID, default: 0] += 1 }
        }
        return records.map { record in
            guard let keyID = record.keyID, let count = counts[record.type]?[keyID], count > 1 else { return record }
            return KeyRecord(record, isAmbiguous: true, isAmongPublicKeys: record.isAmongPublicKeys)
        }
    }

    // MARK: Facts

    /// True when at least one token could be verified; a fetched set without such a key must not replace a good one.
    package var hasUsableKey: Bool { records.contains(where: \.isUsable) }

    /// The weak keys and what is wrong with them, for the log.
    package var weaknesses: [KeyError] { records.compactMap(\.weakness) }

    /// The algorithms that the keys themselves name, each once: the default allow-list where nothing is configured.
    package var algorithms: [SignatureAlgorithm] {
        AlgorithmSet(records.filter(\.isUsable).compactMap(\.ownAlgorithm)).algorithms
    }

    /// The keys that could verify a token with this header, without regard to what a route allows.
    package func candidates(for header: TokenHeader) -> [KeyRecord] {
        guard let algorithm = header.algorithm else { return [] }
        return records.filter { record in
            (header.keyID == nil || record.keyID == header.keyID) && record.algorithms.contains(algorithm)
                && record.isUsable && !record.isWeak(for: algorithm)
        }
    }
}
