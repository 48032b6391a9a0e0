internal import Documents

extension DocumentDecoder {
    func decodeServer() -> ServerDefinition {
        let server = ObjectReader(root["server"], DocumentTables.server, context)
        let paths = server.inner("pathNormalization", DocumentTables.pathNormalization)
        let log = server.inner("log", DocumentTables.log)
        return ServerDefinition(
            listen: decodeListeners(server), workers: server.optionalInt("workers"),
            timeouts: decodeTimeouts(server), limits: decodeLimits(server), trustedProxies: decodeProxies(server),
            reservedHeaders: decodeReservedHeaders(server),
            encodedSlash: paths.choice("encodedSlash", or: .reject),
            ambiguousPaths: paths.choice("ambiguous", or: .reject),
            headerNames: server.choice("headerNames", or: .strict),
            log: LogDefinition(
                format: log["format"] == nil ? nil : log.choice("format", or: .json),
                level: log.choice("level", or: .info),
                principal: log.choice("principal", or: .clear)),
            admin: decodeAdmin(server),
            servesMetrics: server.inner("admin", DocumentTables.admin).bool("metrics"))
    }

    private func decodeAdmin(_ server: ObjectReader) -> Located<ListenAddress>? {
        guard let text = server.inner("admin", DocumentTables.admin).located("listen") else { return nil }
        guard let address = ListenAddress(text.value), address.isOfThisMachineAlone else {
            context.report(
                "GH2413", text.span.range, "\"\(text.value)\" is no address of this machine alone",
                help: "write 127.0.0.1:port, [::1]:port or unix:/path",
                note: "whoever reaches it may invoke every function, without a token")
            return nil
        }
        return Located(address, at: text.span)
    }

    private func decodeTimeouts(_ server: ObjectReader) -> ServerTimeouts {
        let reader = server.inner("timeouts", DocumentTables.timeouts)
        return ServerTimeouts(
            headerInMillis: reader.int("headerInMillis"), bodyIdleInMillis: reader.int("bodyIdleInMillis"),
            bodyMinimumBytesPerSecond: reader.int("bodyMinimumBytesPerSecond"),
            keepAliveInMillis: reader.int("keepAliveInMillis"), writeIdleInMillis: reader.int("writeIdleInMillis"),
            webSocketIdleInMillis: reader.int("webSocketIdleInMillis"), drainInMillis: reader.int("drainInMillis"))
    }

    private func decodeLimits(_ server: ObjectReader) -> ServerLimits {
        let reader = server.inner("limits", DocumentTables.limits)
        return ServerLimits(
            headerBytes: reader.int("headerBytes"), headerCount: reader.int("headerCount"),
            requestTargetBytes: reader.int("requestTargetBytes"), bodyBytes: reader.int("bodyBytes"),
            connections: reader.int("connections"), connectionsPerAddress: reader.int("connectionsPerAddress"),
            requestsPerConnection: reader.int("requestsPerConnection"),
            integrationTimeoutInMillis: reader.optionalInt("integrationTimeoutInMillis")
                ?? (apiType == .rest ? 29000 : 30000))
    }

    private func decodeListeners(_ server: ObjectReader) -> [Located<ListenAddress>] {
        let fallback = ListenAddress.internet(host: "127.0.0.1", port: 8080)
        guard let value = server["listen"] else { return [Located(fallback, at: server.span("listen"))] }
        var entries = Array(value.elements)
        if value.kind != .array { entries = [value] }
        var found: [Located<ListenAddress>] = []
        for entry in entries {
            guard let text = context.located(entry) ?? entry["address"].flatMap({ context.located($0) }) else {
                continue
            }
            guard let address = ListenAddress(text.value) else {
                context.report(
                    "GH2401", text.span.range, "\"\(text.value)\" is no address to listen on",
                    help: "write host:port, [v6]:port or unix:/path")
                continue
            }
            // Port 0 lets the system choose, so two of these are two listeners.
            let isChosen = if case .internet(_, 0) = address { true } else { false }
            if !isChosen, found.contains(where: { $0.value == address }) {
                context.report("GH2401", text.span.range, "\"\(text.value)\" is listed twice")
            }
            found.append(Located(address, at: text.span))
        }
        return found.isEmpty ? [Located(fallback, at: server.span("listen"))] : found
    }

