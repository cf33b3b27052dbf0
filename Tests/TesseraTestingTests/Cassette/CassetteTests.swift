import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `Cassettes` {
    private func server() -> MockTransport {
        let real = MockTransport()
        real.on(.get, "/users/*").reply { .init(json: ["path": .string($0.path)]) }
        real.on(.post, "/users").reply { .init(status: 201, json: $0.json ?? .null) }
        return real
    }

    private func get(_ path: String) throws -> TransportRequest { try makeRequest(.get, "https://api.test\(path)") }

    private func post(_ json: String) throws -> TransportRequest {
        try makeRequest(
            .post, "https://api.test/users", headers: ["Content-Type": "application/json"],
            body: .bytes(Array(json.utf8)))
    }

    @Test func `once: recorded the first time, played ever after`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/deep/users.json"
            let real = server()
            var first: [TransportReply] = []
            for round in 0..<3 {
                try await Cassette.use(path, mode: .once, recording: real) { cassette in
                    let replies = [
                        try await cassette.send(get("/users/1")), try await cassette.send(post(#"{"b":1,"a":[2]}"#)),
                    ]
                    if round == 0 { first = replies }
                    #expect(replies.map(\.head.status.code) == [200, 201])
                    #expect(replies.map { JSONText($0.body) } == first.map { JSONText($0.body) })
                    #expect(cassette.recorded == (round == 0 ? 2 : 0) && cassette.unplayed == [])
                }
            }
            #expect(real.requests.count == 2, "the real server was asked in the first round only")
        }
    }

    @Test func `once: an unknown request fails and says what nearly matched`() async throws {
        try await withFolder { folder in
            let real = server()
            try await Cassette.use("\(folder)/c.json", recording: real) {
                _ = try await $0.send(post(#"{"name":"Ada"}"#))
            }
            try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                let failure = await #expect(throws: TransportFailure.self) {
                    try await cassette.send(post(#"{"name":"Bob"}"#))
                }
                #expect(failure?.kind == .unexpectedRequest)
                let text = "\(try #require(failure?.underlying))"
                #expect(
                    text == """
                        nobody prepared an answer to POST https://api.test/users
                        the nearest is POST https://api.test/users (interaction 1), which differs:
                          JSON /name: expected "Ada", got "Bob"
                        prepared is: POST https://api.test/users (interaction 1)
                        """)
                #expect(cassette.unplayed == ["POST https://api.test/users"])
            }
            #expect(real.requests.count == 1)
        }
    }

    @Test func `new episodes: what is known is played, the rest is added`() async throws {
        try await withFolder { folder in
            let real = server()
            for (count, path) in ["/users/1", "/users/2", "/users/3"].enumerated() {
                try await Cassette.use("\(folder)/c.json", mode: .newEpisodes, recording: real) { cassette in
                    for known in 1...(count + 1) { _ = try await cassette.send(get("/users/\(known)")) }
                    #expect(cassette.recorded == 1)
                }
                #expect(real.requests.last?.path == path && real.requests.count == count + 1)
            }
        }
    }

    @Test func `none: nothing is recorded, and without a file nothing begins`() async throws {
        try await withFolder { folder in
            let real = server()
            #expect(throws: CassetteFailure.self) { try Cassette("\(folder)/c.json", mode: .none, recording: real) }
            try await Cassette.use("\(folder)/c.json", recording: real) { _ = try await $0.send(get("/users/1")) }
            try await Cassette.use("\(folder)/c.json", mode: .none, recording: real) { cassette in
                _ = try await cassette.send(get("/users/1"))
                await #expect(throws: TransportFailure.self) { try await cassette.send(get("/users/2")) }
            }
            #expect(real.requests.count == 1)
        }
    }

    @Test func `each answer is played once, in order`() async throws {
        try await withFolder { folder in
            let real = MockTransport()
            real.on(.get, "/job").reply(json: ["state": "running"]).then(json: ["state": "done"])
            let request = try get("/job")
            try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                for _ in 0..<2 { _ = try await cassette.send(request) }
            }
            try await Cassette.use("\(folder)/c.json") { cassette in
                let states = [try await cassette.send(request), try await cassette.send(request)].map {
                    JSONText($0.body).text
                }
                #expect(states == [#"{"state":"running"}"#, #"{"state":"done"}"#])
                await #expect(throws: TransportFailure.self) { try await cassette.send(request) }
            }
        }
    }

    @Test func `a streamed answer is recorded when it was read, and streams again`() async throws {
        try await withFolder { folder in
            let real = MockTransport()
            real.on(.get, "/s").reply(chunks: ["one ", "two ", "three"])
            let read = { (cassette: Cassette) in
                try await cassette.stream(makeRequest(.get, "https://api.test/s")) { stream in
                    var text = ""
                    while let chunk = try await stream.nextChunk() { text += String(decoding: chunk, as: UTF8.self) }
                    return text
                }
            }
            let recorded = try await Cassette.use("\(folder)/c.json", recording: real, read)
            let played = try await Cassette.use("\(folder)/c.json", mode: .none, read)
            #expect(recorded == "one two three" && played == recorded)
            #expect(real.requests.count == 1)
        }
    }

    @Test func `the file is for people: sorted, a field a line, the large bodies beside it`() async throws {
        try await withFolder { folder in
            let real = MockTransport()
            real.on(.get, "/small").reply(headers: ["X-A": "1"], json: ["b": 2, "a": "x/y"])
            real.on(.get, "/large").reply(body: String(repeating: "long text ", count: 2000))
            real.on(.get, "/binary").reply(MockReply(bytes: [0, 255, 1]))
            try await Cassette.use("\(folder)/c.json", recording: real) { cassette in
                for path in ["/small", "/large", "/binary"] { _ = try await cassette.send(get(path)) }
            }
            let text = try String(contentsOfFile: "\(folder)/c.json", encoding: .utf8)
            #expect(
                text.hasPrefix(
                    """
                    {
                      "interactions": [
                        {
                          "request": {
                            "body": null,
                            "headers": [],
                            "method": "GET",
                            "url": "https://api.test/small"
                          },
                          "response": {
                            "body": {
                              "json": {
                                "a": "x/y",
                                "b": 2
                              }
                            },
                            "headers": [
                              "x-a: 1",
                              "content-type: application/json"
                            ],
                            "status": 200
                          }
                        },
                    """), "\(text)")
            #expect(text.utf8.count < 4000 && text.contains("\"file\": \"2-response.txt\""))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/c.bodies/2-response.txt"))
            try await Cassette.use("\(folder)/c.json", mode: .none) { cassette in
                _ = try await cassette.send(get("/small"))
                #expect(try await cassette.send(get("/large")).body.count == 20_000)
                #expect(try await cassette.send(get("/binary")).body == [0, 255, 1])
            }
        }
    }

    @Test(arguments: [
        "", "[]", "{\"interactions\":[{}]}",
        "{\"interactions\":[{\"request\":{\"method\":\"GET\",\"url\":\"x\"},\"response\":{\"status\":200,\"body\":{\"file\":\"../../etc/passwd\",\"kind\":\"text\"}}}]}",
    ])
    func `a file that is no cassette is refused`(text: String) async throws {
        try await withFolder { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/c.json"))
            #expect(throws: CassetteFailure.self) { try Cassette("\(folder)/c.json") }
        }
    }

    @Test func `a status that is none in a file makes the call fail, not the process`() async throws {
        try await withFolder { folder in
            let text =
                #"{"interactions":[{"request":{"method":"GET","url":"https://api.test/x"},"response":{"status":99999}}]}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/c.json"))
            let cassette = try Cassette("\(folder)/c.json")
            await #expect(throws: TransportFailure.self) { try await cassette.send(makeRequest()) }
        }
    }
}

/// A JSON text whose members stand in the order of their names.
struct JSONText: Equatable, CustomStringConvertible {
    let text: String

    init(_ bytes: [UInt8]) {
        let object = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
        let data = object.flatMap {
            try? JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys, .fragmentsAllowed])
        }
        text = data.map { String(decoding: $0, as: UTF8.self) } ?? "no JSON"
    }

    var description: String { text }
}
