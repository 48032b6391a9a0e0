import Routes
import Testing

/// Builds tables and names the route that a request is given to.
struct RouteTableTests {
    private func table(_ routes: [String], _ type: ApiType, open: Set<String> = []) throws -> RouteTable {
        let entries = try routes.map {
            RouteTable.Entry(key: try RouteKey($0, apiType: type), isGuarded: !open.contains($0))
        }
        return RouteTable(routes: entries, apiType: type)
    }

    /// `ROUTE` with ` name=value` for each parameter, or `- reason`.
    private func answer(_ table: RouteTable, _ request: String) -> String {
        let space = request.firstIndex(of: " ") ?? request.endIndex
        let path = Array(request[request.index(after: space)...].utf8)
        switch table.match(method: Array(request[..<space].utf8), path: path) {
        case .miss(let reason): return "- \(reason)"
        case .matched(let hit):
            let key = table.keys[hit.route]
            let values = zip(key.parameterNames, hit.parameters).map { name, range in
                " \(name)=\(String(decoding: path[range], as: UTF8.self))"
            }
            let guarded = hit.alsoGuardedBy.map { " +\(table.keys[$0].text)" } ?? ""
            return key.text + values.joined() + guarded
        }
    }

    private static let rest = [
        "GET /part1", "GET /part1/ships", "GET /part1/{id}/x", "GET /{proxy+}", "OPTIONS /{proxy+}", "POST /test",
        "ANY /anyonly", "GET /anyonly", "GET /only/{id}", "GET /only/me", "GET /", "PUT /deep/{a}/{b}/{rest+}",
        "PUT /deep/x/{b}/end",
    ]

    @Test(
        "REST: what no route takes is a miss with its reason",
        arguments: [
            ("DELETE /part1", "- noMethod"), ("DELETE /nowhere", "- noMethod"), ("POST /", "- noMethod"),
            ("PUT /deep/1/2", "- noMethod"), ("TRACE /anyonly", "- noMethod"), ("get /part1", "- noMethod"),
            ("GET part1", "- noPath"), ("GET *", "- noPath"), ("GET ", "- noPath"), ("BREW /anyonly", "- noMethod"),
        ])
    func restMisses(request: String, expected: String) throws {
        #expect(try answer(table(Self.rest, .rest), request) == expected)
    }

    @Test(
        "REST: literal before parameter before greedy, exact verb before ANY, back to a greedy parent",
        arguments: [
            ("GET /part1", "GET /part1"), ("GET /part1/ships", "GET /part1/ships"),
            ("GET /part1/random-value", "GET /{proxy+} proxy=part1/random-value"),
            ("GET /part1/7/x", "GET /part1/{id}/x id=7"), ("GET /part1/ships/x", "GET /part1/{id}/x id=ships"),
            ("GET /part1/7/y", "GET /{proxy+} proxy=part1/7/y"), ("GET /only/me", "GET /only/me"),
            ("GET /only/42", "GET /only/{id} id=42"), ("OPTIONS /test", "OPTIONS /{proxy+} proxy=test"),
            ("GET /anyonly", "GET /anyonly"), ("DELETE /anyonly", "ANY /anyonly"),
            ("GET /a/b/ships", "GET /{proxy+} proxy=a/b/ships"), ("GET /", "GET /"), ("GET /part1/", "GET /part1"),
            ("GET /PART1", "GET /{proxy+} proxy=PART1"), ("GET /part10", "GET /{proxy+} proxy=part10"),
            ("GET /x/", "GET /{proxy+} proxy=x"), ("GET /ships//x", "GET /{proxy+} proxy=ships//x"),
            ("PUT /deep/x/2/end", "PUT /deep/x/{b}/end b=2"),
            ("PUT /deep/x/2/other", "PUT /deep/{a}/{b}/{rest+} a=x b=2 rest=other"),
            ("PUT /deep/1/2/3/4/", "PUT /deep/{a}/{b}/{rest+} a=1 b=2 rest=3/4"),
        ])
    func restPrecedence(request: String, expected: String) throws {
        #expect(try answer(table(Self.rest, .rest), request) == expected)
    }

    private static let http = [
        "GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default", "POST /pets/dog/1",
        "GET /{kind}/cat", "GET /x/", "GET /x", "GET /", "ANY /pets/dog/{id}",
    ]

