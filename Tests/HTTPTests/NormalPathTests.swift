import TestRandom
import Testing

@testable import HTTP

@Suite("The normal form of paths")
struct NormalPathTests {
    static func normal(_ path: String, _ options: PathOptions = .strict) -> String {
        do {
            return Feeding.text(try NormalPath.normalize(Feeding.bytes(path), options: options).bytes)
        } catch {
            return error.code.rawValue
        }
    }

    @Test(
        "Paths with two readings are refused",
        arguments: [
            ("admin", RefusalCode.pathInvalid), ("/a b", .pathInvalid), ("/a\\b", .pathInvalid),
            ("/t\\..\\admin", .pathInvalid),
            ("/\"", .pathInvalid), ("/<", .pathInvalid), ("/>", .pathInvalid), ("/^", .pathInvalid),
            ("/`", .pathInvalid),
            ("/{a}", .pathInvalid), ("/|", .pathInvalid), ("/[a]", .pathInvalid), ("/a#b", .pathInvalid),
            ("/a?b", .pathInvalid), ("/\u{7F}", .pathInvalid), ("/\0", .pathInvalid), ("/caf\u{E9}", .pathInvalid),
            ("/%41/\u{E9}", .pathInvalid),
            ("/%zz", .pathEncodingInvalid), ("/x%", .pathEncodingInvalid), ("/%4", .pathEncodingInvalid),
            ("/%u0061dmin", .pathEncodingInvalid), ("/%%32%65", .pathEncodingInvalid), ("/%4%31", .pathEncodingInvalid),
            ("/t/..%2fadmin", .pathEncodedSlash), ("/%2fadmin", .pathEncodedSlash),
            ("/admin%2Fusers", .pathEncodedSlash),
            ("/t/..%5cadmin", .pathEncodedSlash),
            ("/admin%00", .pathEncodedControl), ("/admin%09", .pathEncodedControl),
            ("/x%0d%0aX:%20y", .pathEncodedControl),
            ("/%1F", .pathEncodedControl), ("/%7f", .pathEncodedControl),
            ("/t/%c0%ae%c0%ae/admin", .pathNotUTF8), ("/t%c0%afadmin", .pathNotUTF8), ("/%ff", .pathNotUTF8),
            ("/%c3", .pathNotUTF8), ("/%c3/%a9", .pathNotUTF8), ("/%c3x", .pathNotUTF8), ("/%a9", .pathNotUTF8),
            ("/%e0%80%af", .pathNotUTF8), ("/%ed%a0%80", .pathNotUTF8), ("/%f4%90%80%80", .pathNotUTF8),
            ("/%f0%80%80%80", .pathNotUTF8), ("/%c3%41", .pathNotUTF8),
            ("/t/%252e%252e/admin", .pathDoubleEncoding), ("/t%252fadmin", .pathDoubleEncoding),
            ("/t%255Cadmin", .pathDoubleEncoding), ("/t%25%32%65", .pathDoubleEncoding),
            ("/t%25252e", .pathDoubleEncoding), ("/%2525252F", .pathDoubleEncoding),
            ("/%25%32%352e", .pathDoubleEncoding),
            ("/..", .pathAboveRoot), ("/../admin", .pathAboveRoot), ("/t//../../admin", .pathAboveRoot),
            ("/%2e%2E/admin", .pathAboveRoot), ("/a/../../b", .pathAboveRoot),
            ("/t/..;/admin", .pathDotSegment), ("/t/.;/admin", .pathDotSegment), ("/;/admin", .pathDotSegment),
            ("/;x=1", .pathDotSegment), ("/a/;", .pathDotSegment), ("/t/%2e%2e;x/admin", .pathDotSegment),
            ("/t/..%3b/admin", .pathDotSegment), ("/t/..%20/admin", .pathDotSegment),
            ("/t/.%20%20/admin", .pathDotSegment),
            ("/t/..%20;x/admin", .pathDotSegment), ("/%20/admin", .pathDotSegment), ("/;x/../admin", .pathDotSegment),
        ] as [(String, RefusalCode)])
    func refuses(path: String, code: RefusalCode) {
        #expect(Self.normal(path) == code.rawValue)
    }

