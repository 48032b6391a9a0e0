/// What is asked: may this action be done on this resource.
package struct PolicyRequest: Sendable {
    /// `execute-api:Invoke`.
    package static let invoke = Array("execute-api:Invoke".utf8)
    static let foldedInvoke = Array("execute-api:invoke".utf8)

    package let action: [UInt8]
    /// The method ARN, byte by byte as it was built.
    package let resource: [UInt8]
    package let context: any PolicyContext
    /// The action is the one whose answer each compiled statement already holds.
    let isInvoke: Bool

    package init(
        action: [UInt8] = PolicyRequest.invoke, resource: [UInt8],
        context: any PolicyContext = EmptyPolicyContext()
    ) {
        self.action = action
        self.resource = resource
        self.context = context
        isInvoke = CaseFold.equalASCII(action, PolicyRequest.foldedInvoke)
    }

    /// An invocation of a method, which is the usual question.
    package init(invoking method: MethodARN, context: any PolicyContext = EmptyPolicyContext()) {
        action = PolicyRequest.invoke
        resource = method.bytes
        self.context = context
        isInvoke = true
    }
}
