import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("Streams of events and of lines of JSON")
struct EventStreamTests {
    private static let type = ["Content-Type": "text/event-stream; charset=utf-8"]

    private struct Item: Codable, Hashable, Sendable {
        var itemName: String
    }

    @Test("inside the stream's scope, in the session's coding")
    func scope() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/e").reply(headers: Self.type, body: String(repeating: "data: x\n\n", count: 500))
            scenario.server.on(.get, "/l").reply(body: "{\"item_name\":\"a\"}\r\n\n \n{\"item_name\":\"b\"}")
            let api = try scenario.api { $0.json.keys = .snakeCase }
            let (count, items) = try await scenario.time.run {
                let count = try await api.stream(.get, "/e") { reply in
                    var count = 0
                    for try await event in reply.body.events where event.data == "x" { count += 1 }
                    return count
                }
                let items = try await api.stream(.get, "/l") { reply in
                    var items: [Item] = []
                    for try await item in reply.body.lines(of: Item.self) { items.append(item) }
                    return items
                }
                return (count, items)
            }
            #expect(count == 500 && items.map(\.itemName) == ["a", "b"])
        }
    }

    @Test("a broken line, a long line and a cut body are errors, never a short list")
    func broken() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/broken").reply(body: "1\n{\n3\n")
            scenario.server.on(.get, "/long").reply(body: "1\n" + String(repeating: "2", count: 200))
            scenario.server.on(.get, "/cut").cut(body: "1\n2")
            let api = try scenario.api()
            for (path, code) in [
                ("/broken", TesseraError.Code.decoding), ("/long", .limitExceeded), ("/cut", .connection),
            ] {
                let read = Mutex<[Int]>([])
                let error = try await scenario.failure {
                    try await api.stream(.get, RequestTarget(relative: path)) { reply in
                        for try await item in reply.body.lines(of: Int.self, longest: 100) {
                            read.withLock { $0.append(item) }
                        }
                    }
                }
                #expect(error.code == code && read.withLock { $0 } == [1], "\(path)")
            }
        }
    }

    @Test("connects again with the last id, after the wait that the stream names, until 204")
    func reconnects() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/e").reply(headers: Self.type, body: "retry: 1000\nid: 1\ndata: a\n\n")
                .cut(headers: Self.type, body: "id: 2\ndata: b\n\nid: 3\ndata: lost").then(status: 204)
            let api = try scenario.api()
            let (data, last) = try await scenario.time.run {
                var data: [String] = []
                let last = try await api.events("/e") { event in
                    data.append(event.data)
                    return true
                }
                return (data, last)
            }
            #expect(data == ["a", "b"] && last == "2")
            #expect(try scenario.values("Last-Event-ID") == [nil, "1", "2"])
            #expect(try scenario.values("Accept").allSatisfy { $0 == "text/event-stream" })
            #expect(scenario.arrivals == [.zero, .seconds(1), .seconds(2)])
        }
    }

    @Test("ends when told to, when the answer is none, and when nothing comes any more")
    func ends() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/e").reply(headers: Self.type, body: "data: a\n\ndata: b\n\n")
            scenario.server.on(.get, "/html").reply(headers: ["Content-Type": "text/html"], body: "data: a\n\n")
            scenario.server.on(.get, "/empty").reply(headers: Self.type)
            scenario.server.on(.get, "/gone").reply(status: 410)
            let api = try scenario.api()
            let data = try await scenario.time.run {
                var data: [String] = []
                try await api.events("/e") { event in
                    data.append(event.data)
                    return false
                }
                return data
            }
            #expect(data == ["a"] && scenario.server.count(.get, "/e") == 1)
            for (path, code, count) in [
                ("/html", TesseraError.Code.protocolViolation, 1), ("/gone", .httpStatus, 1),
                ("/empty", .connection, 5),
            ] {
                let error = try await scenario.failure {
                    try await api.events(RequestTarget(relative: path)) { _ in true }
                }
                #expect(error.code == code && scenario.server.count(.get, path) == count, "\(path)")
            }
        }
    }

    @Test("an error of the caller's own ends it, even one that looks like the connection's")
    func own() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/e").reply(headers: Self.type, body: "data: a\n\n")
            let api = try scenario.api()
            let error = try await scenario.failure {
                try await api.events("/e") { _ in throw TesseraError.make(.connection, "of the caller") }
            }
            #expect(error.message == "of the caller" && scenario.server.requests.count == 1)
        }
    }

    @Test("a wait that the stream names is capped")
    func capped() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/e").reply(headers: Self.type, body: "retry: 86400000\ndata: a\n\n").then(
                status: 204)
            let api = try scenario.api()
            _ = try await scenario.time.run { try await api.events("/e") { _ in true } }
            #expect(scenario.arrivals == [.zero, .seconds(60)])
        }
    }
}
