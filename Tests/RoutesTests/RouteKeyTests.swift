import Routes
import Testing

struct RouteKeyTests {
    @Test(
        "A key that no request could match is refused, with the place",
        arguments: [
            ("", 0), ("GET", 0), ("/x", 0), ("FETCH /x", 0), ("get /x", 0), ("GET  /x", 4), ("GET x", 4),
            ("GET //x", 4), ("GET /a//b", 6), ("GET /.", 5), ("GET /a/..", 7), ("GET /{proxy+}/x", 13),
            ("GET /a{b}", 5), ("GET /{b}c", 5), ("GET /{}", 5), ("GET /{+}", 5), ("GET /{a b}", 5),
            ("GET /{a}/{a}", 9), ("GET /a b", 6), ("GET /\u{E4}", 5), ("GET /%zz", 5), ("GET /%4", 5),
            ("GET /%41", 5), ("GET /a?b", 6), ("GET /a#b", 6), ("GET /x/", 6), ("$default", 0), ("GET /a\\b", 6),
        ])
    func refuses(text: String, offset: Int) {
        #expect(throws: RouteKey.Problem.self) { try RouteKey(text, apiType: .rest) }
        do throws(RouteKey.Problem) {
            _ = try RouteKey(text, apiType: .rest)
        } catch {
            #expect(error.range.lowerBound == offset)
            #expect(error.range.upperBound <= text.utf8.count)
        }
    }

    @Test("Triplets are brought into the normal form of request paths")
    func normalForm() throws {
        #expect(try RouteKey("GET /caf%c3%a9", apiType: .rest).pattern?.segments == [.literal(Array("caf%C3%A9".utf8))])
    }

    @Test("Parameter names do not make a difference between routes, everything else does")
    func shapes() throws {
        func shape(_ text: String) throws -> [UInt8] { try RouteKey(text, apiType: .http).shape }
        #expect(try shape("GET /a/{x}") == shape("GET /a/{y}"))
        #expect(try shape("GET /a/{x}") != shape("POST /a/{x}"))
        #expect(try shape("GET /a/{x}") != shape("GET /a/{x+}"))
        #expect(try shape("GET /a") != shape("GET /a/"))
        #expect(try shape("GET /") != shape("$default"))
    }
}
