package import FunctionHost
package import Routes

/// How the functions of a configuration are run.
package enum FunctionPlans {
    package static func make(_ document: GatewayDocument) -> [FunctionPlan] {
        document.functions.map { plan($0, document.api) }
    }

    static func plan(_ function: FunctionDefinition, _ api: ApiDefinition) -> FunctionPlan {
        var function = function
        function.folder = WorkingFolder.absolute(function.folder)
        return FunctionPlan(
            name: function.name, command: command(function), folder: function.folder,
            environment: environment(function, api),
            arn: "arn:aws:lambda:\(api.region):\(api.accountId):function:\(function.name)",
            timeoutInMillis: function.timeoutInSeconds * 1000, concurrency: function.concurrency,
            provisionedConcurrency: function.provisionedConcurrency)
    }

    private static func command(_ function: FunctionDefinition) -> [String] {
        switch function.program {
        case .python(let interpreter, let handler): [interpreter, "-c", PythonBootstrap.text, handler]
        case .node(let handler): ["node", "-e", NodeBootstrap.text, handler]
        case .provided: [function.folder + "/bootstrap"]
        case .command(let words, _): words
        }
    }

    /// As Lambda sets it (Lambda developer guide, "Defined runtime environment variables"), without credentials: a
    /// function that is tried here must not reach into an account by accident.
    private static func environment(
        _ function: FunctionDefinition, _ api: ApiDefinition
    ) -> [FunctionPlan.Variable] {
        var variables = [
            ("_HANDLER", function.handler), ("AWS_REGION", api.region), ("AWS_DEFAULT_REGION", api.region),
            ("AWS_LAMBDA_FUNCTION_NAME", function.name), ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            // Nothing here limits the memory of a process.
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/\(function.name)"), ("LAMBDA_TASK_ROOT", function.folder),
            ("LAMBDA_RUNTIME_DIR", function.folder), ("TZ", ":UTC"), ("LANG", "en_US.UTF-8"),
        ]
        if !function.runtime.isEmpty { variables.append(("AWS_EXECUTION_ENV", "AWS_Lambda_\(function.runtime)")) }
        var out = variables.map { FunctionPlan.Variable($0.0, $0.1) }
        for own in function.environment {
            out.removeAll { $0.name == own.name }
            out.append(FunctionPlan.Variable(own.name, own.value))
        }
        return out
    }
}
