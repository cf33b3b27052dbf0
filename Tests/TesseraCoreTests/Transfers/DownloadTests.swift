import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite struct Download {
    /// A folder of its own, gone afterwards.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("download-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func `the body becomes the file, and progress is told`() async throws {
        try await withFolder { folder in
            let server = MockTransport()
            let text = String(repeating: "0123456789", count: 500)
            server.on(.get, "/export").reply(headers: ["Content-Length": "5000"], body: text)
            let api = try Session("https://api.test", transport: server)
            var told: [TransferProgress] = []
            let count = try await api.download("/export", to: "\(folder)/e.csv") { told.append($0) }
            #expect(count == 5000)
            #expect(told.map(\.completed) == [1024, 2048, 3072, 4096, 5000])
            #expect(told.allSatisfy { $0.total == 5000 })
            #expect(try String(contentsOfFile: "\(folder)/e.csv", encoding: .utf8) == text)
            #expect(try files(folder) == ["e.csv"])
        }
    }

    @Test func `a cut body leaves the older file, and nothing beside it`() async throws {
        try await withFolder { folder in
            try "old".write(toFile: "\(folder)/e.csv", atomically: true, encoding: .utf8)
            let server = MockTransport()
            server.on(.get, "/export").cut(body: String(repeating: "x", count: 3000))
            let api = try Session("https://api.test", transport: server)
            let error = await #expect(throws: TesseraError.self) {
                try await api.download("/export", to: "\(folder)/e.csv")
            }
            #expect(error?.code == .connection)
            #expect(try String(contentsOfFile: "\(folder)/e.csv", encoding: .utf8) == "old")
            #expect(try files(folder) == ["e.csv"])
        }
    }

    @Test func `an answer that is none is not written`() async throws {
        try await withFolder { folder in
            let server = MockTransport()
            server.on(.get, "/export").reply(status: 404, body: "no such export")
            let api = try Session("https://api.test", transport: server)
            let error = await #expect(throws: TesseraError.self) {
                try await api.download("/export", to: "\(folder)/e.csv")
            }
            #expect(error?.code == .httpStatus)
            #expect(try files(folder) == [])
        }
    }

    @Test(arguments: ["/no/such/folder/e.csv", "/dev/full"])
    func `a file that cannot be written is an error of that code`(path: String) async throws {
        let server = MockTransport()
        server.on(.get, "/export").reply(body: String(repeating: "x", count: 3000))
        let api = try Session("https://api.test", transport: server)
        let error = await #expect(throws: TesseraError.self) { try await api.download("/export", to: path) }
        #expect(error?.code == .fileFailed)
    }
}
