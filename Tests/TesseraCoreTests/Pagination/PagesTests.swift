import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("A short list never looks complete (invariant 8)")
struct PagesTests {
    private struct Read: Sendable {
        var items: [Int] = []
        var ends: [PageEnd?] = []
        var error: TesseraError?
    }

    /// Reads a list both ways; `ends` by page, `items` and `error` by item.
    private static func read(
        _ scenario: Scenario, _ style: PageStyle, limits: PageLimits = .standard, items: JSONPointer = "",
        _ configure: (inout Session.Configuration) -> Void = { _ in }
    ) async throws -> Read {
        let api = try scenario.api(auth: .bearer(.fixture("token-42-abc")), configure)
        let pages = api.pages("/list", of: Int.self, items: items, by: style, query: ["size": 2], limits: limits)
        return try await scenario.time.run {
            var read = Read()
            for try await page in pages.byPage { read.ends.append(page.end) }
            do {
                for try await item in pages { read.items.append(item) }
            } catch let error as TesseraError {
                read.error = error
            }
            return read
        }
    }

    @Test("by Link: relative, absolute and empty pages, to the end")
    func link() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["Link": #"<list/2?c=a,b>; rel="next""#], json: [1, 2])
            scenario.server.on(.get, "/list/2").reply(
                headers: ["Link": #"<https://API.test:443/list/3>; rel="last NEXT""#], json: [])
            scenario.server.on(.get, "/list/3").reply(headers: ["Link": #"</list>; rel="first""#], json: [3])
            let read = try await Self.read(scenario, .link)
            #expect(read.items == [1, 2, 3] && read.error == nil)
            #expect(read.ends == [nil, nil, .end])
            #expect(scenario.server.requests.prefix(3).map(\.query) == ["size=2", "c=a,b", nil])
            #expect(scenario.server.requests.allSatisfy { $0.isAuthenticated })
        }
    }

    @Test("by a URL in the body: null, nothing and an empty text end the list")
    func next() async throws {
        for end in [JSONValue.object([:]), ["next": nil], ["next": ""]] {
            try await withScenario { scenario in
                scenario.server.on(.get, "/list").reply(json: ["data": [1], "meta": ["next": "/list/2"]])
                scenario.server.on(.get, "/list/2").reply(json: ["data": [2], "meta": end])
                let read = try await Self.read(scenario, .next(at: "/meta/next"), items: "/data")
                #expect(read.items == [1, 2] && read.error == nil && read.ends == [nil, .end])
            }
        }
    }

    @Test("by a URL in the body, with a session that converts names from snake case")
    func snakeCase() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: ["data": [1], "page_info": ["next_page": "/list/2"]])
            scenario.server.on(.get, "/list/2").reply(json: ["data": [2], "page_info": [:]])
            let read = try await Self.read(scenario, .next(at: "/page_info/next_page"), items: "/data") {
                $0.json.keys = .snakeCase
            }
            #expect(read.items == [1, 2] && read.error == nil)
        }
    }

