import Documents
import Policies
import Routes

/// Shows of a changed resource policy that it decides every request as the one in gateway.json does.
struct ResourcePolicyProof {
    let document: GatewayDocument
    let prefix: MethodARN.Prefix

    /// Why the change makes no difference; nil when that is not proven.
    func reason(_ change: ResourcePolicyChange) -> String? {
        switch change {
        case .removeStatement(let index):
            // What is said twice in the same words is said once.
            let statements = statements
            let own = Self.meaning(statements[index])
            let others = statements.indices.filter { $0 != index && Self.meaning(statements[$0]) == own }
            return others.first.map { "\(Self.label(statements[$0], $0)) says the same" }
        case .removeValue(let index, let test, let key, let place):
            guard let values = statements[index]["Condition"]?[test]?[key]?.list, let value = values[place].string
            else { return nil }
            let isAddress = test.hasSuffix("IpAddress") || test.hasSuffix("IpAddressIfExists")
            for (other, node) in values.enumerated() where other != place {
                guard let text = node.string else { continue }
                if text.utf8.elementsEqual(value.utf8) { return "the value stands twice" }
                if isAddress, let block = AddressRange(text), let part = AddressRange(value), block.holds(part) {
                    return "\(value) is part of \(text)"
                }
            }
            return nil
        case .removeResource(let index, let member, let place):
            let all = texts(index, member)
            guard let own = pattern(all[place]) else { return nil }
            for (other, text) in all.enumerated() where other != place {
                if let pattern = pattern(text), ResourceCover.covers(pattern, ResourceCover.symbols(of: own)) {
                    return "\(text) covers it"
                }
            }
            return nil
        case .widenResource(let index, "Resource", _, let wide):
            let old = texts(index, "Resource").compactMap { pattern($0) }
            guard let wide = pattern(wide) else { return nil }
            let cover = ResourceCover(prefix: prefix, keys: document.routes.map(\.key))
            let isSame = cover.requests(matching: wide).allSatisfy { request in
                old.contains { ResourceCover.covers($0, request) }
            }
            return isSame ? "no other request of a route is about it" : nil
        case .widenResource, .flipEffect, .removeCondition, .invertCondition, .flipNull: return nil
        }
    }

    private var statements: [DataNode] {
        ResourcePolicyChange.statements(document.api.policy.flatMap { DataNode($0.document)["Statement"] })
    }

    private func texts(_ statement: Int, _ member: String) -> [String] {
        guard let written = statements[statement][member] else { return [] }
        return (written.list ?? [written]).map { $0.string ?? "" }
    }

    private static func label(_ statement: DataNode, _ index: Int) -> String { statement["Sid"]?.string ?? "#\(index)" }

    /// Everything but the name.
    private static func meaning(_ statement: DataNode) -> [UInt8] {
        DataNode(.map((statement.map ?? []).filter { $0.key != "Sid" }.sorted { $0.key < $1.key }), 0..<0).json
    }

    /// `METHOD/path` as a pattern of this stage; nil where that cannot be said, as with variables or a stage that is a
    /// wildcard itself.
    private func pattern(_ text: String) -> [UInt8]? {
        if text.contains("${") { return nil }
        guard let whole = prefix.expand(text).map({ Array($0.utf8) }) else { return nil }
        if whole == [UInt8(ascii: "*")] { return whole }
        let api = prefix.bytes.dropLast().lastIndex(of: UInt8(ascii: "/")).map { Array(prefix.bytes[...$0]) } ?? []
        if whole == api + [UInt8(ascii: "*")] { return [UInt8(ascii: "*")] }
        return whole.starts(with: prefix.bytes) ? Array(whole.dropFirst(prefix.bytes.count)) : nil
    }
}

/// Addresses of version 4 from a first to a last one.
private struct AddressRange {
    let first: UInt64
    let last: UInt64

    /// `10.0.0.0/8` or a single address; nil for anything else.
    init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        let bytes = halves[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let width = halves.count == 2 ? Int(halves[1]) : halves.count == 1 ? 32 : nil
        guard bytes.count == 4, let width, (0...32).contains(width) else { return nil }
        var address: UInt64 = 0
        for byte in bytes {
            guard let byte else { return nil }
            address = address << 8 | UInt64(byte)
        }
        let size: UInt64 = 1 << UInt64(32 - width)
        first = address / size * size
        last = first + size - 1
    }

    func holds(_ other: AddressRange) -> Bool { first <= other.first && other.last <= last }
}
