public import TesseraCore

/// The answers to one kind of request, given in order; the last one stays.
public struct MockRoute: Sendable {
    let transport: MockTransport
    let index: Int

    /// Answers with a status, header fields and a body.
    @discardableResult
    public func reply(
        status: Int = 200, headers: [String: String] = [:], body: String = "", after delay: Duration = .zero
    ) -> MockRoute {
        add(.reply(MockReply(status: status, fields: MockRoute.sorted(headers), body: Array(body.utf8))), delay)
    }

    /// Answers with JSON.
    @discardableResult
    public func reply(
        status: Int = 200, headers: [String: String] = [:], json: JSONValue, after delay: Duration = .zero
    ) -> MockRoute {
        add(.reply(MockReply(status: status, fields: MockRoute.sorted(headers), json: json)), delay)
    }

    /// Answers with a body in the given pieces, as a stream sees them, with a wait before each.
    @discardableResult
    public func reply(
        status: Int = 200, headers: [String: String] = [:], chunks: [String], every gap: Duration = .zero,
        after delay: Duration = .zero
    ) -> MockRoute {
        var reply = MockReply(status: status, fields: MockRoute.sorted(headers), body: [])
        reply.chunks = chunks.map { Array($0.utf8) }.filter { !$0.isEmpty }
        reply.gap = gap
        return add(.reply(reply), delay)
    }

    /// Answers with what was put together elsewhere, for example with a header field twice.
    @discardableResult
    public func reply(_ reply: MockReply, after delay: Duration = .zero) -> MockRoute {
        add(.reply(reply), delay)
    }

    /// Answers with what a closure makes of the request. A ``TesseraCore/TransportFailure`` that it throws is the
    /// client's; any other error fails the request as one that nobody prepared.
    @discardableResult
    public func reply(
        after delay: Duration = .zero, _ make: @escaping @Sendable (MockRequest) async throws -> MockReply
    ) -> MockRoute {
        add(.computed(make), delay)
    }

    /// Fails on the wire.
    @discardableResult
    public func fail(
        _ kind: TransportFailure.Kind, phase: TransportFailure.Phase = .head,
        progress: TransportFailure.Progress = .sent(bytes: nil), after delay: Duration = .zero
    ) -> MockRoute {
        add(
            .failure(TransportFailure(kind, phase: phase, progress: progress, message: "as the test prepared it")),
            delay)
    }

    /// Answers, and loses the connection after the given part of the body.
    @discardableResult
    public func cut(
        status: Int = 200, headers: [String: String] = [:], body: String = "", after delay: Duration = .zero
    ) -> MockRoute {
        var reply = MockReply(status: status, fields: MockRoute.sorted(headers), body: Array(body.utf8))
        reply.bodyFailure = TransportFailure(
            .disconnected, phase: .body, progress: .sent(bytes: nil), message: "the connection was cut")
        return add(.reply(reply), delay)
    }

    /// The next answer: the same as ``reply(status:headers:body:after:)``, to read well in a chain.
    @discardableResult
    public func then(
        status: Int = 200, headers: [String: String] = [:], body: String = "", after delay: Duration = .zero
    ) -> MockRoute {
        reply(status: status, headers: headers, body: body, after: delay)
    }

    /// The next answer, as JSON.
    @discardableResult
    public func then(
        status: Int = 200, headers: [String: String] = [:], json: JSONValue, after delay: Duration = .zero
    ) -> MockRoute {
        reply(status: status, headers: headers, json: json, after: delay)
    }

    /// Takes so many requests, not more and not fewer: a further one is unexpected, a missing one a problem.
    @discardableResult
    public func times(_ count: Int) -> MockRoute {
        transport.update(index) { $0.times = max(0, count) }
        return self
    }

    /// May go unused: for what a helper prepares for all tests.
    @discardableResult
    public func optional() -> MockRoute {
        transport.update(index) { $0.isOptional = true }
        return self
    }

    /// The number of requests that this route has taken.
    public var count: Int { transport.requests(of: index).count }

    /// The requests that this route has taken, in order.
    public var requests: [MockRequest] { transport.requests(of: index) }

    func add(_ kind: MockAnswer.Kind, _ delay: Duration) -> MockRoute {
        transport.update(index) { $0.answers.append(MockAnswer(kind: kind, delay: delay)) }
        return self
    }

    static func sorted(_ headers: [String: String]) -> [(String, String)] {
        headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
