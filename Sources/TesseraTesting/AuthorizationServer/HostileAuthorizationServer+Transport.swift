import HTTPTypes
public import TesseraCore

/// The face without a network. The server lives on the runtime of the request: what a client has given up goes on there.
extension HostileAuthorizationServer: Transport {
    /// It knows what was sent.
    public var capabilities: TransportCapabilities { [.provablyUnprocessed, .countsSentBytes, .headerLimits] }

    /// Sends a request to the server, whatever its origin; the path says to which ``Endpoint``.
    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let delivery = try await deliver(request)
        guard delivery.reply.body.count <= request.limits.bodyBytes else {
            throw TransportFailure(
                .limitExceeded, phase: .body, progress: .sent(bytes: nil),
                message: "the answer's body is longer than \(request.limits.bodyBytes) bytes")
        }
        if delivery.isCut { throw Self.cut }
        return TransportReply(head: delivery.reply.head, body: delivery.reply.body)
    }

    /// The same, with the body in one piece.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let delivery = try await deliver(request)
        var rest: ArraySlice<UInt8>? = delivery.reply.body[...]
        return try await consume(
            TransportStream(head: delivery.reply.head) { () async throws(TransportFailure) in
                defer { rest = nil }
                if let rest, !rest.isEmpty { return rest }
                if delivery.isCut { throw Self.cut }
                return nil
            })
    }

    /// Does nothing: the server goes on.
    public func shutdown() async {}

    private struct Delivery: Sendable {
        var reply: ServerReply
        var isCut = false
    }

    private func deliver(_ request: TransportRequest) async throws(TransportFailure) -> Delivery {
        let runtime = request.runtime
        guard runtime.now() < request.deadline else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline was over before the request")
        }
        let target = request.head.path ?? "/"
        let received = ServerRequest(
            method: request.head.method.rawValue, path: String(target.prefix { $0 != "?" }),
            authorization: request.head.headerFields[.authorization]
                ?? request.sealed.exposed.first { $0.name == .authorization }?.value,
            body: try await MockTransport.collect(request.body), origin: request.origin.description)
        if Task.isCancelled { throw Self.cancelled }
        let mailbox = Mailbox<Result<Delivery, TransportFailure>>()
        // The server does not notice that the client gives up: it goes on in a task of its own.
        _ = runtime.spawn { [self] in await serve(received, runtime, mailbox) }
        let alarm = runtime.spawn {
            guard (try? await runtime.sleep(request.deadline)) != nil else { return }
            mailbox.put(
                .failure(
                    TransportFailure(
                        .timeout, phase: .head, progress: .sent(bytes: nil), message: "no answer in time")))
        }
        defer { alarm.cancel() }
        let result = await withTaskCancellationHandler {
            await mailbox.take()
        } onCancel: {
            mailbox.put(.failure(Self.cancelled))
        }
        return try result.get()
    }

    private func serve(
        _ request: ServerRequest, _ runtime: Runtime, _ mailbox: Mailbox<Result<Delivery, TransportFailure>>
    ) async {
        var exchange = begin(request, now: runtime.now())
        await pause(latency, runtime)
        while true {
            switch next(&exchange, now: runtime.now()) {
            case .wait(let duration): await pause(duration, runtime)
            case .hold(let gate): await gates.wait(at: gate)
            case .end(let ending):
                await pause(latency, runtime)
                let skew = exchange.dateSkew
                let wasHeard = result(ending, runtime.wallTime().advanced(by: skew)).map { mailbox.put($0) } ?? false
                return finish(exchange, ending, wasHeard: wasHeard, now: runtime.now())
            }
        }
    }

    private func pause(_ duration: Duration, _ runtime: Runtime) async {
        guard duration > .zero else { return }
        try? await runtime.sleep(runtime.now().advanced(by: duration))
    }

    private func result(_ ending: ServerExchange.Ending, _ date: Timestamp) -> Result<Delivery, TransportFailure>? {
        switch ending {
        case .silence: nil
        case .reply(let reply): .success(Delivery(reply: reply.dated(date)))
        case .cut(let reply, let bytes):
            .success(Delivery(reply: reply.dated(date).shortened(to: bytes), isCut: true))
        case .dropped:
            .failure(
                TransportFailure(
                    .disconnected, phase: .head, progress: .sent(bytes: nil), message: "the connection ended"))
        case .refused:
            .failure(
                TransportFailure(
                    .unreachable, phase: .connect, progress: .nothingSent, message: "the connection was refused"))
        }
    }

    private static var cancelled: TransportFailure {
        TransportFailure(.cancelled, phase: .head, progress: .sent(bytes: nil), message: "cancelled")
    }

    private static var cut: TransportFailure {
        TransportFailure(.disconnected, phase: .body, progress: .sent(bytes: nil), message: "the connection was cut")
    }
}

extension ServerReply {
    fileprivate var head: HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in self.fields.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return HTTPResponse(status: .init(code: status), headerFields: fields)
    }

    fileprivate func shortened(to bytes: Int) -> ServerReply {
        var reply = self
        reply.body = Array(body.prefix(bytes))
        return reply
    }
}
