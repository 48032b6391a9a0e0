internal import Documents

extension DocumentDecoder {
    func decodeFunctions() -> [FunctionDefinition] { named("functions").map(decodeFunction) }

    private func decodeFunction(_ entry: NamedValue) -> FunctionDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.function, context)
        let span = context.span(entry.key.range)
        let folder = reader.located("codeUri") ?? Located(".", at: span)
        if folder.value.isEmpty { context.report("GH2107", folder.span.range, "\"codeUri\" is empty") }
        let concurrency = reader.int("concurrency")
        let provisioned = reader.int("provisionedConcurrency")
        if provisioned > concurrency, let value = reader["provisionedConcurrency"] {
            context.report(
                "GH2102", .warning, value.range,
                "\"provisionedConcurrency\" is larger than \"concurrency\", which is \(concurrency)",
                help: "at most \"concurrency\" processes are ever started")
        }
        return FunctionDefinition(
            name: entry.name, span: span, program: decodeProgram(reader, entry),
            runtime: reader.located("runtime")?.value ?? "",
            folder: context.environment.location(ofFile: folder.value)
                ?? folder.value, timeoutInSeconds: reader.int("timeoutInSeconds"), concurrency: concurrency,
            provisionedConcurrency: provisioned, environment: decodeVariables(reader))
    }

    private func decodeProgram(_ reader: ObjectReader, _ entry: NamedValue) -> FunctionDefinition.Program {
        let handler = reader.located("handler")
        let command = reader.texts("command").map { word in
            if word.value.isEmpty { context.report("GH2107", word.span.range, "a word of \"command\" is empty") }
            return word.value
        }
        guard let runtime = reader.located("runtime") else {
            if command.isEmpty, reader["command"] == nil, reader["runtime"] == nil {
                context.report(
                    "GH2106", entry.key.range, "function \"\(entry.name)\" needs \"runtime\" or \"command\"",
                    help: "python3, nodejs or provided; or the program and its arguments")
            }
            return .command(command, handler: handler?.value ?? "")
        }
        if let written = reader["command"] {
            context.report(
                "GH2109", written.range, "\"command\" and \"runtime\" exclude each other",
                help: "take one of them out")
        }
        if let other = Self.decodeRuntime(runtime.value, handler: handler?.value ?? "") {
            demandHandler(other, handler, entry)
            return other
        }
        context.report(
            "GH2103", runtime.span.range, "\"\(runtime.value)\" is no runtime that is run here",
            help: "python3, python3.12, nodejs, nodejs22.x, provided or provided.al2023; for others \"command\"")
        return .provided(handler: "")
    }

    private static func decodeRuntime(_ name: String, handler: String) -> FunctionDefinition.Program? {
        if name == "provided" || name == "provided.al2" || name == "provided.al2023" {
            return .provided(handler: handler)
        }
        if name == "python3" { return .python(interpreter: name, handler: handler) }
        if name.hasPrefix("python3."), isNumber(name.dropFirst("python3.".count)) {
            return .python(interpreter: name, handler: handler)
        }
        if name == "nodejs" { return .node(handler: handler) }
        if name.hasPrefix("nodejs"), name.hasSuffix(".x"), isNumber(name.dropFirst("nodejs".count).dropLast(2)) {
            return .node(handler: handler)
        }
        return nil
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.count < 4 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Interpreters need `FILE.FUNCTION`; a file may lie in a folder of its own.
    private func demandHandler(
        _ program: FunctionDefinition.Program, _ handler: Located<String>?, _ entry: NamedValue
    ) {
        switch program {
        case .provided, .command: return
        case .python, .node: break
        }
        guard let handler else {
            return context.report(
                "GH2106", entry.key.range, "function \"\(entry.name)\" needs \"handler\"",
                help: "FILE.FUNCTION, such as \"verify.handler\" for handler() in verify.py")
        }
        let parts = handler.value.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count < 2 || parts.contains(where: \.isEmpty) {
            context.report(
                "GH2103", handler.span.range, "\"\(handler.value)\" is no handler",
                help: "write FILE.FUNCTION, such as \"verify.handler\" for handler() in verify.py or verify.js")
        }
    }

    private func decodeVariables(_ reader: ObjectReader) -> [FunctionDefinition.Variable] {
        guard let map = reader["environment"] else { return [] }
        return map.members.compactMap { member in
            guard member.value.kind == .string else { return nil }
            let name = member.name
            guard Self.isVariableName(name) else {
                context.report(
                    "GH2112", member.key.range, "\"\(name)\" is no name of an environment variable",
                    help: "letters, digits and _, not beginning with a digit")
                return nil
            }
            // Lambda refuses these too: the runtime reads them.
            guard !FunctionDefinition.reservedVariables.contains(name) else {
                context.report(
                    "GH2112", member.key.range, "\"\(name)\" is set by the gateway", help: "take it out",
                    note: "runtimes learn from it what they are and where they get their work")
                return nil
            }
            let value = context.expand(member.value).text
            if value.utf8.contains(0) {
                context.report("GH2103", member.value.range, "a variable cannot hold a zero byte")
                return nil
            }
            return FunctionDefinition.Variable(name: name, value: value)
        }
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first < 0x30 || first > 0x39 else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
