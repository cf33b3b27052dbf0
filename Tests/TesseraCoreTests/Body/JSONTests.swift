import Foundation
import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("JSON")
struct JSONTests {
    private struct User: Codable, Equatable {
        var id: Int
        var createdAt: Date
        var tags: [String: Int]?
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ pointer: JSONPointer, _ text: String, _ coding: JSONCoding = JSONCoding()
    ) throws -> Value? {
        try coding.decode(type, at: pointer, from: Array(text.utf8))
    }

    /// RFC 6901 §5.
    private static let document =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":9,"o":null}"#

    @Test(
        "the examples of RFC 6901 §5",
        arguments: [
            ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7),
            ("/m~0n", 8),
            ("/~01", 9),
        ])
    func pointers(pointer: String, expected: Int) throws {
        #expect(try Self.decode(Int.self, JSONPointer(stringLiteral: pointer), Self.document) == expected)
    }

    @Test("arrays by position, and a member with a numeric name")
    func arrays() throws {
        #expect(try Self.decode([String].self, "/foo", Self.document) == ["bar", "baz"])
        #expect(try Self.decode(String.self, "/foo/0", Self.document) == "bar")
        #expect(try Self.decode(String.self, "/foo/1", Self.document) == "baz")
        #expect(try Self.decode(Int.self, "/a/0/b", #"{"a":[{"b":5}]}"#) == 5)
        #expect(try Self.decode(Int.self, "/1/0", "[[1],[2]]") == 2)
        #expect(try Self.decode(Int.self, "/0", #"{"0":3}"#) == 3)
        #expect(try Self.decode(Int.self, "", "3") == 3)
        #expect(try Self.decode(Int.self, "a/b", #"{"a":{"b":5}}"#) == 5)
    }

    @Test(
        "missing and null are nothing, at the end and on the way",
        arguments: [
            "/x", "/o", "/foo/2", "/foo/99999999999999999999", "/o/x", "/o/x/y", "/x/y", "/foo/-1", "/foo/01",
            "/foo/+1",
        ])
    func missing(pointer: String) throws {
        let found = try? Self.decode(String.self, JSONPointer(stringLiteral: pointer), Self.document)
        #expect((found ?? nil) == nil)
        if !pointer.contains("foo") {
            #expect(throws: Never.self) {
                try Self.decode(String.self, JSONPointer(stringLiteral: pointer), Self.document)
            }
        }
    }

    @Test("null in an array on the way is nothing too")
    func nullOnTheWay() throws {
        #expect(try Self.decode(Int.self, "/a/0/b", #"{"a":[null]}"#) == nil)
        #expect(try Self.decode(Int.self, "/a/0", #"{"a":[null]}"#) == nil)
    }

    @Test("another type on the way or at the end is an error", arguments: ["/foo/x", "/ /x", "/foo", "/foo/-"])
    func wrong(pointer: String) {
        let error = #expect(throws: TesseraError.self) {
            try Self.decode(Int.self, JSONPointer(stringLiteral: pointer), Self.document)
        }
        #expect(error?.code == .decoding)
    }

    @Test("pointers work with names in snake case, as they stand in the document")
    func snakeCase() throws {
        let coding = JSONCoding(keys: .snakeCase)
        #expect(try Self.decode(Int.self, "/page_info/next_page", #"{"page_info":{"next_page":4}}"#, coding) == 4)
        let text = #"{"my_user":{"id":1,"created_at":"2026-11-23T18:00:00Z"}}"#
        let user = try Self.decode(User.self, "/my_user", text, coding)
        #expect(user?.createdAt == Date(timeIntervalSince1970: 1_795_456_800))
        #expect(try String(decoding: coding.encode(user), as: UTF8.self).contains("created_at"))
    }

    @Test(
        "dates are written and read as the setting says",
        arguments: [
            (JSONCoding.Dates.iso8601, #""1970-01-01T00:01:00Z""#), (.secondsSince1970, "60"),
            (.deferred, "-978307140"),
        ])
    func dates(dates: JSONCoding.Dates, text: String) throws {
        let coding = JSONCoding(dates: dates)
        let date = Date(timeIntervalSince1970: 60)
        #expect(try String(decoding: coding.encode([date]), as: UTF8.self) == "[\(text)]")
        #expect(try coding.decode([Date].self, from: Array("[\(text)]".utf8)) == [date])
    }

    @Test(
        "a body that does not fit is an error that names the member and no value (threat D5)",
        arguments: [
            (#"{"createdAt":"hunter2"}"#, "id"), (#"{"id":"hunter2","createdAt":0}"#, "id"), (#"{"id":null}"#, "id"),
            (#"{"id":1,"createdAt":"hunter2"}"#, nil), (#"{"id":1e300}"#, nil), (#"{"id":1.5}"#, nil), ("hunter2", nil),
            ("", nil), (#"["hunter2"]"#, nil), (#"{"id":1"#, nil), ("\u{0}", nil),
            (#"{"id":99999999999999999999}"#, nil),
        ])
    func explanations(text: String, member: String?) {
        let error = #expect(throws: TesseraError.self) { try JSONCoding().decode(User.self, from: Array(text.utf8)) }
        #expect(error?.code == .decoding)
        #expect(error?.description.contains("hunter2") == false)
        if let member { #expect(error?.message.contains(" \(member)") == true, "\(error?.message ?? "")") }
    }

    @Test("the names of a dictionary's members are values of the body, and are not shown")
    func dictionaryKeys() {
        let text = #"{"id":1,"createdAt":"2026-11-23T18:00:00Z","tags":{"hunter2@example.com":"x"}}"#
        let error = #expect(throws: TesseraError.self) { try JSONCoding().decode(User.self, from: Array(text.utf8)) }
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("tags") == true)
    }

    @Test("100,000 nested arrays or objects are an error (threat B9)", arguments: ["[", "{\"a\":"])
    func nesting(opening: String) async {
        await #expect(processExitsWith: .success) { [opening] in
            let bytes = Array(String(repeating: opening, count: 100_000).utf8)
            #expect(throws: TesseraError.self) { try JSONCoding().decode([String: Int].self, from: bytes) }
            #expect(throws: TesseraError.self) { try JSONCoding().decode(Int.self, at: "/a/b", from: bytes) }
        }
    }

    @Test("a value that cannot be written is an error, and nothing is sent")
    func encoding() async throws {
        try await withScenario { scenario in
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.post("/x", .json([Double.nan])) }
            #expect(error.code == .encoding && scenario.server.requests.isEmpty)
        }
    }

    @Test("a file is read anew for each attempt, and its size is known")
    func fileBody() async throws {
        let path = #filePath
        let size = try Platform.fileSize(path)
        try await withScenario { scenario in
            scenario.server.on(.put, "/x").reply(status: 503).then()
            let api = try scenario.api()
            _ = try await scenario.time.run { try await api.put("/x", .file(path)) }
            #expect(scenario.server.requests.map(\.body.count) == [size, size] && size > 1000)
            #expect(scenario.server.requests.first?.body == scenario.server.requests.last?.body)
        }
    }

    @Test(
        "a file that is missing, or a directory, is an error that does not show its path",
        arguments: [
            "/nonexistent/hunter2", "/tmp", "/dev/zero", "",
        ])
    func file(path: String) async throws {
        try await withScenario { scenario in
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.put("/x", .file(path)) }
            #expect(error.code == .encoding && !error.description.contains("hunter2"))
            #expect(scenario.server.requests.isEmpty)
        }
    }
}