    private func decodeProxies(_ server: ObjectReader) -> [AddressBlock] {
        server.texts("trustedProxies").compactMap { text in
            guard let block = AddressBlock(text.value) else {
                context.report(
                    "GH2402", text.span.range, "\"\(text.value)\" is no address or block of addresses",
                    help: "write 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32")
                return nil
            }
            if block.hasHostBits {
                context.report(
                    "GH2403", .warning, text.span.range, "\"\(text.value)\" has bits set behind its prefix",
                    note: "they are ignored")
            }
            return block
        }
    }

    private func decodeReservedHeaders(_ server: ObjectReader) -> [HeaderNamePattern] {
        server.texts("reservedHeaders").compactMap { text in
            var name = Array(text.value.utf8)
            let isPrefix = name.last == UInt8(ascii: "*")
            if isPrefix { name.removeLast() }
            guard !name.isEmpty, name.allSatisfy(Self.isHeaderByte) else {
                context.report(
                    "GH2404", text.span.range, "\"\(text.value)\" is no header name",
                    help: "write a name such as X-User, or a beginning such as X-Claim-*")
                return nil
            }
            return HeaderNamePattern(name: name.map(ParameterSource.lowercased), isPrefix: isPrefix)
        }
    }

    /// RFC 9110 §5.6.2 `tchar`, without those that AWS does not map either.
    static func isHeaderByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Text that may stand in a header value: no control characters.
    static func isHeaderValue(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    // MARK: Upstreams

    func decodeUpstream(_ entry: NamedValue) -> UpstreamDefinition {
        let reader = ObjectReader(entry.value, DocumentTables.upstream, context)
        let retry = reader.inner("retry", DocumentTables.retry)
        let limits = reader.inner("limits", DocumentTables.upstreamLimits)
        let timeouts = reader.inner("timeouts", DocumentTables.upstreamTimeouts)
        let occasions =
            retry["on"].map { _ in retry.texts("on").compactMap { RetryDefinition.Occasion(rawValue: $0.value) } }
        return UpstreamDefinition(
            name: entry.name, span: context.span(entry.key.range), targets: decodeTargets(reader),
            timeouts: UpstreamTimeouts(
                connectInMillis: timeouts.int("connectInMillis"),
                firstByteInMillis: timeouts.optionalInt("firstByteInMillis"),
                idleInMillis: timeouts.int("idleInMillis")),
            retry: RetryDefinition(
                attempts: retry.int("attempts"), occasions: occasions ?? [.connect, .reset],
                budgetPercent: retry.int("budgetPercent")),
            limits: UpstreamLimits(connections: limits.int("connections"), pending: limits.int("pending")),
            lane: reader.choice("lane", or: .fast))
    }

    private func decodeTargets(_ reader: ObjectReader) -> [UpstreamTarget] {
        guard let list = reader["targets"] else { return [] }
        var found: [UpstreamTarget] = []
        for (index, entry) in list.elements.enumerated() {
            let target = ObjectReader(entry, DocumentTables.target, context)
            if index == 1, DocumentTables.severalTargets == .planned {
                context.report(
                    "GH2110", entry.range.lowerBound..<entry.range.lowerBound + 1,
                    "more than one target is documented but not built yet", help: "keep one target")
            }
            guard let url = target.located("url") else { continue }
            guard let (origin, rest) = UpstreamOrigin.split(Array(url.value.utf8)[...]),
                rest.isEmpty || rest.elementsEqual("/".utf8)
            else {
                context.report(
                    "GH2406", url.span.range, "\"\(url.value)\" is no target",
                    help: "write http://host:port; a path belongs into \"uri\": \"upstream:NAME/path\"")
                continue
            }
            found.append(UpstreamTarget(origin: origin, weight: target.int("weight"), span: url.span))
        }
        return found
    }
}