    @Test(
        "HTTP: full match before greedy before $default, exact verb before ANY on each level",
        arguments: [
            ("GET /pets/dog/1", "GET /pets/dog/1"), ("GET /pets/dog/2", "GET /pets/dog/{id} id=2"),
            ("GET /pets/cat/1", "GET /pets/{proxy+} proxy=cat/1"), ("POST /test/5", "ANY /{proxy+} proxy=test/5"),
            // The path fits a literal route that lacks the verb: the next on the same level takes it.
            ("DELETE /pets/dog/1", "ANY /pets/dog/{id} id=1"),
            // A full match wins over a greedy route with a longer literal beginning.
            ("GET /pets/cat", "GET /{kind}/cat kind=pets"), ("GET /x", "GET /x"), ("GET /x/", "GET /x/"),
            ("GET /", "GET /"), ("POST /", "$default"), ("BREW /x", "- noMethod"),
            ("GET /y/", "ANY /{proxy+} proxy=y/"), ("OPTIONS *", "- noPath"),
            ("GET /pets/", "ANY /{proxy+} proxy=pets/"),
        ])
    func httpPrecedence(request: String, expected: String) throws {
        #expect(try answer(table(Self.http, .http), request) == expected)
    }

    @Test("HTTP: without $default nothing takes the rest")
    func httpMiss() throws {
        let table = try table(["GET /a", "GET /fn/{id}"], .http)
        #expect(answer(table, "GET /zzz") == "- noPath")
        #expect(answer(table, "POST /a") == "- noMethod")
        #expect(answer(table, "GET /fn/") == "- noPath")
        #expect(answer(table, "GET /a/") == "- noPath")
        #expect(answer(table, "GET /fn/a%20b") == "GET /fn/{id} id=a%20b")
    }

    @Test("A method that no route can name has no route, whatever takes the rest")
    func inventedMethod() throws {
        let table = try table(["ANY /admin", "$default"], .http, open: ["$default"])
        for method in ["BREW", "get", "G", "", "GETX", "TRACE", "CONNECT"] {
            #expect(answer(table, "\(method) /admin") == "- noMethod")
            #expect(answer(table, "\(method) /other") == "- noPath")
        }
    }

    @Test(
        "HTTP: a guarded /x also guards /x/",
        arguments: [
            ("GET /admin/", "$default +ANY /admin"), ("GET /admin/users/", "ANY /admin/{proxy+} proxy=users/"),
            ("GET /open/", "$default"), ("GET /other/", "$default"), ("GET /explicit/", "GET /explicit/"),
            ("GET /group/x/", "GET /group/{name}/ name=x"),
            ("GET /group/admin/", "GET /group/{name}/ name=admin +GET /group/admin"),
            ("GET /id/7/", "$default +GET /id/{id}"), ("POST /id/7/", "$default"), ("GET /", "$default"),
        ])
    func slashGuard(request: String, expected: String) throws {
        let table = try table(
            [
                "ANY /admin", "ANY /admin/{proxy+}", "GET /open", "$default", "GET /explicit", "GET /explicit/",
                "GET /id/{id}", "GET /group/{name}/", "GET /group/admin",
            ], .http, open: ["GET /open", "$default", "GET /group/{name}/"])
        #expect(answer(table, request) == expected)
    }

    @Test("A route is found among ten thousand, and so are its neighbours' absences")
    func manyRoutes() throws {
        let routes = (0..<10_000).map { "GET /tenant\($0 % 100)/item\($0)/{id}" }
        let table = try table(routes, .rest)
        for index in stride(from: 0, to: 10_000, by: 37) {
            #expect(answer(table, "GET /tenant\(index % 100)/item\(index)/x") == "\(routes[index]) id=x")
            #expect(answer(table, "GET /tenant\((index + 1) % 100)/item\(index)/x") == "- noPath")
        }
    }

