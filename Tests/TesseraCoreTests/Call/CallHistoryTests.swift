import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("CallHistory (invariant 6)")
struct CallHistoryTests {
    private static func history() throws -> CallHistory {
        var history = CallHistory(template: "/users/{}")
        let origin = try Origin("https://api.test:8443")
        let decisions: [CallHistory.Decision] = [
            .delivered, .retry(after: .seconds(3), .status(503), .retryAfter), .retry(after: .zero, .bodyCut, .backoff),
            .retry(after: .milliseconds(5), .failure(.timeout, .tls), .backoff), .gaveUp(.methodNotIdempotent),
            .redirect(to: origin, becomesGet: true), .redirectRefused(.downgrade), .reauthorize,
            .unauthorized(.alreadyReplayed), .deadline, .cancelled, .failed(.insecureTransport),
        ]
        let results: [AttemptSummary.Result?] = [
            .status(200), .failure(.disconnected, .body, .sent(bytes: 7)), nil,
            .failure(.timeout, .head, .sent(bytes: nil)),
            .failure(.unreachable, .resolve, .nothingSent), .failure(.disconnected, .head, .provablyUnprocessed),
        ]
        for (index, decision) in decisions.enumerated() {
            history.append(
                CallHistory.Attempt(
                    number: index + 1, method: .post, origin: origin, credential: .withheld, started: .seconds(index),
                    duration: .milliseconds(1), result: results[index % results.count], decision: decision))
        }
        return history
    }

    @Test("survives encoding, every decision of it")
    func codable() throws {
        let history = try Self.history()
        let coding = JSONCoding()
        let copy = try coding.decode(CallHistory.self, from: coding.encode(history))
        #expect(copy.attempts == history.attempts && copy.template == history.template && copy.count == 12)
        #expect(copy.description == history.description && copy.waited == .milliseconds(3005))
        let empty = try coding.decode(CallHistory.self, from: coding.encode(CallHistory()))
        #expect(empty.count == 0 && empty.attempts.isEmpty && empty.description == "no attempt")
    }

    @Test(
        "what is no history is an error",
        arguments: [
            "{}", "[]", #"{"template":1,"others":[]}"#,
            #"{"template":"/","others":[{"number":1,"method":"G T","origin":"https://a"}]}"#,
        ])
    func broken(text: String) {
        #expect(throws: TesseraError.self) { try JSONCoding().decode(CallHistory.self, from: Array(text.utf8)) }
    }

    @Test("the description is one printable line an attempt, in order")
    func description() throws {
        let lines = try Self.history().description.split(separator: "\n")
        #expect(lines.count == 12)
        for (index, line) in lines.enumerated() { #expect(line.hasPrefix("\(index + 1). POST https://api.test:8443")) }
        #expect(lines[0].contains("/users/{}") && lines[0].contains("[credential withheld]"))
        #expect(lines[1].contains("7 bytes sent") && lines[2].contains("not sent"))
    }

    @Test("holds no path value, query, header value or body, in any form (threat D5)")
    func values() async throws {
        try await withScenario { scenario in
            let value = "hunter2hunter2"
            scenario.server.on(.put, "/bot\(value)").reply(
                status: 307, headers: ["Location": "https://b.test/\(value)?q=\(value)", "X": value])
            scenario.server.on(.put, "https://b.test/\(value)").reply(status: 503, body: value).then(body: value)
            let api = try scenario.api()
            let response = try await scenario.time.run {
                try await api.put("/bot\(value)?k=\(value)", .text(value), query: ["k": value], headers: ["X-K": value])
            }
            #expect(response.history.count == 3)
            var text = "\(response.history) \(response)"
            dump(response.history, to: &text)
            text += String(decoding: try JSONCoding().encode(response.history), as: UTF8.self)
            #expect(!text.contains(value))
        }
    }

    @Test("attempts are numbered and timed from the start of the call")
    func times() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 503, headers: ["Retry-After": "4"], after: .seconds(2))
                .then(after: .seconds(1))
            let api = try scenario.api()
            await scenario.time.advance(by: .seconds(100))
            let history = try await scenario.time.run { try await api.get("/x").history }
            #expect(history.attempts.map(\.number) == [1, 2])
            #expect(history.attempts.map(\.started) == [.zero, .seconds(6)])
            #expect(history.attempts.map(\.duration) == [.seconds(2), .seconds(1)])
            #expect(history.attempts.map(\.result) == [.status(503), .status(200)])
        }
    }
}
