import Documents
package import Tokens

/// Reads events as functions get them: proxy events 1.0 and 2.0, and those of TOKEN and REQUEST authorizers.
package enum EventImport {
    /// One event, a list of them, or one a line.
    package static func requests(
        _ text: [UInt8], at now: WallTime
    ) -> (requests: [ImportedRequest], problems: [ReadingProblem]) {
        if let root = JSONText.parse(text) {
            return read(root.kind == .array ? Array(root.elements) : [root], at: now, offsets: nil)
        }
        var values: [JSONValue] = []
        var offsets: [Int64] = []
        var problems: [ReadingProblem] = []
        var offset = 0
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            defer { offset += line.count + 1 }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            guard let value = JSONText.parse(Array(line)) else {
                problems.append(
                    ReadingProblem(
                        "GH6107", "not JSON", entry: values.count + problems.count + 1, offset: Int64(offset)))
                continue
            }
            values.append(value)
            offsets.append(Int64(offset))
        }
        var result = read(values, at: now, offsets: offsets)
        result.problems = problems + result.problems
        return result
    }

    private static func read(
        _ values: [JSONValue], at now: WallTime, offsets: [Int64]?
    ) -> (requests: [ImportedRequest], problems: [ReadingProblem]) {
        var requests: [ImportedRequest] = []
        var problems: [ReadingProblem] = []
        for (place, value) in values.enumerated() {
            let offset = offsets?[place] ?? Int64(value.range.lowerBound)
            if let request = request(value, at: now, entry: place + 1, offset: offset) {
                requests.append(request)
            } else {
                problems.append(
                    ReadingProblem(
                        "GH6107", "not an event of API Gateway", entry: place + 1, offset: offset,
                        help: "give the JSON that the function got"))
            }
        }
        return (requests, problems)
    }

    private static func request(_ event: JSONValue, at now: WallTime, entry: Int, offset: Int64) -> ImportedRequest? {
        if event["type"]?.equals("TOKEN") == true { return token(event, at: now, entry, offset) }
        let context = event["requestContext"]
        let http = context?["http"]
        guard let method = http?["method"]?.utf8 ?? event["httpMethod"]?.utf8 ?? context?["httpMethod"]?.utf8,
            let path = event["rawPath"]?.utf8 ?? event["path"]?.utf8, path.first == UInt8(ascii: "/")
        else { return nil }
        var headers = headers(event["headers"], event["multiValueHeaders"])
        let cookies = texts(event["cookies"])
        if !cookies.isEmpty {
            headers.append(
                ImportedRequest.Header(
                    name: Array("cookie".utf8), value: Array(cookies.joined(separator: [0x3B, 0x20]))))
        }
        let query = event["rawQueryString"]?.utf8 ?? query(event)
        var body = event["body"]?.utf8 ?? []
        if event["isBase64Encoded"]?.bool == true { body = LenientBase64.decode(body[...]) }
        let epoch = context?["timeEpoch"]?.int64 ?? context?["requestTimeEpoch"]?.int64
        return ImportedRequest(
            method: method, url: path + (query.isEmpty ? [] : [UInt8(ascii: "?")] + query), headers: headers,
            body: body,
            clock: epoch.flatMap { clock($0) } ?? now, entry: entry, offset: offset)
    }

    /// The event of a TOKEN authorizer names its request only by the method's ARN.
    private static func token(
        _ event: JSONValue, at now: WallTime, _ entry: Int, _ offset: Int64
    ) -> ImportedRequest? {
        guard let token = event["authorizationToken"]?.utf8, let arn = event["methodArn"]?.utf8 else { return nil }
        let parts = arn.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, arn.starts(with: "arn:".utf8) else { return nil }
        let path = [UInt8(ascii: "/")] + (parts.count > 3 ? Array(parts[3]) : [])
        return ImportedRequest(
            method: Array(parts[2]), url: path,
            headers: [ImportedRequest.Header(name: Array("Authorization".utf8), value: token)], body: [], clock: now,
            entry: entry, offset: offset)
    }

    private static func texts(_ value: JSONValue?) -> [[UInt8]] { value?.elements.compactMap(\.utf8) ?? [] }

    private static func clock(_ milliseconds: Int64) -> WallTime? {
        guard milliseconds >= 0 else { return nil }
        return WallTime(seconds: milliseconds / 1000, nanoseconds: UInt32(milliseconds % 1000) * 1_000_000)
    }

    private static func headers(_ single: JSONValue?, _ multiple: JSONValue?) -> [ImportedRequest.Header] {
        if let multiple, multiple.kind == .object {
            return multiple.members.flatMap { member in
                texts(member.value).map {
                    ImportedRequest.Header(name: member.key.utf8 ?? [], value: $0)
                }
            }
        }
        return single?.members.compactMap { member in
            member.value.utf8.map { ImportedRequest.Header(name: member.key.utf8 ?? [], value: $0) }
        } ?? []
    }

    private static func query(_ event: JSONValue) -> [UInt8] {
        var parts: [[UInt8]] = []
        if let multiple = event["multiValueQueryStringParameters"], multiple.kind == .object {
            for member in multiple.members {
                for value in texts(member.value) {
                    parts.append(PercentText.encode(member.key.utf8 ?? []) + [0x3D] + PercentText.encode(value))
                }
            }
        } else {
            for member in event["queryStringParameters"]?.members.map({ $0 }) ?? [] {
                guard let value = member.value.utf8 else { continue }
                parts.append(PercentText.encode(member.key.utf8 ?? []) + [0x3D] + PercentText.encode(value))
            }
        }
        return Array(parts.joined(separator: [UInt8(ascii: "&")]))
    }
}