    /// The rules once more, as slowly and plainly as possible.
    private func naive(_ keys: [RouteKey], _ type: ApiType, _ method: String, _ path: String) -> String? {
        var segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if path == "/" { segments = [] }
        if type == .rest, segments.last == "" { segments.removeLast() }
        func ranks(_ key: RouteKey) -> [Int]? {
            guard case .pattern(let verb, let pattern) = key.kind else { return nil }
            guard verb == .any || verb.rawValue == method else { return nil }
            var ranks: [Int] = []
            var wanted = pattern.segments.count
            for (index, segment) in pattern.segments.enumerated() {
                guard index < segments.count else { return nil }
                switch segment {
                case .literal(let bytes):
                    if Array(segments[index].utf8) != bytes { return nil }
                    ranks.append(0)
                case .parameter:
                    if segments[index].isEmpty { return nil }
                    ranks.append(1)
                case .greedy:
                    if segments[index...].joined(separator: "/").isEmpty { return nil }
                    ranks.append(2)
                    wanted = segments.count
                }
            }
            if pattern.hasTrailingSlash { wanted += 1 }
            let isGreedy = ranks.last == 2
            if wanted != segments.count { return nil }
            if pattern.hasTrailingSlash, segments.last != "" { return nil }
            let level = type == .http && isGreedy ? 1 : 0
            return [level] + ranks + [verb == .any ? 1 : 0]
        }
        let fitting = keys.compactMap { key in ranks(key).map { (key.text, $0) } }
        let best = fitting.min { $0.1.lexicographicallyPrecedes($1.1) }
        return best?.0 ?? (keys.contains { $0.kind == .fallback } ? "$default" : nil)
    }

    @Test("Random tables agree with a plain reading of the rules", arguments: [ApiType.rest, .http])
    func agreesWithNaive(type: ApiType) throws {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<300 {
            var keys: [RouteKey] = []
            var shapes: Set<[UInt8]> = []
            for _ in 0..<(1 + random(12)) {
                let depth = random(4)
                var words = (0..<depth).map { index in ["a", "b", "{p\(index)}"][random(3)] }
                if random(4) == 0 { words.append("{rest+}") }
                let slash = type == .http && !words.isEmpty && random(6) == 0 && words.last != "{rest+}" ? "/" : ""
                let verb = ["GET", "POST", "ANY"][random(3)]
                let key = try RouteKey("\(verb) /\(words.joined(separator: "/"))\(slash)", apiType: type)
                if shapes.insert(key.shape).inserted { keys.append(key) }
            }
            if type == .http, random(2) == 0 { keys.append(try RouteKey("$default", apiType: type)) }
            let table = RouteTable(routes: keys.map { .init(key: $0, isGuarded: false) }, apiType: type)
            for _ in 0..<40 {
                let path = "/" + (0..<random(5)).map { _ in ["a", "b", "c"][random(3)] }.joined(separator: "/")
                let full = path != "/" && random(5) == 0 ? path + "/" : path
                let method = ["GET", "POST", "PUT"][random(3)]
                var found: String?
                if case .matched(let hit) = table.match(method: Array(method.utf8), path: Array(full.utf8)) {
                    found = keys[hit.route].text
                }
                #expect(found == naive(keys, type, method, full), "\(method) \(full) in \(keys.map(\.text))")
            }
        }
    }

    @Test("Any bytes at all can be matched")
    func anyBytes() throws {
        var state: UInt64 = 7
        for type in [ApiType.rest, .http] {
            let table = try table(type == .rest ? Self.rest : Self.http, type)
            for _ in 0..<5000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                let length = Int(state >> 60)
                var path: [UInt8] = state & 4 == 0 ? [0x2F] : []
                for index in 0..<length { path.append(UInt8(truncatingIfNeeded: state >> UInt64(index * 3))) }
                if case .matched(let hit) = table.match(method: Array(path.prefix(4)), path: path) {
                    for range in hit.parameters { #expect(range.upperBound <= path.count) }
                }
                _ = table.nearest(method: [0x47], path: path)
            }
        }
    }

    @Test(
        "A miss can name the nearest route and the difference",
        arguments: [
            ("GET /ship/42", "GET /ships/{shipId}", "segment 1: \"ship\" is not \"ships\""),
            ("PUT /ships", "GET /ships", "method \"PUT\" is not \"GET\""),
            ("GET /ships/42/crew", "GET /ships/{shipId}", "segment 3: \"crew\" is too much"),
            ("GET /harbour", "GET /harbour/{name}", "segment 2: \"{name}\" is missing"),
            ("GET /SHIPS", "GET /ships", "segment 1: \"SHIPS\" is not \"ships\""),
        ])
    func nearest(request: String, route: String, text: String) throws {
        let table = try table(["GET /ships", "GET /ships/{shipId}", "GET /harbour/{name}", "GET /"], .rest)
        let words = request.split(separator: " ")
        let near = table.nearest(method: Array(words[0].utf8), path: Array(words[1].utf8))
        #expect(near.map { table.keys[$0.route].text } == route)
        #expect(near?.text == text)
    }

    @Test("Nothing is near to a request that shares nothing")
    func noNearest() throws {
        #expect(try table(["GET /ships/{id}"], .rest).nearest(method: [0x47], path: Array("/zoo".utf8)) == nil)
    }
}
