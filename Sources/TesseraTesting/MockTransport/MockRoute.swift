import HTTPTypes
public import TesseraCore

/// The answers to one method and path, given in order.
public struct MockRoute: Sendable {
    let transport: MockTransport
    let index: Int

    /// Answers with a status, header fields and a body.
    @discardableResult
    public func reply(
        status: Int = 200, headers: [String: String] = [:], body: String = "", after delay: Duration = .zero
    ) -> MockRoute {
        add(MockAnswer(status: status, headers: headers, body: Array(body.utf8), delay: delay))
    }

    /// Answers with JSON.
    @discardableResult
    public func reply(
        status: Int = 200, headers: [String: String] = [:], json: JSONValue, after delay: Duration = .zero
    ) -> MockRoute {
        var headers = headers
        if headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        return add(MockAnswer(status: status, headers: headers, body: json.bytes, delay: delay))
    }

    /// Fails on the wire.
    @discardableResult
    public func fail(
        _ kind: TransportFailure.Kind, phase: TransportFailure.Phase = .head,
        progress: TransportFailure.Progress = .sent(bytes: nil), after delay: Duration = .zero
    ) -> MockRoute {
        var answer = MockAnswer(status: 0, headers: [:], body: [], delay: delay)
        answer.failure = TransportFailure(kind, phase: phase, progress: progress, message: "as the test prepared it")
        return add(answer)
    }

    /// Answers, and loses the connection after the given part of the body.
    @discardableResult
    public func cut(
        status: Int = 200, headers: [String: String] = [:], body: String = "", after delay: Duration = .zero
    ) -> MockRoute {
        var answer = MockAnswer(status: status, headers: headers, body: Array(body.utf8), delay: delay)
        answer.bodyFailure = TransportFailure(
            .disconnected, phase: .body, progress: .sent(bytes: nil), message: "the connection was cut")
        return add(answer)
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

    private func add(_ answer: MockAnswer) -> MockRoute {
        transport.append(answer, to: index)
        return self
    }
}

/// One prepared answer.
struct MockAnswer: Sendable {
    var head: HTTPResponse
    var body: [UInt8]
    var delay: Duration
    var failure: TransportFailure?
    var bodyFailure: TransportFailure?

    init(status: Int, headers: [String: String], body: [UInt8], delay: Duration) {
        var fields = HTTPFields()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        head = HTTPResponse(status: .init(code: status), headerFields: fields)
        self.body = body
        self.delay = delay
    }
}
