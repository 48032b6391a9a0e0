import Authorizers
import Documents
import Gateway
import Routes

/// Names of configurations and of their keys that tell two apart and nothing else about them.
struct SnapshotNames {
    struct Names {
        var configuration: [UInt8]
        /// By authorizer.
        var keys: [String: [UInt8]]

        /// Nil where the keys can change without a word in the configuration.
        func keys(of authorizer: RouteAuthorizer?) -> [UInt8]? {
            guard let authorizer, let declarative = authorizer.declarative,
                declarative.ring.slots.allSatisfy({ !$0.isRemote })
            else { return nil }
            return keys[authorizer.definition.name]
        }
    }

    private var known: (generation: UInt64, names: Names)?

    mutating func names(of snapshot: GatewaySnapshot, _ pseudonyms: Pseudonyms) -> Names {
        if let known, known.generation == snapshot.generation { return known.names }
        let names = Self.make(snapshot.document, pseudonyms)
        known = (snapshot.generation, names)
        return names
    }

    static func make(_ document: GatewayDocument, _ pseudonyms: Pseudonyms) -> Names {
        var keys: [String: [UInt8]] = [:]
        for authorizer in document.authorizers {
            guard let rules = authorizer.jwt else { continue }
            var material: [UInt8] = []
            for name in rules.keys {
                guard let key = document.key(named: name.value) else { continue }
                material += Array("\(key.keyId?.value ?? "-") \(key.algorithm?.value ?? "-") ".utf8)
                material += octets(key.material) + [0]
            }
            keys[authorizer.name] = pseudonyms.fingerprint(material, of: "keys")
        }
        return Names(
            configuration: pseudonyms.fingerprint(document.source.bytes, of: "configuration"), keys: keys)
    }

    private static func octets(_ material: KeyDefinition.Material) -> [UInt8] {
        switch material {
        case .secret(let secret, _): secret.bytes
        case .publicKey(let pem), .certificate(let pem): pem
        case .keySet(let json): json
        case .remoteKeySet: []
        }
    }
}
