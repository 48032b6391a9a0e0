package import Documents

/// `api.policy`: the resource policy of a REST API as written. What its statements mean is not this module's matter.
package struct ResourcePolicyDefinition: Sendable {
    /// The IAM document.
    package var document: JSONValue
    /// The whole value in gateway.json.
    package var span: SourceSpan
    /// The document stands in gateway.json itself, so that its offsets are places there; else it came as a text.
    package var isInline: Bool
}
