internal import Documents

extension DocumentDecoder {
    /// `keys`: claims that hold API keys, which no recording may show.
    func decodeRecord(leavingOut keys: [ClaimPath] = []) -> RecordDefinition {
        let record = ObjectReader(root["record"], DocumentTables.record, context)
        let redact = record.inner("redact", DocumentTables.redact)
        let claims = redact.inner("claims", DocumentTables.redactClaims)
        return RecordDefinition(
            headers: decodeRedactedHeaders(redact), pseudonymousClaims: decodeClaims(claims, "pseudonymise"),
            droppedClaims: decodeClaims(claims, "drop")
                + keys.map(\.text).filter { !RecordDefinition.indispensableClaims.contains($0) },
            query: redact.texts("query").map(\.value),
            bodyPointers: decodePointers(redact), maxBodyBytes: record.int("maxBodyBytes"),
            maxFileBytes: record.int("maxFileBytes"), maxFileSeconds: record.int("maxFileSeconds"))
    }

    private func decodeRedactedHeaders(_ redact: ObjectReader) -> [[UInt8]] {
        redact.texts("headers").compactMap { text in
            let name = Array(text.value.utf8)
            guard !name.isEmpty, name.allSatisfy(Self.isHeaderByte) else {
                context.report(
                    "GH2404", text.span.range, "\"\(text.value)\" is no header name",
                    help: "write a name such as X-Session-Token")
                return nil
            }
            return name.map(ParameterSource.lowercased)
        }
    }

    private func decodeClaims(_ claims: ObjectReader, _ key: String) -> [String] {
        claims.texts(key).compactMap { text in
            guard !RecordDefinition.indispensableClaims.contains(text.value) else {
                context.report(
                    "GH2411", text.span.range, "\"\(text.value)\" cannot be taken out of recordings",
                    help: "take it off the list", note: "recorded requests could not be decided again without it")
                return nil
            }
            return text.value
        }
    }

    private func decodePointers(_ redact: ObjectReader) -> [[String]] {
        redact.texts("bodyPointers").compactMap { text in
            guard let names = JSONPointerText.names(text.value) else {
                context.report(
                    "GH2412", text.span.range, "\"\(text.value)\" is no JSON pointer",
                    help: "write /password or /card/number (RFC 6901)")
                return nil
            }
            return names
        }
    }
}
