package import Documents

/// One entry of `stages`.
package struct StageDefinition: Sendable {
    package var name: String
    package var span: SourceSpan
    /// Adds debug headers to answers; never for a stage that strangers reach.
    package var debug: Bool
    package var includeStageInPath: Bool
    /// In source order.
    package var stageVariables: [StageVariable]
    /// False when a value of this stage could not be read (such as an unset variable): it must not be served.
    package var isUsable: Bool
    /// For each route that says nothing itself.
    package var throttle: ThrottleDefinition?
    /// Nil when only the gateway's own lines are written.
    package var accessLog: AccessLogDefinition?

    package func variable(_ name: String) -> String? {
        stageVariables.first { $0.name == name }?.value
    }
}

package struct StageVariable: Sendable, Hashable {
    package var name: String
    package var value: String
}
