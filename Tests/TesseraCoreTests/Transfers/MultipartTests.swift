import Foundation
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("multipart/form-data (RFC 7578), and progress of uploads")
struct MultipartTests {
    @Test("fields and files, byte for byte; the length is known, and a retry sends the same")
    func bytes() async throws {
        try await withScenario { scenario in
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("part-\(UUID().uuidString)").path
            try "file's content".write(toFile: path, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: path) }
            scenario.server.on(.put, "/up").reply(status: 503).then()
            let api = try scenario.api()
            let body = RequestBody.multipart([
                .field("title", "Ada\r\nLovelace"),
                .file("image", path, filename: "a\"b\r\n.png", contentType: "image/png"),
                .bytes("raw", [0, 255]),
            ])
            _ = try await scenario.time.run { try await api.put("/up", body) }
            let requests = scenario.server.requests
            #expect(requests.count == 2 && requests[0].body == requests[1].body)
            let type = try #require(requests[0].headerFields[.contentType])
            let boundary = try #require(type.split(separator: "=").last)
            #expect(type == "multipart/form-data; boundary=\(boundary)" && boundary.utf8.count <= 70)
            let head = "Content-Disposition: form-data; name="
            let expected =
                "--\(boundary)\r\n\(head)\"title\"\r\n\r\nAda\r\nLovelace\r\n--\(boundary)\r\n"
                + "\(head)\"image\"; filename=\"a%22b%0D%0A.png\"\r\nContent-Type: image/png\r\n\r\nfile's content\r\n"
                + "--\(boundary)\r\n\(head)\"raw\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            #expect(requests[0].body == Array(expected.utf8) + [0, 255] + Array("\r\n--\(boundary)--\r\n".utf8))
        }
    }

    @Test("a file that is missing, and a media type with a line break, are errors before anything is sent")
    func refused() async throws {
        try await withScenario { scenario in
            let api = try scenario.api()
            for part in [MultipartPart.file("f", "/none/there"), .bytes("f", [], contentType: "a/b\r\nX: y")] {
                let error = try await scenario.failure { try await api.post("/up", .multipart([part])) }
                #expect(error.code == .encoding && scenario.server.requests.isEmpty)
            }
        }
    }

    @Test("uploads tell how much was taken, anew in each attempt")
    func progress() async throws {
        try await withScenario { scenario in
            scenario.server.on(.put, "/up").reply(status: 503).then()
            let api = try scenario.api()
            let told = Mutex<[TransferProgress]>([])
            let body = RequestBody.bytes(Array(repeating: 1, count: 150_000)).reporting { progress in
                told.withLock { $0.append(progress) }
            }
            _ = try await scenario.time.run { try await api.put("/up", body) }
            #expect(told.withLock { $0.map(\.completed) } == [65_536, 131_072, 150_000, 65_536, 131_072, 150_000])
            #expect(told.withLock { $0.allSatisfy { $0.total == 150_000 } })
            #expect(scenario.server.requests.map(\.body.count) == [150_000, 150_000])
            let once = RequestBody.singleUse { try await $0.write("abc") }.reporting { _ in }
            let error = try await scenario.failure { try await api.put("/up2", once) }
            #expect(error.code == .unexpectedRequest)
        }
    }

    @Test("progress does not make a body that can be sent once replayable")
    func singleUse() async throws {
        try await withScenario { scenario in
            scenario.server.on(.put, "/up").reply(status: 503).then()
            let api = try scenario.api()
            let error = try await scenario.failure {
                try await api.put("/up", .singleUse { try await $0.write("abc") }.reporting { _ in })
            }
            #expect(error.status == 503 && scenario.server.requests.count == 1)
        }
    }
}
