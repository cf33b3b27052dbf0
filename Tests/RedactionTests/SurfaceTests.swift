import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// Each encoding of a canary in each place of the library that prints text (invariant 1); the log is walked in
/// TesseraTelemetryTests, the command's output in CLITests.
@Suite struct `Surfaces` {
    private static func expectClean(_ text: String, _ canary: Canary, _ place: String) {
        let leak = canary.leak(in: text)
        #expect(leak == nil, "\(place): \(leak.map(\.rawValue) ?? "")")
        #expect(text.contains("[secret"), "\(place) has no tag, so it may have lost the text: \(text)")
    }

    @Test func `an error and its remedy`() {
        let canary = Canary()
        for (name, form) in canary.writtenForms {
            let error = TesseraError(.misconfigured, "it says \(form)", remedy: "look at \(form)")
            Self.expectClean("\(error) \(String(reflecting: error))", canary, "error, \(name)")
            Self.expectClean(error.remedy ?? "", canary, "remedy, \(name)")
        }
    }

    @Test func `what a server echoes, in the error and the history of a call`() async throws {
        let canary = Canary()
        for (name, form) in canary.writtenForms {
            let server = MockTransport()
            let body = #"{"title":"refused","detail":"for \#(form.replacing("\\", with: "\\\\"))"}"#
            server.on(.get, "/x").reply(
                status: 403, headers: ["Content-Type": "application/problem+json"], body: body)
            let session = try Session("https://api.test", auth: .bearer(canary.secret), transport: server)
            do {
                _ = try await session.get("/x")
                Issue.record("a 403 is no success")
            } catch let error as TesseraError {
                let text = "\(error) \(String(reflecting: error)) \(error.problem?.detail ?? "")"
                Self.expectClean(text, canary, "echo, \(name)")
                #expect(canary.leak(in: "\(error.history) \(String(reflecting: error.history))") == nil)
            }
        }
    }

    @Test func `a cassette`() async throws {
        let canary = Canary()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("surfaces-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, (name, form)) in canary.writtenForms.enumerated() {
            let server = MockTransport()
            server.on(.get, "/x").reply(
                headers: ["Content-Type": "text/plain"], body: "echo \(form) end")
            let path = "\(folder.path)/\(number).json"
            let cassette = try Cassette(path, recording: server)
            let session = try Session("https://api.test", auth: .bearer(canary.secret), transport: cassette)
            _ = try await session.get("/x")
            try cassette.save()
            let written = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            Self.expectClean(written, canary, "cassette, \(name)")
        }
    }
}
