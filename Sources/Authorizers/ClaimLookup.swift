import Documents
import Routes
import Tokens

extension ClaimSet {
    /// The claim that a configuration means by a path: one of exactly this name, else the way through objects.
    func value(at path: ClaimPath) -> JSONValue? {
        if let whole = self[path.text] { return whole }
        let parts = path.parts
        guard parts.count > 1, var value = self[parts[0]] else { return nil }
        for part in parts.dropFirst() {
            guard let next = value[part] else { return nil }
            value = next
        }
        return value
    }
}
