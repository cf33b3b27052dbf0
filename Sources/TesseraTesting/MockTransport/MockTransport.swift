public import HTTPTypes
import Synchronization
public import TesseraCore

/// A transport without a network: it answers what it was told to answer and keeps what it was asked.
///
/// ```swift
/// let server = MockTransport()
/// server.on(.get, "/me").reply(status: 503).then(json: ["id": 1, "name": "Ada"])
/// ```
///
/// A request that nobody prepared fails, and says what was prepared. Answers are given in order; the last one stays.
public final class MockTransport: Transport {
    private struct State {
        var routes: [Route] = []
        var requests: [MockRequest] = []
        var isShutDown = false
    }

    private struct Route {
        var method: HTTPRequest.Method
        var path: String
        var answers: [MockAnswer] = []
        var used = 0
    }

    private let state = Mutex(State())
    /// What the transport claims to be able to do.
    public let capabilities: TransportCapabilities

    /// A transport that answers nothing yet.
    public init(capabilities: TransportCapabilities = [.provablyUnprocessed, .countsSentBytes, .headerLimits]) {
        self.capabilities = capabilities
    }

    /// Prepares answers for a method and a path; a whole URL binds them to its origin. The query does not count.
    public func on(_ method: HTTPRequest.Method, _ path: String) -> MockRoute {
        let index = state.withLock { state in
            state.routes.append(Route(method: method, path: path))
            return state.routes.count - 1
        }
        return MockRoute(transport: self, index: index)
    }

    func append(_ answer: MockAnswer, to index: Int) {
        state.withLock { $0.routes[index].answers.append(answer) }
    }

    /// The requests so far, in order.
    public var requests: [MockRequest] { state.withLock { $0.requests } }

    /// The number of requests of a method and a path.
    public func count(_ method: HTTPRequest.Method, _ path: String) -> Int {
        requests.filter { $0.method == method && $0.matches(path) }.count
    }

    /// Answers from what was prepared.
    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let answer = try await exchange(request)
        guard answer.body.count <= request.limits.bodyBytes else {
            throw TransportFailure(
                .limitExceeded, phase: .body, progress: .sent(bytes: nil),
                message: "the answer's body is longer than \(request.limits.bodyBytes) bytes")
        }
        if let failure = answer.bodyFailure { throw failure }
        return TransportReply(head: answer.head, body: answer.body)
    }

    /// Answers from what was prepared, the body in pieces of 1,024 bytes.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let answer = try await exchange(request)
        var rest = answer.body[...]
        return try await consume(
            TransportStream(head: answer.head) { () async throws(TransportFailure) in
                guard !rest.isEmpty else {
                    if let failure = answer.bodyFailure { throw failure }
                    return nil
                }
                defer { rest = rest.dropFirst(1024) }
                return rest.prefix(1024)
            })
    }

    /// From now on every request fails.
    public func shutdown() async {
        state.withLock { $0.isShutDown = true }
    }

    private func exchange(_ request: TransportRequest) async throws(TransportFailure) -> MockAnswer {
        guard request.runtime.now() < request.deadline else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline was over before the request")
        }
        let recorded = MockRequest(request, body: try await MockTransport.collect(request.body))
        let answer = try take(recorded)
        if answer.delay > .zero { try await wait(answer.delay, request) }
        if Task.isCancelled { throw MockTransport.cancelled }
        if let failure = answer.failure { throw failure }
        return answer
    }

    private func take(_ request: MockRequest) throws(TransportFailure) -> MockAnswer {
        let found: (answer: MockAnswer?, isShutDown: Bool, prepared: [String]) = state.withLock { state in
            guard !state.isShutDown else { return (nil, true, []) }
            state.requests.append(request)
            // The route that was prepared last counts, so that a test can override what a helper prepared.
            let index = state.routes.indices.last {
                state.routes[$0].method == request.method && request.matches(state.routes[$0].path)
            }
            guard let index, !state.routes[index].answers.isEmpty else {
                return (nil, false, state.routes.map { "\($0.method.rawValue) \($0.path)" })
            }
            let used = state.routes[index].used
            state.routes[index].used += 1
            let answers = state.routes[index].answers
            return (answers[min(used, answers.count - 1)], false, [])
        }
        if let answer = found.answer { return answer }
        guard !found.isShutDown else {
            throw TransportFailure(
                .shutDown, phase: .connect, progress: .nothingSent, message: "the mock transport was shut down")
        }
        let prepared = found.prepared.isEmpty ? "nothing" : found.prepared.joined(separator: ", ")
        throw TransportFailure(
            .unexpectedRequest, phase: .connect, progress: .nothingSent,
            message: "nobody prepared an answer to \(request.method.rawValue) \(request.origin)\(request.path); "
                + "prepared is: \(prepared)")
    }

    private func wait(_ delay: Duration, _ request: TransportRequest) async throws(TransportFailure) {
        let end = request.runtime.now().advanced(by: delay)
        do {
            try await request.runtime.sleep(min(end, request.deadline))
        } catch {
            throw MockTransport.cancelled
        }
        guard end <= request.deadline else {
            throw TransportFailure(.timeout, phase: .head, progress: .sent(bytes: nil), message: "no answer in time")
        }
    }

    private static var cancelled: TransportFailure {
        TransportFailure(.cancelled, phase: .head, progress: .sent(bytes: nil), message: "cancelled")
    }

    static func collect(_ body: OutgoingBody) async throws(TransportFailure) -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .stream(_, let write):
            let collected = Collected()
            do {
                try await write(BodyWriter { chunk in collected.bytes.withLock { $0 += chunk } })
            } catch {
                throw TransportFailure(
                    .bodyFailed, phase: .write, progress: .sent(bytes: nil),
                    message: "the writer of the request's body failed", underlying: error)
            }
            return collected.bytes.withLock { $0 }
        }
    }

    private final class Collected: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }
}