    @Test(
        "Paths with one reading get it",
        arguments: [
            ("", "/"), ("/", "/"), ("//", "/"), ("///", "/"), ("/.", "/"), ("/./", "/"), ("/a/..", "/"),
            ("/a/../", "/"),
            ("/admin", "/admin"), ("//admin", "/admin"), ("/./admin", "/admin"), ("/t/../admin", "/admin"),
            ("/t/%2e%2e/admin", "/admin"), ("/%61dmin", "/admin"), ("///admin///users", "/admin/users"),
            ("/t//../admin", "/admin"), ("/a/b/", "/a/b/"), ("/a/b//", "/a/b/"), ("/a/./b/.", "/a/b/"),
            ("/a/b/..", "/a/"), ("/a/b/../..", "/"), ("/a/b/../../c", "/c"), ("/...", "/..."), ("/.a", "/.a"),
            ("/a.", "/a."), ("/..a", "/..a"), ("/a..b", "/a..b"), ("/ADMIN", "/ADMIN"), ("/admin;x=1", "/admin;x=1"),
            ("/admin;/users", "/admin;/users"), ("/admin%3fx", "/admin%3Fx"), ("/admin%20", "/admin%20"),
            ("/%7euser/%2D%5f", "/~user/-_"), ("/caf%c3%a9", "/caf%C3%A9"),
            ("/%e2%82%ac/%f0%9f%98%80", "/%E2%82%AC/%F0%9F%98%80"),
            ("/a%25b", "/a%25b"), ("/100%25", "/100%25"), ("/%2541", "/%2541"),
            ("/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="),
            ("/%3a%40", "/%3A%40"), ("/t/x?".replacing("?", with: ""), "/t/x"), ("/a%20b", "/a%20b"),
        ])
    func accepts(path: String, normal: String) throws {
        #expect(Self.normal(path) == normal)
        #expect(Self.normal(normal) == normal, "the normal form of a normal form is itself")
        let result = try NormalPath.normalize(Feeding.bytes(path))
        #expect(result.isUnchanged == (path == normal))
    }

    @Test("Kept separators stay one segment, but never hide a dot segment")
    func keptSlashes() {
        let keep = PathOptions(encodedSlash: .keep)
        #expect(Self.normal("/a%2fb", keep) == "/a%2Fb")
        #expect(Self.normal("/https:%2f%2fx%5cy", keep) == "/https:%2F%2Fx%5Cy")
        for path in [
            "/t/..%2fadmin", "/t/a%2f..", "/t/a%2F.%2fb", "/t/a%5c..%5cb", "/t/a%2f..;x", "/t/a%2f%2e%2e", "/a%2f;x",
        ] {
            #expect(Self.normal(path, keep) == RefusalCode.pathDotSegment.rawValue, "\(path)")
        }
        #expect(Self.normal("/t/%252e%252e/x", keep) == RefusalCode.pathDoubleEncoding.rawValue)
        #expect(Self.normal("/t/%252e%252e/x", .aws) == "/t/%252e%252e/x")
        #expect(Self.normal("/t%00", .aws) == RefusalCode.pathEncodedControl.rawValue)
    }

