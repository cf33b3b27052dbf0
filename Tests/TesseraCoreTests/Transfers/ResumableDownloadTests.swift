import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Downloads go on where they were cut")
struct ResumableDownloadTests {
    private static let text = String((0..<4000).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
    private static let tag = "\"v1\""

    private func withFolder(_ body: (String, Scenario) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("resume-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withScenario { try await body(folder.path, $0) }
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func content(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static func rest(from offset: Int, tag: String = tag) -> (headers: [String: String], body: String) {
        (["ETag": tag, "Content-Range": "bytes \(offset)-3999/4000"], String(text.dropFirst(offset)))
    }

    @Test("a cut body is gone on with in the same call, after a wait, with Range and If-Range")
    func sameCall() async throws {
        try await withFolder { folder, scenario in
            let rest = Self.rest(from: 2500)
            scenario.server.on(.get, "/f").cut(
                headers: ["ETag": Self.tag, "Content-Length": "4000"], body: String(Self.text.prefix(2500))
            ).then(status: 206, headers: rest.headers, body: rest.body)
            let api = try scenario.api()
            let count = try await scenario.time.run { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try count == 4000 && content("\(folder)/f") == Self.text)
            #expect(try files(folder) == ["f"])
            #expect(try scenario.values("Range") == [nil, "bytes=2500-"])
            #expect(try scenario.values("If-Range") == [nil, Self.tag])
            #expect(try scenario.values("Accept-Encoding") == ["identity", "identity"])
            #expect(scenario.arrivals == [.zero, .milliseconds(400)])
        }
    }

    @Test("another call goes on with the part of the one before; its progress begins there")
    func nextCall() async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(headers: ["ETag": Self.tag], body: String(Self.text.prefix(2500)))
            let api = try scenario.api { $0.retry = .never }
            let error = try await scenario.failure { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try error.code == .connection && files(folder) == ["f.part", "f.part.tag"])
            let rest = Self.rest(from: 2500)
            scenario.server.on(.get, "/f").reply(status: 206, headers: rest.headers, body: rest.body)
            let told = try await scenario.time.run {
                var told: [TransferProgress] = []
                try await api.download("/f", to: "\(folder)/f", resume: true) { told.append($0) }
                return told
            }
            #expect(told.map(\.completed) == [3524, 4000] && told.allSatisfy { $0.total == 4000 })
            #expect(try content("\(folder)/f") == Self.text && files(folder) == ["f"])
        }
    }

    @Test(
        "what is not the rest of the same file is fetched anew",
        arguments: [
            (200, ["ETag": "\"v2\""], 1), (206, ["ETag": "\"v2\"", "Content-Range": "bytes 2500-3999/4000"], 2),
            (206, ["Content-Range": "bytes 2500-3999/4000"], 2), (416, ["Content-Range": "bytes */9"], 2),
            (206, ["ETag": "\"v1\"", "Content-Range": "bytes 0-3999/4000"], 2),
        ] as [(Int, [String: String], Int)])
    func changed(status: Int, headers: [String: String], requests: Int) async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(
                headers: ["ETag": Self.tag], body: "old" + String(Self.text.prefix(2497)))
            let api = try scenario.api { $0.retry = .never }
            _ = try await scenario.failure { try await api.download("/f", to: "\(folder)/f", resume: true) }
            scenario.server.on(.get, "/f").reply(status: status, headers: headers, body: Self.text).then(
                body: Self.text)
            let count = try await scenario.time.run { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try count == 4000 && content("\(folder)/f") == Self.text && files(folder) == ["f"])
            #expect(scenario.server.requests.count == 1 + requests)
            #expect(try requests == 1 || scenario.values("Range").last == .some(nil))
        }
    }

    @Test("a part that is the whole is put in place after 416")
    func complete() async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(headers: ["ETag": Self.tag], body: Self.text)
            let api = try scenario.api { $0.retry = .never }
            _ = try await scenario.failure { try await api.download("/f", to: "\(folder)/f", resume: true) }
            scenario.server.on(.get, "/f").reply(status: 416, headers: ["Content-Range": "bytes */4000"])
            let count = try await scenario.time.run { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try count == 4000 && content("\(folder)/f") == Self.text && files(folder) == ["f"])
        }
    }

    @Test("without a strong tag, or for another URL, a part is not gone on with", arguments: ["W/\"v1\"", ""])
    func weak(tag: String) async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(headers: tag.isEmpty ? [:] : ["ETag": tag], body: "half")
            scenario.server.on(.get, "/g").cut(headers: ["ETag": "\"g\""], body: "half").then(body: Self.text)
            let api = try scenario.api()
            _ = try await scenario.failure { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try scenario.values("Range", "/f") == [nil])
            let never = try api.with { $0.retry = .never }
            _ = try await scenario.failure { try await never.download("/g", to: "\(folder)/x", resume: true) }
            scenario.server.on(.get, "/other").reply(body: Self.text)
            _ = try await scenario.time.run { try await api.download("/other", to: "\(folder)/x", resume: true) }
            #expect(try scenario.values("Range", "/other") == [nil])
        }
    }

    @Test("a body without progress, or cut too often, ends with its error; the part stays")
    func bounded() async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(headers: ["ETag": Self.tag], body: "a")
                .cut(status: 206, headers: ["ETag": Self.tag, "Content-Range": "bytes 1-3999/4000"])
            let api = try scenario.api { $0.retry.attempts = 5 }
            _ = try await scenario.failure { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try scenario.server.requests.count == 2 && files(folder) == ["f.part", "f.part.tag"])
        }
    }

    @Test("a part of another size than stated is not the file")
    func wrongSize() async throws {
        try await withFolder { folder, scenario in
            scenario.server.on(.get, "/f").cut(headers: ["ETag": Self.tag], body: "abc")
                .then(status: 206, headers: ["ETag": Self.tag, "Content-Range": "bytes 3-9/10"], body: "def")
                .then(headers: ["ETag": Self.tag], body: "abcdefghij")
            let api = try scenario.api()
            let count = try await scenario.time.run { try await api.download("/f", to: "\(folder)/f", resume: true) }
            #expect(try count == 10 && content("\(folder)/f") == "abcdefghij")
        }
    }

    @Test("links and folders in the place of the file or of the part are refused")
    func places() async throws {
        try await withFolder { folder, scenario in
            let manager = FileManager.default
            try "secret".write(toFile: "\(folder)/target", atomically: true, encoding: .utf8)
            try manager.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "\(folder)/target")
            try manager.createSymbolicLink(atPath: "\(folder)/b.part", withDestinationPath: "\(folder)/target")
            try manager.linkItem(atPath: "\(folder)/target", toPath: "\(folder)/c.part")
            try manager.createDirectory(atPath: "\(folder)/d", withIntermediateDirectories: false)
            let api = try scenario.api()
            for name in ["a", "b", "c", "d"] {
                let error = try await scenario.failure {
                    try await api.download("/f", to: "\(folder)/\(name)", resume: true)
                }
                #expect(error.code == .fileFailed, "\(name)")
            }
            #expect(try content("\(folder)/target") == "secret" && scenario.server.requests.isEmpty)
        }
    }
}
