import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// An API on a mock transport in virtual time.
struct Scenario: Sendable {
    let server = MockTransport()
    let time: VirtualTime

    func api(
        _ url: String = "https://api.test", auth: (any Authenticator)? = nil,
        _ configure: (inout Session.Configuration) -> Void = { _ in }
    ) throws -> Session {
        try Session(url, auth: auth, transport: server) {
            $0.proxy = .none
            configure(&$0)
        }
    }

    /// The moments at which requests arrived, from the start.
    var arrivals: [Duration] {
        server.requests.map { MonotonicInstant(nanoseconds: 0).duration(to: $0.time) }
    }

    /// What requests to a path, or a whole URL, carried in a field, in order.
    func values(_ name: String, _ path: String? = nil) throws -> [String?] {
        let name = try #require(HTTPField.Name(name))
        return server.requests.filter { path == nil || "\($0.origin)\($0.path)" == path || $0.path == path }
            .map { $0.headerFields[name] }
    }

    /// Runs a call to its end, moving the clock, and returns the error it has to end with.
    func failure<Value: Sendable>(
        sourceLocation: SourceLocation = #_sourceLocation, _ call: @escaping @Sendable () async throws -> Value
    ) async throws -> TesseraError {
        let error = await #expect(throws: TesseraError.self, sourceLocation: sourceLocation) {
            _ = try await time.run(call)
        }
        return try #require(error, sourceLocation: sourceLocation)
    }
}

/// Runs `body` with a fresh scenario.
func withScenario(seed: UInt64 = 1, _ body: (Scenario) async throws -> Void) async throws {
    try await withVirtualTime(seed: seed) { time in
        try await body(Scenario(time: time))
    }
}

extension CallHistory {
    var decisions: [Decision] { attempts.map(\.decision) }
}
