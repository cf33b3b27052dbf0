import HTTPTypes
import Synchronization
import TesseraTesting
import Testing

@testable import TesseraCore

/// Takes 403 for a refusal, and sees the body that it vouches for.
private final class Vouching: Authenticator {
    let bodies = Mutex<[[UInt8]]>([])
    let answers = Mutex<[Int?]>([])

    func credential(for attempt: AttemptContext) async throws -> Credential? {
        if case .bytes(let bytes) = attempt.body { bodies.withLock { $0.append(bytes) } }
        answers.withLock { $0.append(attempt.answer?.status.code) }
        return try .bearer(.fixture("token-\(attempt.number)"))
    }

    func isRefusal(_ answer: HTTPResponse, of attempt: AttemptContext, rejecting credential: Credential) -> Bool {
        answer.status == .forbidden
    }

    func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        answers.withLock { $0.append(attempt.answer?.status.code) }
        return .replay
    }
}

@Suite struct `Refusals by another status` {
    @Test func `an authenticator may take 403 for a refusal, once per call`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.put, "/").reply(status: 403).then()
            let auth = Vouching()
            let session = try Session("https://a.example", auth: auth, transport: server)
            let answer = try await session.put("/", .text("body"))
            #expect(answer.history.attempts.map(\.decision) == [.reauthorize, .delivered])
            #expect(auth.bodies.withLock { $0 } == [Array("body".utf8), Array("body".utf8)])
            #expect(auth.answers.withLock { $0 } == [nil, 403, nil])
            server.on(.get, "/").reply(status: 403)
            let error = await #expect(throws: TesseraError.self) { try await session.get("/") }
            #expect(error?.code == .forbidden)
            #expect(server.count(.get, "/") == 2)
        }
    }

    @Test func `without a credential nobody is refused, and 5xx refuses none`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/").reply(status: 403)
            server.on(.get, "/down").reply(status: 501)
            let auth = Vouching()
            let session = try Session("https://a.example", auth: auth, transport: server)
            _ = await #expect(throws: TesseraError.self) { try await session.get("/", auth: .anonymous) }
            _ = await #expect(throws: TesseraError.self) { try await session.get("/down") }
            #expect(server.requests.count == 2)
        }
    }
}
