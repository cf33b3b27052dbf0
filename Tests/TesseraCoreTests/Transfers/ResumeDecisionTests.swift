import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("What an answer means for a part (RFC 9110 §13.1.5, §14)")
struct ResumeDecisionTests {
    private static func decide(_ status: Int, _ fields: [(String, String)], offset: Int, tag: String?) throws
        -> ResumeDecision
    {
        var header = HTTPFields()
        for (name, value) in fields { header.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return ResumeDecision(
            HTTPResponse(status: .init(code: status), headerFields: header), offset: offset, validator: tag)
    }

    static let rows: [(Int, [(String, String)], ResumeDecision)] = [
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 100-199/200")], .append(total: 200)),
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 100-199/*")], .append(total: nil)),
        (206, [("ETag", "\"b\""), ("Content-Range", "bytes 100-199/200")], .discard),
        (206, [("ETag", "W/\"a\""), ("Content-Range", "bytes 100-199/200")], .discard),
        (206, [("Content-Range", "bytes 100-199/200")], .discard),
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 0-199/200")], .discard),
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 101-199/200")], .discard),
        (206, [("ETag", "\"a\"")], .discard),
        (206, [("ETag", "\"a\""), ("Content-Type", "multipart/byteranges; boundary=x")], .discard),
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 100-199/200"), ("Content-Encoding", "gzip")], .discard),
        (206, [("ETag", "\"a\""), ("Content-Range", "bytes 100-199/150")], .discard),
        (416, [("Content-Range", "bytes */100")], .complete), (416, [("Content-Range", "bytes */99")], .discard),
        (416, [], .discard), (416, [("Content-Range", "bytes */*")], .discard),
        (200, [("ETag", "\"b\""), ("Content-Length", "9")], .replace(validator: "\"b\"", total: 9)),
        (200, [("ETag", "W/\"b\"")], .replace(validator: nil, total: nil)),
        (200, [("ETag", "b")], .replace(validator: nil, total: nil)),
        (
            200, [("ETag", "\"b\""), ("Content-Encoding", "gzip"), ("Content-Length", "9")],
            .replace(validator: nil, total: nil)
        ),
        (200, [("ETag", "\"b\""), ("Content-Encoding", "identity")], .replace(validator: "\"b\"", total: nil)),
        (200, [("Content-Length", "99999999999999999999")], .replace(validator: nil, total: nil)),
    ]

    @Test("with 100 bytes of \"a\" there", arguments: rows)
    func table(status: Int, fields: [(String, String)], expected: ResumeDecision) throws {
        #expect(try Self.decide(status, fields, offset: 100, tag: "\"a\"") == expected)
    }

    @Test("with nothing there a part is no answer")
    func nothing() throws {
        let fields = [("ETag", "\"a\""), ("Content-Range", "bytes 0-199/200")]
        #expect(try Self.decide(206, fields, offset: 0, tag: nil) == .discard)
        #expect(try Self.decide(416, [("Content-Range", "bytes */0")], offset: 0, tag: nil) == .discard)
    }

    @Test(
        "Content-Range",
        arguments: [
            ("bytes 0-0/1", true), ("BYTES 0-0/1", true), ("bytes */5", true), ("bytes 0-0/*", true),
            ("bytes 1-0/5", false),
            ("bytes 0-5/5", false), ("bytes -1-0/5", false), ("bytes */*", false), ("items 0-0/1", false),
            ("bytes", false),
            ("bytes 0-0", false), ("bytes 0-0/1/2", false), ("bytes 0-99999999999999999999/*", false), ("", false),
            ("bytes +0-0/1", false), ("bytes 0-0/", false),
        ])
    func contentRange(field: String, isOne: Bool) {
        #expect((ContentRange(field) != nil) == isOne)
    }
}
