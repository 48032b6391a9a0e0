internal import Documents

/// Two names for the variable child of one resource.
struct SiblingParameterLint: Lint {
    static let rule = LintRule(
        "GH2305", .warning, "two names for one path parameter",
        why:
            "Two routes call the same segment of a path by different names. The gateway keeps them apart, and AWS does "
            + "not take them.",
        example: "\"GET /ships/{id}\" beside \"DELETE /ships/{shipId}\"",
        remedy: "Use one name for the parameter in all routes.",
        aws: LintRule.AWSRule("a REST resource has at most one variable child", verified: true))

    func run(_ context: LintContext) {
        guard context.document.api.type == .rest else { return }
        var names: [[UInt8]: (name: String, route: RouteDefinition)] = [:]
        for route in context.document.routes {
            guard let pattern = route.key.pattern else { continue }
            var parent = PathPattern.root
            for segment in pattern.segments {
                if case .parameter(let name) = segment {
                    if let known = names[parent.shape], known.name != name {
                        context.report(
                            Self.rule, route.span.range,
                            "{\(name)} here is {\(known.name)} in \"\(known.route.key.text)\"",
                            help: "use one name", note: "AWS cannot deploy both")
                        break
                    }
                    names[parent.shape] = (name, route)
                }
                parent.segments.append(segment)
            }
        }
    }
}

extension PathPattern {
    /// The path `/`.
    fileprivate static let root = PathPattern(segments: [], hasTrailingSlash: false)

    private init(segments: [Segment], hasTrailingSlash: Bool) {
        self.segments = segments
        self.hasTrailingSlash = hasTrailingSlash
    }
}
