import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Lists of every style, resumed and read ahead")
struct PageStylesTests {
    private static func all(_ scenario: Scenario, _ pages: Pages<Int>) async throws -> [Int] {
        try await scenario.time.run {
            var items: [Int] = []
            for try await item in pages { items.append(item) }
            return items
        }
    }

    @Test("by cursor: the first page's query stays, the cursor is replaced and encoded as one value")
    func cursor() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: ["data": [1, 2], "next": "a&b=c"])
                .then(json: ["data": [3], "next": 7]).then(json: ["data": [], "next": nil])
            let api = try scenario.api()
            let pages = api.pages(
                "/list", of: Int.self, items: "/data", by: .cursor(at: "/next", query: "c"), query: ["size": 2])
            #expect(try await Self.all(scenario, pages) == [1, 2, 3])
            #expect(scenario.server.requests.map(\.query) == ["size=2", "size=2&c=a%26b%3Dc", "size=2&c=7"])
        }
    }

    @Test("by offset: a short page in the middle loses nothing")
    func offset() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: [1, 2]).then(json: [3]).then(json: [4, 5]).then(json: [])
            let pages = try scenario.api().pages("/list", of: Int.self, by: .offset(), query: ["offset": 10])
            #expect(try await Self.all(scenario, pages) == [1, 2, 3, 4, 5])
            #expect(scenario.server.requests.map(\.query) == ["offset=10", "offset=12", "offset=13", "offset=15"])
        }
    }

    @Test("by page: a server that ignores the number is found out")
    func ignored() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: [1, 2])
            let api = try scenario.api()
            let error = try await scenario.failure {
                for try await _ in api.pages("/list", of: Int.self, by: .page()) {}
            }
            #expect(error.code == .incompletePages && error.message.contains("loop"))
            #expect(scenario.server.requests.map(\.query) == [nil, "page=2"])
        }
    }

    @Test("by a token in header fields both ways; the same token twice is a loop")
    func token() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(headers: ["X-Next": "t1"], json: [1])
                .then(headers: ["X-Next": "t2"], json: [2]).then(headers: ["X-Next": "t1"], json: [3])
            let api = try scenario.api()
            let name = try #require(HTTPField.Name("X-Next"))
            let pages = api.pages("/list", of: Int.self, by: .token(header: name, sentIn: .header("X-Page")))
            let ends = try await scenario.time.run {
                var ends: [PageEnd?] = []
                for try await page in pages.byPage { ends.append(page.end) }
                return ends
            }
            #expect(ends == [nil, nil, .unfollowable(.loop)])
            #expect(try scenario.values("X-Page") == [nil, "t1", "t2"])
        }
    }

    @Test("duplicates are left out by id, counted, and the offset counts them all the same")
    func unique() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: [1, 2]).then(json: [2, 3]).then(json: [])
            let pages = try scenario.api().pages("/list", of: Int.self, by: .offset()).unique(by: { $0 })
            #expect(try await Self.all(scenario, pages) == [1, 2, 3])
            #expect(scenario.server.requests.map(\.query) == [nil, "offset=2", "offset=4"])
        }
    }

    @Test("a bound on items cuts items exactly, and pages after the one that reaches it", arguments: [1, 2, 3, 4])
    func itemBound(bound: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/list").reply(json: [1, 2]).then(json: [3, 4]).then(json: [5])
            let pages = try scenario.api().pages(
                "/list", of: Int.self, by: .offset(), limits: PageLimits(items: bound))
            #expect(try await Self.all(scenario, pages) == Array(1...bound))
            #expect(scenario.server.requests.count == (bound + 1) / 2)
        }
    }
}
