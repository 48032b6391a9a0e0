package import Documents

/// One entry of `functions`: a Lambda function that the gateway runs as processes of this machine.
package struct FunctionDefinition: Sendable, Hashable {
    /// What is run.
    package enum Program: Sendable, Hashable {
        /// `python3`, `python3.12`: that interpreter with the runtime interface client of PyPI (awslambdaric).
        case python(interpreter: String, handler: String)
        case node(handler: String)
        /// An executable file `bootstrap` in the folder of the code; the handler is for it to read.
        case provided(handler: String)
        /// Anything that speaks the Runtime API.
        case command([String], handler: String)
    }

    package var name: String
    package var span: SourceSpan
    package var program: Program
    /// As the configuration names it, for `AWS_EXECUTION_ENV`.
    package var runtime: String
    /// The folder of the code, as the surroundings resolve it.
    package var folder: String
    package var timeoutInSeconds: Int
    package var concurrency: Int
    package var provisionedConcurrency: Int
    /// In source order.
    package var environment: [Variable]

    package struct Variable: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var handler: String {
        switch program {
        case .python(_, let handler), .node(let handler), .provided(let handler), .command(_, let handler): handler
        }
    }

    /// Set by the gateway, as by Lambda, which refuses them too: runtimes learn from them what they are.
    static let reservedVariables: Set = [
        "_HANDLER", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_EXECUTION_ENV", "AWS_REGION", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
        "_X_AMZN_TRACE_ID",
    ]
}
