/// Diagnostics as a SARIF 2.1.0 log with one run.
///
/// Source: OASIS Static Analysis Results Interchange Format 2.1.0. Columns count Unicode scalars, which the run says.
enum SARIFLog {
    static func render(_ diagnostics: [Diagnostic], tool: DiagnosticWriter.Tool) -> String {
        var rules: [String] = []
        for diagnostic in diagnostics where !rules.contains(diagnostic.code) { rules.append(diagnostic.code) }
        var fixes = FixMask()
        var writer = JSONWriter(indentation: 2)
        writer.object { writer in
            writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            writer.member("version", "2.1.0")
            writer.list("runs") { writer in
                writer.object { writer in
                    writer.member("tool", object: { write(tool, rules, &$0) })
                    writer.member("columnKind", "unicodeCodePoints")
                    writer.list("results") { writer in
                        for diagnostic in diagnostics {
                            let fix = fixes.showable(diagnostic)
                            let rule = rules.firstIndex(of: diagnostic.code) ?? 0
                            writer.object { write(diagnostic, rule, fix, &$0) }
                        }
                    }
                }
            }
        }
        return writer.text + "\n"
    }

    private static func write(_ tool: DiagnosticWriter.Tool, _ rules: [String], _ writer: inout JSONWriter) {
        writer.inner("driver") { writer in
            writer.member("name", tool.name)
            writer.member("version", tool.version)
            writer.list("rules") { writer in
                for rule in rules {
                    let explanation = tool.explanation(rule)
                    writer.object { writer in
                        writer.member("id", rule)
                        message("shortDescription", explanation?.title ?? rule, &writer)
                        message("fullDescription", explanation?.text ?? rule, &writer)
                    }
                }
            }
        }
    }

    private static func write(
        _ diagnostic: Diagnostic, _ rule: Int, _ fix: Diagnostic.Fix?, _ writer: inout JSONWriter
    ) {
        var text = diagnostic.message
        if let label = diagnostic.label { text += " (\(label))" }
        if let help = diagnostic.help { text += "\nhelp: \(help)" }
        if let note = diagnostic.note { text += "\nnote: \(note)" }
        writer.member("ruleId", diagnostic.code)
        writer.member("ruleIndex", rule)
        writer.member("level", diagnostic.severity.rawValue)
        message("message", text, &writer)
        guard let source = diagnostic.source else { return }
        writer.list("locations") { writer in
            writer.object { writer in
                writer.inner("physicalLocation") { writer in
                    artifact(source, &writer)
                    if let range = diagnostic.range { region("region", range, source, &writer) }
                }
                guard let pointer = diagnostic.pointer, !pointer.isEmpty else { return }
                writer.list("logicalLocations") { writer in
                    writer.object { writer in
                        writer.member("fullyQualifiedName", pointer)
                        writer.member("kind", "member")
                    }
                }
            }
        }
        guard let fix else { return }
        writer.list("fixes") { writer in
            writer.object { writer in
                message("description", diagnostic.help ?? diagnostic.label ?? "replace the text", &writer)
                writer.list("artifactChanges") { writer in
                    writer.object { writer in
                        artifact(source, &writer)
                        writer.list("replacements") { writer in
                            writer.object { writer in
                                region("deletedRegion", fix.range, source, &writer)
                                message("insertedContent", fix.replacement, &writer)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func message(_ name: String, _ text: String, _ writer: inout JSONWriter) {
        writer.member(name, object: { $0.member("text", text) })
    }

    private static func artifact(_ source: SourceText, _ writer: inout JSONWriter) {
        writer.member("artifactLocation", object: { $0.member("uri", reference(source.name)) })
    }

    private static func region(_ name: String, _ range: Range<Int>, _ source: SourceText, _ writer: inout JSONWriter) {
        let start = source.position(at: range.lowerBound)
        let end = source.position(at: range.upperBound)
        writer.member(
            name,
            object: { writer in
                writer.member("startLine", start.line)
                writer.member("startColumn", start.column)
                writer.member("endLine", end.line)
                writer.member("endColumn", end.column)
                writer.member("byteOffset", range.lowerBound)
                writer.member("byteLength", range.count)
            })
    }

    /// A path as a URI reference (RFC 3986 §4.1): a colon in the first segment would look like a scheme.
    private static func reference(_ path: String) -> String {
        var out = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: out.unicodeScalars.append(Unicode.Scalar(byte))
            case let sign where "-._~/".utf8.contains(sign): out.unicodeScalars.append(Unicode.Scalar(sign))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }
}

extension JSONWriter {
    fileprivate mutating func list(_ name: String, _ elements: (inout JSONWriter) -> Void) {
        member(name, array: elements)
    }

    fileprivate mutating func inner(_ name: String, _ members: (inout JSONWriter) -> Void) {
        member(name, object: members)
    }
}
