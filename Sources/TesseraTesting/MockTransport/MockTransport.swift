public import HTTPTypes
import Synchronization
public import TesseraCore

/// A transport without a network: it answers what it was told to answer and keeps what it was asked.
///
/// ```swift
/// let server = MockTransport()
/// server.on(.get, "/me").reply(status: 503).then(json: ["id": 1, "name": "Ada"])
/// server.on(.post, "/projects", .json(["name": "Apollo"])).reply(status: 201, json: ["id": 7, "name": "Apollo"])
/// ```
///
/// A request that nobody prepared fails, and says which route came nearest and what differed. What was prepared and not
/// asked for is a problem too: see ``verify()``, ``withStrictMocks(_:)`` and the trait of TesseraSwiftTesting. Answers
/// are given in order; the last one stays. Of several routes that match, the one prepared last counts, so that a test can
/// override what a helper prepared.
public final class MockTransport: Transport {
    /// Whether requests must come in the order in which they were prepared.
    public enum Order: Sendable {
        /// They may come in any order.
        case any
        /// A route's answers are to be used up before a request of the next route comes.
        case asPrepared
    }

    private struct State {
        var routes: [PreparedRoute] = []
        var requests: [MockRequest] = []
        var unexpected: [UnexpectedRequest] = []
        var isShutDown = false
    }

    private let state = Mutex(State())
    /// What the transport claims to be able to do.
    public let capabilities: TransportCapabilities
    private let order: Order

    /// A transport that answers nothing yet.
    public init(
        order: Order = .any,
        capabilities: TransportCapabilities = [.provablyUnprocessed, .countsSentBytes, .headerLimits]
    ) {
        self.order = order
        self.capabilities = capabilities
        MockLedger.current?.add(self)
    }

    // MARK: - Preparing

    /// Prepares answers for requests of a method and a target.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: A path, or a whole URL to bind the route to its origin. `*` stands for anything within one segment,
    ///     `**` for any number of segments; items of a query must be there, others may.
    ///   - matchers: What a request must have beyond that.
    public func on(
        _ method: HTTPRequest.Method, _ target: String, _ matchers: RequestMatcher..., fileID: String = #fileID,
        filePath: String = #filePath, line: Int = #line
    ) -> MockRoute {
        add(method, target, matchers, MockProblem.Place(fileID: fileID, filePath: filePath, line: line))
    }

    /// Prepares answers for requests of any method.
    public func onAny(
        _ target: String, _ matchers: RequestMatcher..., fileID: String = #fileID, filePath: String = #filePath,
        line: Int = #line
    ) -> MockRoute {
        add(nil, target, matchers, MockProblem.Place(fileID: fileID, filePath: filePath, line: line))
    }

    private func add(
        _ method: HTTPRequest.Method?, _ target: String, _ matchers: [RequestMatcher], _ place: MockProblem.Place
    ) -> MockRoute {
        let route = PreparedRoute(
            method: method, pattern: TargetPattern(target), matchers: matchers, place: place)
        let index = state.withLock { state in
            state.routes.append(route)
            return state.routes.count - 1
        }
        return MockRoute(transport: self, index: index)
    }

    func update(_ index: Int, _ change: (inout PreparedRoute) -> Void) {
        state.withLock { change(&$0.routes[index]) }
    }

    // MARK: - Asking

    /// The requests so far, in order, those that nobody prepared included.
    public var requests: [MockRequest] { state.withLock { $0.requests } }

    /// The number of requests of a method and a target, with the wildcards of ``on(_:_:_:fileID:filePath:line:)``.
    public func count(_ method: HTTPRequest.Method, _ target: String) -> Int {
        let route = PreparedRoute(
            method: method, pattern: TargetPattern(target), matchers: [],
            place: MockProblem.Place(fileID: "", filePath: "", line: 0))
        return requests.filter { route.matches($0) }.count
    }

    func requests(of index: Int) -> [MockRequest] {
        state.withLock { state in state.routes[index].taken.map { state.requests[$0] } }
    }

    /// What is wrong at the end of a test: requests that nobody prepared, and what was prepared in vain.
    public var problems: [MockProblem] {
        let (routes, unexpected) = state.withLock { ($0.routes, $0.unexpected) }
        return unexpected.map { MockProblem(.unexpectedRequest, $0.description) } + routes.flatMap(\.problems)
    }

    /// Ends a test strictly.
    ///
    /// - Throws: ``MockFailure`` when there are ``problems``.
    public func verify() throws {
        let problems = problems
        guard problems.isEmpty else { throw MockFailure(problems: problems) }
    }

    // MARK: - Answering