    @Test("An unchanged path shares the head's bytes")
    func shared() throws {
        let head = try #require(Feeding.head("GET http://a.test/a/b.c?q=../x HTTP/1.1\r\nHost: a\r\n\r\n"))
        let path = try NormalPath.normalize(head)
        #expect(path.isUnchanged)
        #expect(path.range == head.path)
        #expect(Feeding.text(path.bytes) == "/a/b.c")
        let changed = try NormalPath.normalize(try #require(Feeding.head("GET /a/%2e/b HTTP/1.1\r\nHost: a\r\n\r\n")))
        #expect(!changed.isUnchanged)
        #expect(Feeding.text(changed.bytes) == "/a/b")
    }

    @Test(
        "The folded variant is what a careless backend may read",
        arguments: [
            ("/admin", nil), ("/admin/users", nil), ("/a.b/c", nil), ("/admin/", nil),
            ("/admin;x=1", "/admin"), ("/admin;/users", "/admin/users"), ("/ADMIN", "/admin"), ("/admin.", "/admin"),
            ("/admin%20", "/admin"), ("/admin.%20.", "/admin"), ("/admin%3fx/y", "/admin"), ("/admin%23x", "/admin"),
            ("/admin%3bx/y", "/admin/y"), ("/admin./users", "/admin/users"), ("/caf%c3%a9", nil),
            ("/Caf%c3%a9", "/caf%C3%A9"), ("/admin/...", "/admin/"), ("/t/.../admin", "/t/admin"),
        ] as [(String, String?)])
    func folded(path: String, expected: String?) throws {
        let variant = try NormalPath.normalize(Feeding.bytes(path)).foldedVariant()
        #expect(variant.map { Feeding.text($0) } == expected)
    }

    @Test(
        "Other readings of a path are its folded form, and either form without its last slash",
        arguments: [
            ("/", []), ("/a", []), ("/a/", ["/a"]), ("/A", ["/a"]), ("/A/", ["/a/", "/A", "/a"]),
            ("/a;/", ["/a/", "/a;", "/a"]),
            ("/a/.../", ["/a/", "/a/...", "/a"]),
        ] as [(String, [String])])
    func otherReadings(path: String, expected: [String]) throws {
        let readings = try NormalPath.normalize(Feeding.bytes(path)).otherReadings
        #expect(readings.map { Feeding.text(Array($0)) } == expected)
    }

    @Test("Kept separators are slashes in the folded variant")
    func foldedSlashes() throws {
        let path = try NormalPath.normalize(
            Feeding.bytes("/admin%2fusers%5cx"), options: PathOptions(encodedSlash: .keep))
        #expect(path.foldedVariant().map { Feeding.text($0) } == "/admin/users/x")
    }

    @Test("Random paths never trap, and every normal form is normal, safe and stable", arguments: [UInt64(1), 2, 3, 4])
    func random(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let pieces = [
            "/", "/", "/", "a", "B", ".", "..", ";", "%2e", "%2F", "%5c", "%25", "25", "2e", "%20", "%c3", "%a9", "%",
            "%3b", "%00",
            "~", "x",
        ]
        var taken = 0
        for _ in 0..<4000 {
            var text = "/"
            for _ in 0..<Int.random(in: 0..<10, using: &generator) {
                text += pieces[Int.random(in: pieces.indices, using: &generator)]
            }
            for options in [PathOptions.strict, PathOptions(encodedSlash: .keep), .aws] {
                guard let path = try? NormalPath.normalize(Feeding.bytes(text), options: options) else { continue }
                taken += 1
                let normal = Feeding.text(path.bytes)
                let again = try NormalPath.normalize(path.storage, path: path.range, options: options)
                #expect(again.isUnchanged && Feeding.text(again.bytes) == normal, "\(text)")
                #expect(normal.hasPrefix("/") && !normal.contains("//"), "\(text)")
                #expect(!normal.split(separator: "/").contains { $0 == "." || $0 == ".." }, "\(text)")
                if options == .strict {
                    let decoded = Feeding.text(PercentDecoding.decode(path.bytes))
                    #expect(
                        decoded.split(separator: "/", omittingEmptySubsequences: false).count
                            == normal.split(separator: "/", omittingEmptySubsequences: false).count, "\(text)")
                    #expect(!decoded.split(separator: "/").contains { $0 == ".." || $0.hasPrefix("..;") }, "\(text)")
                }
                _ = path.foldedVariant()
            }
        }
        #expect(taken > 1000)
    }
}
