package import Documents

/// One member of an authorizer's context, in the order answered.
package struct ContextMember: Sendable, Hashable {
    package var name: [UInt8]
    package var value: ContextValue

    package init(name: [UInt8], value: ContextValue) {
        self.name = name
        self.value = value
    }
}