    /// Answers from what was prepared.
    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let reply = try await exchange(request)
        for _ in reply.chunks where reply.gap > .zero { try await MockTransport.wait(reply.gap, request, phase: .body) }
        let body = reply.body
        guard body.count <= request.limits.bodyBytes else {
            throw TransportFailure(
                .limitExceeded, phase: .body, progress: .sent(bytes: nil),
                message: "the answer's body is longer than \(request.limits.bodyBytes) bytes")
        }
        if let failure = reply.bodyFailure { throw failure }
        return TransportReply(head: try MockTransport.head(of: reply), body: body)
    }

    /// Answers from what was prepared, the body in the pieces that were prepared, or in pieces of 1,024 bytes.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let reply = try await exchange(request)
        var rest = reply.chunks[...]
        return try await consume(
            TransportStream(head: try MockTransport.head(of: reply)) { () async throws(TransportFailure) in
                guard let chunk = rest.popFirst() else {
                    if let failure = reply.bodyFailure { throw failure }
                    return nil
                }
                if reply.gap > .zero { try await MockTransport.idle(reply.gap, request) }
                return chunk[...]
            })
    }

    /// From now on every request fails.
    public func shutdown() async {
        state.withLock { $0.isShutDown = true }
    }

    private func exchange(_ request: TransportRequest) async throws(TransportFailure) -> MockReply {
        guard request.runtime.now() < request.deadline else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline was over before the request")
        }
        let recorded = MockRequest(request, body: try await MockTransport.collect(request.body))
        let answer = try take(recorded)
        if answer.delay > .zero { try await MockTransport.wait(answer.delay, request, phase: .head) }
        if Task.isCancelled { throw MockTransport.cancelled }
        switch answer.kind {
        case .reply(let reply): return reply
        case .failure(let failure): throw failure
        case .silence: throw try await MockTransport.neverAnswered(request)
        case .computed(let make): return try await MockTransport.compute(make, recorded)
        }
    }

    private enum Found {
        case answer(MockAnswer)
        case unexpected(UnexpectedRequest)
        case shutDown
    }

    private func take(_ request: MockRequest) throws(TransportFailure) -> MockAnswer {
        let found: Found = state.withLock { state in
            guard !state.isShutDown else { return .shutDown }
            state.requests.append(request)
            let candidates = candidates(state.routes)
            guard let index = candidates.last(where: { state.routes[$0].matches(request) }),
                state.routes[index].flaws.isEmpty, let last = state.routes[index].answers.last
            else {
                let problem = unexpected(request, state.routes, candidates)
                state.unexpected.append(problem)
                return .unexpected(problem)
            }
            let used = state.routes[index].taken.count
            state.routes[index].taken.append(state.requests.count - 1)
            let answers = state.routes[index].answers
            return .answer(used < answers.count ? answers[used] : last)
        }
        switch found {
        case .answer(let answer): return answer
        case .unexpected(let problem):
            throw TransportFailure(
                .unexpectedRequest, phase: .connect, progress: .nothingSent, message: problem.line, underlying: problem)
        case .shutDown:
            throw TransportFailure(
                .shutDown, phase: .connect, progress: .nothingSent, message: "the mock transport was shut down")
        }
    }

    /// The routes whose turn it is.
    private func candidates(_ routes: [PreparedRoute]) -> [Int] {
        switch order {
        case .any: return routes.indices.filter { !routes[$0].isExhausted }
        case .asPrepared:
            let next = routes.firstIndex { !$0.isDone }
            return (next ?? routes.indices.last).map { [$0] }?.filter { !routes[$0].isExhausted } ?? []
        }
    }

    private func unexpected(
        _ request: MockRequest, _ routes: [PreparedRoute], _ candidates: [Int]
    ) -> UnexpectedRequest {
        let shown = candidates.isEmpty ? Array(routes.indices) : candidates
        let near = shown.map { (route: routes[$0], mismatches: mismatches(request, routes[$0])) }
        let nearest = near.min { left, right in
            left.mismatches.reduce(0) { $0 + $1.weight } < right.mismatches.reduce(0) { $0 + $1.weight }
        }
        return UnexpectedRequest(
            request: request.description, nearest: nearest.map { ($0.route.located, $0.mismatches) },
            prepared: routes.map(\.text))
    }

    private func mismatches(_ request: MockRequest, _ route: PreparedRoute) -> [RequestMismatch] {
        let found = route.mismatches(request)
        guard found.isEmpty else { return found }
        // It matches, and yet nothing can be sent.
        let flaws = route.flaws.map { RequestMismatch(field: "what was prepared", expected: "sound", seen: $0) }
        return flaws.isEmpty ? [RequestMismatch(field: "answers", expected: "one", seen: "none was prepared")] : flaws
    }
}
