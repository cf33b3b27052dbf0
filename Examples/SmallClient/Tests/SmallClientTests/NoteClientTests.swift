import Foundation
import SmallClient
import TesseraCore
import TesseraSwiftTesting
import TesseraTesting
import Testing

@Suite(.strictMocks) struct `A client of notes` {
    private func client(_ server: some Transport) throws -> NoteClient {
        NoteClient(
            try Session("https://notes.test", auth: .bearer(.fixture("a-token-of-this-test")), transport: server))
    }

    @Test func `reads a note with its credential`() async throws {
        let server = MockTransport()
        server.on(.get, "https://notes.test/notes/7", .bearer(.fixture("a-token-of-this-test")))
            .reply(json: ["id": 7, "text": "hello"])
        #expect(try await client(server).note(7)?.text == "hello")
    }

    @Test func `a note that is not there is nil`() async throws {
        let server = MockTransport()
        server.on(.get, "/notes/*").reply(status: 404)
        #expect(try await client(server).note(8) == nil)
    }

    @Test func `encodes a search`() async throws {
        let server = MockTransport()
        server.on(.get, "/notes", .query(["word": "a b&c"], exactly: true)).reply(json: [])
        #expect(try await client(server).search("a b&c") == [])
    }

    @Test func `a lost answer is followed by the same request with the same key`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            let notes = server.on(.post, "/notes", .json(["text": "hello"]), .header("Idempotency-Key"))
                .fail(.disconnected).then(status: 201, json: ["id": 7, "text": "hello"])
            let client = try client(server)
            let note = try await time.run { try await client.write("hello") }
            #expect(note.id == 7)
            let keys = notes.requests.map {
                $0.headerFields.first { $0.name.canonicalName == "idempotency-key" }?.value
            }
            #expect(keys.count == 2 && Set(keys).count == 1)
        }
    }

    @Test func `a cassette of a mock plays without it`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("notes-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = MockTransport()
        server.on(.get, "/notes/7").reply(json: ["id": 7, "text": "hello"]).times(1)
        for _ in 0..<2 {
            try await Cassette.use(path, recording: server) { cassette in
                let note = try await client(cassette).note(7)
                #expect(note?.text == "hello")
            }
        }
    }
}
