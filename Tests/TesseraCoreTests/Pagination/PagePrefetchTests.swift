import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("Pages are read ahead, so many and no more")
struct PagePrefetchTests {
    private static func serve(_ scenario: Scenario, pages: Int) {
        for number in 1...pages {
            let link = number < pages ? ["Link": "</p\(number + 1)>; rel=next"] : [:]
            scenario.server.on(.get, "/p\(number)").reply(
                headers: link, json: [.integer(Int64(number))], after: .seconds(1))
        }
    }

    @Test("the reader waits for permits: at most `prefetch` pages lie ahead", arguments: [1, 2, 5])
    func backPressure(ahead: Int) async throws {
        try await withScenario { scenario in
            Self.serve(scenario, pages: 9)
            let api = try scenario.api()
            let counts = try await scenario.time.run {
                var pages = api.pages("/p1", of: Int.self, by: .link, prefetch: ahead).byPage.makeAsyncIterator()
                var counts: [Int] = []
                for _ in 0..<4 {
                    try await Runtime.current.sleep(Runtime.current.now().advanced(by: .seconds(60)))
                    counts.append(scenario.server.requests.count)
                    #expect(try await pages.next()?.items == [counts.count])
                }
                return counts
            }
            #expect(counts == (0..<4).map { min(9, ahead + $0) })
        }
    }

    @Test("a slow reader and a slow server overlap: nine pages take nine seconds and not eighteen")
    func overlap() async throws {
        try await withScenario { scenario in
            Self.serve(scenario, pages: 9)
            let api = try scenario.api()
            let items = try await scenario.time.run {
                var items: [Int] = []
                for try await item in api.pages("/p1", of: Int.self, by: .link, prefetch: 2) {
                    items.append(item)
                    try await Runtime.current.sleep(Runtime.current.now().advanced(by: .seconds(1)))
                }
                return items
            }
            #expect(items == Array(1...9))
            #expect(scenario.time.elapsed <= .seconds(11))
        }
    }

    @Test("when the reader is dropped or cancelled, no further page is asked for")
    func dropped() async throws {
        try await withScenario { scenario in
            Self.serve(scenario, pages: 9)
            let api = try scenario.api()
            try await scenario.time.run {
                for try await _ in api.pages("/p1", of: Int.self, by: .link, prefetch: 3) { break }
            }
            let count = scenario.server.requests.count
            await scenario.time.advance(by: .seconds(60))
            #expect(scenario.server.requests.count <= count + 1 && count <= 4)
        }
        try await withScenario { scenario in
            Self.serve(scenario, pages: 9)
            let api = try scenario.api()
            let reading = Task(executorPreference: scenario.time.taskExecutor) {
                for try await _ in api.pages("/p1", of: Int.self, by: .link, prefetch: 3) {}
            }
            await scenario.time.settle()
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
        }
    }

    @Test("an error of a page that was read ahead comes when its turn comes")
    func failing() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/p1").reply(headers: ["Link": "</p2>; rel=next"], json: [1])
            scenario.server.on(.get, "/p2").reply(status: 404)
            let api = try scenario.api()
            let read = Mutex<[Int]>([])
            let error = try await scenario.failure {
                for try await item in api.pages("/p1", of: Int.self, by: .link, prefetch: 2) {
                    read.withLock { $0.append(item) }
                }
            }
            #expect(error.status == 404 && read.withLock { $0 } == [1])
        }
    }
}
