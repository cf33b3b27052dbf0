import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Lists are resumed where they were left")
struct CheckpointTests {
    private static let token = HTTPField.Name("X-Next") ?? .location

    @Test("encoded and decoded after each page, by another session")
    func everyStyle() async throws {
        let styles: [PageStyle] = [
            .link, .next(at: "/url"), .cursor(at: "/next", query: "c"), .offset(total: "/total"),
            .page(total: "/total"),
            .token(header: Self.token, sentIn: .query("t")), .token(header: Self.token, sentIn: .header("X-Page")),
        ]
        for style in styles {
            try await withScenario { scenario in
                var checkpoint: Checkpoint?
                var read: [Int] = []
                for number in 1...4 {
                    let last = number == 4
                    scenario.server.on(.get, "/list").reply(
                        headers: last
                            ? [:] : ["Link": "</list?p=\(number + 1)>; rel=next", "X-Next": "t\(number + 1)"],
                        json: [
                            "data": [.integer(Int64(number))], "next": last ? nil : .string("c\(number + 1)"),
                            "total": 4, "url": last ? nil : .string("/list?p=\(number + 1)"),
                        ])
                    let api = try scenario.api()
                    let resume = checkpoint
                    let page = try await scenario.time.run {
                        var pages = api.pages(
                            "/list", of: Int.self, items: "/data", by: style, limits: PageLimits(pages: 1),
                            resume: resume
                        ).byPage.makeAsyncIterator()
                        return try #require(try await pages.next())
                    }
                    read += page.items
                    #expect(page.number == number && page.end == (last ? .end : .limitReached), "\(style)")
                    checkpoint = try page.checkpoint.map {
                        try JSONCoding().decode(Checkpoint.self, from: try JSONCoding().encode($0))
                    }
                    #expect(checkpoint == page.checkpoint && checkpoint?.items == (last ? nil : number))
                }
                #expect(read == [1, 2, 3, 4] && checkpoint == nil, "\(style)")
                #expect(Set(scenario.server.requests.map { "\($0.query ?? "") \($0.headerFields)" }).count == 4)
            }
        }
    }

    @Test(
        "a checkpoint of another origin, list or style sends nothing",
        arguments: [
            (#"{"pages":1,"items":1,"next":{"url":{"_0":"https://evil.example/list"}}}"#, PageStyle.link),
            (#"{"pages":1,"items":1,"next":{"url":{"_0":"http://api.test/list"}}}"#, .link),
            (#"{"pages":1,"items":1,"next":{"url":{"_0":"https://api.test/list"}}}"#, .offset()),
            (#"{"pages":1,"items":1,"next":{"query":{"name":"other","value":"2"}}}"#, .offset()),
            (#"{"pages":1,"items":1,"next":{"header":{"name":"X-Page","value":"2"}}}"#, .link),
        ])
    func foreign(text: String, style: PageStyle) async throws {
        try await withScenario { scenario in
            let checkpoint = try JSONCoding().decode(Checkpoint.self, from: Array(text.utf8))
            let api = try scenario.api()
            let error = try await scenario.failure {
                for try await _ in api.pages("/list", of: Int.self, by: style, resume: checkpoint) {}
            }
            #expect(error.code == .misconfigured)
            #expect(scenario.server.requests.isEmpty)
        }
    }

    @Test("a checkpoint prints how far, not where")
    func printed() throws {
        let text = #"{"pages":1,"items":2,"next":{"url":{"_0":"https://api.test/list?secret=abc"}}}"#
        let checkpoint = try JSONCoding().decode(Checkpoint.self, from: Array(text.utf8))
        var dumped = ""
        dump(checkpoint, to: &dumped)
        #expect(!"\(checkpoint) \(dumped)".contains("secret"))
    }
}