    @Test(
        "a next page that is not followed is told, and items end with an error",
        arguments: [
            (#"<https://evil.example/list/2>; rel="next""#, PageEnd.Reason.otherOrigin),
            (#"<//evil.example/2>; rel="next""#, .otherOrigin),
            (#"<https://api.test:8443/2>; rel="next""#, .otherOrigin),
            (#"<https://sub.api.test/2>; rel="next""#, .otherOrigin),
            (#"<http://api.test/2>; rel="next""#, .otherOrigin),
            (#"<https://user:pw@api.test/2>; rel="next""#, .invalidURL),
            (#"<https://api.test\@evil.example>; rel="next""#, .invalidURL),
            (#"<javascript:alert(1)>; rel="next""#, .invalidURL), (#"<https:///2>; rel="next""#, .invalidURL),
            ("</list?size=2>; rel=next", .loop), ("<?size=2>; rel=next", .loop), ("<>; rel=next", .loop),
            ("</2; rel=next", .malformedLink), (#"</2>; rel="next"#, .malformedLink), ("</2> rel=next", .malformedLink),
        ])
    func unfollowable(field: String, reason: PageEnd.Reason) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["Link": field], json: [1, 2])
            let read = try await Self.read(scenario, .link)
            #expect(read.ends == [.unfollowable(reason)])
            #expect(read.items == [1, 2])
            #expect(read.error?.code == .incompletePages)
            #expect(scenario.server.requests.allSatisfy { $0.origin.description == "https://api.test" })
            #expect(scenario.server.requests.count == 2)
        }
    }

    @Test(
        "a next URL of another type is not the end",
        arguments: [
            JSONValue.integer(2), .bool(true), .array(["/list/2"]), .object(["href": "/list/2"]), "https://", "/%zz",
        ])
    func wrongType(value: JSONValue) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: ["data": [1], "next": value])
            let read = try await Self.read(scenario, .next(at: "/next"), items: "/data")
            #expect(read.ends == [.unfollowable(.invalidURL)])
            #expect(read.error?.code == .incompletePages)
        }
    }

    @Test("a longer circle is found, also when pages are redirected")
    func circles() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["Link": "</b>; rel=next"], json: [1])
            scenario.server.on(.get, "/b").reply(headers: ["Link": "</list?size=2>; rel=next"], json: [2])
            let read = try await Self.read(scenario, .link)
            #expect(read.ends == [nil, .unfollowable(.loop)] && read.error?.code == .incompletePages)
        }
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(status: 302, headers: ["Location": "/real"])
            scenario.server.on(.get, "/real").reply(headers: ["Link": "</list?size=2>; rel=next"], json: [1])
            let read = try await Self.read(scenario, .link, limits: PageLimits(pages: 6))
            #expect(read.ends.last == .unfollowable(.loop))
        }
    }

    @Test("a bound of the caller's choice ends items quietly and pages with limitReached", arguments: [1, 2, 0, -5])
    func chosen(bound: Int) async throws {
        try await withScenario { scenario in
            for number in 1...4 {
                scenario.server.on(.get, number == 1 ? "/list" : "/p\(number)").reply(
                    headers: ["Link": "</p\(number + 1)>; rel=next"], json: [.integer(Int64(number))])
            }
            let read = try await Self.read(scenario, .link, limits: PageLimits(pages: bound))
            #expect(read.items == Array(1...max(1, bound)) && read.error == nil)
            #expect(read.ends.last == .limitReached && read.ends.count == max(1, bound))
        }
    }

    @Test("a bound that is reached with the last page is the end")
    func exactBound() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: [1])
            let read = try await Self.read(scenario, .link, limits: PageLimits(pages: 1))
            #expect(read.ends == [.end])
        }
    }

    @Test("a server with a fresh cursor each time comes to an end, with an error (threat B8)", .timeLimit(.minutes(1)))
    func endless() async throws {
        let recorder = Recorder { (number, _) async throws(TransportFailure) in
            var fields = HTTPFields()
            if let name = HTTPField.Name("Link") { fields[name] = "</list?c=\(number)>; rel=next" }
            return TransportReply(head: HTTPResponse(status: .ok, headerFields: fields), body: Array("[1]".utf8))
        }
        let api = try Session("https://api.test", transport: recorder) { $0.proxy = .none }
        var count = 0
        let error = await #expect(throws: TesseraError.self) {
            for try await _ in api.pages("/list", of: Int.self, by: .link) { count += 1 }
        }
        #expect(error?.code == .incompletePages && error?.remedy != nil)
        #expect(count == 10_000 && recorder.requests.count == 10_000)
    }

    @Test("a page that fails, or holds no list, is an error with the history")
    func failing() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["Link": "</2>; rel=next"], json: [1])
            scenario.server.on(.get, "/2").reply(status: 500)
            let api = try scenario.api { $0.retry = .never }
            let error = try await scenario.failure {
                for try await _ in api.pages("/list", of: Int.self, by: .link) {}
            }
            #expect(error.code == .httpStatus && error.history.count == 1)
            scenario.server.on(.get, "/none").reply(json: ["other": []])
            let none = try await scenario.failure {
                for try await _ in api.pages("/none", of: Int.self, items: "/data", by: .link) {}
            }
            #expect(none.code == .decoding && none.history.count == 1)
        }
    }

    @Test("an iterator that ended with an error goes on to say so")
    func again() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["Link": "<https://evil.example/>; rel=next"], json: [1])
            let api = try scenario.api()
            let codes = try await scenario.time.run {
                var iterator = api.pages("/list", of: Int.self, by: .link).makeAsyncIterator()
                var codes: [TesseraError.Code?] = []
                _ = try await iterator.next()
                for _ in 0..<3 {
                    do {
                        codes.append(try await iterator.next() == nil ? nil : .decoding)
                    } catch let error as TesseraError {
                        codes.append(error.code)
                    }
                }
                return codes
            }
            #expect(codes == [.incompletePages, .incompletePages, .incompletePages])
        }
    }
}
