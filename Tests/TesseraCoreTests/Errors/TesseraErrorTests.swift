import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("TesseraError")
struct TesseraErrorTests {
    private static func everything(_ error: TesseraError) -> String {
        var text = "\(error)\n\(String(reflecting: error))\n\(error.message)\n\(error.remedy ?? "")\n\(error.history)\n"
        text += "\(error.problem as Any)\n\(error.challenges)\n"
        dump(error, to: &text)
        return text
    }

    @Test("a secret is replaced before the message is cut, so that no half of it stays")
    func cut() {
        let secret = "half-of-this-would-be-enough-0123456789"
        let kept = Secret.fixture(secret)
        let leaks = (440..<505).filter { padding in
            let text = String(repeating: "x", count: padding) + secret + " tail"
            let error = TesseraError.make(.misconfigured, text)
            let failure = TransportFailure(.tls, phase: .tls, progress: .nothingSent, message: text)
            return "\(error) \(failure)".contains("half-of-")
        }
        #expect(leaks.isEmpty)
        #expect(!kept.isEmpty)
    }

    @Test("message and remedy are redacted and made printable, whoever makes the error")
    func made() {
        let canary = Canary()
        let text = canary.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        let error = TesseraError.make(
            .decoding, "got \(text)\u{1B}[31m\r\nforged", remedy: "send \(text)\u{1B}]0;x\u{7}\r\n")
        #expect(canary.leak(in: Self.everything(error)) == nil)
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test(
        "what a server echoes comes out redacted: problem, challenge, status",
        arguments: [
            "detail", "title", "type", "error", "scheme", "realm", "error_description",
        ])
    func echo(place: String) async throws {
        let canary = Canary()
        let text = canary.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        try await withScenario { scenario in
            let isChallenge = ["error", "scheme", "realm", "error_description"].contains(place)
            let challenge = place == "scheme" ? "Bearer-\(text)" : "Bearer \(place)=\"\(text)\""
            scenario.server.on(.get, "/x").reply(
                status: 401,
                headers: [
                    "Content-Type": "application/problem+json; charset=utf-8",
                    "WWW-Authenticate": isChallenge ? challenge : "Bearer",
                ],
                json: isChallenge ? [:] : .object([place: .string("you sent \(text)\u{1B}[31m")]))
            let api = try scenario.api(auth: .bearer(canary.secret))
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(canary.leak(in: Self.everything(error)) == nil)
            #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
        }
    }

    @Test("neither path values, query, header values nor bodies stand in an error")
    func values() async throws {
        try await withScenario { scenario in
            let value = "hunter2hunter2"
            scenario.server.on(.post, "/bot\(value)/x").reply(status: 500, headers: ["X-Echo": value], body: value)
            scenario.server.on(.post, "/cut/\(value)").cut(body: value)
            let api = try scenario.api { $0.retry = .never }
            for target in ["/bot\(value)/x?key=\(value)", "/cut/\(value)", "/none/\(value)"] as [RequestTarget] {
                let error = try await scenario.failure {
                    try await api.post(target, .text(value), query: ["key": value], headers: ["X-Key": value])
                }
                guard error.code != .unexpectedRequest else { continue }
                #expect(!Self.everything(error).contains(value))
                #expect(error.history.attempts.first?.origin.description == "https://api.test")
            }
        }
    }

    @Test(
        "the code follows from status or failure",
        arguments: [
            (400, TesseraError.Code.httpStatus), (401, .unauthorized), (403, .forbidden), (404, .httpStatus),
            (429, .rateLimited),
            (500, .httpStatus), (503, .httpStatus),
        ])
    func codes(status: Int, code: TesseraError.Code) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/users/7").reply(status: status, headers: ["Retry-After": "5"])
            let api = try scenario.api { $0.retry = .never }
            let id = 7
            let error = try await scenario.failure { try await api.get("/users/\(id)") }
            #expect(error.code == code && error.shortDescription == code.rawValue)
            #expect(error.status?.code == status && error.retryAfter == .seconds(5))
            #expect(error.message.contains("https://api.test/users/{}") && error.message.contains("\(status)"))
        }
    }

    @Test(
        "problem details are read when they are that, and never trusted",
        arguments: [
            ("application/problem+json", #"{"title":"t","status":409,"detail":"d","type":"https://e/x"}"#, true),
            ("application/PROBLEM+JSON;charset=utf-8", #"{"title":"t"}"#, true),
            ("application/json", #"{"title":"t"}"#, false),
            ("application/problem+json", "not json", false), ("application/problem+json", #"{"status":1e300}"#, false),
            ("application/problem+json", String(repeating: "[", count: 100_000), false),
            ("application/problem+json", "", false),
            ("application/problem+jsonx", #"{"title":"t"}"#, false),
        ])
    func problem(type: String, body: String, isRead: Bool) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 409, headers: ["Content-Type": type], body: body)
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.get("/x") }
            #expect((error.problem?.title == "t") == isRead)
            #expect(error.status?.code == 409)
        }
    }

    @Test("every decision has words, and every code is its own text")
    func words() {
        for reason in RetryDecision.StopReason.allCases { #expect(reason.text.count > 5) }
        for refusal in RedirectDecision.Refusal.allCases { #expect(refusal.text.count > 5) }
        for refusal in CallHistory.ReauthorizationRefusal.allCases { #expect(refusal.text.count > 5) }
        for kind in TransportFailure.Kind.allCases { #expect(!TesseraError.Code(kind).rawValue.isEmpty) }
        #expect(Set(TesseraError.Code.allCases.map(\.rawValue)).count == TesseraError.Code.allCases.count)
    }
}
