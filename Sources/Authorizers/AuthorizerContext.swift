package import Documents

/// The context of one principal, in the configuration's order.
package struct AuthorizerContext: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: ContextValue

        package init(name: String, value: ContextValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member] = []

    package init() {}

    package subscript(_ name: String) -> ContextValue? { members.first { $0.name == name }?.value }

    package init(_ members: [Member]) {
        self.members = members
    }

    mutating func append(_ name: String, _ value: ContextValue) { members.append(Member(name: name, value: value)) }
}
