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
}
