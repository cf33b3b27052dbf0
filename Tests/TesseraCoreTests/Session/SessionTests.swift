import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("Session")
struct SessionTests {
    @Test("every method is sent as it is called, with body and content type")
    func methods() async throws {
        try await withScenario { scenario in
            for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete] {
                scenario.server.on(method, "/v1/x").reply(status: 204)
            }
            let api = try scenario.api("https://api.test/v1")
            _ = try await scenario.time.run {
                _ = try await api.get("/x")
                _ = try await api.head("/x")
                try await api.post("/x", .json(["a": 1]))
                try await api.put("/x", .form(["a": "b c"]))
                try await api.patch("/x", .bytes([0, 255]))
                return try await api.delete("/x")
            }
            let requests = scenario.server.requests
            #expect(requests.map(\.method) == [.get, .head, .post, .put, .patch, .delete])
            let types = ["application/json", "application/x-www-form-urlencoded", "application/octet-stream"]
            #expect(requests.compactMap { $0.headerFields[.contentType] } == types)
            #expect(requests.map { $0.body.count } == [0, 0, 7, 5, 2, 0])
            #expect(requests.allSatisfy { $0.headerFields[.userAgent]?.isEmpty == false })
        }
    }

    @Test(
        "which statuses are success",
        arguments: [
            (200, StatusExpectation.success, true), (299, .success, true), (300, .success, false),
            (404, .success, false),
            (404, .any, true), (599, .any, true), (404, .only([200, 404]), true), (201, .only([200]), false),
        ])
    func expecting(status: Int, expectation: StatusExpectation, isSuccess: Bool) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: status)
            let api = try scenario.api { $0.retry = .never }
            if isSuccess {
                let response = try await scenario.time.run { try await api.get("/x", expecting: expectation) }
                #expect(response.status.code == status)
            } else {
                let error = try await scenario.failure { try await api.get("/x", expecting: expectation) }
                #expect(error.status?.code == status && error.code == .httpStatus)
            }
        }
    }

    @Test("cancelling gives CancellationError: while waiting for an answer, and between attempts", arguments: [0, 5])
    func cancellation(delay: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(
                status: 503, headers: ["Retry-After": "20"], after: .seconds(delay * 4))
            let api = try scenario.api()
            let task = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x") }
            await scenario.time.advance(by: .seconds(3))
            task.cancel()
            await scenario.time.settle()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(scenario.server.requests.count == 1)
            #expect(scenario.time.elapsed == .seconds(3))
        }
    }

    @Test("a call of a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let api = try scenario.api()
            let task = Task(executorPreference: scenario.time.taskExecutor) {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await api.get("/x")
            }
            await scenario.time.advanceUntilIdle()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(scenario.server.requests.isEmpty)
        }
    }

    @Test("an answer that arrives after the task was cancelled is not delivered", arguments: [200, 404, 503])
    func cancelledWithAnswer(status: Int) async throws {
        try await withVirtualTime { time in
            let recorder = Recorder { (_, _) async throws(TransportFailure) in
                withUnsafeCurrentTask { $0?.cancel() }
                return TransportReply(head: HTTPResponse(status: .init(code: status)))
            }
            let api = try Session("https://api.test", transport: recorder) { $0.proxy = .none }
            await #expect(throws: CancellationError.self) { try await time.run { try await api.get("/x") } }
            #expect(recorder.requests.count == 1)
        }
    }

    @Test("a derived session shares the transport and changes nothing in the first")
    func derived() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let api = try scenario.api(auth: .bearer(.fixture("token-42-abc"))) { $0.headers = ["X-A": "1"] }
            let other = try api.with {
                $0.auth = nil
                $0.headers["X-A"] = "2"
            }
            _ = try await scenario.time.run {
                _ = try await other.get("/x")
                return try await api.get("/x")
            }
            #expect(try scenario.values("X-A") == ["2", "1"])
            #expect(scenario.server.requests.map(\.isAuthenticated) == [false, true])
            #expect(api.origin == other.origin)
            let refusal = #expect(throws: TesseraError.self) { try api.with { $0.headers = ["Host": "x"] } }
            #expect(refusal?.code == .invalidHeader)
        }
    }

    @Test(
        "a malformed credential is refused when the session is made",
        arguments: ["", "a b", "a\r\nb", "a\"b", "ä", "a,b"])
    func malformed(token: String) {
        let error = #expect(throws: TesseraError.self) {
            try Session("https://api.test", auth: .bearer(.fixture(token)), transport: MockTransport())
        }
        #expect(error?.code == .malformedCredential)
    }

    private final class Gauge: Sendable {
        let state = Mutex((now: 0, most: 0))
        func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { state.withLock { $0.now -= 1 } }
        var most: Int { state.withLock { $0.most } }
    }

    @Test("map keeps the order and the limit", arguments: [(3, 3), (1, 1), (0, 1), (-4, 1), (100, 20)])
    func map(limit: Int, most: Int) async throws {
        try await withScenario { scenario in
            let gauge = Gauge()
            let api = try scenario.api()
            let runtime = scenario.time.runtime
            let results = try await scenario.time.run {
                try await api.map(0..<20, limit: limit) { _, number in
                    gauge.enter()
                    defer { gauge.leave() }
                    let wait = Duration.milliseconds((number * 7) % 5 + 1)
                    try await runtime.sleep(runtime.now().advanced(by: wait))
                    return number * 2
                }
            }
            #expect(results == (0..<20).map { $0 * 2 })
            #expect(gauge.most == most)
        }
    }

    @Test("the first error of map cancels the rest")
    func mapFails() async throws {
        try await withScenario { scenario in
            let api = try scenario.api()
            let runtime = scenario.time.runtime
            let error = try await scenario.failure {
                try await api.map(0..<20, limit: 4) { _, number in
                    if number == 2 { throw TesseraError.make(.decoding, "the second") }
                    try await runtime.sleep(runtime.now().advanced(by: .seconds(3600)))
                    return number
                }
            }
            #expect(error.code == .decoding && scenario.time.elapsed == .zero)
        }
    }

    @Test("map of nothing is nothing")
    func mapEmpty() async throws {
        let api = try Session("https://api.test", transport: MockTransport()) { $0.proxy = .none }
        #expect(try await api.map([Int]()) { _, number in number }.isEmpty)
    }

    @Test("after shutdown calls fail as such")
    func shutdown() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let api = try scenario.api()
            await api.shutdown()
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .shutDown && scenario.server.requests.isEmpty)
        }
    }

    @Test("an answer with too many header fields is refused")
    func headerCount() async throws {
        let recorder = Recorder { (_, _) async throws(TransportFailure) in
            var fields = HTTPFields()
            for _ in 0..<201 { fields.append(HTTPField(name: .accept, value: "x")) }
            return TransportReply(head: HTTPResponse(status: .ok, headerFields: fields))
        }
        let api = try Session("https://api.test", transport: recorder) { $0.proxy = .none }
        let error = await #expect(throws: TesseraError.self) { try await api.get("/x") }
        #expect(error?.code == .limitExceeded)
    }
}
